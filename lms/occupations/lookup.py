"""Looking for an occupation, and looking at one."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from lms.errors import NotFound
from lms.i18n import gettext
from lms.occupations.models import Closeness, Group, GroupSkill, Occupation, Skill, Vintage

# More than anybody reads through; fewer words of a query than would be a burden.
MOST: Final = 50
MOST_WORDS: Final = 8
# From here on one occupation is very close to another.
VERY_CLOSE: Final = 50


def folded(text: str) -> str:
    """Words as they are searched for: small letters without accents. “Lärare, 7-9” is “larare 7 9”."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[^\W_]+", "".join(letter for letter in plain if not unicodedata.combining(letter))))


@dataclass(frozen=True, slots=True)
class Found:
    code: str
    name: str
    group_code: str
    group: str


@dataclass(frozen=True, slots=True)
class Answer:
    found: Sequence[Found]
    # There are others, which more words would find.
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Near:
    """An occupation that is close to the one looked at, in either direction."""

    code: str
    name: str
    percent: int

    @property
    def is_very(self) -> bool:
        return self.percent >= VERY_CLOSE


@dataclass(frozen=True, slots=True)
class Looked:
    """All that is known of an occupation."""

    vintage: Vintage
    occupation: Occupation
    # From the widest group to its own.
    groups: Sequence[Group]
    # By name. They are the group's, and many are of no use.
    skills: Sequence[Skill]
    # The closest first.
    near: Sequence[Near]

    @property
    def group(self) -> Group:
        return self.groups[-1]


def newest(session: Session) -> Vintage | None:
    return session.scalars(select(Vintage).order_by(Vintage.name.desc()).limit(1)).first()


def search(session: Session, vintage: Vintage, text: str) -> Answer:
    """Occupations in which, or in whose group, every word is found; a number may be where an SSYK code begins."""
    words = folded(text).split()[:MOST_WORDS]
    if not words:
        return Answer([], is_cut=False)
    group = and_(Group.vintage_id == Occupation.vintage_id, Group.code == Occupation.group_code)
    found = (
        select(Occupation.code, Occupation.name, Occupation.group_code, Group.name)
        .join(Group, group)
        .where(Occupation.vintage_id == vintage.id, *(_has(word) for word in words))
        .order_by(_place(words[0]), Occupation.folded, Occupation.code)
        .limit(MOST + 1)
    )
    rows = [Found(*row) for row in session.execute(found)]
    return Answer(rows[:MOST], is_cut=len(rows) > MOST)


def _has(word: str) -> ColumnElement[bool]:
    # What is folded has no sign in it that LIKE would take for another.
    places = [Occupation.folded.contains(word), Group.folded.contains(word)]
    if word.isdigit():
        places.append(Occupation.group_code.startswith(word))
    return or_(*places)


def _place(word: str) -> ColumnElement[int]:
    """Names that begin with the word come first, then those of which another word does."""
    name = Occupation.folded
    return case((name.startswith(word), 0), (name.contains(f" {word}"), 1), (name.contains(word), 2), else_=3)


def look(session: Session, vintage_name: str, code: str) -> Looked:
    """Raises NotFound."""
    its = (
        select(Vintage, Occupation)
        .join(Occupation, Occupation.vintage_id == Vintage.id)
        .where(Vintage.name == vintage_name, Occupation.code == code)
    )
    row = session.execute(its).first()
    if row is None:
        raise NotFound(gettext("There is no such occupation."))
    vintage, occupation = row
    lengths = range(1, len(occupation.group_code) + 1)
    above = select(Group).where(
        Group.vintage_id == vintage.id, Group.code.in_([occupation.group_code[:length] for length in lengths])
    )
    skills = (
        select(Skill)
        .join(GroupSkill, and_(GroupSkill.vintage_id == Skill.vintage_id, GroupSkill.skill_code == Skill.code))
        .where(Skill.vintage_id == vintage.id, GroupSkill.group_code == occupation.group_code)
    )
    return Looked(
        vintage,
        occupation,
        session.scalars(above.order_by(func.length(Group.code))).all(),
        sorted(session.scalars(skills), key=lambda skill: folded(skill.name)),
        [Near(*row) for row in session.execute(_near(vintage.id, code))],
    )


def _near(vintage_id: int, code: str) -> Select[tuple[str, str, int]]:
    pair = Closeness
    other = case((pair.from_code == code, pair.to_code), else_=pair.from_code)
    percent = func.max(pair.percent)
    return (
        select(Occupation.code, Occupation.name, percent)
        .join(pair, and_(pair.vintage_id == Occupation.vintage_id, other == Occupation.code))
        .where(Occupation.vintage_id == vintage_id, or_(pair.from_code == code, pair.to_code == code))
        .group_by(Occupation.code, Occupation.name, Occupation.folded)
        .order_by(percent.desc(), Occupation.folded)
    )
