// Nothing typed is lost. What is written in a form with data-autosave is kept in the browser, under the person and the
// form's name, until the server has it: it survives a lost connection, a lost sign-in and a closed tab.
//
// data-saves-to: where to send it while writing. data-device-only: it is never sent and stays in this browser.

const PAUSE_MS = 800;
const RETRY_MS = 15000;

export function attach(form) {
  new Draft(form);
}

class Draft {
  constructor(form) {
    this.form = form;
    this.deviceOnly = "deviceOnly" in form.dataset;
    this.key = keyOf(form);
    this.status = form.querySelector("[data-saving]");
    this.timer = 0;

    this.restore();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("submit", (event) => this.submitted(event));
    form.querySelector("[data-forget]")?.addEventListener("click", () => this.forget());
    window.addEventListener("online", () => this.send());
  }

  restore() {
    const kept = read(this.key);
    if (!kept) {
      return;
    }
    const before = valuesOf(this.form);
    fill(this.form, kept.values);
    // The server has it already, though it may have added or taken away fields.
    if (same(before, valuesOf(this.form))) {
      if (!this.deviceOnly) {
        localStorage.removeItem(this.key);
      }
      return;
    }
    write(this.key, { values: kept.values });
    this.say(this.deviceOnly ? "saved" : "restored");
    if (!this.deviceOnly) {
      this.send();
    }
  }

  changed() {
    write(this.key, { values: valuesOf(this.form) });
    if (this.deviceOnly) {
      this.say("saved");
      return;
    }
    this.say(this.form.dataset.savesTo ? "waiting" : "kept");
    this.later(PAUSE_MS);
  }

  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), milliseconds);
  }

  async send() {
    const address = this.form.dataset.savesTo;
    const kept = read(this.key);
    if (this.deviceOnly || !address || !kept) {
      return;
    }
    let answer;
    try {
      answer = await fetch(address, {
        method: "POST",
        body: new FormData(this.form),
        headers: { "X-Autosave": "1" },
        redirect: "manual",
      });
    } catch {
      // fetch rejects only when the network failed: try again until it is back.
      this.say("offline");
      this.later(RETRY_MS);
      return;
    }
    if (!answer.ok) {
      this.say("kept");
    } else if (same(kept.values, valuesOf(this.form))) {
      localStorage.removeItem(this.key);
      this.say("saved");
    }
  }

  submitted(event) {
    clearTimeout(this.timer);
    if (this.deviceOnly) {
      event.preventDefault();
      this.changed();
      return;
    }
    write(this.key, { values: valuesOf(this.form), sent: true });
  }

  forget() {
    localStorage.removeItem(this.key);
    this.form.reset();
    this.say("forgotten");
  }

  say(what) {
    if (this.status) {
      this.status.textContent = this.status.dataset[what] ?? "";
    }
  }
}

// After a form was sent: if this page shows that the server took it, its draft can go. A page for someone signed out, or
// an error page, shows the opposite. A form that is on this page again has already been compared with its draft.
export function settle() {
  const refused = !document.body.dataset.person || "error" in document.body.dataset;
  const here = new Set([...document.querySelectorAll("form[data-autosave]")].map(keyOf));
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith("kunna:draft:"))) {
    const kept = read(key);
    if (!kept?.sent || here.has(key)) {
      continue;
    }
    if (refused) {
      write(key, { values: kept.values });
    } else {
      localStorage.removeItem(key);
    }
  }
}

function keyOf(form) {
  const person = form.dataset.person || document.body.dataset.person || "";
  const shelf = "deviceOnly" in form.dataset ? "device" : "draft";
  return `kunna:${shelf}:${person}:${form.dataset.autosave}`;
}

function fieldsOf(form) {
  return [...form.elements].filter(
    (field) => field.name && !["hidden", "password", "file", "submit", "button", "fieldset"].includes(field.type),
  );
}

function valuesOf(form) {
  return fieldsOf(form).map((field) =>
    field.type === "checkbox" || field.type === "radio"
      ? [field.name, field.value, field.checked]
      : [field.name, field.value],
  );
}

function fill(form, values) {
  const waiting = [...values];
  for (const field of fieldsOf(form)) {
    const ticked = field.type === "checkbox" || field.type === "radio";
    const at = waiting.findIndex(([name, value]) => name === field.name && (!ticked || value === field.value));
    if (at < 0) {
      continue;
    }
    const [[, value, checked]] = waiting.splice(at, 1);
    if (ticked) {
      field.checked = checked;
    } else {
      field.value = value;
    }
  }
}

function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

function read(key) {
  const text = localStorage.getItem(key);
  return text ? JSON.parse(text) : null;
}

function write(key, kept) {
  localStorage.setItem(key, JSON.stringify(kept));
}
