"""Bodies with files in them that somebody has been at: refused with a sentence, or taken as what they then are."""

import hashlib
import resource
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lms.errors import Invalid, KunnaError
from lms.xapi.multipart import Limits, received
from tests.xapi.parcels import BOUNDARY, attachment, body, first, opened, part
from tests.xapi.signing import signature, signature_part, signed
from tests.xapi.statements import statement

LINE = f"--{BOUNDARY}".encode()
SIGNED = signed(statement())
NESTED = body(part(), boundary="inner")
EMPTY = statement(attachments=[attachment(b"")])
GOOD = [
    body(first(statement())),
    body(first(statement(attachments=[attachment()])), part()),
    body(first(statement(attachments=[attachment()]), EMPTY), part(), part(b""), part()),
    body(first(statement(attachments=[signature(SIGNED)])), signature_part(SIGNED)),
    body(first(statement(attachments=[attachment(NESTED)])), part(NESTED)),
]
LIMITS = Limits(statements=100_000, attachment=100_000, attachments=10)

tokens = st.sampled_from(
    [
        b"\r\n",
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b"--",
        b"\0",
        b" ",
        b"\t",
        b":",
        b'"',
        b"\xff",
        LINE,
        b"\r\n" + LINE,
        b"\r\n" + LINE + b"\r\n",
        b"\r\n" + LINE + b"--",
        b"\r\n" + LINE + b"--\r\n",
        b"X-Experience-API-Hash: " + b"0" * 64 + b"\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n",
        b"Content-Length: 0\r\n",
        b"A" * 9_000,
        b"X: y\r\n" * 40,
        b"[" * 1_000,
    ]
) | st.binary(max_size=4)


@st.composite
def spoilt(draw):
    whole = draw(st.sampled_from(GOOD))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(whole)))
        end = min(len(whole), start + draw(st.sampled_from([0, 0, 1, 2, 40, 10_000])))
        whole = whole[:start] + draw(tokens) + whole[end:]
    return whole


def taken_apart(chunks):
    """What there is in it, or why not."""
    try:
        with received(chunks, BOUNDARY, LIMITS) as (text, files):
            return text, [(file.sha2, file.length, file.types, file.opened().read()) for file in files.each()]
    except KunnaError as error:
        return type(error), str(error).partition(":")[0]


@settings(max_examples=400)
@given(spoilt(), st.lists(st.integers(1, 400), min_size=1, max_size=30))
def test_it_is_the_same_in_whatever_pieces_it_comes(whole, lengths):
    pieces, at = [], 0
    while at < len(whole):
        length = lengths[len(pieces) % len(lengths)]
        pieces.append(whole[at : at + length])
        at += length
    found = taken_apart(pieces)
    assert found == taken_apart([whole])
    if isinstance(found[0], bytes):
        for sha2, length, _types, content in found[1]:
            assert (hashlib.new(f"sha{len(sha2) * 4}", content).hexdigest(), len(content)) == (sha2, length)


@pytest.mark.parametrize("whole", GOOD)
def test_what_it_starts_from_can_be_taken_apart_byte_by_byte(whole):
    assert isinstance(taken_apart([bytes([byte]) for byte in whole])[0], bytes)


class TestOverHttp:
    @pytest.fixture(autouse=True)
    def shelf(self, app, tmp_path):
        app.config["ATTACHMENTS_URL"] = f"file://{tmp_path / 'attachments'}"

    @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(spoilt(), st.booleans())
    @example(GOOD[0], True)
    @example(GOOD[1], True)
    @example(GOOD[2], True)
    @example(GOOD[3], False)
    @example(GOOD[4], True)
    def test_it_is_refused_with_a_sentence_or_stored_with_its_files(self, client, caller, whole, strict):
        caller.headers["X-Experience-API-Version"] = "2.0.0" if strict else "1.0.3"
        answer = client.post(
            "/xapi/statements",
            data=whole,
            content_type=f'multipart/mixed; boundary="{BOUNDARY}"',
            headers=caller.headers,
        )
        assert answer.status_code in {200, 400, 413}
        if whole in GOOD:
            assert answer.status_code == 200
        if answer.status_code != 200:
            assert answer.json["error"]
            return
        for id in answer.json:
            _, *files = opened(caller.get(statementId=id, attachments=True))
            for file in files:
                assert hashlib.sha256(file.content).hexdigest() == file.headers["X-Experience-API-Hash"]

    @settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.text(max_size=100) | st.sampled_from(["", '"', "a;b", "x" * 71, "--", "\r\n", "x\0y", BOUNDARY]))
    def test_whatever_its_boundary(self, client, caller, boundary):
        told = boundary.encode("latin-1", "ignore").decode("latin-1").replace("\r", "").replace("\n", "")
        answer = client.post(
            "/xapi/statements",
            data=body(first(statement())),
            content_type=f'multipart/mixed; boundary="{told}"',
            headers=caller.headers,
        )
        assert answer.status_code == (200 if told == BOUNDARY else 400)


SCRIPT = """
import resource, sys
from hashlib import sha256
from lms.errors import KunnaError
from lms.xapi.multipart import Limits, received

def pieces(shape):
    piece = b"x" * 65_536
    sum = sha256()
    for _ in range(400):
        sum.update(piece)
    head = b"X-Experience-API-Hash: %s\\r\\nContent-Transfer-Encoding: binary\\r\\n" % sum.hexdigest().encode()
    line = b"\\r\\n--b\\r\\n"
    yield b"--b\\r\\nContent-Type: application/json\\r\\n\\r\\n{}" + line
    if shape == "attachment":
        yield head + b"\\r\\n"
    if shape == "header":
        yield b"X: "
    if shape == "attachments":
        yield head + b"\\r\\n"
        for _ in range(100):
            yield b"x" + line
            yield head + b"\\r\\n"
    for _ in range(400):
        yield b"\\r\\n--" * 13_000 if shape == "boundaries" else piece
    yield b"\\r\\n--b--\\r\\n"

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

shape = sys.argv[1]
before = peak()
try:
    with received(pieces(shape), "b", Limits(1_000_000, 30_000_000, 100)) as (_, files):
        print(sum(file.length for file in files.each()), end=" ")
except KunnaError:
    print(0, end=" ")
print(peak() - before)
"""


@pytest.mark.parametrize(
    ("shape", "length"),
    [("attachment", 400 * 65_536), ("header", 0), ("headers", 0), ("attachments", 0), ("boundaries", 0)],
)
def test_however_much_comes_it_takes_little_memory(shape, length):
    """26 MB as a file, or as what only looks like one."""
    seen = subprocess.run([sys.executable, "-c", SCRIPT, shape], capture_output=True, check=True, text=True)
    received_bytes, more = map(int, seen.stdout.split())
    assert received_bytes == length
    assert more < 5_000


def test_a_preamble_without_end_is_given_up():
    given = iter(lambda: b"x" * 65_536, None)
    with pytest.raises(Invalid, match="must begin with the boundary"), received(given, BOUNDARY, LIMITS):
        pass


def test_its_files_are_closed_whatever_happens():
    """Else each refused request would leave one open, and a temporary file with it."""
    spoilt = body(first(statement()), part(b"x" * 100_000), part(X_Experience_API_Hash=None))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit[0], 256), limit[1]))
    try:
        for _ in range(300):
            assert taken_apart([spoilt])[0] is Invalid
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limit)
