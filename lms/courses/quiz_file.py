"""The reading of quiz.toml: questions of seven kinds, and what each must have to be fair."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from lms.courses.course import Quiz
from lms.courses.mistakes import Table, each_once
from lms.courses.questions import (
    KINDS,
    Item,
    Match,
    Multiple,
    Number,
    Option,
    Order,
    Placed,
    Question,
    Single,
    Text,
    TrueFalse,
    plain,
)
from lms.i18n import lazy_gettext as _

# Fewer can be passed by luck.
FEWEST_QUESTIONS: Final = 5


def read(root: Table) -> Quiz:
    rows = root.tables("questions")
    each_once(rows)
    if len(rows) < FEWEST_QUESTIONS:
        root.wrong(
            "questions" if rows else None,
            _(
                "The quiz has %(found)s questions; at least %(least)s are needed. Write more, each beginning "
                "with [[questions]].",
                found=len(rows),
                least=FEWEST_QUESTIONS,
            ),
        )
    quiz = Quiz(
        pass_mark=_pass_mark(root),
        attempts=root.whole("attempts", 0),
        draw=_draw(root, len(rows)),
        intro=root.text("intro", ""),
        questions=tuple(_question(row) for row in rows),
    )
    root.close()
    return quiz


def _pass_mark(root: Table) -> float:
    mark = root.number("pass_mark")
    # cmi5 10.2.4: between 0 and 1, with at most four decimals.
    if "pass_mark" in root and not (0 < mark <= 1 and round(mark, 4) == mark):
        root.wrong("pass_mark", _("The pass mark is a share of the questions: 0.8 for eighty per cent."))
    return mark


def _draw(root: Table, bank: int) -> int:
    draw = root.whole("draw", bank, least=1 if "draw" in root else 0)
    if draw > bank:
        root.wrong(
            "draw",
            _(
                "%(draw)s questions are to be drawn, but there are only %(bank)s. Write more questions, or lower"
                " “draw”.",
                draw=draw,
                bank=bank,
            ),
        )
    return draw


def _question(table: Table) -> Question:
    make = _READERS[table.one_of("kind", KINDS)]
    question = make(table, table.key(), table.text("text"), table.text("explanation"))
    table.close()
    return question


def _options(table: Table) -> tuple[Option, ...]:
    rows = table.tables("options", least=2)
    each_once(rows)
    return tuple(_option(row) for row in rows)


def _option(table: Table) -> Option:
    option = Option(
        key=table.key(),
        text=table.text("text"),
        correct=table.yes("correct", False),
        explanation=table.text("explanation"),
    )
    table.close()
    return option


def _single(table: Table, key: str, text: str, explanation: str) -> Question:
    options = _options(table)
    right = sum(option.correct for option in options)
    if options and right != 1:
        table.wrong(
            "options",
            _(
                "A question of the kind “single” has exactly one right option; this has %(right)s. Write correct"
                " = true at one of them.",
                right=right,
            ),
        )
    return Single(key, text, explanation, options)


def _multiple(table: Table, key: str, text: str, explanation: str) -> Question:
    options = _options(table)
    if options and not any(option.correct for option in options):
        table.wrong("options", _("No option is right. Write correct = true at each that is."))
    return Multiple(key, text, explanation, options)


def _true_false(table: Table, key: str, text: str, explanation: str) -> Question:
    given = table.table("explanations", 'explanations = { true = "…", false = "…" }')
    has = "explanations" in table
    explanations = {answer: given.text(answer) for answer in ("true", "false")} if has else {}
    given.close()
    return TrueFalse(key, text, explanation, table.yes("answer"), explanations)


def _items(table: Table, name: str, least: int) -> tuple[Item, ...]:
    rows = table.tables(name, least=least)
    each_once(rows)
    items = tuple(Item(row.key(), row.text("text")) for row in rows)
    for row in rows:
        row.close()
    return items


def _order(table: Table, key: str, text: str, explanation: str) -> Question:
    return Order(key, text, explanation, _items(table, "items", 3))


def _match(table: Table, key: str, text: str, explanation: str) -> Question:
    targets = _items(table, "targets", 2)
    known = [target.key for target in targets]
    rows = table.tables("items", least=2)
    each_once(rows)
    items = tuple(_placed(row, known) for row in rows)
    return Match(key, text, explanation, targets, items)


def _placed(table: Table, targets: Sequence[str]) -> Placed:
    placed = Placed(table.key(), table.text("text"), table.text("target"))
    if placed.target and placed.target not in targets:
        table.wrong(
            "target",
            _(
                "No target has the key “%(target)s”. The targets are: %(known)s.",
                target=placed.target,
                known=", ".join(targets),
            ),
        )
    table.close()
    return placed


def _number(table: Table, key: str, text: str, explanation: str) -> Question:
    tolerance = table.number("tolerance", 0)
    if tolerance < 0:
        table.wrong("tolerance", _("The tolerance is how far off an answer may be: 0 or more."))
    answer = Decimal(str(table.number("answer")))
    return Number(key, text, explanation, answer, Decimal(str(tolerance)), table.text("unit", ""))


def _text(table: Table, key: str, text: str, explanation: str) -> Question:
    accept = table.texts("accept")
    if "accept" in table and not accept:
        table.wrong("accept", _('No answer is right. Write at least one: accept = ["…"].'))
    for answer in accept:
        # The mark that parts answers in statements (xAPI Data 2.4.4.1).
        if "[,]" in answer or not plain(answer):
            table.wrong("accept", _("“%(answer)s” cannot be an accepted answer.", answer=answer))
    return Text(key, text, explanation, accept)


_READERS: Final[dict[str, Callable[[Table, str, str, str], Question]]] = {
    "single": _single,
    "multiple": _multiple,
    "true-false": _true_false,
    "order": _order,
    "match": _match,
    "number": _number,
    "text": _text,
}
