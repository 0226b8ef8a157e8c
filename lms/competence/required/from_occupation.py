"""A role profile that is started from an occupation. What is said of the occupation is shown to whoever makes the
profile, who alone chooses: no competence comes into it by itself, and no level."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy.orm import Session

from lms.competence.models import RoleProfileStart
from lms.errors import Invalid, Problem
from lms.frameworks.framework import Competence, Frameworks
from lms.i18n import gettext
from lms.occupations import lookup
from lms.occupations.lookup import Looked, folded

# Words as long as this say something; of longer ones, so many letters are alike in their other forms.
SHORTEST: Final = 5
STEM: Final = 7
# How many competences are shown beside a skill.
MOST: Final = 4
# They stand in many skills and in many competences, and say nothing of either.
EMPTY: Final = frozenset({"arbete", "arbeta", "erfarenhet", "kunskap", "kunskaper", "digital", "digitala", "andra"})


def looked_at(session: Session, form: Mapping[str, str]) -> Looked | None:
    """The occupation that a form names. None: it names none. Raises NotFound."""
    code = form.get("occupation", "")
    return lookup.look(session, form.get("vintage", ""), code) if code else None


def start(looked: Looked, ticked: Iterable[str]) -> RoleProfileStart:
    """`ticked` are codes of the group's skills. Raises Invalid for one that is not."""
    names = {skill.code: skill.name for skill in looked.skills}
    if unknown := set(ticked) - names.keys():
        sentence = gettext("“%(code)s” is not among the skills of this occupation.", code=min(unknown))
        raise Invalid([Problem("skill", sentence)])
    wanted = set(ticked)
    return RoleProfileStart(
        vintage=looked.vintage.name,
        occupation_code=looked.occupation.code,
        occupation=looked.occupation.name,
        group_code=looked.group.code,
        group=looked.group.name,
        skills=[name for code, name in names.items() if code in wanted],
    )


def near(skills: Sequence[str], frameworks: Frameworks) -> dict[str, list[Competence]]:
    """For each skill the competences in which words like its own stand, those with most of them first.

    Only a way to find them: whether one of them answers to the skill is for somebody to say.
    """
    competences = [one for framework in frameworks.all for one in framework.in_use]
    texts = [(one, _said(one.name), _said(one.descriptor)) for one in competences]
    found = {}
    for skill in skills:
        points = [(_points(folded(skill), name, rest), -len(name), one) for one, name, rest in texts]
        # Of two with as many, the one whose name says less besides.
        ranked = sorted((some for some in points if some[0]), key=lambda some: some[:2], reverse=True)
        found[skill] = [one for *_, one in ranked[:MOST]]
    return found


def _said(texts: Mapping[str, str]) -> str:
    return folded(" ".join(texts.values()))


def _points(skill: str, name: str, rest: str) -> int:
    """A word in common counts, twice in the name; also inside a longer word, as “vägledning” in “gruppvägledning”."""
    of_the_skill, of_the_name = _stems(skill), _stems(name)
    return (
        2 * sum(stem in name for stem in of_the_skill)
        + sum(stem in rest for stem in of_the_skill)
        + 2 * sum(stem in skill for stem in of_the_name if len(stem) == STEM)
    )


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in text.split() if len(word) >= SHORTEST and word not in EMPTY}
