// A quiz, one question at a time, and lines put in order with buttons. The form is whole without this: it hides and moves
// what the server wrote, and what is sent is the same.

const quiz = document.querySelector("[data-quiz]");

if (quiz) {
  quiz.querySelectorAll("[data-order]").forEach(order);
  // With something to put right, all questions stay in sight.
  if (!document.querySelector(".error-summary")) {
    turn(quiz);
  }
}

function words(name, values = {}) {
  return quiz.dataset[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

function button(label, kind = "secondary") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `button button-${kind}`;
  made.textContent = label;
  return made;
}

// One question at a time --------------------------------------------------

function turn(within) {
  const questions = [...within.querySelectorAll("[data-question]")];
  const end = document.querySelector("[data-quiz-end]");
  const previous = button(words("wordsPrevious"));
  const next = button(words("wordsNext"), "primary");
  const all = button(words("wordsAll"), "quiet");
  const row = document.createElement("div");
  row.className = "actions";
  row.append(previous, next, all);
  within.after(row);

  let at = Math.max(questions.findIndex((question) => !isAnswered(question)), 0);

  function show(focus) {
    questions.forEach((question, place) => {
      question.hidden = place !== at;
    });
    previous.hidden = at === 0;
    next.hidden = at === questions.length - 1;
    end.hidden = at !== questions.length - 1;
    if (focus) {
      questions[at].querySelector("input, select, textarea").focus();
    }
  }

  function step(by) {
    at += by;
    show(true);
  }

  previous.addEventListener("click", () => step(-1));
  next.addEventListener("click", () => step(1));
  all.addEventListener("click", () => {
    questions.forEach((question) => {
      question.hidden = false;
    });
    row.remove();
    end.hidden = false;
    questions[0].querySelector("input, select, textarea").focus();
  });
  // Enter in a field goes to the next question rather than handing in.
  within.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input") && row.isConnected && at < questions.length - 1) {
      event.preventDefault();
      step(1);
    }
  });
  show(false);
}

function isAnswered(question) {
  const fields = [...question.querySelectorAll("input, select")];
  const ticks = fields.filter((field) => field.type === "radio" || field.type === "checkbox");
  return ticks.length ? ticks.some((field) => field.checked) : fields.every((field) => field.value !== "");
}

// Order: the lines move, and the place of each is written in its own field ----

function order(list) {
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  list.after(status);

  const lines = [...list.children];
  if (lines.every((line) => field(line).value !== "")) {
    lines.sort((a, b) => Number(field(a).value) - Number(field(b).value)).forEach((line) => list.append(line));
  }
  for (const line of lines) {
    field(line).closest(".field").hidden = true;
    const text = line.querySelector("span").textContent;
    const up = mover("↑", words("wordsUp", { line: text }));
    const down = mover("↓", words("wordsDown", { line: text }));
    const row = document.createElement("span");
    row.className = "row";
    row.append(up, down);
    line.append(row);
    up.addEventListener("click", () => move(line, -1, up));
    down.addEventListener("click", () => move(line, 1, down));
  }

  function move(line, by, pressed) {
    const beside = by < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (!beside) {
      return;
    }
    if (by < 0) {
      beside.before(line);
    } else {
      beside.after(line);
    }
    number();
    pressed.focus();
    const place = [...list.children].indexOf(line) + 1;
    status.textContent = words("wordsMoved", { line: line.querySelector("span").textContent, place });
  }

  // Nothing is answered until something has been moved, or the quiz is handed in as it stands.
  function number() {
    [...list.children].forEach((line, place) => {
      field(line).value = String(place + 1);
    });
    list.dispatchEvent(new Event("input", { bubbles: true }));
  }

  list.closest("form").addEventListener("submit", (event) => {
    if (!event.submitter?.hasAttribute("formaction")) {
      number();
    }
  }, { capture: true });
}

function field(line) {
  return line.querySelector("select");
}

function mover(sign, label) {
  const made = button(sign, "quiet");
  made.setAttribute("aria-label", label);
  return made;
}
