"""Fills an empty database with the demo project."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.courses.content import Library
from lms.demo import ahead, development, history, occupations, own_competences, plans, traffic
from lms.demo.cast import Cast, settle
from lms.demo.colleagues import UNITS, Unit
from lms.errors import Conflict
from lms.frameworks.framework import Frameworks
from lms.identity import gender, periods
from lms.identity.models import Gender, Membership, Organisation, Person, Role, RoleHeld
from lms.identity.password import hashed

# Known to everyone who has read this file: the demo holds nobody's data and is served on this machine only.
PASSWORD: Final = "kunna-demo-2026"
YEARS: Final = timedelta(days=730)

# What the cast work as, by organisation; the project's own people have profiles too.
WORK: Final = {
    ("Alva Ek", "fyren"): "ungdomsledare", ("Björn Dahl", "fyren"): "chef", ("Farid Nazari", "fyren"): "projektledare",
    ("Farid Nazari", "ekeby"): "larare", ("Elsa Öberg", "ekeby"): "chef", ("Gun Wiklund", "nordverk"): "chef",
    ("Cecilia Holm", "kompetenslyft-malardalen"): "projektledare", ("David Åkerlund", "ost"): "projektledare",
}  # fmt: skip

SIGN_INS: Final = {
    "alva@fyren.example": "Alva Ek, learns at Ungdomshuset Fyren",
    "bjorn@fyren.example": "Björn Dahl, her manager",
    "farid@ekeby.example": "Farid Nazari, belongs to Ekeby kommun and to Fyren",
    "elsa@ekeby.example": "Elsa Öberg, administers Ekeby kommun",
    "david@kompetenslyft.example": "David Åkerlund, coordinates a region",
    "cecilia@kompetenslyft.example": "Cecilia Holm, leads the project",
    "gun@nordverk.example": "Gun Wiklund, manager and administrator at Nordverk AB",
}


def is_empty(session: Session) -> bool:
    return session.scalar(select(func.count()).select_from(Organisation)) == 0


def seed(
    session: Session,
    library: Library,
    frameworks: Frameworks,
    settings: Mapping[str, Any],
    at: datetime,
    say: Callable[[str], None],
) -> None:
    """People, what their work needs, and what they did in the two years before `at`. Commits nothing."""
    if not is_empty(session):
        raise Conflict("There is something in this database already; the demo is only put into an empty one.")
    cast = settle(session, at)
    for person in (cast.alva, cast.bjorn, cast.cecilia, cast.david, cast.elsa, cast.farid, cast.gun):
        person.password_hash = hashed(PASSWORD)
    ahead.say_what_work_needs(session, cast.project, cast.cecilia.id, at)
    with periods.taking_effect(session, at - YEARS):
        _bring_colleagues(session, cast, at - YEARS)
    _say_genders(session, at - timedelta(days=60))
    say("people and organisations are there")
    ahead.look_ahead(session, frameworks, cast, at)
    occupations.bring_in(session, cast, at)
    own_competences.write(session, frameworks, cast, at)
    history.tell(session, library, frameworks, settings, cast, at, say)
    development.tell(session, cast, at)
    ahead.put_first(session, frameworks, library, cast, settings["MINIMUM_GROUP"], at)
    plans.make(session, library, cast, at)
    traffic.tell(session, settings, cast, at)


def _bring_colleagues(session: Session, cast: Cast, since: datetime) -> None:
    for person in (cast.alva, cast.bjorn, cast.cecilia, cast.david, cast.elsa, cast.farid, cast.gun):
        for membership in person.memberships:
            membership.role_profile_key = WORK[person.name, membership.organisation.key]
    partners = {partner.key: partner for partner in (cast.fyren, cast.ekeby, cast.lindo, cast.nordverk)}
    for key, units in UNITS.items():
        for unit in units:
            _staff(session, cast, partners[key], unit, since)


def _say_genders(session: Session, at: datetime) -> None:
    """Told by turns, since a name tells nobody's; one in five has not said."""
    session.flush()
    for number, person in enumerate(session.scalars(select(Person).order_by(Person.id))):
        if number % 5 < 4:
            gender.say(session, person.id, (Gender.WOMAN, Gender.MAN)[number % 2], at)


def _staff(session: Session, cast: Cast, partner: Organisation, unit: Unit, since: datetime) -> None:
    place = cast.units.get(unit.key) or Organisation(kind="unit", key=unit.key, name=unit.name, parent=partner)
    # Björn and Gun lead units of their own; elsewhere the first of the unit does.
    led_by = {"fyren-ungdom": cast.bjorn, "nordverk-kontor": cast.gun}.get(unit.key)
    manager = cast.membership(led_by, partner) if led_by else None
    if manager is not None:
        manager.unit = place
    for name in unit.people:
        membership = _join(session, name, partner, place, since)
        membership.role_profile_key = unit.profile
        if manager is None:
            manager = membership
            membership.role_profile_key = "chef"
            membership.held.append(RoleHeld(role=Role.MANAGER))
        else:
            membership.manager = manager


def _join(session: Session, name: str, partner: Organisation, unit: Organisation, since: datetime) -> Membership:
    address = f"{name.casefold().translate(_PLAIN).replace(' ', '.')}@{partner.key}.example"
    person = Person(name=name, email=address, language="sv", created_at=since)
    membership = Membership(
        person=person, organisation=partner, unit=unit, began_at=since, held=[RoleHeld(role=Role.LEARNER)]
    )
    session.add_all([person, membership])
    return membership


_PLAIN: Final = str.maketrans("åäöé", "aaoe")
