"""The tree of organisations: its shape with numbers of people, and how it grows."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.errors import Invalid, NotFound, Problem
from lms.i18n import gettext
from lms.identity.access import current
from lms.identity.models import Kind, Membership, Organisation

KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_KEY: Final = 60
# What stands directly under what.
UNDER: Final = {Kind.REGION: Kind.PROJECT, Kind.PARTNER: Kind.REGION, Kind.UNIT: Kind.PARTNER}


@dataclass(frozen=True, slots=True)
class Node:
    """An organisation with what is under it. `people` counts those of the node itself and of all below."""

    organisation: Organisation
    people: int
    below: Sequence["Node"]


def get(session: Session, among: Select[tuple[Organisation]], key: str) -> Organisation:
    found = session.scalars(among.where(Organisation.key == key)).first()
    if found is None:
        raise NotFound(gettext("There is no such organisation here."))
    return found


def units_of(organisation_id: int) -> Select[tuple[Organisation]]:
    return (
        select(Organisation)
        .where(Organisation.parent_id == organisation_id, Organisation.kind == Kind.UNIT)
        .order_by(Organisation.name)
    )


def tree(session: Session, among: Select[tuple[Organisation]]) -> list[Node]:
    """Those that may be seen, as a tree, in two queries."""
    seen = session.scalars(among.order_by(Organisation.name)).all()
    people = _people(session, among)
    ids = {organisation.id for organisation in seen}

    def node(organisation: Organisation) -> Node:
        below = [node(child) for child in seen if child.parent_id == organisation.id]
        if organisation.kind == Kind.UNIT:
            return Node(organisation, people["unit", organisation.id], below)
        under = sum(child.people for child in below if child.organisation.kind != Kind.UNIT)
        return Node(organisation, people["whole", organisation.id] + under, below)

    return [node(organisation) for organisation in seen if organisation.parent_id not in ids]


def _people(session: Session, among: Select[tuple[Organisation]]) -> Counter[tuple[str, int]]:
    counted = session.execute(
        select(Membership.organisation_id, Membership.unit_id, func.count())
        .where(
            current(),
            Membership.organisation_id.in_(among.with_only_columns(Organisation.id)),
        )
        .group_by(Membership.organisation_id, Membership.unit_id)
    )
    people: Counter[tuple[str, int]] = Counter()
    for organisation_id, unit_id, number in counted:
        people["whole", organisation_id] += number
        if unit_id is not None:
            people["unit", unit_id] += number
    return people


def add(session: Session, kind: Kind, *, name: str, parent: Organisation | None, key: str = "") -> Organisation:
    """A new organisation. The key is for ever; without one it is made of the parent's key and the name."""
    if UNDER.get(kind) != (Kind(parent.kind) if parent else None):
        raise Invalid([Problem("parent", _belongs_under(kind))])
    key = key or _key_of(session, name, parent)
    if not KEY.fullmatch(key) or len(key) > LONGEST_KEY:
        sentence = gettext("Enter the key in small letters a–z, digits and hyphens, such as lindo-folkhogskola.")
        raise Invalid([Problem("key", sentence)])
    organisation = Organisation(kind=kind, key=key, name=name, parent_id=parent.id if parent else None)
    try:
        with session.begin_nested():
            session.add(organisation)
    except IntegrityError as error:
        raise Invalid([Problem("key", gettext("Another organisation has this key."))]) from error
    return organisation


def _belongs_under(kind: Kind) -> str:
    return {
        Kind.PROJECT: gettext("A project has nothing above it."),
        Kind.REGION: gettext("A region belongs to a project."),
        Kind.PARTNER: gettext("A partner belongs to a region."),
        Kind.UNIT: gettext("A unit belongs to a partner."),
    }[kind]


def _key_of(session: Session, name: str, parent: Organisation | None) -> str:
    bare = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = "-".join(re.findall(r"[a-z0-9]+", bare)) or "x"
    wanted = (f"{parent.key}-{words}" if parent else words)[: LONGEST_KEY - 4].rstrip("-")
    taken = set(session.scalars(select(Organisation.key).where(Organisation.key.startswith(wanted))))
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (wanted, *numbered) if key not in taken)
