// Sorts a table by the column whose head is pressed. Cells without a value stay last in both directions.

const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });

export function attach(table) {
  const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
  heads.forEach((head, column) => {
    if ("fixed" in head.dataset || head.querySelector("a, button")) {
      return;
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(table, heads, column));
  });
}

function sort(table, heads, column) {
  const descending = heads[column].getAttribute("aria-sort") === "ascending";
  heads.forEach((head) => head.removeAttribute("aria-sort"));
  heads[column].setAttribute("aria-sort", descending ? "descending" : "ascending");

  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, value: valueOf(row.cells[column]) }));
  rows.sort((a, b) => compare(a.value, b.value, descending ? -1 : 1));
  body.append(...rows.map(({ row }) => row));
}

function valueOf(cell) {
  const text = (cell?.dataset.value ?? cell?.textContent ?? "").trim();
  return text === "–" ? "" : text;
}

function compare(a, b, direction) {
  if (!a || !b) {
    return Number(!a) - Number(!b);
  }
  const [x, y] = [numberIn(a), numberIn(b)];
  return direction * (Number.isNaN(x) || Number.isNaN(y) ? collator.compare(a, b) : x - y);
}

// "1 204", "68 %" and "2,4" are numbers; "3 of 8" and "2026-11-23" are words.
function numberIn(text) {
  const bare = text.replace(/[\s\u00a0\u202f%]/g, "").replace("−", "-").replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(bare) ? Number(bare) : NaN;
}
