// Asks before a form is sent, in the page's own words.

export function attach(form) {
  let agreed = false;

  form.addEventListener("submit", (event) => {
    if (agreed) {
      return;
    }
    event.preventDefault();
    ask(form).then((yes) => {
      if (yes) {
        agreed = true;
        form.requestSubmit(event.submitter);
      }
    });
  });
}

function ask(form) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "dialog-words");

  const words = document.createElement("p");
  words.id = "dialog-words";
  words.className = "dialog-words";
  words.textContent = form.dataset.confirm;

  const choices = document.createElement("form");
  choices.method = "dialog";
  choices.className = "actions";
  choices.append(
    choice(form.dataset.confirmNo, "no", "button button-secondary"),
    choice(form.dataset.confirmYes, "yes", "button button-danger"),
  );

  dialog.append(words, choices);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function choice(label, value, className) {
  const button = document.createElement("button");
  button.value = value;
  button.className = className;
  button.textContent = label;
  return button;
}
