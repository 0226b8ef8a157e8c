"""Who somebody is in other programs: who could be meant, and whom an administrator may tie it to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha1
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.connections.people import MOST, Known, known
from lms.errors import Invalid, Problem
from lms.i18n import gettext
from lms.identity import access, memberships
from lms.identity.access import Viewer
from lms.identity.models import Membership, Person
from lms.xapi.statement import Agent

MBOX: Final = "mbox"
SHA1: Final = "mbox_sha1sum"
OPENID: Final = "openid"
ACCOUNT: Final = "account"
# More would make the page heavy; others are looked for by name.
MOST_LISTED: Final = 300


def key(kind: str, name: str, site: str) -> str:
    """As the record store names whoever is known by that. An account always has the site that gave it.

    Raises Invalid.
    """
    name, site = name.strip(), site.strip()
    told: dict[str, object] = {kind: name}
    if kind == MBOX:
        told = {kind: name if name.startswith("mailto:") else f"mailto:{name}"}
    elif kind == ACCOUNT:
        told = {kind: {"homePage": site, "name": name}}
    try:
        return msgspec.convert({"objectType": "Agent", **told}, Agent).key
    except msgspec.ValidationError:
        raise Invalid([Problem("site" if kind == ACCOUNT else "name", _WRONG[kind]())]) from None


_WRONG: Final = {
    MBOX: lambda: gettext("Enter an e-mail address, such as name@example.org."),
    SHA1: lambda: gettext("Enter the whole sum: 40 digits and letters from a to f."),
    OPENID: lambda: gettext("Enter the whole address, such as https://id.example.org/name."),
    ACCOUNT: lambda: gettext("Enter the name of the account, and the whole address of the site that gave it."),
}


def people(viewer: Viewer) -> Select[tuple[Membership]]:
    """Whom something can be tied to: those of the very organisation, since its rules count there."""
    return access.people(viewer).where(Membership.organisation_id == viewer.organisation_id)


def matching(session: Session, viewer: Viewer, words: str) -> list[Known]:
    found = session.scalars(memberships.matching(people(viewer), words).limit(MOST + 1)).unique()
    return [known(one.person) for one in found]


def exactly(session: Session, viewer: Viewer, who: str) -> Known | None:
    """The one who has that name or that address, whole. None: nobody has, or several."""
    found = matching(session, viewer, who) if who else []
    its = [one for one in found if _plain(who) in {_plain(one.name), _plain(one.email)}]
    return its[0] if len(its) == 1 else None


def get(session: Session, viewer: Viewer, uuid: UUID) -> Known:
    return known(access.membership_of(session, people(viewer), uuid).person)


@dataclass(frozen=True, slots=True)
class Guess:
    """Whom a program seems to mean; it is for somebody to say so."""

    person: Known
    # By the address that they have here, which nobody else has; otherwise by the name alone.
    is_by_address: bool


def guessed(session: Session, viewer: Viewer, called: Mapping[str, str]) -> Mapping[str, Guess]:
    """Of agents, with the names that programs call them, empty if none. Of two with the same name nobody is meant."""
    everyone = _everyone(session, viewer) if called else ()
    found = {agent: Guess(one, True) for agent, one in _by_address(everyone, called.keys()).items()}
    by_name: dict[str, list[Person]] = defaultdict(list)
    for person in everyone:
        by_name[_plain(person.name)].append(person)
    for agent, name in called.items():
        if name and agent not in found and len(its := by_name[_plain(name)]) == 1:
            found[agent] = Guess(known(its[0]), False)
    return found


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def listed(session: Session, viewer: Viewer) -> Sequence[Known]:
    """Everyone whom something can be tied to, by name; nobody where they are too many to choose among."""
    its = select(Person).where(Person.id.in_(_ids(viewer)), Person.email.is_not(None))
    found = session.scalars(its.order_by(Person.name).limit(MOST_LISTED + 1)).all()
    return [known(one) for one in found] if len(found) <= MOST_LISTED else ()


def _ids(viewer: Viewer) -> Select[tuple[int]]:
    return people(viewer).with_only_columns(Membership.person_id)


def suggested(session: Session, viewer: Viewer, agents: Iterable[str]) -> Mapping[str, Known]:
    """Whom agents are by their e-mail addresses, or by sums of these; it is for somebody to say so."""
    wanted = set(agents)
    return _by_address(_everyone(session, viewer), wanted) if wanted else {}


def _everyone(session: Session, viewer: Viewer) -> Sequence[Person]:
    return session.scalars(select(Person).where(Person.id.in_(_ids(viewer)))).all()


def _by_address(everyone: Iterable[Person], wanted: AbstractSet[str]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for person in everyone:
        address = f"mailto:{person.email}"
        summed = sha1(address.encode(), usedforsecurity=False).hexdigest()
        for agent in {f"{MBOX}|{address}", f"{SHA1}|{summed}"} & wanted:
            found[agent] = known(person)
    return found
