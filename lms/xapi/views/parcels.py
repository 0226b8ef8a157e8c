"""Statements and the files they carry, in one answer (Communication 1.5.2, 2.1.3)."""

import hashlib
from collections.abc import Iterable

from flask import Response, current_app

from lms.db import session
from lms.xapi import attachments
from lms.xapi.multipart import ENCODING, HASH, TYPE, Part, written
from lms.xapi.recorded import Recorded
from lms.xapi.shelf import shelf


def parcel(answer: Response, entries: Iterable[Recorded]) -> Response:
    """The answer, which is JSON, followed by the content of each attachment that these statements have, once."""
    place = shelf(current_app.config["ATTACHMENTS_URL"])
    content = attachments.of(session(), entries)
    attachments.check_there(place, content)
    text = answer.get_data()
    # A hash of the statements, and they name the hash of each file: a file with the boundary in it would hold a hash
    # of itself. It is the same each time, so that the answer is the one its ETag stands for.
    boundary = hashlib.sha256(text).hexdigest()
    parts = [Part([(TYPE, "application/json")], len(text), [text])]
    parts += [Part(_headers(one), one.length, place.read(one.name)) for one in content]
    length, pieces = written(parts, boundary)
    response = Response(pieces, headers=answer.headers, direct_passthrough=True)
    response.content_type = f"multipart/mixed; boundary={boundary}"
    response.content_length = length
    return response


def _headers(one: attachments.Kept) -> list[tuple[str, str]]:
    headers = [(ENCODING, "binary"), (HASH, one.sha2)]
    return [(TYPE, one.content_type), *headers] if one.content_type is not None else headers
