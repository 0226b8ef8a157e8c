"""From a folder to a course. What cannot be read is noted, and something stands in for it, so that one
reading finds all there is; a course with mistakes is never handed out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lms.courses import quiz_file
from lms.courses.course import (
    Area,
    Course,
    Development,
    Edition,
    Field,
    Keep,
    Kind,
    Module,
    Objective,
    Page,
    Part,
    Quiz,
)
from lms.courses.folder import Folder, media, revision, stray
from lms.courses.mistakes import KEY, Document, Mistake, Table, each_once
from lms.i18n import lazy_gettext as _

PAGE_FILE: Final = re.compile(r"(\d+)-(.+)\.md\Z")
# Addresses under a course or a module that are not pages.
TAKEN: Final = frozenset({"leave", "media", "quiz", "start", "team"})


@dataclass(frozen=True, slots=True)
class Read:
    """A course folder, read: `course` is None when it could not be made out at all."""

    key: str
    course: Course | None
    mistakes: tuple[Mistake, ...]


def read(path: Path) -> Read:
    folder = Folder(path, [])
    if not KEY.match(path.name) or path.name in TAKEN:
        folder.wrong(
            path,
            _(
                "“%(name)s” cannot be the key of a course. Name the folder with a–z, digits and hyphens.",
                name=path.name,
            ),
        )
    text = folder.text(path / "course.toml")
    course = None
    if text is not None:
        document = Document(folder.name(path / "course.toml"), text, folder.mistakes)
        course = _course(folder, document) if document.is_readable else None
    return Read(path.name, course, tuple(sorted(folder.mistakes)))


def _course(folder: Folder, document: Document) -> Course:
    root = document.root
    languages = root.texts("languages") or ("sv",)
    completes, passes = _parts(root, "completes", ("pages", "quiz")), _parts(root, "passes", ("quiz",))
    tables = root.tables("modules", least=1)
    each_once(tables)
    version = root.text("version")
    course = Course(
        key=folder.path.name,
        title=root.local("title", languages),
        summary=root.local("summary", languages),
        area=Area(root.one_of("area", Area)),
        languages=languages,
        version=version,
        revision=revision(folder.path, version),
        reviewed=root.date("reviewed"),
        owner=root.text("owner"),
        audience=root.local("audience", languages),
        frame=root.local("frame", languages, required=False),
        modules=tuple(_module(folder, table, languages, completes, passes) for table in tables),
    )
    root.close()
    stray(folder, folder.path, {"course.toml", "README.md", *(module.key for module in course.modules)})
    return course


def _parts(table: Table, key: str, default: tuple[str, ...]) -> frozenset[Part]:
    allowed = list(Part) if key == "completes" else [Part.QUIZ]
    parts = table.texts(key, default)
    for part in parts:
        if part not in allowed:
            table.wrong(
                key,
                _(
                    "“%(part)s” cannot be in “%(key)s”. Use: %(allowed)s.",
                    part=part,
                    key=key,
                    allowed=", ".join(allowed),
                ),
            )
    if not parts and key == "completes":
        table.wrong(
            key, _("Nothing completes the module. Name at least one of: %(allowed)s.", allowed=", ".join(allowed))
        )
    return frozenset(Part(part) for part in parts if part in allowed)


def _module(
    folder: Folder,
    table: Table,
    languages: Sequence[str],
    completes: frozenset[Part],
    passes: frozenset[Part],
) -> Module:
    key = table.key()
    if key in TAKEN:
        table.wrong("key", _("“%(key)s” is taken by the site itself. Choose another key.", key=key))
    path = folder.path / key
    objectives = tuple(_objective(row, languages) for row in table.tables("objectives", least=1))
    module = Module(
        key=key,
        title=table.local("title", languages),
        summary=table.local("summary", languages),
        minutes=table.whole("minutes", least=1),
        completes=_parts(table, "completes", tuple(completes)),
        passes=_parts(table, "passes", tuple(passes)),
        sources=table.texts("sources", ()),
        objectives=objectives,
        editions=_editions(folder, table, path, languages) if key else {},
        media=media(folder, path, languages),
    )
    table.close()
    return module


def _objective(table: Table, languages: Sequence[str]) -> Objective:
    objective = Objective(
        text=table.local("text", languages),
        develops=tuple(_development(row) for row in table.tables("develops")),
    )
    table.close()
    return objective


def _development(table: Table) -> Development:
    development = Development(competence=table.text("competence"), level=table.whole("level", least=1))
    if development.level > 4:
        table.wrong("level", _("The level is 1, 2, 3 or 4."))
    table.close()
    return development


def _editions(folder: Folder, table: Table, path: Path, languages: Sequence[str]) -> Mapping[str, Edition]:
    if not path.is_dir():
        table.wrong(
            "key", _("There is no folder “%(name)s”. Make it, with the pages of the module.", name=folder.name(path))
        )
        return {}
    editions = {}
    for language in languages:
        within = path if language == languages[0] else path / language
        if within.is_dir():
            editions[language] = _edition(folder, within, language, languages)
        else:
            table.wrong(
                "key",
                _(
                    "The course says it has the language “%(language)s”, but there is no folder “%(name)s” with "
                    "the module in it.",
                    language=language,
                    name=folder.name(within),
                ),
            )
    return editions


def _edition(folder: Folder, path: Path, language: str, languages: Sequence[str]) -> Edition:
    numbered: list[tuple[int, Path, str]] = []
    for file in sorted(path.glob("*.md")):
        found = PAGE_FILE.match(file.name)
        if found is None or not KEY.match(found[2]) or found[2] in TAKEN:
            folder.wrong(
                file,
                _(
                    "The file name is not one of a page. Name it with a number, a hyphen and a key, such as "
                    "“01-mina-mal.md”."
                ),
            )
        else:
            numbered.append((int(found[1]), file, found[2]))
    _each_once(folder, numbered)
    if not numbered:
        folder.wrong(path, _("The module has no pages. Write at least one, such as “01-start.md”."))
    own = {file.name for file in path.glob("media/*")} if path.name == language else set()
    pages = [_page(folder, file, key, language, own) for _number, file, key in sorted(numbered)]
    quiz_path = path / "quiz.toml"
    quiz = _quiz(folder, quiz_path) if quiz_path.exists() else None
    others = set(languages[1:]) if language == languages[0] else set()
    stray(folder, path, {"quiz.toml", "media", *others, *(file.name for file in path.glob("*.md"))})
    return Edition(language, tuple(page for page in pages if page is not None), quiz)


def _each_once(folder: Folder, numbered: Sequence[tuple[int, Path, str]]) -> None:
    numbers, keys = set(), set()
    for number, file, key in numbered:
        if number in numbers:
            folder.wrong(file, _("Another page has the same number in its file name. Change one of them."))
        if key in keys:
            folder.wrong(file, _("Another page has the same key in its file name. Change one of them."))
        numbers.add(number)
        keys.add(key)


def _page(folder: Folder, path: Path, key: str, language: str, own: set[str]) -> Page | None:
    text = folder.text(path)
    if text is None:
        return None
    lines = text.split("\n")
    ends = [number for number, line in enumerate(lines) if line.rstrip() == "+++"]
    if len(ends) < 2 or ends[0] != 0:
        folder.wrong(
            path,
            _("The page must begin with a line +++, then its facts (title, kind, minutes), then a line +++ again."),
        )
        return None
    document = Document(folder.name(path), "\n".join(lines[1 : ends[1]]), folder.mistakes, offset=1)
    if not document.is_readable:
        return None
    # Empty lines stand in for what was cut off, so that places in the text are places in the file.
    body = "\n" * (ends[1] + 1) + "\n".join(lines[ends[1] + 1 :])
    return _facts(document.root, key, _own_media(body, language, own))


def _own_media(text: str, language: str, own: set[str]) -> str:
    """A picture that the language has a version of its own of: media/x.svg becomes media/en/x.svg."""
    return re.sub(
        r"\]\(media/([^)\s]+)",
        lambda found: f"](media/{language}/{found[1]}" if found[1] in own else found[0],
        text,
    )


def _facts(root: Table, key: str, body: str) -> Page:
    kind = Kind(root.one_of("kind", Kind))
    fields: tuple[Field, ...] = ()
    keep = Keep.ACCOUNT
    if kind is not Kind.READ:
        keep = Keep(root.one_of("keep", Keep, Keep.ACCOUNT))
        rows = root.tables("fields", least=1 if kind is Kind.REFLECTION else 0)
        each_once(rows)
        fields = tuple(_field(row) for row in rows)
    page = Page(
        key=key,
        title=root.text("title"),
        kind=kind,
        minutes=root.whole("minutes", least=1),
        keep=keep,
        fields=fields,
        text=body,
    )
    root.close()
    return page


def _field(table: Table) -> Field:
    field = Field(
        key=table.key(),
        label=table.text("label"),
        hint=table.text("hint", ""),
        lines=table.whole("lines", 3, least=1),
    )
    table.close()
    return field


def _quiz(folder: Folder, path: Path) -> Quiz | None:
    text = folder.text(path)
    if text is None:
        return None
    document = Document(folder.name(path), text, folder.mistakes)
    return quiz_file.read(document.root) if document.is_readable else None
