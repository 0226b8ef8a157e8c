"""Competences that an organisation writes itself, beside the shared ones.

They are written as drafts and published together. What is published is frozen: another wording is another competence,
which says what it is to the one it replaces, and the one replaced is no longer for new use.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.errors import Conflict, Invalid, NotFound, Problem
from lms.frameworks import stored
from lms.frameworks.formats import about
from lms.frameworks.framework import (
    HIGHEST,
    Area,
    Competence,
    Framework,
    Frameworks,
    Licence,
    Relation,
    Replaced,
    Source,
    Texts,
)
from lms.frameworks.models import CompetenceDraft, StoredFramework
from lms.i18n import LANGUAGES, gettext
from lms.identity.models import Organisation

LONGEST: Final = {"name": 120, "area": 80, "descriptor": 600, "level": 600}
PARTS: Final = ("name", "area", "descriptor", *(f"level_{level}" for level in range(1, HIGHEST + 1)))
FIELDS: Final = tuple(f"{part}_{language}" for language in LANGUAGES for part in PARTS)
# What a competence can be to the one it replaces. Only related would not be to replace it.
RELATIONS: Final = (Relation.EXACT, Relation.CLOSE, Relation.BROADER, Relation.NARROWER)
# Of competences whose area nobody has named.
GENERAL: Final[Texts] = {"sv": "Allmänt", "en": "General"}

Filled = Mapping[str, str]


def keep(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, for a draft."""
    return {field: form.get(field, "").strip() for field in (*FIELDS, "relation") if form.get(field, "").strip()}


def fill(competence: Competence, area: Area) -> dict[str, str]:
    """A form that says what a competence says."""
    texts = {"name": competence.name, "area": area.name, "descriptor": competence.descriptor}
    texts |= {f"level_{level}": text for level, text in competence.levels.items()}
    return {f"{part}_{language}": said for part, text in texts.items() for language, said in text.items()}


def problems(filled: Filled, replaces: str) -> list[Problem]:
    """What has to be put right before it can be published, by field."""
    found = [
        Problem(field, gettext("Write at most %(number)d characters.", number=most))
        for field in FIELDS
        if len(filled.get(field, "")) > (most := LONGEST[field.split("_")[0]])
    ]
    used = [language for language in LANGUAGES if any(filled.get(f"{part}_{language}") for part in PARTS)]
    if not used:
        return [Problem("name_sv", gettext("Write what the competence is called, in Swedish or in English."))]
    for language in used:
        if not filled.get(f"name_{language}"):
            found.append(Problem(f"name_{language}", gettext("Write the name in this language too, or leave it out.")))
        found += [
            Problem(f"level_{level}_{language}", gettext("Write what level %(level)d means.", level=level))
            for level in range(1, HIGHEST + 1)
            if not filled.get(f"level_{level}_{language}")
        ]
    if replaces and filled.get("relation") not in RELATIONS:
        found.append(Problem("relation", gettext("Say what it is to the one it replaces.")))
    return found


def drafts(session: Session, organisation_id: int) -> Sequence[CompetenceDraft]:
    """The oldest first."""
    its = select(CompetenceDraft).where(CompetenceDraft.organisation_id == organisation_id)
    return session.scalars(its.order_by(CompetenceDraft.id)).all()


def draft(session: Session, organisation_id: int, number: int) -> CompetenceDraft:
    its = select(CompetenceDraft).where(CompetenceDraft.organisation_id == organisation_id)
    found = session.scalars(its.where(CompetenceDraft.id == number)).first()
    if found is None:
        raise NotFound(gettext("There is no such draft."))
    return found


def seen(draft: CompetenceDraft) -> str:
    """For a form: which state of the draft it was filled in from."""
    return f"{draft.changed_at.isoformat()} {draft.changed_by_id}"


def save(draft: CompetenceDraft, filled: Filled, *, by: int, at: datetime, seen_at: str) -> None:
    """Raises Conflict if another person has changed it since it was shown."""
    if draft.changed_at is not None and draft.changed_by_id != by and seen(draft) != seen_at:
        raise Conflict(
            gettext(
                "Somebody else has changed this since you opened it. What you typed is still here and has not been "
                "saved: look at theirs in another window, then save once more to replace it."
            )
        )
    draft.filled, draft.changed_by_id, draft.changed_at = dict(filled), by, at


@dataclass(frozen=True, slots=True)
class Change:
    """What a published version did, in codes."""

    row: StoredFramework
    added: Sequence[Competence]
    retired: Sequence[Competence]
    restored: Sequence[Competence]


def changes(states: Sequence[StoredFramework]) -> list[Change]:
    """Of each version, the newest first, as `stored.written_here` gives them."""
    read = [stored.framework_of(row) for row in states]
    answer = []
    for row, after, before in zip(states, read, [*read[1:], None], strict=False):
        had = {one.code for one in before.competences} if before else set[str]()
        was, now = set(before.retired) if before else set[str](), set(after.retired)
        answer.append(
            Change(
                row,
                [one for one in after.competences if one.code not in had],
                [one for one in after.competences if one.code in now - was],
                [one for one in after.competences if one.code in was - now],
            )
        )
    return answer


def published(session: Session, organisation_id: int) -> Framework | None:
    """What the organisation has written and published. None: nothing yet."""
    states = stored.written_here(session, organisation_id)
    return stored.framework_of(states[0]) if states else None


def find(session: Session, organisation_id: int, code: str) -> Competence:
    """One that is published and in use."""
    framework = published(session, organisation_id)
    for one in framework.in_use if framework else ():
        if one.code == code:
            return one
    raise NotFound(gettext("There is no such competence."))


def publish(
    session: Session,
    shipped: Frameworks,
    where: Organisation,
    ready: Iterable[CompetenceDraft],
    *,
    at: datetime,
    by: int,
) -> StoredFramework:
    """The drafts become competences, in a version of their own. Raises Invalid, and Conflict."""
    chosen = list(ready)
    if not chosen:
        raise Invalid([Problem("draft", gettext("Tick at least one draft that is whole."))])
    if any(problems(one.filled, one.replaces) for one in chosen):
        raise Invalid([Problem("draft", gettext("A draft is not whole yet. Finish it first."))])
    states = stored.written_here(session, where.id)
    after = stored.framework_of(states[0]) if states else _empty(session, shipped, where, at)
    gone = {one.replaces for one in chosen if one.replaces} & {*after.retired}
    if gone:
        raise Conflict(gettext("What a draft is to replace is no longer in use. Remove the draft, or use it again."))
    for one in chosen:
        after = _with(after, one)
    if states:
        row = stored.go_on(session, states[0], _numbered(after, states[0].number + 1), at=at, by=by)
    else:
        row = stored.publish(session, shipped, where.id, _numbered(after, 1), at=at, by=by, is_written_here=True)
    for one in chosen:
        session.delete(one)
    return row


def retire(session: Session, organisation_id: int, code: str, *, at: datetime, by: int) -> StoredFramework:
    """Not for new use from now on; what names it keeps it. Raises NotFound."""
    find(session, organisation_id, code)
    return _retired(session, organisation_id, {code}, set(), at, by)


def restore(session: Session, organisation_id: int, code: str, *, at: datetime, by: int) -> StoredFramework:
    """For use again. Raises NotFound."""
    framework = published(session, organisation_id)
    if framework is None or code not in framework.retired:
        raise NotFound(gettext("There is no such competence."))
    return _retired(session, organisation_id, set(), {code}, at, by)


def _retired(
    session: Session, organisation_id: int, more: Collection[str], less: Collection[str], at: datetime, by: int
) -> StoredFramework:
    last = stored.written_here(session, organisation_id)[0]
    before = stored.framework_of(last)
    codes = tuple(sorted({*before.retired, *more} - {*less}))
    after = msgspec.structs.replace(before, retired=codes)
    return stored.go_on(session, last, _numbered(after, last.number + 1), at=at, by=by)


def _numbered(framework: Framework, number: int) -> Framework:
    return msgspec.structs.replace(framework, version=str(number))


def _empty(session: Session, shipped: Frameworks, where: Organisation, at: datetime) -> Framework:
    name = {"sv": f"Egna kompetenser, {where.name}", "en": f"Own competences, {where.name}"}
    return Framework(
        key=_free_key(session, shipped, where),
        version="1",
        name=name,
        description={
            "sv": f"Det som {where.name} har beskrivit själv, vid sidan av de gemensamma ramverken.",
            "en": f"What {where.name} has described itself, beside the shared frameworks.",
        },
        source=Source(name["sv"], where.name, at.year, ""),
        licence=Licence(f"© {where.name}", ""),
        notice={"sv": f"Skriven av {where.name}.", "en": f"Written by {where.name}."},
        scale=tuple(about.common_scale()),
        scale_note=None,
        areas=(),
        competences=(),
    )


def _free_key(session: Session, shipped: Frameworks, where: Organisation) -> str:
    """The organisation's own key, unless a framework has it already."""
    taken = {one.key for one in shipped.all} | set(session.scalars(select(StoredFramework.key).distinct()))
    key, number = where.key, 1
    while key in taken:
        number += 1
        key = f"{where.key}-{number}"
    return key


def _with(framework: Framework, draft: CompetenceDraft) -> Framework:
    areas, area = _area(framework.areas, _texts(draft.filled, "area") or dict(GENERAL))
    code = str(max((int(one.code) for one in framework.competences), default=0) + 1)
    name = _texts(draft.filled, "name")
    competence = Competence(
        code=code,
        area=area,
        name=name,
        short=about.shortened(name),
        descriptor=_texts(draft.filled, "descriptor") or dict(name),
        levels={level: _texts(draft.filled, f"level_{level}") for level in range(1, HIGHEST + 1)},
        related=(),
        key=f"{framework.key}/{code}",
        replaces=Replaced(draft.replaces, Relation(draft.filled["relation"])) if draft.replaces else None,
    )
    return msgspec.structs.replace(
        framework,
        areas=areas,
        competences=(*framework.competences, competence),
        retired=tuple(sorted({*framework.retired, draft.replaces} - {""})),
    )


def _texts(filled: Filled, part: str) -> Texts:
    return {language: text for language in LANGUAGES if (text := filled.get(f"{part}_{language}", ""))}


def _area(areas: tuple[Area, ...], name: Texts) -> tuple[tuple[Area, ...], str]:
    """The areas, and the code of the one that has one of these names; a new one if none has."""
    for area in areas:
        if any(area.name.get(language, "").casefold() == text.casefold() for language, text in name.items()):
            return areas, area.code
    new = Area(f"area-{len(areas) + 1}", name)
    return (*areas, new), new.code
