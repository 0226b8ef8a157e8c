"""One person's competence: what their work needs, where they stand, and what would take them further."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.competence import closing, gap, members, opening, words
from lms.competence.assessment import calibrating
from lms.competence.assessment.calibrating import Note
from lms.competence.closing import Closing
from lms.competence.day import Day, today
from lms.competence.figures import map
from lms.competence.figures.map import Filters
from lms.competence.members import Member
from lms.competence.models import Evidence
from lms.competence.outside import decided, whose
from lms.competence.required.profiles import Requirement
from lms.competence.shown import evidence, level_rules, withdrawing
from lms.competence.shown.level import FRESH, Current, LevelRule, Shown, Source
from lms.competence.shown.levels import Expected
from lms.courses.content import Library
from lms.courses.course import Course, Module
from lms.errors import NotFound
from lms.frameworks.framework import Competence, Frameworks
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.looks import Looked
from lms.identity.models import Person, Role
from lms.xapi import clients, search
from lms.xapi.recorded import Recorded
from lms.xapi.statement import Statement

# More choices would not make it easier to begin.
MAX_OFFERS: Final = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A module, and the level in the competence that it leads to."""

    course: Course
    module: Module
    level: int


@dataclass(frozen=True, slots=True)
class Line:
    competence: Competence
    # None: the work does not need it, but it has been assessed.
    required: Requirement | None
    current: Current | None
    offers: Sequence[Offer]

    @property
    def level(self) -> int | None:
        return self.current.level if self.current is not None else None

    @property
    def gap(self) -> int | None:
        """None: nothing is required, or nothing is known."""
        return gap.gap(self.required.level, self.level) if self.required is not None else None

    @property
    def weighted_gap(self) -> int:
        return (self.gap or 0) * (self.required.weight if self.required is not None else 0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A person's profile against their work."""

    member: Member
    # What the work needs, and what has been assessed beside it; in the frameworks' order.
    needed: Sequence[Line]
    beside: Sequence[Line]
    # Modules that close gaps, those that close most in an hour first.
    furthest: Sequence[Closing]

    @property
    def match(self) -> float | None:
        return gap.match(self.member.cells())

    @property
    def not_assessed(self) -> int:
        return sum(line.current is None for line in self.needed)

    @property
    def next(self) -> Line | None:
        """The gap that weighs most."""
        return max(
            (line for line in self.needed if line.weighted_gap), key=lambda line: line.weighted_gap, default=None
        )


def picture(
    session: Session, viewer: Viewer, person: UUID, library: Library, frameworks: Frameworks, *, at: datetime
) -> Picture:
    """Of someone whose levels the viewer may open; otherwise NotFound."""
    return picture_on(session, viewer, person, library, frameworks, today(at), {})


def picture_on(
    session: Session,
    viewer: Viewer,
    person: UUID,
    library: Library,
    frameworks: Frameworks,
    day: Day,
    expected: Expected,
) -> Picture:
    """The same of a day that has been, or one to come and what they are expected to have reached by then."""
    member = opening.one(session, viewer, person, Looked.PROFILE, day)
    if day.is_ahead:
        member = members.reaching(member, expected.get(member.membership_id, {}), day.on)
    return draw(member, library, frameworks)


def draw(member: Member, library: Library, frameworks: Frameworks) -> Picture:
    offers = offers_of(library)
    required = member.profile.requirements if member.profile is not None else {}
    return Picture(
        member,
        [line(member, one, offers) for one in frameworks.known(required)],
        [line(member, one, offers) for one in frameworks.known(member.levels.keys() - required.keys())],
        closing.ranked(library.courses, member.cells_by_key()),
    )


def line(member: Member, competence: Competence, offers: Mapping[str, Sequence[Offer]]) -> Line:
    key = competence.key
    required = member.profile.requirements.get(key) if member.profile is not None else None
    current = member.levels.get(key)
    target = required.level if required is not None else None
    closing = nearest(offers.get(key, ()), current.level if current is not None else 0, target)
    return Line(competence, required, current, closing)


def offers_of(library: Library) -> dict[str, list[Offer]]:
    found: dict[str, list[Offer]] = {}
    for course in library.courses:
        for module in course.modules:
            for key, level in module.develops.items():
                found.setdefault(key, []).append(Offer(course, module, level))
    return found


def nearest(offers: Iterable[Offer], level: int, target: int | None) -> list[Offer]:
    """Modules that lead further than the level: nearest to what is required first, then the shortest."""
    wanted = level + 1 if target is None else target
    helping = [offer for offer in offers if offer.level > level and (target is None or level < target)]
    helping.sort(key=lambda offer: (abs(offer.level - wanted), offer.module.minutes, offer.module.key))
    return helping[:MAX_OFFERS]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the start page says about competence."""

    has_profile: bool
    # Of what the work needs.
    not_assessed: int
    # The gap that weighs most. None: no known gap.
    next: Line | None
    # The modules that close most in an hour.
    furthest: Sequence[Closing]
    # A manager's team, in one sentence; empty for others.
    team: str


def summary(session: Session, viewer: Viewer, library: Library, frameworks: Frameworks, *, at: datetime) -> Summary:
    mine = picture(session, viewer, viewer.person_uuid, library, frameworks, at=at)
    team = ""
    if viewer.has(Role.MANAGER):
        team = words.finding(map.of_team(session, viewer, frameworks, Filters(), today(at), looked=None))
    furthest = mine.furthest[:MAX_OFFERS]
    return Summary(mine.member.profile is not None, mine.not_assessed, mine.next, furthest, team)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence, with what the statement behind it is about."""

    evidence: Evidence
    about: Mapping[str, str]
    # It is what its source now says; the others have been overtaken.
    counts: bool
    # By name, who says so; empty where that is the person, Kunna, or somebody who has been forgotten.
    issuer: str
    # It has ended on the day that is asked about.
    has_ended: bool
    # It is older than 24 months then, and stands back for whatever is newer.
    is_old: bool
    # What somebody wrote to explain it.
    note: Note | None
    # What the organisation calls the rule that read it; empty for Kunna's own rules.
    rule: str
    # The person may open the statement: it tells of them, as they are known today.
    opens: bool
    # The viewer said it, and can take it back.
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Why:
    """Why someone is said to have a level, on a day and by a rule, down to each piece of evidence."""

    member: Member
    line: Line
    pieces: Sequence[Piece]
    rule: LevelRule
    day: Day
    # Whether the viewer may see what it rests on; without it there are no pieces.
    shows_evidence: bool


def why(
    session: Session, viewer: Viewer, person: UUID, competence: Competence, library: Library, day: Day, base: str
) -> Why:
    member = opening.one(session, viewer, person, Looked.WHY, day)
    rule = level_rules.rule_of(session, member.organisation_id, min(day.on, day.at))
    its = line(member, competence, offers_of(library))
    if not opening.shows_evidence(session, viewer, person):
        return Why(member, its, [], rule, day, shows_evidence=False)
    everything = evidence.of(session, member.organisation_id, person, competence.key)
    found = [one for one in everything if not day.is_past or one.known_at <= day.on]
    return Why(member, its, _pieces(session, viewer, member, found, rule, day, base), rule, day, shows_evidence=True)


def _pieces(
    session: Session, viewer: Viewer, member: Member, found: Sequence[Evidence], rule: LevelRule, day: Day, base: str
) -> list[Piece]:
    homes = decided.homes(session, {one.rule for one in found})
    behind = _behind(session, member.organisation_id, found, homes)
    counting = _counting(found, rule, day)
    issuers = _issuers(session, {member.organisation_id, *homes.values()}, found)
    notes = calibrating.beside(session, member.organisation_id, [one.statement_id for one in found])
    rules = decided.names(session, {one.rule for one in found})
    agents = whose.agents(session, member.organisation_id, member.person_uuid, base)
    return [
        Piece(
            one,
            evidence.called(behind[one.statement_id]),
            (one.statement_id, one.known_at) in counting,
            issuers.get(one.issuer or "", ""),
            not _shown(one).holds(day.on),
            min(day.on, day.at) - one.shown_at > FRESH,
            notes.get(one.statement_id),
            rules.get(one.rule, ""),
            behind[one.statement_id].actor.key in agents,
            withdrawing.may(viewer, one),
        )
        for one in found
    ]


def _behind(
    session: Session, organisation_id: int, found: Sequence[Evidence], homes: Mapping[str, int]
) -> dict[UUID, Statement]:
    """The statements: what a rule from above has read is kept in its home, where it was decided."""
    by_home: dict[int, list[UUID]] = defaultdict(list)
    for one in found:
        by_home[homes.get(one.rule, organisation_id)].append(one.statement_id)
    return {id: its for home, ids in by_home.items() for id, its in evidence.statements(session, home, ids).items()}


def _issuers(session: Session, organisations: Iterable[int], found: Sequence[Evidence]) -> dict[str, str]:
    """Names of those who issued it. People are known by their uuids there, programs by their keys, others by name."""
    named, people = {}, {}
    for issuer in {one.issuer for one in found if one.issuer}:
        try:
            people[UUID(issuer)] = issuer
        except ValueError:
            named[issuer] = issuer
    if people:
        rows = session.execute(select(Person.uuid, Person.name).where(Person.uuid.in_(people)))
        named |= {people[uuid]: name for uuid, name in rows}
    if any(one.source == Source.IMPORTED for one in found):
        named |= {client.key: client.name for one in organisations for client in clients.of(session, one)}
    return named


def _counting(found: Iterable[Evidence], rule: LevelRule, day: Day) -> set[tuple[UUID, datetime]]:
    """What each source stands on: a statement, and since when it is known to show that."""
    by_shown: dict[Shown, set[tuple[UUID, datetime]]] = {}
    for one in found:
        by_shown.setdefault(_shown(one), set()).add((one.statement_id, one.known_at))
    standing = rule.standing(by_shown, min(day.on, day.at), valid_at=day.on)
    return {piece for shown in standing for piece in by_shown[shown]}


def _shown(one: Evidence) -> Shown:
    return Shown(Source(one.source), one.level, one.shown_at, one.valid_until)


def statement(session: Session, viewer: Viewer, id: UUID, base: str) -> Recorded:
    """A statement about what the viewer has done, in the organisation where they now act; nobody else's."""
    found: Recorded | None
    try:
        found = search.get(session, [viewer.organisation_id], id)
    except NotFound:
        # The record store says so in English, to programs.
        found = None
    if found is None or found.agent not in whose.agents(session, viewer.organisation_id, viewer.person_uuid, base):
        raise NotFound(gettext("There is no such statement."))
    return found
