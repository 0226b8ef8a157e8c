"""Bodies with files in them: to send, and as they come back."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

Json = dict[str, Any]

BOUNDARY = "abcABC0123'()+_,-./:=?"
WORDS = b"here is a simple attachment"


def attachment(content: bytes = WORDS, sum=sha256, **parts: Any) -> Json:
    """The property of a statement that says what the content is."""
    described = {
        "usageType": "https://kunna.test/attachments/certificate",
        "display": {"sv": "Intyg"},
        "contentType": "text/plain",
        "length": len(content),
        "sha2": sum(content).hexdigest(),
    }
    return described | parts


def part(content: bytes = WORDS, **headers: str | None) -> bytes:
    """A part with its headers; one that is None is left out."""
    given = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha256(content).hexdigest(),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
    return "\r\n".join([*lines, "", ""]).encode() + content


def first(*statements: Json, type: str = "application/json") -> bytes:
    given = statements[0] if len(statements) == 1 else list(statements)
    return f"Content-Type: {type}\r\n\r\n".encode() + json.dumps(given).encode()


def body(*parts: bytes, boundary: str = BOUNDARY) -> bytes:
    line = f"\r\n--{boundary}".encode()
    return b"".join(line + b"\r\n" + one for one in parts).removeprefix(b"\r\n") + line + b"--\r\n"


@dataclass
class Got:
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


def opened(answer) -> list[Got]:
    """The parts of an answer, taken apart by its boundary and nothing else."""
    assert answer.mimetype == "multipart/mixed", answer.get_data()
    boundary = answer.mimetype_params["boundary"].encode()
    whole = answer.get_data()
    assert answer.content_length == len(whole)
    before, *parts, end = (b"\r\n" + whole).split(b"\r\n--" + boundary)
    assert (before, end) == (b"", b"--\r\n")
    return [_opened(one) for one in parts]


def _opened(one: bytes) -> Got:
    head, _, content = one.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    return Got(dict(line.split(": ", 1) for line in lines), content)
