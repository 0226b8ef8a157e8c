"""Files that statements carry."""

from collections.abc import Sequence

from lms.errors import Invalid, Problem
from lms.xapi.statement import Attachment, Statement, SubStatement
from lms.xapi.vocabulary import SIGNATURE


def check(where: str, statement: Statement) -> None:
    _check(f"{where}.attachments", statement.attachments)
    if isinstance(statement.object, SubStatement):
        _check(f"{where}.object.attachments", statement.object.attachments)


def _check(where: str, attachments: Sequence[Attachment] | None) -> None:
    """The store keeps no files yet, so each attachment must say where its file is (Communication 1.5.2)."""
    for index, attachment in enumerate(attachments or ()):
        if attachment.usage_type == SIGNATURE:
            raise Invalid([Problem(f"{where}[{index}]", "is a signature; those are not supported yet.")])
        if attachment.file_url is None:
            raise Invalid([Problem(f"{where}[{index}].fileUrl", "is missing; no files are kept here yet.")])
