"""Course texts: Markdown (CommonMark with tables and boxes) made into HTML that can do no harm, or into plain
words.

Raw HTML is not part of the format and comes out as the characters it is written with; what is rendered goes
through nh3 all the same, so that a slip here or in a parser cannot put a script on a page.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import unescape
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.container import container_plugin

# What a box is called above its text, in the language of the text.
BOXES: Final = {
    "example": {"sv": "Exempel", "en": "Example"},
    "remember": {"sv": "Kom ihåg", "en": "Remember"},
    "research": {"sv": "Vad forskningen säger", "en": "What research says"},
    "rule": {"sv": "Regeln", "en": "The rule"},
}

# Rendered texts kept in memory. A long course is some fifty pages and as many questions with their options.
KEPT: Final = 4096

_TAGS: Final = {
    "a",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "div": {"class", "role", "tabindex", "aria-label"},
    "ol": {"start"},
    "img": {"src", "alt", "title"},
    "p": {"class"},
}
_SCHEMES: Final = {"http", "https", "mailto", "tel"}


def _open_box(kind: str) -> Callable[..., str]:
    def draw(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, env: Any) -> str:
        if tokens[at].nesting == -1:
            return "</div></div>\n"
        title = BOXES[kind].get(env["language"], BOXES[kind]["en"])
        return f'<div class="box box-{kind}"><div class="box-body">\n<p class="box-title">{title}</p>\n'

    return draw


def _open_table(_self: RendererHTML, _tokens: Sequence[Token], _at: int, _options: Any, env: Any) -> str:
    # One that is wider than the page is scrolled, also with the keyboard.
    label = "Tabell" if env["language"] == "sv" else "Table"
    return f'<div class="reading-table" role="region" tabindex="0" aria-label="{label}"><table>\n'


def _close_table(_self: RendererHTML, _tokens: Sequence[Token], _at: int, _options: Any, _env: Any) -> str:
    return "</table></div>\n"


def parser(*, html: bool = False) -> MarkdownIt:
    """`html` is for the check that finds raw HTML; never for showing."""
    markdown = MarkdownIt("commonmark", {"html": html}).enable("table")
    for kind in BOXES:
        markdown.use(container_plugin, kind, render=_open_box(kind))
    markdown.add_render_rule("table_open", _open_table)
    markdown.add_render_rule("table_close", _close_table)
    return markdown


_PARSER: Final = parser()


@lru_cache(KEPT)
def rendered(text: str, language: str) -> Markup:
    """A whole text. The text itself is the key under which it is kept: a new revision is another text."""
    return _clean(_PARSER.render(text, {"language": language}))


@lru_cache(KEPT)
def inline(text: str) -> Markup:
    """A text on one line, such as a question: no paragraph around it."""
    return _clean(_PARSER.renderInline(text))


def _clean(html: str) -> Markup:
    clean = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer")
    # safe: cleaned on the line above.
    return Markup(clean)  # noqa: S704


@lru_cache(KEPT)
def words(text: str) -> str:
    """A text as plain words on one line: for searching, and for descriptions in statements."""
    html = _PARSER.render(text, {"language": "en"})
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
