// Forms that are sent from a bad network. What is sent is kept in the browser, in a queue, until the server has said that
// it has it; an answer that is lost means that it is sent again, which changes nothing, since each has a key of its own.
//
// form data-send: the name of its queue. [data-outbox] of the same name tells how it goes, and holds what could not be
// taken. Fields with data-stay keep their value when the form is emptied.

const AGAIN_MS = 3000;
const PATIENCE_MS = 15000;

const outboxes = new Map();

export function attach(form) {
  const name = form.dataset.send;
  if (!outboxes.has(name)) {
    outboxes.set(name, new Outbox(name));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const missing = firstEmpty(form);
    if (missing) {
      missing.focus();
      return;
    }
    outboxes.get(name).take(form);
  });
}

// Also where there is no form: what waits since an earlier step is sent from any page of the same workshop.
export function resume(status) {
  const name = status.dataset.outbox;
  if (!outboxes.has(name)) {
    outboxes.set(name, new Outbox(name));
  }
}

class Outbox {
  constructor(name) {
    this.key = `kunna:outbox:${name}`;
    this.status = document.querySelector(`[data-outbox="${CSS.escape(name)}"]`);
    this.timer = 0;
    this.isSending = false;
    window.addEventListener("online", () => this.send());
    this.say();
    this.send();
  }

  get waiting() {
    return JSON.parse(localStorage.getItem(this.key) ?? "[]");
  }

  set waiting(entries) {
    if (entries.length) {
      localStorage.setItem(this.key, JSON.stringify(entries));
    } else {
      localStorage.removeItem(this.key);
    }
  }

  take(form) {
    const waiting = this.waiting;
    const { key, turn } = form.elements;
    if (turn) {
      turn.value = Math.max(Number(turn.value), ...waiting.map((entry) => (entry.turn ?? 0) + 1));
    }
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    const entry = { to: form.action, fields, turn: turn ? Number(turn.value) : null, words: turn ? "" : wordsOf(form) };
    this.waiting = [...waiting, entry];
    if (turn) {
      turn.value = Number(turn.value) + 1;
      for (const field of form.querySelectorAll("select")) {
        for (const option of field.options) {
          option.defaultSelected = option.selected;
        }
      }
    } else {
      key.value = freshKey();
      empty(form);
    }
    // What is kept of the form while it is being written is kept here now.
    form.dispatchEvent(new Event("input", { bubbles: true }));
    this.say();
    this.send();
  }

  async send() {
    clearTimeout(this.timer);
    if (this.isSending) {
      return;
    }
    this.isSending = true;
    try {
      for (let [first] = this.waiting; first; [first] = this.waiting) {
        const answer = await post(first);
        if (answer.ok) {
          this.waiting = this.waiting.slice(1);
          this.say("sent");
        } else if (answer.status >= 500 || answer.status === 429) {
          throw new Error(`status ${answer.status}`);
        } else {
          await this.refuse(answer);
        }
      }
    } catch {
      // Not acknowledged: the same again, until it is.
      this.timer = setTimeout(() => this.send(), AGAIN_MS);
    } finally {
      this.isSending = false;
    }
    if (this.waiting.length) {
      this.say();
    }
  }

  // It will not be taken however often it is sent. It is shown, with the reason, until it is sent anew or removed.
  async refuse(answer) {
    const problem = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : {};
    const reason = problem.problems?.map((one) => one.message).join(" ") || problem.title || "";
    const [first, ...rest] = this.waiting;
    this.waiting = rest;
    const line = document.createElement("p");
    line.className = "box-quiet";
    line.textContent = [this.status?.dataset.refused, first.words, reason].filter(Boolean).join(" ");
    this.status?.after(line);
  }

  say(what = "waiting") {
    if (!this.status) {
      return;
    }
    const waiting = this.waiting;
    const lines = waiting.length ? [this.status.dataset.waiting, ...waiting.map((entry) => entry.words)] : [];
    if (!waiting.length && what === "sent") {
      lines.push(this.status.dataset.sent);
    }
    this.status.replaceChildren(
      ...lines.filter(Boolean).map((text) => {
        const line = document.createElement("p");
        line.className = "small";
        line.textContent = text;
        return line;
      }),
    );
  }
}

function post(entry) {
  const token = document.querySelector("main form [name=csrf_token]")?.value;
  const body = new URLSearchParams(entry.fields);
  if (token) {
    body.set("csrf_token", token);
  }
  return fetch(entry.to, {
    method: "POST",
    body,
    headers: { "X-Queued": "1", Accept: "application/json" },
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

function firstEmpty(form) {
  return [...form.querySelectorAll("textarea, select")].find((field) => !field.value.trim());
}

function wordsOf(form) {
  return [...form.querySelectorAll("textarea, select")]
    .map((field) => (field.options ? field.selectedOptions[0].textContent : field.value))
    .join(", ");
}

function empty(form) {
  for (const field of form.querySelectorAll("textarea, select:not([data-stay])")) {
    field.value = "";
  }
  form.querySelector("textarea, select:not([data-stay])")?.focus();
}

// crypto.randomUUID only exists where the address is https; phones in a room may not have that.
function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
