"""What must hold for a course as a whole, beyond what each file says of itself: its texts, its pictures, its
sums, its languages, and that the competences it names exist."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lms.courses import reading, text
from lms.courses.course import Course, Edition, Kind, Module, Page, Part, Quiz
from lms.courses.folder import PICTURES
from lms.courses.mistakes import Mistake
from lms.courses.positions import find
from lms.courses.questions import Match, Multiple, Number, Order, Question, Single, TrueFalse, correct, kind
from lms.courses.reading import Read
from lms.i18n import lazy_gettext as _

# Words on a page to read. Shorter belongs with its neighbour; longer is read better as two.
SHORTEST: Final = 40
LONGEST: Final = 1500

_BOX: Final = re.compile(r" {0,3}:{3,}\s*(.*?)\s*\Z")
_FENCE: Final = re.compile(r" {0,3}(```|~~~)")


@dataclass(frozen=True, slots=True)
class _Found:
    """Something wrong, and where: a line, or something to look for in a TOML file."""

    path: Path
    sentence: Any
    line: int = 1


def check(path: Path, competences: Collection[str]) -> Read:
    """A course folder, read and judged. `competences` are all that are defined, as "framework/code"."""
    read = reading.read(path)
    if read.course is None:
        return read
    found = [
        Mistake(one.path.relative_to(path.parent).as_posix(), one.line, one.sentence)
        for one in _whole(path, read.course, competences)
    ]
    return replace(read, mistakes=tuple(sorted([*read.mistakes, *found])))


def _whole(path: Path, course: Course, competences: Collection[str]) -> Iterator[_Found]:
    lines = _Lines(path / "course.toml")
    for number, module in enumerate(course.modules):
        at = ("modules", number)
        yield from _competences(lines, at, module, competences)
        if not module.editions:
            continue
        yield from _parts(lines, at, module)
        yield from _minutes(lines, at, module)
        for source in range(len(module.sources)):
            yield from _one_line(lines, (*at, "sources", source), module.sources[source])
        for language, edition in module.editions.items():
            within = path / module.key if edition is module.original else path / module.key / language
            yield from _edition(within, module, edition)
            if edition is not module.original:
                yield from _same(within, module.original, edition)


class _Lines:
    """Where things stand in a TOML file that could be read."""

    def __init__(self, path: Path) -> None:
        self.path, self._positions = path, find(path.read_text(encoding="utf-8-sig"))

    def wrong(self, at: tuple[str | int, ...], sentence: Any) -> _Found:
        return _Found(self.path, sentence, self._positions.line(at))


def _competences(
    lines: _Lines, at: tuple[str | int, ...], module: Module, competences: Collection[str]
) -> Iterator[_Found]:
    for number, objective in enumerate(module.objectives):
        for place, development in enumerate(objective.develops):
            if development.competence and development.competence not in competences:
                yield lines.wrong(
                    (*at, "objectives", number, "develops", place, "competence"),
                    _(
                        "No framework has the competence “%(key)s”. Write it as framework/code, such as"
                        " “self-leadership/SL1”.",
                        key=development.competence,
                    ),
                )


def _parts(lines: _Lines, at: tuple[str | int, ...], module: Module) -> Iterator[_Found]:
    has = {page.part for page in module.original.pages} | ({Part.QUIZ} if module.original.quiz else set())
    for name, parts in (("completes", module.completes), ("passes", module.passes)):
        for part in sorted(parts - has):
            yield lines.wrong(
                (*at, name),
                _(
                    "“%(name)s” asks for “%(part)s”, but the module “%(module)s” has none. Add it, or give the "
                    "module a “%(name)s” of its own.",
                    name=name,
                    part=part,
                    module=module.key,
                ),
            )


def _minutes(lines: _Lines, at: tuple[str | int, ...], module: Module) -> Iterator[_Found]:
    pages = sum(page.minutes for page in module.original.pages)
    if module.minutes != pages:
        yield lines.wrong(
            (*at, "minutes"),
            _(
                "The minutes do not add up: the module says %(minutes)s, its pages take %(pages)s together.",
                minutes=module.minutes,
                pages=pages,
            ),
        )


def _edition(path: Path, module: Module, edition: Edition) -> Iterator[_Found]:
    for file in sorted(path.glob("*.md")):
        name = reading.PAGE_FILE.match(file.name)
        page = next((page for page in edition.pages if name and page.key == name[2]), None)
        if page is not None:
            yield from _page(file, page, module)
    if edition.quiz is not None:
        yield from _quiz(_Lines(path / "quiz.toml"), edition.quiz)


def _page(path: Path, page: Page, module: Module) -> Iterator[_Found]:
    length = len(text.words(page.text).split())
    if page.kind is Kind.READ and not SHORTEST <= length <= LONGEST:
        yield _Found(
            path,
            _(
                "The page has %(length)s words. A page to read has %(least)s–%(most)s: put it together with"
                " another, or make two of it.",
                length=length,
                least=SHORTEST,
                most=LONGEST,
            ),
        )
    tokens = _with_html().parse(page.text, {"language": "en"})
    for line, sentence in chain(_boxes(page.text), _headings(tokens), _contents(tokens, module)):
        yield _Found(path, sentence, line)


def _line(token: Token) -> int:
    return (token.map[0] if token.map else 0) + 1


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[int, Any]]:
    above = 1
    for token in tokens:
        if token.type != "heading_open":
            continue
        level = int(token.tag[1])
        if level == 1:
            yield _line(token), _("The page's title is its only heading of the first level. Begin with ##.")
        elif level > above + 1:
            yield (
                _line(token),
                _(
                    "The heading skips a level: it has %(found)s number signs where %(most)s fit.",
                    found=level,
                    most=above + 1,
                ),
            )
        above = level


def _contents(tokens: Sequence[Token], module: Module) -> Iterator[tuple[int, Any]]:
    for token in tokens:
        yield from ((_line(token), sentence) for sentence in _token(token, module.media))


@lru_cache(1)
def _with_html() -> MarkdownIt:
    return text.parser(html=True)


def _token(token: Token, media: Mapping[str, Path]) -> Iterator[Any]:
    if token.type in {"html_block", "html_inline"} and not token.content.lstrip().startswith("<!--"):
        yield _("HTML is not shown: “%(html)s”. Write it as Markdown.", html=token.content.strip().split("\n")[0][:40])
    elif token.type in {"html_block", "html_inline"}:
        yield _("A comment would be shown to the reader. Take it away.")
    if token.type == "image":
        yield from _picture(str(token.attrs["src"]), token.content, media)
    if token.type == "link_open":
        yield from _link(str(token.attrs["href"]), media)
    for child in token.children or []:
        yield from _token(child, media)


def _picture(source: str, alternative: str, media: Mapping[str, Path]) -> Iterator[Any]:
    if not alternative.strip():
        yield _(
            "The picture “%(source)s” has no text for those who do not see it. Write what it shows: ![what "
            "it shows](%(source)s).",
            source=source,
        )
    name = source.removeprefix("media/")
    if not source.startswith("media/") or name not in media:
        yield _(
            "There is no picture “%(source)s”. Put it in the module's folder “media” and write media/ before its name.",
            source=source,
        )
    elif Path(name).suffix.lower() not in PICTURES:
        yield _("“%(source)s” is not a picture. Make it a link instead, without the exclamation mark.", source=source)


def _link(target: str, media: Mapping[str, Path]) -> Iterator[Any]:
    if target.startswith("media/") and target.removeprefix("media/") not in media:
        yield _("There is no file “%(target)s” to link to.", target=target)
    elif not target.startswith(("media/", "https://", "http://", "mailto:", "tel:")):
        yield _("The link “%(target)s” leads nowhere. Write the whole address, beginning with https://.", target=target)


def _boxes(body: str) -> Iterator[tuple[int, Any]]:
    """A box that is opened and not closed runs to the end of the page, and one with an unknown name is shown
    as colons."""
    opened, fenced = 0, False
    known = ", ".join(text.BOXES)
    for number, line in enumerate(body.split("\n"), start=1):
        fenced ^= bool(_FENCE.match(line))
        found = None if fenced else _BOX.match(line)
        if found is None:
            continue
        if found[1] and found[1] not in text.BOXES:
            yield number, _("There is no box called “%(name)s”. Use one of: %(known)s.", name=found[1], known=known)
        if found[1] and opened:
            yield (
                opened,
                _("The box is not closed before the next begins. Write ::: on a line of its own where it ends."),
            )
        elif not found[1] and not opened:
            yield (
                number,
                _("No box is open here. Take the line away, or name the box that it begins: %(known)s.", known=known),
            )
        opened = number if found[1] else 0
    if opened:
        yield opened, _("The box is never closed. Write ::: on a line of its own where it ends.")


def _quiz(lines: _Lines, quiz: Quiz) -> Iterator[_Found]:
    for number, question in enumerate(quiz.questions):
        at = ("questions", number)
        for name in ("text", "explanation"):
            yield from _one_line(lines, (*at, name), getattr(question, name))
        for name, place, words in _inner(question):
            yield from _one_line(lines, (*at, name, place, "text"), words)


def _inner(question: Question) -> Iterator[tuple[str, int, str]]:
    parts: list[tuple[str, Any]] = []
    match question:
        case Single() | Multiple():
            parts = [("options", question.options)]
        case Order():
            parts = [("items", question.items)]
        case Match():
            parts = [("targets", question.targets), ("items", question.items)]
    for name, values in parts:
        yield from ((name, place, value.text) for place, value in enumerate(values))


def _one_line(lines: _Lines, at: tuple[str | int, ...], words: str) -> Iterator[_Found]:
    for token in _with_html().parseInline(words, {"language": "en"}):
        for child in token.children or []:
            if child.type == "image":
                yield lines.wrong(at, _("A picture cannot stand here. Put it on a page."))
            else:
                yield from (lines.wrong(at, sentence) for sentence in _token(child, {}))


def _same(path: Path, original: Edition, edition: Edition) -> Iterator[_Found]:
    """Another language is another wording of the same course: pages, fields, questions and right answers
    agree."""
    if [page.key for page in edition.pages] != [page.key for page in original.pages]:
        yield _Found(
            path,
            _(
                "The pages are not those of the original language. Give them the same file names: %(names)s.",
                names=", ".join(page.key for page in original.pages),
            ),
        )
        return
    for page, first in zip(edition.pages, original.pages, strict=True):
        if _frame(page) != _frame(first):
            file = next(path.glob(f"*-{page.key}.md"))
            yield _Found(
                file, _("Kind, minutes, keep and the keys of the fields must be those of the original language.")
            )
    yield from _same_quiz(path, original.quiz, edition.quiz)


def _frame(page: Page) -> tuple[object, ...]:
    return page.kind, page.minutes, page.keep, [field.key for field in page.fields]


def _same_quiz(path: Path, original: Quiz | None, quiz: Quiz | None) -> Iterator[_Found]:
    if (original is None) != (quiz is None):
        yield _Found(path / "quiz.toml", _("Either every language has a quiz, or none has."))
    if original is None or quiz is None:
        return
    lines = _Lines(path / "quiz.toml")
    if (quiz.pass_mark, quiz.attempts, quiz.draw) != (original.pass_mark, original.attempts, original.draw):
        yield lines.wrong(("pass_mark",), _("pass_mark, attempts and draw must be those of the original language."))
    if [question.key for question in quiz.questions] != [question.key for question in original.questions]:
        yield lines.wrong(("questions",), _("The questions must have the keys and the order of the original language."))
        return
    for number, (question, first) in enumerate(zip(quiz.questions, original.questions, strict=True)):
        if _answer(question) != _answer(first):
            yield lines.wrong(
                ("questions", number), _("Kind, keys and the right answer must be those of the original language.")
            )


def _answer(question: Question) -> tuple[object, ...]:
    match question:
        case Single() | Multiple():
            return kind(question), [(option.key, option.correct) for option in question.options]
        case Order() | Match() | TrueFalse():
            return kind(question), correct(question)
        case Number():
            return kind(question), question.answer, question.tolerance
        case _:
            # Typed words are another language's own.
            return (kind(question),)
