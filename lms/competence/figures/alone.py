"""Competences that rest on one person, or on nobody: what it would cost if somebody left.

By its nature this tells of one person. A manager sees it of their own team by name. Inside an organisation whoever
administers it sees which competences they are, and not who it is: only the critical ones, and only where so many have
been assessed that the one cannot be told among them. Nobody outside the organisation sees it, no figure of groups is
made from it, and it is not in what can be taken away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from lms.competence import gap
from lms.competence.day import Day
from lms.competence.figures import groups
from lms.competence.figures import map as maps
from lms.competence.figures.map import Filters
from lms.competence.gap import Vulnerability
from lms.competence.members import Member
from lms.frameworks.framework import Competence, Frameworks
from lms.identity.access import Viewer

# More than what is usual, 3 × 3 ÷ 5.
CRITICAL: Final = 2.0
_FEW: Final = (Vulnerability.MISSING, Vulnerability.SINGLE)


@dataclass(frozen=True, slots=True)
class Alone:
    competence: Competence
    vulnerability: Vulnerability
    # How many need it, and how many of them have been assessed.
    required_of: int
    assessed: int
    # On average over those who need it, 0.2–5.
    criticality: float
    # Who has what their work requires. None where it is nobody, and of an organisation.
    holder: Member | None = None


@dataclass(frozen=True, slots=True)
class Resting:
    # The most critical first.
    found: Sequence[Alone]
    # How many competences are needed of which too little is known.
    unknown: int
    people: int


def of_team(session: Session, viewer: Viewer, frameworks: Frameworks, day: Day) -> Resting:
    people = maps.team(session, viewer, frameworks, Filters(), day).people
    found, unknown = [], 0
    for competence in maps.needed(people, frameworks, Filters()):
        cells = [(one, cell) for one in people if (cell := one.cell(competence.key)) is not None]
        tally = gap.tally([cell for _, cell in cells])
        if not tally.assessed:
            unknown += 1
            continue
        holders = [one for one, cell in cells if cell.current is not None and cell.current >= cell.required]
        found.append(
            Alone(
                competence,
                gap.vulnerability(len(holders)),
                tally.required_of,
                tally.assessed,
                tally.criticality(tally.required_of),
                holders[0] if len(holders) == 1 else None,
            )
        )
    return Resting(_few(found), unknown, len(people))


def of_organisation(session: Session, viewer: Viewer, frameworks: Frameworks, k: int, day: Day) -> Resting:
    """The one that the viewer administers; nobody where they administer none."""
    counted = groups.administered(session, viewer, k, day)
    found, unknown = [], 0
    for competence in maps.known(counted.needed(), frameworks, Filters()):
        its, of = counted.one(competence, groups.ALL), counted.vulnerability(competence)
        if its is None or its.shown is None or of is None:
            unknown += 1
            continue
        critical = its.shown.criticality(its.required_of)
        if critical >= CRITICAL:
            found.append(Alone(competence, of, its.required_of, its.shown.assessed, critical))
    return Resting(_few(found), unknown, counted.people())


def _few(found: Iterable[Alone]) -> list[Alone]:
    few = [one for one in found if one.vulnerability in _FEW]
    return sorted(few, key=lambda one: (-one.criticality, _FEW.index(one.vulnerability)))
