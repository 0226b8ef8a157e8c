"""What is taken away is what is on the page: all of it, and nothing else, in every form.

The page is read as it is seen, the files as their readers have them, and both are put into the same words.
"""

import json
import re
from datetime import datetime

import pytest
from babel.dates import format_date

from lms.reports.catalogue import OFFERS
from tests.reports.reading import Printed, Share, lines, page, plain, workbook

ALVA, BJORN, ELSA = "alva@fyren.example", "bjorn@fyren.example", "elsa@ekeby.example"
CECILIA = "cecilia@kompetenslyft.example"

MAPS = [
    (BJORN, "group=fyren-ungdom&framework=self-leadership&profile=ungdomsledare&sort=gap"),
    (ELSA, "by=profile&horizon=12"),
    (CECILIA, "by=region&profile=vagledare"),
]
# Where a page is, and its files. {alva}: her uuid.
OTHERS = [
    ("mine", ALVA, "competence/", "me"),
    ("person", BJORN, "competence/people/{alva}", "people/{alva}"),
    ("needs", ELSA, "competence/needs/ekeby", "needs/ekeby"),
    ("needs", BJORN, "competence/needs/fyren-ungdom", "needs/fyren-ungdom"),
    ("role_profiles", CECILIA, "competence/profiles", "role-profiles"),
    ("role_profile", CECILIA, "competence/profiles/vagledare", "role-profiles/vagledare"),
]
GAPS = [(BJORN, ""), (ELSA, "by=profile&horizon=12"), (CECILIA, "framework=self-leadership")]
# Of one row, and said in sentences on the page.
GROUPS = [("ekeby", "self-leadership/SL2"), ("ekeby", "digcomp-3/1.2"), ("nordverk", "self-leadership/SL2")]
OVER_TIME = [(BJORN, ""), (CECILIA, "by=region")]
HIDDEN, NOTHING = "dolt", "–"
# Of a cell: as it is marked on the page, on paper and in JSON, and in words.
MARKS = (
    ("is-old", "*", "old", "Gammalt underlag"),
    ("is-few", "†", "few_sources", "Få källor"),
    ("is-apart", "‡", "apart", "Två eller fler nivåer isär"),
)
NO_MARKS = {"is-unknown", "is-not-asked"}


def test_everything_that_can_be_taken_away_is_compared():
    assert {offer.key for offer in OFFERS} == {"map", "gaps", "group", "over_time", *(key for key, *_ in OTHERS)}


@pytest.mark.parametrize(("who", "asked"), MAPS)
def test_a_map(of_the_demo, who, asked):
    browser = of_the_demo(who)
    *_, matrix, measures = page(browser.get(f"/competence/map?{asked}").text)
    body = [row for row in matrix if any("map-cell" in cell.classes for cell in row)]
    names = [cell.title for cell in matrix[matrix.index(body[0]) - 1][1:]]
    seen = {name: [on_the_page(row[place]) for row in body] for place, name in enumerate(names, 1)}
    rows = [row[0].text for row in body]

    sheet, beside, _ = workbook(take(browser, f"/reports/map.xlsx?{asked}"))
    lead = 1 + (sheet[2][1] == "Rollprofil")
    assert in_cells(sheet) == seen
    assert list(in_cells(sheet)) == names
    assert [" ".join(row[:lead]) for row in sheet[3:]] == rows
    assert [[in_a_word(value) for value in row] for row in beside[1:]] == [whole(row) for row in measures[1:]]

    told, measured = sent(browser, f"/api/v1/map?{asked}")
    assert [row[lead:] for row in told] == [[seen[name][row] for name in names] for row in range(len(body))]
    assert [row[:lead] for row in told] == [row[:lead] for row in sheet[3:]]
    assert measured == beside[1:]

    written = lines(take(browser, f"/reports/map.csv?{asked}"))
    assert [heading.split(": ")[-1] for heading in written[0]] == sheet[2]
    assert written[1 : written.index([])] == [[as_csv(value) for value in row] for row in sheet[3:]]

    printed = Printed(take(browser, f"/reports/map.pdf?{asked}"))
    maps, measured = printed.tables[:-2], printed.tables[-2]
    side_by_side = [[cell for part in maps for cell in part[row][lead:]] for row in range(1, len(body) + 1)]
    assert [[in_full(cell) for cell in row] for row in side_by_side] == [
        [seen[name][row][0] for name in names] for row in range(len(body))
    ]
    assert [plain(" ".join(row[:lead])) for row in maps[0][1:]] == rows
    assert [[plain(cell) for cell in row] for row in measured[1:]] == [whole(row) for row in measures[1:]]


@pytest.mark.parametrize(("key", "who", "address", "files"), OTHERS)
def test_another_page(of_the_demo, alva, key, who, address, files):
    """Row by row: what the page has in other columns stands in the same order of words."""
    browser, name = of_the_demo(who), files.format(alva=alva)
    files = f"/reports/{name}"
    tables = page(browser.get("/" + address.format(alva=alva)).text)
    *book, _ = workbook(take(browser, f"{files}.xlsx"))
    assert [len(table) for table in tables] == [len(sheet) for sheet in book]
    for table, sheet in zip(tables, book, strict=True):
        for seen, row in zip(table[1:], sheet[1:], strict=True):
            text = " ".join(cell.text for cell in seen)
            assert words_of(text) == words_of(one_line(dict(zip(sheet[0], row, strict=True))))
            assert ("••" in text) == (HIDDEN in row)

    assert sent(browser, f"/api/v1/{name}") == [sheet[1:] for sheet in book]

    written = lines(take(browser, f"{files}.csv"))
    assert written[: len(book[0])] == [[as_csv(value) for value in row] for row in book[0]]

    printed = Printed(take(browser, f"{files}.pdf")).tables[:-1]
    assert [[[plain(cell) for cell in row] for row in table] for table in printed] == [
        [[in_a_word(value) for value in row] for row in not_empty(sheet)] for sheet in book
    ]


@pytest.mark.parametrize(("who", "asked"), GAPS)
def test_gaps_in_order(of_the_demo, who, asked):
    browser = of_the_demo(who)
    shown = browser.get(f"/competence/gaps?{asked}").text
    [table] = [one for one in page(shown) if one[0][0].text == "Plats"]
    sheet, *unknown, _ = workbook(take(browser, f"/reports/gaps.xlsx?{asked}"))
    assert len(table) == len(sheet) > 3
    for seen, row in zip(table[1:], sheet[1:], strict=True):
        place, by_figures, name, marks, where, assessed, need, reach, priority, index, *factors = row
        facts = words_of(re.sub("Mest saknas hos:|Saknas hos:", "", seen[1].text))
        assert facts == words_of(" ".join(filter(None, (name, marks, where))))
        assert seen[0].text == number(place) + (f" enligt siffrorna {by_figures}" if by_figures else "")
        assert [cell.text for cell in seen[2:4]] == [f"{assessed} av {need}", "••" if reach == HIDDEN else reach]
        worked_out = " × ".join([in_a_word(index), *map(number, factors)])
        assert seen[4].text.removeprefix("≈ ") == f"{number(priority)} {worked_out}"
    for its in unknown:
        assert all(row[0] in plain(shown) for row in its[1:])

    written = lines(take(browser, f"/reports/gaps.csv?{asked}"))
    assert written[: len(sheet)] == [[as_csv(value) for value in row] for row in sheet]
    assert sent(browser, f"/api/v1/gaps?{asked}") == [one[1:] for one in (sheet, *unknown)]
    printed = Printed(take(browser, f"/reports/gaps.pdf?{asked}")).tables[0]
    assert [[plain(cell) for cell in row] for row in printed] == [
        [in_a_word(value) for value in row] for row in not_empty(sheet)
    ]


@pytest.mark.parametrize(("group", "competence"), GROUPS)
def test_why_of_a_group(of_the_demo, group, competence):
    browser, name = of_the_demo(CECILIA), f"groups/{group}/{competence}"
    files = f"/reports/{name}"
    shown = plain(re.sub("<[^>]*>", " ", browser.get(f"/competence/why/group/{group}/{competence}").text))
    (names, values), _ = workbook(take(browser, f"{files}.xlsx"))
    measures = dict(zip(names, values, strict=True))
    if HIDDEN in values:
        assert set(values) == {HIDDEN}
        assert "Siffrorna är dolda" in shown
    for measure, value in measures.items():
        assert value in (None, HIDDEN) or in_a_word(value) in shown, measure

    assert sent(browser, f"/api/v1/{name}") == [[values]]
    assert lines(take(browser, f"{files}.csv"))[1] == [as_csv(value) for value in values]
    [*rows, _] = Printed(take(browser, f"{files}.pdf")).tables
    assert [row[0] for row in rows[0][1:]] == names


@pytest.mark.parametrize(("who", "asked"), OVER_TIME)
def test_gaps_over_time(of_the_demo, who, asked):
    browser = of_the_demo(who)
    [*_, table] = page(browser.get(f"/competence/over-time?{asked}").text)
    sheet, _ = workbook(take(browser, f"/reports/over-time.xlsx?{asked}"))
    assert len(table) == len(sheet) > 12
    for seen, row in zip(table[1:], sheet[1:], strict=True):
        *whole, same, people = map(in_a_word, row)
        its = {f"{same} {people} {word}" for word in ("person", "personer")} if people != NOTHING else {same}
        assert [cell.text for cell in seen[:-1]] == whole
        assert seen[-1].text in its

    assert sent(browser, f"/api/v1/over-time?{asked}") == [sheet[1:]]
    written = lines(take(browser, f"/reports/over-time.csv?{asked}"))
    assert written[: len(sheet)] == [[as_csv(value) for value in row] for row in sheet]
    printed = Printed(take(browser, f"/reports/over-time.pdf?{asked}")).tables[0]
    assert [[plain(cell) for cell in row] for row in printed] == [
        [in_a_word(value) for value in row] for row in not_empty(sheet)
    ]


def take(browser, address: str) -> bytes:
    answer = browser.get(address, buffered=True)
    assert answer.status_code == 200, address
    return answer.data


def sent(browser, address: str):
    """The rows of each table, with what a spreadsheet has in their place."""
    return [
        [[_sent(row["values"][one["key"]], one["kind"]) for one in table["columns"]] for row in table["rows"]]
        for table in json.loads(take(browser, address))["tables"]
    ]


def _sent(value, kind):
    match value:
        case {"is": "hidden"}:
            return (HIDDEN, 0) if kind == "level" else HIDDEN
        case {"is": "at least" | "at most" as bound, "share": share}:
            return f"{'minst' if bound == 'at least' else 'högst'} {share:.0%}".replace("%", " %")
        case {"is": "level"}:
            marks = [words for _, _, name, words in MARKS if value.get(name)]
            base = f"{value['assessed']} av {value['need']}" if "assessed" in value else ""
            figures = number(value.get("current")), number(value.get("required"))
            return of_a_cell(*figures, base, ", ".join(marks)), value.get("missing", 0)
        case None:
            return ("", 0) if kind == "level" else None
    if kind == "date":
        return datetime.fromisoformat(value)
    return Share(value) if kind == "share" else value


def number(value) -> str:
    """As a page in Swedish writes it."""
    return "" if value is None else f"{value:g}".replace(".", ",")


def of_a_cell(level: str, required: str, base: str, marks: str) -> str:
    """What a cell of the map says, in one line."""
    if not level and not required:
        return ""
    if not level:
        return f"{NOTHING} / {required}"
    return " ".join(part for part in (level, f"/ {required}" if required else "", marks, base) if part)


def on_the_page(cell) -> tuple[str, int]:
    """With how much is missing."""
    if "••" in cell.text:
        return HIDDEN, 0
    if cell.text == NOTHING:
        required = re.fullmatch(r"Inte bedömd, ([\d,]+) krävs", cell.aloud)
        return f"{NOTHING} / {required[1]}", 0
    missing = re.search(r"\bgap-(\d)", cell.classes)
    figures = re.fullmatch(r"(?:([\d,]+)(?: / ([\d,]+))?)? ?(\d+ av \d+)?", cell.text)
    assert figures, cell
    its = {name for name in cell.classes.split() if name.startswith("is-")} - NO_MARKS
    marks = [words for name, _, _, words in MARKS if name in its]
    assert len(marks) == len(its), "a mark that no file has"
    text = of_a_cell(figures[1] or "", figures[2] or "", figures[3] or "", ", ".join(marks))
    return text, int(missing[1]) if missing else 0


def in_cells(sheet) -> dict[str, list[tuple[str, int]]]:
    """By competence, down the rows: the columns that stand for one are put together again."""
    names, headings, rows = sheet[1], sheet[2], sheet[3:]
    starts = [place for place, name in enumerate(names) if name]
    return {
        names[start]: [put_together(dict(zip(headings[start:end], row[start:end], strict=True))) for row in rows]
        for start, end in zip(starts, [*starts[1:], len(names)], strict=True)
    }


def put_together(parts) -> tuple[str, int]:
    if HIDDEN in parts.values():
        assert set(parts.values()) == {HIDDEN}
        return HIDDEN, 0
    assert all(isinstance(value, int | float | None) for name, value in parts.items() if name != "Märkning")
    base = f"{parts['Bedömda']} av {parts['Behöver den']}" if parts.get("Bedömda") is not None else ""
    text = of_a_cell(number(parts["Nivå"]), number(parts["Krävs"]), base, parts.get("Märkning") or "")
    return text, parts["Saknas"] or 0


def in_full(text: str) -> str:
    """The marks of a PDF in the words that its legend has for them."""
    said = {sign: words for _, sign, _, words in MARKS}
    return re.sub(r" ([*†‡]+)", lambda m: " " + ", ".join(said[sign] for sign in m[1]), text)


def whole(row) -> list[str]:
    """A row of measures that is hidden says so once."""
    texts = [cell.text for cell in row]
    return texts if len(texts) > 2 else [texts[0], *[HIDDEN] * 6]


def words_of(text: str) -> list[str]:
    """Without what stands for nothing, and for what is hidden, which a page says in fewer places."""
    return [word for word in text.replace(",", "").split() if word not in {NOTHING, "/", HIDDEN, "••"}]


def one_line(row) -> str:
    """A row of a file as its page puts it."""
    said = []
    for heading, value in row.items():
        if heading == "Bedömda" and isinstance(value, int):
            said[-1] += f" av {value}"
        elif value is not None:
            said.append(in_a_word(value))
    return " ".join(said)


def not_empty(sheet):
    """A column with nothing in it is not printed."""
    columns = [column for column in zip(*sheet, strict=True) if any(value is not None for value in column[1:])]
    return list(zip(*columns, strict=True))


def as_csv(value) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value if isinstance(value, str) else number(value)


def in_a_word(value) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return format_date(value, locale="sv")
    if isinstance(value, Share):
        return f"{value:.0%}".replace("%", " %")
    return value if isinstance(value, str) else number(value)
