"""Files of occupations as they are published, read whole or refused with every problem by its row.

A file is known by its headings and may hold more than one kind of thing. Commands speak English, and so does this.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Final

from lms.errors import Invalid, Problem
from lms.identity import sheet

MOST_ROWS: Final = 100_000
# A definition of a group is a paragraph.
LONGEST: Final = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """One kind of thing in the files."""

    name: str
    # What each of its values is headed, in any of the files. The first `keys` of them tell it from its like.
    columns: Mapping[str, tuple[str, ...]]
    keys: int
    # Values that may be missing.
    optional: frozenset[str] = frozenset()

    def column(self, value: str, headings: Sequence[str]) -> int | None:
        return next((headings.index(name) for name in self.columns[value] if name in headings), None)

    def is_in(self, headings: Sequence[str]) -> bool:
        return all(self.column(value, headings) is not None for value in self.columns.keys() - self.optional)


GROUPS: Final = Kind(
    "SSYK groups",
    {"code": ("code",), "name": ("label_sv",), "definition": ("definition_sv",)},
    1,
    frozenset({"definition"}),
)
OCCUPATIONS: Final = Kind("occupations", {"code": ("jobtech_id",), "name": ("label_sv",), "group_code": ("ssyk4",)}, 1)
SKILLS: Final = Kind("skills", {"code": ("skill_id",), "name": ("skill_label_sv", "label_sv")}, 1)
GROUP_SKILLS: Final = Kind("skills of groups", {"group_code": ("ssyk4",), "skill_code": ("skill_id",)}, 2)
CLOSENESS: Final = Kind(
    "pairs of close occupations",
    {"from_code": ("from_id",), "to_code": ("to_id",), "percent": ("percentage",)},
    2,
)
KINDS: Final = (GROUPS, OCCUPATIONS, SKILLS, GROUP_SKILLS, CLOSENESS)

# What names what: kind, its value, and the kind that it is the key of.
NAMED: Final = (
    (OCCUPATIONS, "group_code", GROUPS),
    (GROUP_SKILLS, "group_code", GROUPS),
    (GROUP_SKILLS, "skill_code", SKILLS),
    (CLOSENESS, "from_code", OCCUPATIONS),
    (CLOSENESS, "to_code", OCCUPATIONS),
)

Key = tuple[str, ...]
# In the order of the kind's columns.
Row = tuple[str, ...]
Rows = dict[Key, Row]


@dataclass(slots=True)
class Found:
    """What files say, by kind; and in which file and row they do."""

    rows: dict[Kind, Rows] = field(default_factory=dict)
    places: dict[tuple[Kind, Key], str] = field(default_factory=dict)


def read(files: Iterable[tuple[str, bytes]]) -> Found:
    """Each file is its name and its content. Raises Invalid."""
    found, problems = Found(), list[Problem]()
    for name, content in files:
        try:
            problems += _read(name, content, found)
        except Invalid as invalid:
            problems += [Problem(name, str(problem.message)) for problem in invalid.problems]
    if problems:
        raise Invalid(problems)
    return found


def _read(name: str, content: bytes, found: Found) -> Iterator[Problem]:
    rows = sheet.read(content, most_rows=MOST_ROWS, longest=LONGEST)
    headings = [heading.casefold() for heading in rows[0]] if rows else []
    kinds = [kind for kind in KINDS if kind.is_in(headings)]
    if not kinds:
        told = "; ".join(", ".join(names[-1] for names in kind.columns.values()) for kind in KINDS)
        yield Problem(name, f"is none of the files that are known by their headings: {told}.")
    for kind in kinds:
        columns = [kind.column(value, headings) for value in kind.columns]
        its = found.rows.setdefault(kind, {})
        for number, cells in enumerate(rows[1:], 2):
            if not cells:
                continue
            place = f"{name} row {number}"
            row = tuple(cells[at] if at is not None and at < len(cells) else "" for at in columns)
            if wrong := _wrong(kind, row):
                yield Problem(place, wrong)
                continue
            key = row[: kind.keys]
            if its.setdefault(key, row) != row:
                yield Problem(place, f"says otherwise than {found.places[kind, key]} of {' and '.join(key)}.")
            found.places.setdefault((kind, key), place)


def write(kind: Kind, rows: Iterable[Row]) -> bytes:
    """As `read` takes it, by the last heading that each value is known by."""
    out = StringIO(newline="")
    # Definitions have line breaks of every kind in them, which are quoted only if they end lines too.
    writer = csv.writer(out)
    writer.writerow([names[-1] for names in kind.columns.values()])
    writer.writerows(rows)
    return out.getvalue().encode()


def _wrong(kind: Kind, row: Row) -> str:
    for value, cell in zip(kind.columns, row, strict=True):
        if not cell and value not in kind.optional:
            return f"has nothing under {' or '.join(kind.columns[value])}."
        is_group = value == "group_code" or (kind is GROUPS and value == "code")
        if is_group and not (cell.isascii() and cell.isdigit() and len(cell) <= 4):
            return f"has an SSYK code that is not one to four digits: “{cell}”."
        if value == "percent" and not (cell.isascii() and cell.isdigit() and 1 <= int(cell[:4]) <= 100):
            return f"has a percentage that is not 1–100: “{cell}”."
    return ""


def loose(found: Found, kept: Mapping[Kind, Iterable[Key]]) -> Iterator[Problem]:
    """What the files name that is neither in them nor in what there is besides."""
    known = {kind: {key[0] for key in found.rows.get(kind, kept.get(kind, ()))} for kind in KINDS}
    for kind, value, of in NAMED:
        at = list(kind.columns).index(value)
        if found.rows.get(kind) and not known[of]:
            yield Problem(kind.name, f"cannot be used without {of.name}: import them as well.")
            continue
        for key, row in found.rows.get(kind, {}).items():
            if row[at] not in known[of]:
                yield Problem(found.places[kind, key], f"names “{row[at]}”, which is not among the {of.name}.")
