"""Vintages: what files say of occupations, stamped with when it was said. The same files again change nothing."""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lms.errors import Invalid, NotFound, Problem
from lms.occupations import files
from lms.occupations.files import CLOSENESS, GROUP_SKILLS, GROUPS, KINDS, OCCUPATIONS, SKILLS, Found, Kind, Rows
from lms.occupations.lookup import folded
from lms.occupations.models import Closeness, Group, GroupSkill, Occupation, Skill, Vintage

logger = logging.getLogger(__name__)

NAME: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
SOURCE: Final = "Arbetsförmedlingen, JobTech Taxonomy; SCB, SSYK 2012"
LICENCE: Final = "CC0 1.0"

_TABLES: Final[Mapping[Kind, Any]] = {
    GROUPS: Group,
    OCCUPATIONS: Occupation,
    SKILLS: Skill,
    GROUP_SKILLS: GroupSkill,
    CLOSENESS: Closeness,
}


@dataclass(frozen=True, slots=True)
class Change:
    """What an import does to one kind of thing in a vintage."""

    kind: Kind
    new: int
    changed: int
    gone: int
    there: int

    @property
    def is_nothing(self) -> bool:
        return not (self.new or self.changed or self.gone)


def bring_in(
    session: Session, found: Found, name: str, *, at: datetime, source: str = SOURCE, licence: str = LICENCE
) -> list[Change]:
    """Make a vintage say what the files say, kind by kind; kinds that are in no file stay as they are.

    Raises Invalid, with everything that the files name and nobody has.
    """
    if not NAME.fullmatch(name):
        raise Invalid([Problem("vintage", f"must be a year and month, such as 2025-12, or a day; not “{name}”.")])
    vintage = session.scalars(select(Vintage).where(Vintage.name == name)).first()
    kept = {kind: _kept(session, vintage, kind) for kind in KINDS}
    if problems := list(files.loose(found, kept)) + list(_orphaned(found, kept)):
        raise Invalid(problems)
    changes = [_change(kind, kept[kind], rows) for kind, rows in found.rows.items()]
    if all(change.is_nothing for change in changes):
        return changes
    if vintage is None:
        vintage = Vintage(name=name)
        session.add(vintage)
    vintage.source, vintage.licence, vintage.imported_at = source, licence, at
    session.flush()
    for change in changes:
        if not change.is_nothing:
            _replace(session, vintage.id, change.kind, found.rows[change.kind])
    logger.info("Occupations of %s brought in: %s", name, ", ".join(f"{one.there} {one.kind.name}" for one in changes))
    return changes


def of(session: Session, name: str) -> dict[Kind, Rows]:
    """All that a vintage says, in order of keys. Raises NotFound."""
    vintage = session.scalars(select(Vintage).where(Vintage.name == name)).first()
    if vintage is None:
        raise NotFound(f"There is no vintage {name}.")
    return {kind: dict(sorted(_kept(session, vintage, kind).items())) for kind in KINDS}


def _kept(session: Session, vintage: Vintage | None, kind: Kind) -> Rows:
    if vintage is None:
        return {}
    table = _TABLES[kind]
    rows = session.execute(
        select(*(getattr(table, value) for value in kind.columns)).where(table.vintage_id == vintage.id)
    )
    read = [tuple(str(value) for value in row) for row in rows]
    return {row[: kind.keys]: row for row in read}


def _orphaned(found: Found, kept: Mapping[Kind, Rows]) -> Iterator[Problem]:
    """What is there already and would name something that is gone: its file has to come along."""
    for kind, value, of in files.NAMED:
        if kind in found.rows or of not in found.rows:
            continue
        at, known = list(kind.columns).index(value), {key[0] for key in found.rows[of]}
        if lost := sorted({row[at] for row in kept[kind].values()} - known):
            yield Problem(
                of.name,
                f"no longer have {len(lost)} that {kind.name} of this vintage name, such as “{lost[0]}”: "
                f"import {kind.name} as well.",
            )


def _change(kind: Kind, before: Rows, after: Rows) -> Change:
    both = before.keys() & after.keys()
    changed = sum(before[key] != after[key] for key in both)
    return Change(kind, len(after) - len(both), changed, len(before) - len(both), len(after))


def _replace(session: Session, vintage_id: int, kind: Kind, rows: Rows) -> None:
    table = _TABLES[kind]
    session.execute(delete(table).where(table.vintage_id == vintage_id))
    if rows:
        session.execute(insert(table), [_values(vintage_id, kind, row) for row in rows.values()])


def _values(vintage_id: int, kind: Kind, row: tuple[str, ...]) -> dict[str, object]:
    values: dict[str, object] = {"vintage_id": vintage_id, **dict(zip(kind.columns, row, strict=True))}
    if kind in (GROUPS, OCCUPATIONS):
        values["folded"] = folded(str(values["name"]))
    if kind is CLOSENESS:
        values["percent"] = int(str(values["percent"]))
    return values
