"""What a workshop holds: what people have given, put in order by the facilitator."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.errors import Conflict, Invalid, NotFound, Problem
from lms.frameworks.framework import HIGHEST, Frameworks
from lms.i18n import gettext
from lms.workshops.agenda import Kind
from lms.workshops.models import Contribution, Item, Workshop

LONGEST_TEXT: Final = 300
LONGEST_KEY: Final = 64
# A workshop of twelve gives some two hundred.
MOST_ITEMS: Final = 1000


@dataclass(frozen=True, slots=True)
class Given:
    """A contribution: a text, or a competence at a level for a role."""

    key: str
    kind: Kind
    text: str = ""
    role_key: str | None = None
    competence_key: str | None = None
    level: int | None = None


def parse(form: Mapping[str, str], workshop: Workshop, frameworks: Frameworks) -> Given:
    key, kind = form.get("key", ""), form.get("kind", "")
    if not key or len(key) > LONGEST_KEY or kind not in list(Kind):
        raise Invalid(gettext("This form is not complete. Reload the page and try again."))
    if kind != Kind.COMPETENCE:
        return Given(key, Kind(kind), parse_text(form))
    problems = []
    role = form.get("role", "") if len(workshop.roles) > 1 else next(iter(workshop.roles))
    if role not in workshop.roles:
        problems.append(Problem("role", gettext("Choose a role.")))
    if frameworks.find(form.get("competence", "")) is None:
        problems.append(Problem("competence", gettext("Choose a competence.")))
    if form.get("level", "") not in _LEVELS:
        problems.append(Problem("level", gettext("Choose a level.")))
    if problems:
        raise Invalid(problems)
    return Given(key, Kind.COMPETENCE, "", role, form["competence"], _LEVELS[form["level"]])


def parse_text(form: Mapping[str, str]) -> str:
    text = " ".join(form.get("text", "").split())
    if not text:
        raise Invalid([Problem("text", gettext("Write something first."))])
    if len(text) > LONGEST_TEXT:
        raise Invalid([Problem("text", gettext("Write at most %(number)d characters.", number=LONGEST_TEXT))])
    return text


_LEVELS: Final = {str(level): level for level in range(1, HIGHEST + 1)}


def take(session: Session, workshop: Workshop, given: Given) -> bool:
    """Whether it was new. What is sent again, because the answer was lost, is here already."""
    known = select(Contribution.key).where(Contribution.workshop_id == workshop.id, Contribution.key == given.key)
    if session.scalar(known) is not None:
        return False
    number = select(func.count()).select_from(Contribution).where(Contribution.workshop_id == workshop.id)
    if (session.scalar(number) or 0) >= MOST_ITEMS:
        raise Conflict(gettext("This workshop is full. Talk about what is there."))
    try:
        with session.begin_nested():
            item = _item(session, workshop, given)
            session.flush()
            session.add(Contribution(workshop_id=workshop.id, key=given.key, item_id=item.id, level=given.level))
    except IntegrityError:
        # Somebody else gave the same competence, or this phone the same contribution, at this very moment.
        if session.scalar(known) is not None:
            return False
        item = _item(session, workshop, given)
        session.add(Contribution(workshop_id=workshop.id, key=given.key, item_id=item.id, level=given.level))
    return True


def _item(session: Session, workshop: Workshop, given: Given) -> Item:
    """A new one; of a competence that has been named for the role already, the one that is there."""
    if given.kind is Kind.COMPETENCE:
        same = select(Item).where(
            Item.workshop_id == workshop.id,
            Item.role_key == given.role_key,
            Item.competence_key == given.competence_key,
        )
        if (found := session.scalars(same).first()) is not None:
            return found
    item = Item(
        workshop_id=workshop.id,
        kind=given.kind,
        text=given.text,
        role_key=given.role_key,
        competence_key=given.competence_key,
    )
    session.add(item)
    return item


@dataclass(frozen=True, slots=True)
class Shown:
    """An item with what belongs to it."""

    item: Item
    # How many have named it, itself and what is merged into it.
    times: int
    # How many have named each level.
    levels: Mapping[int, int]
    # What has been merged into it.
    merged: Sequence[Item]

    @property
    def level(self) -> int | None:
        """What the facilitator has settled on, or else what most have named; of two named as often the higher."""
        return self.item.level or max(self.levels, key=lambda level: (self.levels[level], level), default=None)


def shown(session: Session, workshop: Workshop) -> list[Shown]:
    """Everything but what is merged into something else, in the order it came. Hidden items are among them."""
    every = session.scalars(select(Item).where(Item.workshop_id == workshop.id).order_by(Item.id)).all()
    named: dict[int, Counter[int | None]] = defaultdict(Counter)
    given = select(Contribution.item_id, Contribution.level).where(Contribution.workshop_id == workshop.id)
    home = homes(every)
    for item_id, level in session.execute(given):
        named[home[item_id]][level] += 1
    return [
        Shown(
            item,
            named[item.id].total(),
            {level: times for level, times in sorted(named[item.id].items(), key=_by_level) if level is not None},
            [other for other in every if other.id != item.id and home[other.id] == item.id],
        )
        for item in every
        if item.merged_into_id is None
    ]


def _by_level(pair: tuple[int | None, int]) -> int:
    return pair[0] or 0


def homes(items: Iterable[Item]) -> dict[int, int]:
    """For each item the one that counts for it: itself, or what it has been merged into."""
    into = {item.id: item.merged_into_id for item in items}
    found = {}
    for id in into:
        home = id
        while (above := into[home]) is not None:
            home = above
        found[id] = home
    return found


def get(session: Session, workshop: Workshop, id: int) -> Item:
    item = session.get(Item, id)
    if item is None or item.workshop_id != workshop.id:
        raise NotFound(gettext("There is no such contribution here."))
    return item


def merge(session: Session, workshop: Workshop, item: Item, into: Item) -> None:
    every = session.scalars(select(Item).where(Item.workshop_id == workshop.id)).all()
    if homes(every)[into.id] == item.id or item.kind != into.kind or item.role_key != into.role_key:
        raise Invalid(gettext("These cannot be one and the same."))
    item.merged_into_id = into.id


def restore(item: Item) -> None:
    """Neither hidden nor part of another."""
    item.is_hidden, item.merged_into_id = False, None


def reword(item: Item, form: Mapping[str, str]) -> None:
    """The text, or of a competence the level."""
    if item.kind != Kind.COMPETENCE:
        item.text = parse_text(form)
    elif form.get("level", "") in _LEVELS:
        item.level = _LEVELS[form["level"]]
    else:
        raise Invalid([Problem("level", gettext("Choose a level."))])
