"""A framework as a CASE 1.0 package; `case` says how what we have fits into it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import msgspec

from lms.frameworks.formats import about
from lms.frameworks.formats.case import ABOUT, AREA, COMMON, COMPETENCE, OWN_LEVEL
from lms.frameworks.framework import Framework, Texts
from lms.i18n import LANGUAGES

TYPES: Final = {
    ABOUT: "What the framework says of itself",
    AREA: "An area of competences",
    COMPETENCE: "A competence",
    OWN_LEVEL: "A level of the framework's own scale",
}


def write(framework: Framework) -> bytes:
    return msgspec.json.format(msgspec.json.encode(_Writing(framework).package(), order="deterministic"), indent=2)


class _Writing:
    def __init__(self, framework: Framework) -> None:
        self.framework = framework
        self.at = _instant(framework)
        self.items: list[dict[str, Any]] = []
        self.associations: list[dict[str, Any]] = []
        self.document = self._identifier("document", "")

    def package(self) -> dict[str, Any]:
        its, usual = self.framework, self._usual(self.framework.name)
        for name, said in about.about(its).items():
            self._add(ABOUT, name, said if "" not in said else {usual: said[""]}, above=self.document)
        for level in its.scale:
            self._add(
                OWN_LEVEL, str(level.level), level.name, above=self.document, notes=level.description,
                conceptKeywords=[f"{COMMON}{level.common}"],
            )  # fmt: skip
        areas = {area.code: self._add(AREA, area.code, area.name, above=self.document) for area in its.areas}
        for one in its.competences:
            self._add(
                COMPETENCE, one.code, one.name, above=areas[one.area], short=one.short, notes=one.descriptor,
                levels=one.levels, statusEndDate=self.at[:10] if one.code in its.retired else "",
            )  # fmt: skip
        for one in its.competences:
            if one.replaces is not None:
                earlier = self._identifier(COMPETENCE, one.replaces.code)
                self._associate("replacedBy", earlier, self._of(one.key), 1, title=one.key)
            for place, key in enumerate(one.related, 1):
                self._associate("isRelatedTo", self._of(one.key), self._of(key), place, title=key)
        return {
            "CFDocument": self._document(usual),
            "CFItems": self.items,
            "CFAssociations": self.associations,
            "CFDefinitions": {
                "CFItemTypes": [
                    {**self._named(f"type {title}"), "title": title, "description": said, "hierarchyCode": title}
                    for title, said in TYPES.items()
                ],
                "CFLicenses": [
                    {
                        **self._named("licence"),
                        "title": its.licence.name,
                        "licenseText": its.licence.url or its.licence.name,
                    }
                ],
            },
            "CFRubrics": list(self._rubrics()),
        }

    def _document(self, usual: str) -> dict[str, Any]:
        its = self.framework
        document = {
            **self._named("document"),
            "creator": its.source.publisher,
            "publisher": its.source.publisher,
            "title": its.name[usual],
            "version": its.version,
            "language": usual,
            "description": its.description.get(usual, ""),
            "notes": its.notice.get(usual, ""),
            "adoptionStatus": "Adopted",
            "licenseURI": self._licence(),
            "officialSourceURL": its.source.url,
        }
        return {name: value for name, value in document.items() if value}

    def _add(
        self,
        kind: str,
        code: str,
        name: Texts,
        *,
        above: str,
        short: Texts | None = None,
        notes: Texts | None = None,
        levels: Mapping[int, Texts] | None = None,
        **more: Any,
    ) -> str:
        """The thing in every language it is in; the identifier of the first, which the others translate."""
        texts = (name, short or {}, notes or {}, *(levels or {}).values())
        languages = [it for it in LANGUAGES if any(text.get(it) for text in texts)]
        first = self._identifier(kind, code)
        for language in languages:
            identifier = first if language == languages[0] else self._identifier(kind, code, language)
            item = {
                "identifier": identifier,
                "uri": f"urn:uuid:{identifier}",
                "fullStatement": name.get(language, ""),
                "humanCodingScheme": code,
                "CFItemType": kind,
                "language": language,
                "abbreviatedStatement": (short or {}).get(language, ""),
                "notes": (notes or {}).get(language, ""),
                "lastChangeDateTime": self.at,
                **more,
            }
            self.items.append({name: value for name, value in item.items() if value or name == "fullStatement"})
            if identifier != first:
                self._associate("isTranslationOf", identifier, first, 1)
        self._associate("isChildOf", first, above, len(self.items))
        return first

    def _associate(self, kind: str, origin: str, destination: str, place: int, title: str = "") -> None:
        self.associations.append(
            {
                **self._named(f"{kind} {origin} {destination} {place}"),
                "associationType": kind,
                "sequenceNumber": place,
                "originNodeURI": {"title": origin, "identifier": origin, "uri": f"urn:uuid:{origin}"},
                "destinationNodeURI": {
                    "title": title or destination,
                    "identifier": destination,
                    "uri": f"urn:uuid:{destination}",
                },
            }
        )

    def _rubrics(self) -> Iterator[dict[str, Any]]:
        """One for each language; its criteria are the competences, its steps the common scale."""
        competences = [item for item in self.items if item["CFItemType"] == COMPETENCE]
        texts = {one.code: one.levels for one in self.framework.competences}
        for language in LANGUAGES:
            ones = [item for item in competences if item["language"] == language]
            criteria = [self._criterion(item, texts[item["humanCodingScheme"]], language) for item in ones]
            if criteria:
                title = self.framework.name.get(language) or self.framework.name[self._usual(self.framework.name)]
                yield {**self._named(f"rubric {language}"), "title": title, "CFRubricCriteria": criteria}

    def _criterion(self, item: Mapping[str, Any], levels: Mapping[int, Texts], language: str) -> dict[str, Any]:
        name = f"criterion {item['identifier']}"
        return {
            **self._named(name),
            "CFItemURI": {"title": item["humanCodingScheme"], "identifier": item["identifier"], "uri": item["uri"]},
            "CFRubricCriterionLevels": [
                {**self._named(f"{name} {level}"), "score": level, "position": level, "description": text[language]}
                for level, text in sorted(levels.items())
                if text.get(language)
            ],
        }

    def _of(self, key: str) -> str:
        framework, _, code = key.partition("/")
        return _identifier(framework, COMPETENCE, code, "")

    def _identifier(self, kind: str, code: str, language: str = "") -> str:
        return _identifier(self.framework.key, kind, code, language)

    def _named(self, name: str) -> dict[str, Any]:
        identifier = self._identifier(name, "")
        return {"identifier": identifier, "uri": f"urn:uuid:{identifier}", "lastChangeDateTime": self.at}

    def _licence(self) -> dict[str, Any]:
        named, licence = self._named("licence"), self.framework.licence
        return {"identifier": named["identifier"], "uri": licence.url or named["uri"], "title": licence.name}

    def _usual(self, texts: Texts) -> str:
        return next(it for it in LANGUAGES if texts.get(it))


def _identifier(*parts: str) -> str:
    """The same every time, so that two exports of a framework can be compared."""
    return str(uuid5(NAMESPACE_URL, f"urn:kunna:framework:{'/'.join(parts)}"))


def _instant(framework: Framework) -> str:
    """CASE wants to know when everything was last changed: when the data was gathered, or published."""
    try:
        return datetime.fromisoformat(framework.vintage).date().isoformat() + "T00:00:00+00:00"
    except ValueError:
        return f"{framework.source.year:04}-01-01T00:00:00+00:00"
