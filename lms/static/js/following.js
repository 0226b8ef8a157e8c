// A part of a page that follows what happens elsewhere: asked for again and again, cheaply, one question at a time, so
// that neither a slow network nor a lost answer piles up anything.
//
// data-follow: its address. data-every: milliseconds between questions. data-state: what the rest of the page was made
// for; when the answer is made for something else, [data-moved] is shown, and with data-reload the page goes along by
// itself if nothing has been written on it.

const EVERY_MS = 4000;

export function attach(part) {
  let known = "";

  async function ask() {
    try {
      const answer = await fetch(part.dataset.follow, {
        headers: known ? { "If-None-Match": known } : {},
        cache: "no-store",
        signal: AbortSignal.timeout(15000),
      });
      if (answer.ok) {
        known = answer.headers.get("ETag") ?? "";
        show(await answer.text());
      } else if (answer.status === 404 || answer.status === 409) {
        // It is over.
        moved();
        return;
      }
    } catch {
      // The network failed, or was too slow: the next question may get through.
    }
    setTimeout(ask, Number(part.dataset.every) || EVERY_MS);
  }

  function show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").body;
    const state = fresh.querySelector("[data-state]")?.dataset.state;
    if (!part.hidden) {
      part.replaceChildren(...fresh.children);
    }
    if (part.dataset.state !== undefined && state !== part.dataset.state) {
      moved();
    }
  }

  function moved() {
    for (const notice of document.querySelectorAll("[data-moved]")) {
      notice.hidden = false;
    }
    if ("reload" in part.dataset && !isWritten()) {
      location.reload();
    }
  }

  setTimeout(ask, Number(part.dataset.every) || EVERY_MS);
}

function isWritten() {
  const fields = [...document.querySelectorAll("main form :is(input:not([type=hidden]), textarea, select)")];
  return fields.some((field) =>
    field.options
      ? [...field.options].some((option) => option.selected !== option.defaultSelected && option.value !== "")
      : field.value !== field.defaultValue,
  );
}
