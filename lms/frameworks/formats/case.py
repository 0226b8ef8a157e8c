"""CASE 1.0 (1EdTech): one JSON package of a document, its items, what associates them, and rubrics for the levels.

CASE has one language to an item. What we have in another is an item of its own that isTranslationOf the first; what a
framework says of itself beyond the document's fields are items of the type About. A package of somebody else's is read
by its tree: what has nothing below it is a competence, and what stands nearest the document above it is its area.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from lms.errors import Invalid, Problem
from lms.frameworks.formats import about
from lms.frameworks.formats.about import About, Parts
from lms.frameworks.framework import CODE, HIGHEST, Area, Competence, Framework, OwnLevel, Texts
from lms.i18n import LANGUAGES, gettext

ABOUT: Final = "About"
AREA: Final = "Area"
COMPETENCE: Final = "Competence"
OWN_LEVEL: Final = "Level"
COMMON: Final = "common level "


class Link(Struct):
    identifier: str
    uri: str = ""
    title: str = ""


class Document(Struct):
    identifier: str
    title: str
    uri: str = ""
    creator: str = ""
    publisher: str = ""
    version: str = ""
    language: str = ""
    description: str = ""
    notes: str = ""
    officialSourceURL: str = ""
    adoptionStatus: str = ""
    licenseURI: Link | None = None
    lastChangeDateTime: str = ""


class Item(Struct):
    identifier: str
    fullStatement: str
    uri: str = ""
    humanCodingScheme: str = ""
    abbreviatedStatement: str = ""
    notes: str = ""
    CFItemType: str = ""
    language: str = ""
    conceptKeywords: list[str] = []
    listEnumeration: str = ""
    lastChangeDateTime: str = ""


class Association(Struct):
    associationType: str
    originNodeURI: Link
    destinationNodeURI: Link
    identifier: str = ""
    uri: str = ""
    sequenceNumber: int | None = None
    lastChangeDateTime: str = ""


class Step(Struct):
    identifier: str = ""
    uri: str = ""
    description: str = ""
    quality: str = ""
    score: float | None = None
    position: int | None = None
    lastChangeDateTime: str = ""


class Criterion(Struct):
    identifier: str = ""
    uri: str = ""
    CFItemURI: Link | None = None
    CFRubricCriterionLevels: list[Step] = []
    lastChangeDateTime: str = ""


class Rubric(Struct):
    identifier: str = ""
    uri: str = ""
    title: str = ""
    CFRubricCriteria: list[Criterion] = []
    lastChangeDateTime: str = ""


class Definitions(Struct):
    CFItemTypes: list[dict[str, Any]] = []
    CFLicenses: list[dict[str, Any]] = []


class Package(Struct):
    document: Document = field(name="CFDocument")
    items: list[Item] = field(name="CFItems", default_factory=list)
    associations: list[Association] = field(name="CFAssociations", default_factory=list)
    definitions: Definitions = field(name="CFDefinitions", default_factory=Definitions)
    rubrics: list[Rubric] = field(name="CFRubrics", default_factory=list)


def read(content: bytes, beside: About) -> Framework:
    try:
        package = msgspec.json.decode(content, type=Package)
    except msgspec.DecodeError as error:
        raise Invalid([Problem("", gettext("The file cannot be read: %(error)s", error=str(error)))]) from error
    return _Reading(package).framework(beside)


class _Reading:
    def __init__(self, package: Package) -> None:
        self.package = package
        self.items = {item.identifier: item for item in package.items}
        self.usual = _language(package.document.language, "en")
        of = {kind: self._links(kind) for kind in ("isChildOf", "isTranslationOf", "isRelatedTo", "exactMatchOf")}
        self.translates = {
            one.originNodeURI.identifier: one.destinationNodeURI.identifier for one in of["isTranslationOf"]
        }
        self.parent: dict[str, str] = {}
        for one in of["isChildOf"]:
            self.parent.setdefault(one.originNodeURI.identifier, one.destinationNodeURI.identifier)
        self.related = [*of["isRelatedTo"], *of["exactMatchOf"]]
        parents = set(self.parent.values())
        # The same thing in every language it is in, the first of them the one that the others translate.
        self.things = [item for item in package.items if item.identifier not in self.translates]
        self.leaves = [
            one
            for one in self.things
            if one.CFItemType == COMPETENCE
            or (one.CFItemType not in {ABOUT, AREA, OWN_LEVEL} and one.identifier not in parents)
        ]

    def _links(self, kind: str) -> list[Association]:
        found = [one for one in self.package.associations if one.associationType == kind]
        return sorted(found, key=lambda one: one.sequenceNumber if one.sequenceNumber is not None else 0)

    def framework(self, beside: About) -> Framework:
        said = {**self._document(), **self._about()}
        key = beside.get("key", said.get("key", {})).get("", "")
        problems = list(self._loops())
        if problems:
            raise Invalid(problems)
        areas = {one.identifier: one for one in self.things if one.CFItemType == AREA}
        tops = {leaf.identifier: self._area(leaf) for leaf in self.leaves}
        areas |= {top.identifier: top for top in tops.values() if top is not None}
        named = [Area(_code(one), self._texts(one, "fullStatement")) for one in areas.values()]
        if None in tops.values():
            named.append(Area("general", {"sv": "Allmänt", "en": "General"}))
        competences = [self._competence(leaf, tops[leaf.identifier], key) for leaf in self.leaves]
        return about.build(said, beside, Parts(named, competences, self._scale()))

    def _loops(self) -> Iterator[Problem]:
        for item in self.package.items:
            seen, at = {item.identifier}, self.parent.get(item.identifier)
            while at is not None:
                if at in seen:
                    yield Problem(item.identifier, gettext("The item stands below itself."))
                    break
                seen.add(at)
                at = self.parent.get(at)

    def _area(self, leaf: Item) -> Item | None:
        """The item above a competence that stands nearest the document."""
        top, at = None, self.parent.get(leaf.identifier)
        while at is not None and at in self.items:
            top, at = self.items[at], self.parent.get(at)
        return top

    def _texts(self, item: Item, name: str) -> Texts:
        ones = [
            item,
            *(self.items[it] for it, of in self.translates.items() if of == item.identifier and it in self.items),
        ]
        return {_language(one.language, self.usual): text for one in ones if (text := getattr(one, name).strip())}

    def _document(self) -> dict[str, dict[str, str]]:
        document = self.package.document
        year = document.lastChangeDateTime[:4]
        said = {
            "version": {"": document.version},
            "publisher": {"": document.publisher or document.creator},
            "source title": {"": document.title},
            "source address": {"": document.officialSourceURL},
            "licence": {"": document.licenseURI.title if document.licenseURI else ""},
            "licence address": {"": document.licenseURI.uri if document.licenseURI else ""},
            "year": {"": year},
            "name": {self.usual: document.title},
            "description": {self.usual: document.description},
            "notice": {self.usual: document.notes},
        }
        return {name: texts for name, texts in said.items() if any(texts.values())}

    def _about(self) -> dict[str, dict[str, str]]:
        ours = [one for one in self.things if one.CFItemType == ABOUT]
        # An address that ours does not say is not said by the document either.
        emptied: dict[str, dict[str, str]] = {name: {} for name in (*about.PLAIN, *about.TEXTS)} if ours else {}
        return emptied | {
            one.humanCodingScheme: {"": one.fullStatement}
            if one.humanCodingScheme in about.PLAIN
            else self._texts(one, "fullStatement")
            for one in ours
        }

    def _scale(self) -> list[OwnLevel]:
        levels = []
        for one in self.things:
            if one.CFItemType == OWN_LEVEL:
                common = [word.removeprefix(COMMON) for word in one.conceptKeywords if word.startswith(COMMON)]
                if not one.humanCodingScheme.isdecimal() or common not in (["1"], ["2"], ["3"], ["4"]):
                    raise Invalid([Problem(one.identifier, gettext("The level has no number on the common scale."))])
                name, meaning = self._texts(one, "fullStatement"), self._texts(one, "notes")
                levels.append(OwnLevel(int(one.humanCodingScheme), int(common[0]), name, meaning or name))
        return levels

    def _competence(self, item: Item, area: Item | None, key: str) -> Competence:
        name = self._texts(item, "fullStatement")
        return Competence(
            code=_code(item),
            area=_code(area) if area else "general",
            name=name,
            short=self._texts(item, "abbreviatedStatement") or about.shortened(name),
            descriptor=self._texts(item, "notes") or dict(name),
            levels=self._levels(item) or about.general_levels(),
            related=tuple(self._related(item, key)),
        )

    def _levels(self, item: Item) -> dict[int, Texts]:
        """The rubric's criterion for the competence, if it has a step for each level of the common scale."""
        levels: dict[int, Texts] = {level: {} for level in range(1, HIGHEST + 1)}
        for rubric in self.package.rubrics:
            for criterion in rubric.CFRubricCriteria:
                of = criterion.CFItemURI.identifier if criterion.CFItemURI else ""
                if of in self.items and self.translates.get(of, of) == item.identifier:
                    language = _language(self.items[of].language, self.usual)
                    for step in criterion.CFRubricCriterionLevels:
                        if step.score in levels and step.description.strip():
                            levels[int(step.score or 0)][language] = step.description.strip()
        return levels if all(levels.values()) else {}

    def _related(self, item: Item, key: str) -> Iterator[str]:
        for one in self.related:
            if one.originNodeURI.identifier == item.identifier:
                other = self.items.get(one.destinationNodeURI.identifier)
                if other is not None:
                    yield f"{key}/{_code(other)}"
                elif "/" in one.destinationNodeURI.title:
                    # What we write of a competence in another framework; what anybody else does we cannot look up.
                    yield one.destinationNodeURI.title


def _code(item: Item) -> str:
    return item.humanCodingScheme if CODE.fullmatch(item.humanCodingScheme) else item.identifier


def _language(tag: str, usual: str) -> str:
    primary = tag.split("-")[0].casefold()
    return primary if primary in LANGUAGES else usual
