"""Statements read together with the files they carry (Communication 1.5.2, 2.1.3), from a folder and from a bucket."""

import hashlib
import logging
import os

import pytest

from lms.errors import NotFound, Unavailable
from lms.xapi import attachments, search
from lms.xapi.search import StatementQuery
from lms.xapi.shelf import shelf
from tests.xapi.conftest import Caller
from tests.xapi.parcels import BOUNDARY, WORDS, attachment, body, first, opened, part
from tests.xapi.statements import statement, voiding

SUM = hashlib.sha256(WORDS).hexdigest()
CARRYING = statement(attachments=[attachment()])
PICTURE = b"\x89PNG\r\n\r\n--" + os.urandom(300_000)
PICTURED = statement(attachments=[attachment(PICTURE, contentType="image/png")])
PICTURE_PART = part(PICTURE, Content_Type="image/png")


@pytest.fixture(autouse=True)
def place(app, shelf_address):
    app.config["ATTACHMENTS_URL"] = shelf_address
    return shelf(shelf_address)


@pytest.fixture
def send(client, caller):
    """`send(*parts)`: stores, and tells the ids."""

    def sent(*parts, headers=None):
        answer = client.post(
            "/xapi/statements",
            data=body(*parts),
            content_type=f'multipart/mixed; boundary="{BOUNDARY}"',
            headers=headers or caller.headers,
        )
        assert answer.status_code == 200, answer.json
        return answer.json

    return sent


class TestAttachmentsTrue:
    @pytest.mark.spec("Communication 2.1.3", "attachments")
    def test_gives_a_statement_and_its_files(self, send, caller):
        """2.1.3: “If true, the LRS uses the multipart response format and includes all attachments as described
        previously.”"""
        [id] = send(first(CARRYING), part())
        text, file = opened(caller.get(statementId=id, attachments=True))
        assert text.headers == {"Content-Type": "application/json"}
        assert text.json == caller.get(statementId=id).json
        assert file.content == WORDS
        assert file.headers == {
            "Content-Type": "text/plain",
            "Content-Transfer-Encoding": "binary",
            "X-Experience-API-Hash": SUM,
        }

    def test_gives_each_file_of_a_page_once(self, send, caller):
        """1.5.2: “SHOULD only include one copy of an Attachment's data when the same Attachment is used in multiple
        Statements that are sent together.”"""
        send(first(CARRYING, PICTURED, CARRYING), part(), PICTURE_PART)
        text, *files = opened(caller.get(attachments=True))
        assert len(text.json["statements"]) == 3
        assert {file.headers["X-Experience-API-Hash"]: file.content for file in files} == {
            SUM: WORDS,
            hashlib.sha256(PICTURE).hexdigest(): PICTURE,
        }
        assert len(files) == 2

    def test_gives_the_files_of_substatements(self, send, caller):
        send(first(statement(object={"objectType": "SubStatement", **CARRYING})), part())
        _, file = opened(caller.get(attachments=True))
        assert file.content == WORDS

    def test_goes_on_through_more(self, send, caller):
        for one, its in ((CARRYING, part()), (PICTURED, PICTURE_PART)):
            send(first(one), its)
        text, file = opened(caller.get(attachments=True, limit=1))
        assert file.content == PICTURE
        text, file = opened(caller.get(text.json["more"]))
        assert file.content == WORDS
        assert text.json["more"] == ""

    def test_is_multipart_also_without_files(self, caller):
        caller.post(statement(attachments=[attachment(fileUrl="https://kunna.test/intyg.txt")]))
        [text] = opened(caller.get(attachments=True))
        assert len(text.json["statements"]) == 1

    @pytest.mark.parametrize("format", ["ids", "exact", "canonical"])
    def test_goes_with_every_format(self, send, caller, format):
        send(first(CARRYING), part())
        text, file = opened(caller.get(attachments=True, format=format))
        assert text.json["statements"] == caller.get(format=format).json["statements"]
        assert file.content == WORDS

    def test_goes_with_a_voided_statement(self, send, caller):
        [id] = send(first(CARRYING), part())
        caller.post(voiding(id))
        _, file = opened(caller.get(voidedStatementId=id, attachments=True))
        assert file.content == WORDS

    def test_writes_the_hash_as_the_statement_does(self, send, caller):
        send(first(statement(attachments=[attachment(sha2=SUM.upper())])), part())
        _, file = opened(caller.get(attachments=True))
        assert file.headers["X-Experience-API-Hash"] == SUM.upper()

    def test_says_nothing_of_a_type_that_statements_disagree_on(self, send, caller):
        """1.5.2: what is specified in both “MUST match”, and it cannot match both."""
        other = statement(attachments=[attachment(contentType="text/x-note")])
        send(first(CARRYING, other), part(Content_Type=None))
        _, file = opened(caller.get(attachments=True))
        assert "Content-Type" not in file.headers

    def test_can_be_sent_to_another_store_as_it_is(self, send, caller, client, key, cast):
        send(first(CARRYING, PICTURED), part(), PICTURE_PART)
        answer = caller.get(attachments=True)
        text, *files = opened(answer)
        whole = [first(*text.json["statements"])]
        whole += [
            "".join(f"{name}: {value}\r\n" for name, value in file.headers.items()).encode() + b"\r\n" + file.content
            for file in files
        ]
        there = Caller(client, key(cast.nordverk))
        send(*whole, headers=there.headers)
        assert {file.content for file in opened(there.get(attachments=True))[1:]} == {WORDS, PICTURE}


class TestAttachmentsFalse:
    @pytest.mark.spec("Communication 2.1.3", "attachments")
    @pytest.mark.parametrize("asked", [{}, {"attachments": False}])
    def test_gives_json_alone(self, send, caller, asked):
        """2.1.3: “If … set to false, the LRS MUST NOT include Attachment raw data and MUST report
        application/json.”"""
        [id] = send(first(CARRYING), part())
        for answer in (caller.get(**asked), caller.get(statementId=id, **asked)):
            assert answer.mimetype == "application/json"
            assert WORDS not in answer.data


class TestTheAnswer:
    def test_is_the_same_each_time(self, send, caller):
        send(first(CARRYING, PICTURED), part(), PICTURE_PART)
        one, other = caller.get(attachments=True), caller.get(attachments=True)
        assert one.data == other.data
        assert one.headers["ETag"] == other.headers["ETag"]

    def test_has_the_headers_of_the_one_without_files(self, send, caller):
        [id] = send(first(CARRYING), part())
        with_files = caller.get(statementId=id, attachments=True).headers
        plain = caller.get(statementId=id).headers
        for name in ("ETag", "Last-Modified", "X-Experience-API-Version"):
            assert with_files[name] == plain[name]
        assert "X-Experience-API-Consistent-Through" in with_files

    def test_to_head_is_that_to_get_without_the_body(self, send, caller, client):
        """1.1: “respond to any HTTP HEAD request as it would have responded to an otherwise identical HTTP GET
        request except: the message-body MUST be omitted.”"""
        send(first(CARRYING), part())
        got = caller.get(attachments=True)
        head = client.head("/xapi/statements", query_string={"attachments": "true"}, headers=caller.headers)
        assert head.data == b""
        for name in ("Content-Type", "Content-Length", "ETag"):
            assert head.headers[name] == got.headers[name]

    def test_has_a_boundary_that_is_in_no_file(self, send, caller):
        """1.5.2, the example: “The selected boundary does not appear in any of the parts”."""
        [id] = send(first(CARRYING), part())
        boundary = caller.get(statementId=id, attachments=True).mimetype_params["boundary"].encode()
        spiteful = b"\r\n--" + boundary + b"\r\n\r\nyours now\r\n--" + boundary + b"--\r\n"
        send(first(statement(attachments=[attachment(spiteful)])), part(spiteful))
        assert [file.content for file in opened(caller.get(attachments=True))[1:]] == [spiteful, WORDS]

    def test_cannot_be_given_headers_by_a_statement(self, caller, send):
        """A media type with a line break in it is none; other characters go out as they came in."""
        broken = statement(attachments=[attachment(contentType="text/plain; x=\r\nX-Evil: yes")])
        assert caller.post(broken).status_code == 400
        send(first(statement(attachments=[attachment(contentType="text/plain; name=“intyg”\u2028")])), part())
        _, file = opened(caller.get(attachments=True))
        assert file.headers["Content-Type"] == "text/plain; name=“intyg”\u2028"


class TestAFileThatIsLost:
    def test_is_not_half_an_answer(self, send, caller, place, cast, caplog):
        [id] = send(first(CARRYING, PICTURED), part(), PICTURE_PART)[:1]
        name = f"{cast.fyren.id}/{SUM}"
        place.remove(name)
        with caplog.at_level(logging.ERROR):
            for answer in (caller.get(attachments=True), caller.get(statementId=id, attachments=True)):
                assert answer.status_code == 503
                assert SUM in answer.json["error"]
        assert name in caplog.text
        assert len(caller.get().json["statements"]) == 2

    def test_is_there_again_when_it_comes_again(self, send, caller, place, cast):
        send(first(CARRYING), part())
        place.remove(f"{cast.fyren.id}/{SUM}")
        send(first(CARRYING), part())
        _, file = opened(caller.get(attachments=True))
        assert file.content == WORDS


class TestWhoSeesAFile:
    def test_not_another_organisation_with_the_same_hash(self, send, client, key, cast):
        """It names the hash, and has not got the file."""
        send(first(CARRYING), part())
        there = Caller(client, key(cast.nordverk))
        there.post(statement(attachments=[attachment(fileUrl="https://kunna.test/x")]))
        assert len(opened(there.get(attachments=True))) == 1

    def test_not_another_client_that_knows_the_hash(self, send, client, key, cast):
        """With statements/read/mine it sees what it stored, and that came without the file."""
        send(first(CARRYING), part())
        other = Caller(client, key(cast.fyren, "statements/write", "statements/read/mine"))
        other.post(statement(attachments=[attachment(fileUrl="https://kunna.test/x")]))
        assert len(opened(other.get(attachments=True))) == 1

    def test_an_organisation_above(self, send, client, key, cast):
        there = Caller(client, key(cast.project, below=True))
        send(first(CARRYING), part())
        send(first(CARRYING), part(), headers=key(cast.nordverk))
        text, file = opened(there.get(attachments=True))
        assert len(text.json["statements"]) == 2
        assert file.content == WORDS


class TestOpenAttachment:
    def test_gives_its_length_and_its_content(self, send, session, cast, place):
        send(first(CARRYING), part())
        length, content = attachments.open_attachment(session, place, [cast.nordverk.id, cast.fyren.id], SUM.upper())
        assert length == len(WORDS)
        assert b"".join(content) == WORDS

    def test_finds_nothing_of_another_organisation(self, send, session, cast, place):
        send(first(CARRYING), part())
        with pytest.raises(NotFound):
            attachments.open_attachment(session, place, [cast.nordverk.id], SUM)

    def test_says_when_it_is_lost(self, send, session, cast, place):
        send(first(CARRYING), part())
        place.remove(f"{cast.fyren.id}/{SUM}")
        with pytest.raises(Unavailable, match="lost"):
            attachments.open_attachment(session, place, [cast.fyren.id], SUM)


def test_what_statements_have_is_told_with_few_questions(send, session, cast, count_queries):
    send(first(*[CARRYING, PICTURED] * 5), part(), PICTURE_PART)
    entries = search.find(session, StatementQuery([cast.fyren.id]))
    with count_queries() as counted:
        assert len(attachments.of(session, entries)) == 2
    assert counted.number == 1
