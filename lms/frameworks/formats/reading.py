"""A file of a framework, whichever format it is in."""

from typing import Final

import msgspec

from lms.errors import Invalid
from lms.frameworks.formats import case, case_writing, esco, ours, structure, table
from lms.frameworks.formats.about import About
from lms.frameworks.framework import Framework
from lms.i18n import gettext

MOST_BYTES: Final = 20_000_000
WRITERS: Final = {"json": ours.write, "csv": table.write, "case": case_writing.write, "esco": esco.write}


def read(content: bytes, beside: About) -> Framework:
    """Raises Invalid with everything that is wrong, by row or place."""
    if len(content) > MOST_BYTES:
        raise Invalid(gettext("The file is too large: at most %(size)d MB.", size=MOST_BYTES // 1_000_000))
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return _read_json(start, beside)
    if esco.is_esco(content.split(b"\n", 1)[0].decode("utf-8-sig", "replace")):
        return esco.read(content, beside)
    return table.read(content, beside)


def _read_json(content: bytes, beside: About) -> Framework:
    try:
        fields = set(msgspec.json.decode(content, type=dict[str, msgspec.Raw]))
    except msgspec.DecodeError as error:
        raise Invalid(gettext("This is not JSON: %(error)s", error=str(error))) from error
    if "CFDocument" in fields:
        return case.read(content, beside)
    if "framework" in fields:
        return structure.read(content, beside)
    return ours.read(content)
