// Attaches what a page asks for by data attributes. Nothing here is needed for a page to work.

const parts = {
  "[data-menu]": "./menus.js",
  "table[data-sortable]": "./sorting.js",
  "form[data-confirm]": "./confirming.js",
  "[data-remember-place]": "./place.js",
  "[data-follow]": "./following.js",
};

for (const [selector, module] of Object.entries(parts)) {
  const found = document.querySelectorAll(selector);
  if (found.length) {
    import(module).then(({ attach }) => found.forEach(attach));
  }
}

// Always: a form sent from an earlier page may have left a draft that has now served its purpose.
import("./drafts.js").then(({ attach, settle }) => {
  document.querySelectorAll("form[data-autosave]").forEach(attach);
  settle();
});

if (document.querySelector("[data-outbox]")) {
  import("./sending.js").then(({ attach, resume }) => {
    document.querySelectorAll("[data-outbox]").forEach(resume);
    document.querySelectorAll("form[data-send]").forEach(attach);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

document.querySelector("[data-focus]")?.focus();
