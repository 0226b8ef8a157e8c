"""Who somebody is in other programs: who could be meant, and whom an administrator may tie it to."""

from collections.abc import Iterable, Mapping
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


def get(session: Session, viewer: Viewer, uuid: UUID) -> Known:
    return known(access.membership_of(session, people(viewer), uuid).person)


def suggested(session: Session, viewer: Viewer, agents: Iterable[str]) -> Mapping[str, Known]:
    """Whom agents seem to be by their e-mail addresses, or by sums of these; it is for somebody to say so."""
    wanted = set(agents)
    found: dict[str, Known] = {}
    if not wanted:
        return found
    rows = session.scalars(select(Person).where(Person.id.in_(people(viewer).with_only_columns(Membership.person_id))))
    for person in rows:
        address = f"mailto:{person.email}"
        summed = sha1(address.encode(), usedforsecurity=False).hexdigest()
        for agent in {f"{MBOX}|{address}", f"{SHA1}|{summed}"} & wanted:
            found[agent] = known(person)
    return found
