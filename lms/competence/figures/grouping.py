"""What the people of a map can be grouped by, and what the groups are called."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.competence import members
from lms.competence.figures.gate import sensitive
from lms.competence.members import Place
from lms.competence.required.profiles import lineages
from lms.i18n import gettext
from lms.identity import gender, words
from lms.identity.access import Viewer
from lms.identity.models import Gender, Kind, Membership, Organisation, Person, Role

if TYPE_CHECKING:
    from lms.competence.figures.matrix import Ids, Matrix


class By(StrEnum):
    UNIT = "unit"
    TEAM = "team"
    PARTNER = "partner"
    REGION = "region"
    PROFILE = "profile"
    # As people have said themselves. Told of everyone only.
    GENDER = "gender"


def choices(viewer: Viewer) -> list[By]:
    """What a viewer of figures can group by; the first is the usual one."""
    if viewer.has(Role.PROJECT_LEADER):
        return [By.PARTNER, By.REGION, By.PROFILE, By.GENDER]
    if viewer.has(Role.COORDINATOR):
        return [By.PARTNER, By.PROFILE, By.GENDER]
    return [By.UNIT, By.TEAM, By.PROFILE, By.GENDER]


def least(k: int, by: By | None) -> int:
    """The smallest group of whose figures anything is told, where it is k of what is not sensitive."""
    return sensitive(k) if by is By.GENDER else k


def of(session: Session, viewer: Viewer, built: "Matrix", by: By, k: int, at: datetime) -> "tuple[list[Place], Ids]":
    """The groups in order of name, and the id of each person's; 0 of who is in none of them.

    Where groups themselves would tell of fewer than so many as they must be, they are in none.
    """
    if by is By.GENDER:
        return _genders(session, built, sensitive(k), at)
    if by is By.UNIT:
        return _organisations(session, viewer, built.units)
    if by in (By.PARTNER, By.REGION):
        kind = Kind.PARTNER if by is By.PARTNER else Kind.REGION
        return _organisations(session, viewer, _above(session, built, kind))
    return _teams(session, built) if by is By.TEAM else _profiles(built)


def paths(session: Session, viewer: Viewer, built: "Matrix") -> "list[tuple[By, Ids]]":
    """Of each person the places that a viewer of figures can tell apart, the widest first."""
    if viewer.has(Role.PROJECT_LEADER):
        return [
            (one, _above(session, built, kind)) for one, kind in ((By.REGION, Kind.REGION), (By.PARTNER, Kind.PARTNER))
        ]
    if viewer.has(Role.COORDINATOR):
        return [(By.PARTNER, _above(session, built, Kind.PARTNER))]
    return [(By.UNIT, built.units), (By.TEAM, built.managers)]


def _organisations(session: Session, viewer: Viewer, ids: "Ids") -> "tuple[list[Place], Ids]":
    return members.places_of(session, viewer, set(ids.tolist())), ids


def _above(session: Session, built: "Matrix", kind: Kind) -> "Ids":
    """The partner or region that each person's organisation is, or is in. Whoever works at the project is in none."""
    lines = lineages(session, set(built.organisations.tolist()))
    its = select(Organisation.id).where(Organisation.kind == kind)
    places = set(session.scalars(its.where(Organisation.id.in_({one for line in lines.values() for one in line}))))
    above = {start: next((one for one in line if one in places), 0) for start, line in lines.items()}
    return translated(built.organisations, above)


def _teams(session: Session, built: "Matrix") -> "tuple[list[Place], Ids]":
    managers = set(built.managers.tolist())
    found = select(Membership.id, Person.name).join(Membership.person).where(Membership.id.in_(managers))
    names = session.execute(found.order_by(Person.name, Membership.id)).all()
    return [Place(id, str(id), gettext("%(name)s's team", name=name)) for id, name in names], built.managers


def _profiles(built: "Matrix") -> "tuple[list[Place], Ids]":
    """Profiles of one key are the same work, wherever they are defined."""
    keys: dict[str, str] = {}
    for profile in built.needs.profiles:
        keys.setdefault(profile.key, profile.name)
    numbers = {key: number for number, key in enumerate(keys, 1)}
    own = {row: numbers[profile.key] for row, profile in enumerate(built.needs.profiles)}
    named = [Place(numbers[key], key, name) for key, name in keys.items()]
    return sorted(named, key=lambda place: place.name.casefold()), translated(built.profiles, own)


def _genders(session: Session, built: "Matrix", k: int, at: datetime) -> "tuple[list[Place], Ids]":
    """As said before this month began: who answers during it is not seen to come. Those of which there are fewer than
    k are with those who have said nothing, and if these are fewer than k, so is the smallest of the others."""
    said = gender.said(
        session, set(built.organisations.tolist()), at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    )
    number = {one: place for place, one in enumerate(ASKED_OF, 1)}
    ids = translated(built.memberships, {membership: number.get(Gender(one), 0) for membership, one in said.items()})
    sizes = Counter(ids.tolist())
    together = {id for id, size in sizes.items() if id and size < k}
    few = sizes[0] + sum(sizes[id] for id in together)
    if 0 < few < k and (others := [id for id in sizes if id and id not in together]):
        together.add(min(others, key=lambda id: sizes[id]))
    told = [(id, one) for one, id in number.items() if sizes[id] and id not in together]
    named = [Place(id, one.value, words.of_gender(one)) for id, one in told]
    return sorted(named, key=lambda place: place.name.casefold()), translated(ids, {id: id for id, _ in told})


ASKED_OF: Final = (Gender.WOMAN, Gender.MAN, Gender.NON_BINARY)


def translated(ids: "Ids", to: Mapping[int, int]) -> "Ids":
    """What each id stands for; 0 for those that are not there."""
    found = ids.copy()
    for number, one in enumerate(ids.tolist()):
        found[number] = to.get(one, 0)
    return found
