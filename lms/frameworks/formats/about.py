"""What a framework says of itself, apart from its areas and competences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from lms.errors import Invalid, Problem
from lms.frameworks.framework import (
    COMMON_SCALE,
    GENERAL,
    Area,
    Competence,
    Framework,
    Licence,
    OwnLevel,
    Relation,
    Replaced,
    Source,
    Texts,
    check,
    keyed,
)
from lms.i18n import LANGUAGES, gettext

# Fields that are one word or address, and those that are texts.
PLAIN: Final = (
    "key",
    "family",
    "version",
    "vintage",
    "source title",
    "publisher",
    "year",
    "source address",
    "licence",
    "licence address",
    # Codes with spaces between, and code, earlier code and relation: "4 1 close, 5 2 exact".
    "retired",
    "replaces",
)
TEXTS: Final = ("name", "description", "notice", "scale note")
LONGEST_SHORT: Final = 24

# By field: under "" what is plain, under a language what is a text.
About = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a format has found, the rest of which `About` says."""

    areas: Sequence[Area]
    competences: Sequence[Competence]
    scale: Sequence[OwnLevel] = ()


def given(**plain: str) -> dict[str, dict[str, str]]:
    """What somebody typed beside a file, such as `key="craft"`, `source_address="https://…"`; empty ones are not said.

    A name that is typed stands for every language.
    """
    said: dict[str, dict[str, str]] = {}
    for field, value in plain.items():
        name, cleaned = field.replace("_", " "), value.strip()
        if cleaned:
            said[name] = dict.fromkeys(LANGUAGES, cleaned) if name in TEXTS else {"": cleaned}
    return said


def about(framework: Framework) -> dict[str, dict[str, str]]:
    plain = {
        "key": framework.key,
        "family": framework.family,
        "version": framework.version,
        "vintage": framework.vintage,
        "source title": framework.source.title,
        "publisher": framework.source.publisher,
        "year": str(framework.source.year),
        "source address": framework.source.url,
        "licence": framework.licence.name,
        "licence address": framework.licence.url,
        "retired": " ".join(framework.retired),
        "replaces": ", ".join(
            f"{one.code} {one.replaces.code} {one.replaces.relation}" for one in framework.competences if one.replaces
        ),
    }
    texts = {
        "name": framework.name,
        "description": framework.description,
        "notice": framework.notice,
        "scale note": framework.scale_note or {},
    }
    return {field: {"": value} for field, value in plain.items() if value} | {
        field: dict(value) for field, value in texts.items() if value
    }


def build(found: About, beside: About, parts: Parts) -> Framework:
    """The framework, whole and right. What was given beside the file stands before what the file says."""
    said = {**found, **beside}
    plain = {field: said.get(field, {}).get("", "").strip() for field in PLAIN}
    if problems := list(_missing(plain, said)):
        raise Invalid(problems)
    name, replaces = dict(said.get("name", {})), _replaces(plain["replaces"])
    framework = keyed(
        Framework(
            key=plain["key"],
            family=plain["family"],
            version=plain["version"] or "1",
            vintage=plain["vintage"],
            name=name,
            description=dict(said.get("description") or name),
            source=Source(
                plain["source title"] or next(iter(name.values()), ""),
                plain["publisher"],
                int(plain["year"]),
                plain["source address"],
            ),
            licence=Licence(plain["licence"], plain["licence address"]),
            notice=dict(said.get("notice") or _notice(plain)),
            scale=tuple(parts.scale or common_scale()),
            scale_note=dict(said["scale note"]) if said.get("scale note") else None,
            areas=tuple(parts.areas),
            competences=tuple(
                msgspec.structs.replace(one, replaces=replaces.get(one.code)) for one in parts.competences
            ),
            retired=tuple(plain["retired"].split()),
        )
    )
    if problems := list(check(framework)):
        raise Invalid(problems)
    return framework


def _missing(plain: Mapping[str, str], said: About) -> Iterable[Problem]:
    for field in ("key", "publisher", "year", "licence"):
        if not plain[field]:
            yield Problem(field, gettext("The file does not say this. Give it beside the file."))
    if not said.get("name"):
        yield Problem("name", gettext("The file does not say this. Give it beside the file."))
    if plain["year"] and not _is_year(plain["year"]):
        yield Problem("year", gettext("Enter a year in four digits."))
    for field in ("source address", "licence address"):
        if plain[field] and not plain[field].startswith(("https://", "http://")):
            yield Problem(field, gettext("Enter an address that begins with https://."))


def _replaces(said: str) -> dict[str, Replaced]:
    """By the code of the one that replaces. Raises Invalid."""
    found = {}
    for part in filter(None, (part.strip() for part in said.split(","))):
        try:
            code, earlier, relation = part.split()
            found[code] = Replaced(earlier, Relation(relation))
        except ValueError as error:
            sentence = gettext("“%(part)s” is not a code, the code that it replaces and a relation.", part=part)
            raise Invalid([Problem("replaces", sentence)]) from error
    return found


def _is_year(typed: str) -> bool:
    return len(typed) == 4 and typed.isascii() and typed.isdigit()


def _notice(plain: Mapping[str, str]) -> Texts:
    said = ", ".join(part for part in (plain["publisher"], plain["year"], plain["licence"]) if part)
    return dict.fromkeys(LANGUAGES, said)


def common_scale() -> list[OwnLevel]:
    """Of a framework that has no levels of its own."""
    return [OwnLevel(level, level, dict(COMMON_SCALE[level]), dict(GENERAL[level])) for level in GENERAL]


def general_levels() -> dict[int, Texts]:
    return {level: dict(text) for level, text in GENERAL.items()}


def shortened(name: Mapping[str, str]) -> Texts:
    """For the head of a column: the name itself, cut at a word if it is long."""
    return {language: _cut(text) for language, text in name.items()}


def _cut(text: str) -> str:
    if len(text) <= LONGEST_SHORT:
        return text
    words = text[:LONGEST_SHORT].rsplit(" ", 1)[0].rstrip(" ,;:–-")
    return f"{words}…"
