"""A bare structure in JSON: areas and competences with codes and names, as published frameworks are often passed on."""

from typing import Any

import msgspec
from msgspec import Struct

from lms.errors import Invalid, Problem
from lms.frameworks.formats import about
from lms.frameworks.formats.about import About, Parts
from lms.frameworks.framework import Area, Competence, Framework, Texts, keyed
from lms.i18n import LANGUAGES, gettext


class _Area(Struct):
    id: str
    name: Texts


class _Competence(Struct):
    id: str
    area: str
    name: Texts
    descriptor: Texts | None = None
    hint: Texts | None = None


class _Structure(Struct):
    framework: str
    version: str
    areas: list[_Area] = []
    competences: list[_Competence] = []
    licence: str = ""
    source: str = ""
    note: str = ""
    year: int | None = None


def read(content: bytes, beside: About) -> Framework:
    """Texts for the levels are general ones: a structure has none that are about one competence."""
    try:
        found = msgspec.json.decode(content, type=_Structure)
    except msgspec.DecodeError as error:
        raise Invalid([Problem("", gettext("The file cannot be read: %(error)s", error=str(error)))]) from error
    year = found.year or (found.version if found.version.isdigit() and len(found.version) == 4 else "")
    said: dict[str, Any] = about.given(
        name=f"{found.framework} {found.version}",
        version=found.version,
        source_title=found.source,
        licence=found.licence,
        notice=" ".join(part for part in (found.source, found.licence, found.note) if part),
        year=str(year),
    )
    return keyed(about.build(said, beside, Parts(_areas(found), [_competence(one) for one in found.competences])))


def _areas(found: _Structure) -> list[Area]:
    named = [Area(one.id, one.name) for one in found.areas]
    codes = {area.code for area in named}
    others = dict.fromkeys(one.area for one in found.competences if one.area not in codes)
    return [*named, *(Area(code, dict.fromkeys(LANGUAGES, code)) for code in others)]


def _competence(one: _Competence) -> Competence:
    return Competence(
        code=one.id,
        area=one.area,
        name=one.name,
        short=about.shortened(one.name),
        descriptor=one.descriptor or one.hint or dict(one.name),
        levels=about.general_levels(),
        related=(),
    )
