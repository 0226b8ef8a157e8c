"""A person's place in an organisation: given, changed and ended by those in charge of it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload, lazyload

from lms import clock
from lms.errors import Conflict, Invalid, Problem
from lms.i18n import gettext, ngettext
from lms.identity import periods
from lms.identity.access import below, current
from lms.identity.models import Kind, Membership, Organisation, Person, Role, RoleHeld

logger = logging.getLogger(__name__)

# Besides learning, which everyone does everywhere.
ROLES_IN: Final = {
    Kind.PARTNER: (Role.MANAGER, Role.AUTHOR, Role.ADMINISTRATOR),
    Kind.REGION: (Role.COORDINATOR, Role.MANAGER),
    Kind.PROJECT: (Role.PROJECT_LEADER, Role.MANAGER, Role.AUTHOR, Role.ADMINISTRATOR),
    Kind.UNIT: (),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the organisation, and as what. `roles` need not name learner."""

    roles: frozenset[Role] = frozenset()
    unit_id: int | None = None
    manager_id: int | None = None
    role_profile_key: str | None = None


def add(
    session: Session,
    organisation: Organisation,
    *,
    email: str,
    name: str,
    language: str,
    place: Place,
    at: datetime,
) -> Membership:
    """The person with this address, new or known elsewhere, belongs to the organisation from now on.

    Someone known keeps their own name and language; nothing of theirs elsewhere is touched or told.
    """
    person = session.scalars(select(Person).where(Person.email == email)).first()
    known = _earlier(session, person, organisation, at) if person else None
    if person is None:
        person = Person(email=email, name=name, language=language, session_epoch=0, created_at=at)
        session.add(person)
    membership = begin(session, known, person, organisation, at)
    try:
        # The database says whether somebody else was adding the same person or membership at this moment.
        session.flush()
    except IntegrityError as error:
        raise Conflict(gettext("Somebody else has just added the same person. Look again.")) from error
    # At the moment when it began, and not a little later.
    with periods.taking_effect(session, at):
        _settle(session, membership, place)
    logger.info("Membership %s of organisation %s began", membership.id, organisation.key)
    return membership


def begin(
    session: Session, known: Membership | None, person: Person, organisation: Organisation, at: datetime
) -> Membership:
    """A new membership, or the one the person had here earlier, begun again."""
    if known is None:
        known = Membership(person=person, organisation=organisation, held=[])
        session.add(known)
    known.began_at, known.ended_at, known.invited_at = at, None, None
    return known


def _earlier(session: Session, person: Person, organisation: Organisation, at: datetime) -> Membership | None:
    known = session.scalars(
        select(Membership).where(Membership.organisation_id == organisation.id, Membership.person_id == person.id)
    ).first()
    if known is not None and known.lasts(at):
        raise Invalid([Problem("email", gettext("This person belongs to the organisation already."))])
    return known


def change(session: Session, membership: Membership, place: Place, *, by: int) -> None:
    """`by` is the membership of whoever changes it. Raises Invalid."""
    losing = membership.roles - place.roles
    if membership.id == by and Role.ADMINISTRATOR in losing:
        raise Invalid([Problem("roles", gettext("You cannot take the administrator's role from yourself."))])
    led = _number_led(session, membership)
    if led and Role.MANAGER in losing:
        raise Invalid([Problem("roles", _still_leads(led))])
    _settle(session, membership, place)
    session.flush()
    logger.info("Membership %s changed by %s", membership.id, by)


def end(session: Session, membership: Membership, *, by: int, at: datetime) -> None:
    """The person no longer belongs here. What they have done stays theirs; they can come back."""
    if membership.id == by:
        raise Conflict(gettext("You cannot end your own membership. Ask another administrator."))
    membership.ended_at = at
    for led in session.scalars(select(Membership).where(Membership.manager_id == membership.id)):
        led.manager_id = None
    logger.info("Membership %s ended by %s", membership.id, by)


def expect_end(membership: Membership, last_day: date | None, *, by: int, at: datetime, zone: tzinfo) -> None:
    """The person will leave when that day has ended; None: it is not known that they will. Raises Invalid."""
    if last_day is None:
        membership.ended_at = None
        return
    if membership.id == by:
        raise Invalid([Problem("last_day", gettext("You cannot end your own membership. Ask another administrator."))])
    if last_day < at.astimezone(zone).date():
        raise Invalid([Problem("last_day", gettext("Choose today or a later day."))])
    membership.ended_at = datetime.combine(last_day + timedelta(days=1), time(), zone)


def last_day(membership: Membership, zone: tzinfo) -> date | None:
    if membership.ended_at is None:
        return None
    return (membership.ended_at.astimezone(zone) - timedelta(microseconds=1)).date()


def rename(person: Person, name: str) -> None:
    """Corrected by an administrator. The name of someone who has an account, or who belongs to others as well, is
    their own to change."""
    if person.name == name:
        return
    if person.password_hash is not None or len(person.memberships) > 1:
        problem = gettext("Only the person themselves can change this name, under My data.")
        raise Invalid([Problem("name", problem)])
    person.name = name


def _settle(session: Session, membership: Membership, place: Place) -> None:
    organisation = membership.organisation
    problems = [
        *_unit_problems(session, organisation, place.unit_id),
        *_manager_problems(session, membership, place.manager_id),
    ]
    if not place.roles <= {Role.LEARNER, *ROLES_IN[Kind(organisation.kind)]}:
        problems.append(Problem("roles", gettext("That role does not exist in this kind of organisation.")))
    if problems:
        raise Invalid(problems)
    membership.unit_id, membership.manager_id = place.unit_id, place.manager_id
    membership.role_profile_key = place.role_profile_key
    hold(membership, place.roles)


def hold(membership: Membership, roles: Iterable[Role]) -> None:
    """Exactly these roles, and learner."""
    wanted = {Role.LEARNER, *roles}
    kept = [held for held in membership.held if held.role in wanted]
    missing = wanted - {held.role for held in kept}
    membership.held = kept + [RoleHeld(role=role) for role in sorted(missing)]


def _unit_problems(session: Session, organisation: Organisation, unit_id: int | None) -> list[Problem]:
    if unit_id is None:
        return []
    unit = session.get(Organisation, unit_id)
    if unit is not None and unit.kind == Kind.UNIT and unit.parent_id == organisation.id:
        return []
    return [Problem("unit", gettext("There is no such unit here."))]


def _manager_problems(session: Session, membership: Membership, manager_id: int | None) -> list[Problem]:
    if manager_id is None:
        return []
    manager = session.get(Membership, manager_id)
    if (
        manager is None
        or not manager.lasts(clock.now())
        or manager.organisation_id != membership.organisation.id
        or Role.MANAGER not in manager.roles
    ):
        return [Problem("manager", gettext("There is no such manager here."))]
    above: Membership | None = manager
    while above is not None:
        if above.id == membership.id:
            sentence = gettext("Nobody can be their own manager, nor the manager of someone above them.")
            return [Problem("manager", sentence)]
        above = above.manager
    return []


def _number_led(session: Session, membership: Membership) -> int:
    led = select(func.count()).where(Membership.manager_id == membership.id, current())
    return session.scalar(led) or 0


def _still_leads(number: int) -> str:
    return ngettext(
        "%(num)d person has this manager. Give them another one first.",
        "%(num)d people have this manager. Give them another one first.",
        number,
    )


def matching(
    among: Select[tuple[Membership]], words: str = "", place: Organisation | None = None
) -> Select[tuple[Membership]]:
    """Those among the people that may be seen whose name or address has the words in it, in order of name.

    `place` is where they belong: a unit, or an organisation with all that is under it.
    """
    found = (
        among.join(Membership.person)
        .options(
            joinedload(Membership.person),
            joinedload(Membership.organisation),
            joinedload(Membership.unit),
            joinedload(Membership.manager).options(joinedload(Membership.person), lazyload(Membership.held)),
        )
        .order_by(Person.name, Membership.id)
    )
    if place is not None:
        under = Membership.organisation_id.in_(below(place.id))
        found = found.where(or_(under, Membership.unit_id == place.id))
    if words := words.strip():
        # SQLite folds the case of a–z only, so other letters are looked for in each case.
        forms = {words, words.lower(), words.upper(), words.title()}
        found = found.where(
            or_(
                Person.email.icontains(words.lower(), autoescape=True),
                *(Person.name.icontains(form, autoescape=True) for form in sorted(forms)),
            )
        )
    return found


def managers_of(organisation_id: int) -> Select[tuple[Membership]]:
    """Who can be given as a manager in the organisation."""
    return (
        select(Membership)
        .join(Membership.person)
        .join(Membership.held)
        .where(
            Membership.organisation_id == organisation_id,
            current(),
            RoleHeld.role == Role.MANAGER,
        )
        .options(joinedload(Membership.person))
        .order_by(Person.name)
    )
