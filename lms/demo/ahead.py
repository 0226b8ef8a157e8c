"""What the demo's organisations have decided that they will need: role profiles, needs, a workshop and another one.

Told through the same functions as a real decision, each at its own time.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from lms.competence.day import today
from lms.competence.figures import ranking, turnover
from lms.competence.figures.map import Filters
from lms.competence.figures.placing import Wanted
from lms.competence.models import RoleProfile
from lms.competence.required import needs, profiles
from lms.competence.required.needs import Sought
from lms.competence.required.profiles import Requirement
from lms.competence.required.versions import Decision
from lms.competence.shown import level_rules
from lms.competence.shown.level import BEST_VALID_CONFIRMED, HIGHEST_SHOWN
from lms.courses.content import Library
from lms.demo.cast import Cast
from lms.demo.colleagues import PROFILES
from lms.frameworks.framework import Frameworks
from lms.identity.access import Viewer
from lms.identity.models import Organisation, Person
from lms.workshops import deciding, items, running, voting
from lms.workshops.agenda import Kind, Step
from lms.workshops.models import Workshop

YEAR: Final = timedelta(days=365)

# What was seen after a year: competence -> level, upper level, weight, consequence, difficulty.
REVISED: Final = {
    "ungdomsledare": (
        "Efter första årets kartläggning: mer om gränser på nätet, mindre om verktygen.",
        {
            "digcomp-3/2.6": (3, None, 4, 4, 3),
            "digcomp-3/4.3": (3, 4, 5, 5, 4),
            "self-leadership/SL5": (3, None, 4, 3, 2),
        },
    ),
    "vagledare": (
        "Arbetsförmedlingens nya uppdrag gör vägledning i grupp till vardag.",
        {
            "guidance/V8": (3, 4, 5, 5, 5),
            "guidance/V5": (3, None, 5, 5, 4),
            "guidance/V10": (3, None, 4, 3, 3),
        },
    ),
}

TRENDS: Final = (
    "Fler vuxna byter yrke mitt i livet",
    "AI skriver ansökningar och bedömer dem",
    "Färre nyanlända, men längre ifrån arbete",
    "Gymnasieskolan ska följa vad branscherna behöver",
    "Byta yrke mitt i livet blir vanligt",
)
TASKS: Final = (
    "Vägleda i grupp och på distans",
    "Förklara vad AI gör i en rekrytering",
    "Hålla kontakt med arbetsgivare varje vecka",
)
# Role, competence, the levels named.
NAMED: Final = (
    ("vagledare", "guidance/V8", (3, 4, 4, 4)),
    ("vagledare", "guidance/V5", (3, 4)),
    ("vagledare", "digcomp-3/1.2", (3, 3, 3)),
    ("larare", "guidance/V6", (2, 3, 3)),
    ("larare", "digcomp-3/1.2", (4, 3, 4)),
)
# By seat: dots for what was named, in the same order.
BALLOTS: Final = (
    (3, 0, 1, 0, 1), (2, 2, 0, 1, 0), (4, 0, 0, 0, 1), (1, 1, 1, 1, 1), (2, 0, 2, 0, 1), (3, 1, 0, 1, 0),
    (0, 0, 2, 1, 2), (2, 2, 1, 0, 0), (3, 0, 0, 1, 1), (1, 0, 3, 0, 1), (2, 1, 0, 2, 0),
)  # fmt: skip


def say_what_work_needs(session: Session, project: Organisation, by: int, at: datetime) -> None:
    """Two years ago; two of them have been revised since."""
    for key, (name, needed) in PROFILES.items():
        first = {
            competence: Requirement(level, weight, consequence=weight) for competence, (level, weight) in needed.items()
        }
        begun = at - 2 * YEAR
        profile = profiles.begin(session, project.id, name, at=begun, key=key)
        profiles.publish(session, profile, first, Decision(begun.date(), begun, by, "Projektets utgångspunkt."))
        if key in REVISED:
            _revise(session, profile, first, by, at - YEAR)


def _revise(session: Session, profile: RoleProfile, before: Mapping[str, Requirement], by: int, at: datetime) -> None:
    note, changed = REVISED[profile.key]
    new = {
        key: Requirement(level, weight, upper, consequence, difficulty)
        for key, (level, upper, weight, consequence, difficulty) in changed.items()
    }
    profiles.publish(session, profile, dict(before) | new, Decision(at.date(), at, by, note))


def look_ahead(session: Session, frameworks: Frameworks, cast: Cast, at: datetime) -> None:
    _choose_level_rules(session, cast, at)
    _say_needs(session, cast, at)
    _hold_workshop(session, frameworks, cast, at - timedelta(days=80))
    _begin_workshop(session, cast, at - timedelta(minutes=50))


def _choose_level_rules(session: Session, cast: Cast, at: datetime) -> None:
    for place, by, rule, ago, note in (
        (cast.project, cast.cecilia, HIGHEST_SHOWN, 2 * YEAR, "Det någon har visat ska räknas."),
        (cast.nordverk, cast.gun, BEST_VALID_CONFIRMED, timedelta(days=120), "Kunden frågar vem mer som har sett det."),
    ):
        when = at - ago
        level_rules.choose(session, place.id, rule, Decision(when.date(), when, by.id, note))


def _say_needs(session: Session, cast: Cast, at: datetime) -> None:
    for place, by, ago, needed, note in (
        (
            cast.ekeby,
            cast.elsa,
            YEAR,
            {
                Sought("guidance/V3", 3): {0: 4, 12: 6},
                Sought("guidance/V8", 3): {0: 5, 12: 8, 36: 10},
                Sought("digcomp-3/1.2", 3): {0: 12, 36: 20},
                Sought("self-leadership/SL1", 2): {0: 14, 12: 18},
                Sought("digcomp-3/4.2", 2): {0: 12, 12: 16, 36: 18},
            },
            "Budgetarbetet: så många behövs för att klara semestrar och sjukdom.",
        ),
        (
            cast.units["fyren-ungdom"],
            cast.bjorn,
            timedelta(days=200),
            {
                Sought("self-leadership/SL2", 3): {0: 3, 12: 4},
                Sought("digcomp-3/4.3", 3): {0: 2, 12: 4, 36: 5},
                Sought("lifecomp/S2", 4): {0: 1, 12: 2},
            },
            "Två av oss måste kunna ta en svår kväll utan att ringa chefen.",
        ),
        (
            cast.nordverk,
            cast.gun,
            timedelta(days=300),
            {Sought("guidance/V9", 2): {0: 4, 12: 6}, Sought("digcomp-3/2.4", 3): {0: 8}},
            "Handledare för praktikanterna.",
        ),
    ):
        when = at - ago
        needs.publish(session, place.id, needed, Decision(when.date(), when, by.id, note))
    turnover.reckon(session, cast.project.id, 8, by=cast.cecilia.id, at=at - YEAR)


def put_first(session: Session, frameworks: Frameworks, library: Library, cast: Cast, k: int, at: datetime) -> None:
    """What the figures of today do not know."""
    of_team = ranking.of_team(session, viewer(cast, cast.bjorn, cast.fyren), frameworks, library, Filters(), today(at))
    cecilia = viewer(cast, cast.cecilia, cast.project)
    of_all = ranking.of_groups(session, cecilia, frameworks, library, Filters(), k, today(at))
    for shown, by, key, place, ago, reason in (
        (
            of_team,
            viewer(cast, cast.bjorn, cast.fyren),
            "lifecomp/S2",
            2,
            40,
            "Efter kvällen i oktober: det går först.",
        ),
        (of_all, cecilia, "guidance/V8", 2, 400, "Arbetsförmedlingen gör vägledning i grupp till vardag."),
    ):
        [one] = [gap for gap in shown.ranked if gap.competence.key == key]
        day = today(at - timedelta(days=ago))
        ranking.decide(session, shown, one, day, Wanted(place, reason, seen=0), by)


def viewer(cast: Cast, person: Person, organisation: Organisation) -> Viewer:
    here = cast.membership(person, organisation)
    return Viewer(person.id, person.uuid, person.name, person.language, here.id, organisation.id, here.roles)


def _give(session: Session, workshop: Workshop, kind: str, texts: tuple[str, ...]) -> list[int]:
    """The items that come of it."""
    known = {one.item.id for one in items.shown(session, workshop)}
    for number, text in enumerate(texts):
        items.take(session, workshop, items.Given(f"{kind}-{number}", Kind(kind), text))
    return [one.item.id for one in items.shown(session, workshop) if one.item.id not in known]


def _name(session: Session, workshop: Workshop, named: tuple[tuple[str, str, tuple[int, ...]], ...]) -> list[int]:
    for role, competence, levels in named:
        for number, level in enumerate(levels):
            key = f"{role}-{competence}-{number}"
            given = items.Given(key, Kind.COMPETENCE, "", role, competence, level)
            items.take(session, workshop, given)
    return [one.item.id for one in items.shown(session, workshop) if one.item.competence_key is not None]


def _hold_workshop(session: Session, frameworks: Frameworks, cast: Cast, at: datetime) -> None:
    """Ekeby's, from the first trend to what was decided."""
    elsa, hour = viewer(cast, cast.elsa, cast.ekeby), timedelta(hours=1)
    roles = {key: PROFILES[key][0] for key in ("vagledare", "larare")}
    title = "Vad kräver vägledningen om ett år?"
    workshop = running.start(session, elsa, cast.ekeby, title, roles=roles, horizon=12, at=at)
    trends = _give(session, workshop, "trend", TRENDS)
    items.merge(session, workshop, items.get(session, workshop, trends[-1]), items.get(session, workshop, trends[0]))
    _give(session, workshop, "task", TASKS)
    named = _name(session, workshop, NAMED)
    running.go_to(workshop, Step.VOTE, at + hour)
    for number, ballot in enumerate(BALLOTS):
        token = f"demo-{number}"
        voting.sit_down(session, workshop, token)
        seat = voting.seat(session, workshop, token)
        if seat is not None:
            dots = {str(id): given for id, given in zip(named, ballot, strict=True) if given}
            voting.vote(workshop, seat, 1, dots)
    running.count(workshop, shown=True, at=at + hour)
    running.go_to(workshop, Step.TALK, at + hour)
    _give(session, workshop, "note", ("Lärarna vill lära av vägledarna, inte av en kurs.",))
    running.go_to(workshop, Step.DECIDE, at + 2 * hour)
    _decide(session, frameworks, elsa, workshop, at + 2 * hour)
    session.flush()
    running.end(session, workshop, at + 2 * hour)


def _decide(session: Session, frameworks: Frameworks, elsa: Viewer, workshop: Workshop, at: datetime) -> None:
    """Guides need what was named; what teachers will need has to be decided yet."""
    [guides] = [one for one in deciding.proposals(session, workshop, frameworks, at=at) if one.role_key == "vagledare"]
    taken = {one.item.competence_key or "": Requirement(one.level or 3, 5, None, 5, 4) for one in guides.competences}
    deciding.decide_role(
        session,
        elsa,
        workshop,
        "vagledare",
        taken,
        valid_from=deciding.first_day(workshop, at),
        note="Flest prickar fick anpassad vägledning. Alla elva var överens.",
        at=at,
    )
    deciding.decide_needs(
        session,
        elsa,
        workshop,
        {Sought("guidance/V8", 4): 3, Sought("digcomp-3/1.2", 3): 16},
        valid_from=at.date(),
        note="Tre som kan ta de svåraste samtalen, så att ingen är ensam.",
        at=at,
    )


def _begin_workshop(session: Session, cast: Cast, at: datetime) -> None:
    """Fyren's, which is in the middle of naming competences."""
    bjorn = viewer(cast, cast.bjorn, cast.fyren)
    roles = {"ungdomsledare": PROFILES["ungdomsledare"][0]}
    title = "Ungdomsledaren om tre år"
    workshop = running.start(session, bjorn, cast.units["fyren-ungdom"], title, roles=roles, horizon=36, at=at)
    for number in range(7):
        voting.sit_down(session, workshop, f"demo-{number}")
    _give(
        session,
        workshop,
        "trend",
        (
            "Ungdomar söker stöd hos AI innan de frågar oss",
            "Kommunen köper färre öppna kvällar",
            "Fler vill vara med och bestämma",
        ),
    )
    _give(
        session, workshop, "task", ("Möta unga där de är: i spel och chattar", "Leda volontärer i stället för kvällar")
    )
    _name(
        session,
        workshop,
        (
            ("ungdomsledare", "digcomp-3/2.6", (3, 3, 4)),
            ("ungdomsledare", "lifecomp/S2", (4, 3)),
            ("ungdomsledare", "digcomp-3/4.3", (4,)),
        ),
    )
    running.go_to(workshop, Step.COMPETENCES, at + timedelta(minutes=40))
