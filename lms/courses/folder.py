"""The files of a course: which belong to it, what a module may show or let be fetched, and what is out of place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from lms.courses.mistakes import Mistake
from lms.i18n import lazy_gettext as _

PICTURES: Final = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".avif": "image/avif",
}
# To be fetched, not shown in the page: forms and templates.
DOWNLOADS: Final = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
# Left behind by file managers and editors.
_IGNORED: Final = re.compile(r"(\..*|Thumbs\.db|desktop\.ini|.*~)\Z")


@dataclass(frozen=True, slots=True)
class Folder:
    """A course folder being read. Files are named from the folder above, as authors see them."""

    path: Path
    mistakes: list[Mistake]

    def name(self, path: Path) -> str:
        return path.relative_to(self.path.parent).as_posix()

    def wrong(self, path: Path, sentence: Any, line: int = 1) -> None:
        self.mistakes.append(Mistake(self.name(path), line, sentence))

    def text(self, path: Path) -> str | None:
        try:
            return path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self.wrong(path, _("The file is missing. Write it, or take away what names it."))
        except UnicodeDecodeError:
            self.wrong(path, _("The file is not saved as UTF-8. Open it in your editor and choose that when you save."))
        return None


def media(folder: Folder, path: Path, languages: Sequence[str]) -> Mapping[str, Path]:
    """Pictures and files of the module; one in another language's own media folder is "en/figure.svg"."""
    media = {}
    for language in languages:
        own = path / "media" if language == languages[0] else path / language / "media"
        for file in sorted(own.iterdir()) if own.is_dir() else []:
            if _IGNORED.match(file.name):
                continue
            if file.suffix.lower() not in PICTURES | DOWNLOADS:
                folder.wrong(
                    file,
                    _(
                        "A file of this kind cannot be shown. Pictures: %(pictures)s. To download: %(downloads)s.",
                        pictures=" ".join(PICTURES),
                        downloads=" ".join(DOWNLOADS),
                    ),
                )
            media[file.name if language == languages[0] else f"{language}/{file.name}"] = file
    return media


def stray(folder: Folder, path: Path, known: set[str]) -> None:
    for entry in sorted(path.iterdir()):
        if entry.name in known or _IGNORED.match(entry.name):
            continue
        if entry.suffix == ".py" or entry.name == "__pycache__":
            folder.wrong(entry, _("A course has no programs in it. Take the file away."))
        elif entry.is_dir():
            folder.wrong(entry, _("Nothing names this folder. Add it to course.toml, or take it away."))
        else:
            folder.wrong(entry, _("This file is not part of a course. Take it away, or rename it."))


def files(path: Path) -> list[Path]:
    """What belongs to a course: everything in its folder but what editors and file managers leave behind."""
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not any(_IGNORED.match(step) for step in file.relative_to(path).parts)
    )


def revision(path: Path, version: str) -> str:
    total = sha256()
    for file in files(path):
        content = file.read_bytes()
        total.update(f"{file.relative_to(path).as_posix()}\n{len(content)}\n".encode())
        total.update(content)
    return f"{version}+{total.hexdigest()[:8]}"
