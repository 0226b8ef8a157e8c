"""Statements that come with the files they carry (Communication 1.5.2, Data 2.4.11)."""

import hashlib
import os
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.xapi.models import StatementAttachment, StoredAttachment
from tests.xapi.conftest import Caller
from tests.xapi.parcels import BOUNDARY, WORDS, attachment, body, first, part
from tests.xapi.statements import statement

SUM = hashlib.sha256(WORDS).hexdigest()
# What goes with a part that stands in a statement.
CARRYING = statement(attachments=[attachment()])


@pytest.fixture(autouse=True)
def shelf(app, tmp_path):
    place = tmp_path / "attachments"
    app.config["ATTACHMENTS_URL"] = f"file://{place}"
    return place


@pytest.fixture
def send(client, caller):
    """`send(*parts)`: as one body; the answer."""

    def sent(*parts, boundary=BOUNDARY, kind="multipart/mixed", **options):
        options = {"data": body(*parts, boundary=boundary), "headers": caller.headers} | options
        options.setdefault("content_type", f'{kind}; boundary="{boundary}"')
        return client.open("/xapi/statements", **({"method": "POST"} | options))

    return sent


@pytest.fixture
def kept(session):
    """`kept()`: the hashes of what statements have."""
    return lambda: sorted(session.scalars(select(StatementAttachment.sha2)))


def on(shelf):
    return sorted(path.name for path in shelf.rglob("*") if path.is_file())


def refused(answer, field, word, status=400):
    assert answer.status_code == status, answer.json
    told = answer.json.get("problems") or [{"field": "", "message": answer.json["error"]}]
    assert any(field == one["field"] and word in one["message"] for one in told), told
    return True


class TestAMultipartRequest:
    def test_brings_a_statement_and_its_file(self, send, caller, shelf, kept):
        """1.5.2: “When receiving a PUT or POST with a document type of multipart/mixed, an LRS MUST accept batches
        of Statements that contain Attachments in the Transmission Format described above.”"""
        answer = send(first(CARRYING), part())
        assert answer.status_code == 200, answer.json
        [id] = answer.json
        assert caller.get(statementId=id).json["attachments"] == CARRYING["attachments"]
        assert on(shelf) == kept() == [SUM]

    def test_can_put_a_statement(self, send, caller, kept):
        id = str(uuid4())
        options = {"method": "PUT", "query_string": {"statementId": id}}
        assert send(first(CARRYING), part(), **options).status_code == 204
        assert caller.ids() == [id]
        assert kept() == [SUM]

    def test_is_read_by_the_rules_of_1_0_3_too(self, send, caller, kept):
        caller.headers["X-Experience-API-Version"] = "1.0.3"
        assert send(first(CARRYING), part()).status_code == 200
        assert kept() == [SUM]

    def test_can_bring_files_of_several_statements(self, send, shelf, kept):
        """1.5.2: “SHOULD only include one copy of an Attachment's data when the same Attachment is used in multiple
        Statements that are sent together.”"""
        other = b"\x00\xff another\r\n--" + os.urandom(200_000)
        statements = [
            CARRYING,
            CARRYING,
            statement(attachments=[attachment(), attachment(other, contentType="image/png")]),
        ]
        sent = part(other, Content_Type="image/png", X_Experience_API_Hash=hashlib.sha256(other).hexdigest())
        assert send(first(*statements), part(), sent).status_code == 200
        second = hashlib.sha256(other).hexdigest()
        assert kept() == sorted([SUM, SUM, SUM, second])
        assert on(shelf) == sorted([SUM, second])

    def test_can_bring_the_file_of_a_substatement(self, send, kept):
        """2.4.11: “In the case of wanting to include an Attachment(s) for a SubStatement …”"""
        inner = {"objectType": "SubStatement", **CARRYING}
        assert send(first(statement(object=inner)), part()).status_code == 200
        assert kept() == [SUM]

    def test_need_not_bring_a_file(self, send):
        """1.5.2: “an LRS SHOULD* accept batches of Statements which contain no Attachment Objects.”"""
        assert send(first(statement())).status_code == 200

    def test_need_not_bring_a_file_that_is_elsewhere(self, send, kept):
        """1.5.2: “an LRS SHOULD* accept batches of Statements which contain only Attachment Objects with a populated
        fileUrl.”"""
        elsewhere = attachment(fileUrl="https://kunna.test/intyg.txt")
        assert send(first(statement(attachments=[elsewhere]))).status_code == 200
        assert kept() == []

    def test_may_bring_one_that_is_elsewhere_as_well(self, send, kept):
        elsewhere = attachment(fileUrl="https://kunna.test/intyg.txt")
        assert send(first(statement(attachments=[elsewhere])), part()).status_code == 200
        assert kept() == [SUM]

    @pytest.mark.parametrize("sum", [hashlib.sha224, hashlib.sha256, hashlib.sha384, hashlib.sha512])
    def test_names_a_file_by_any_sha2(self, send, kept, sum):
        """2.4.11, sha2: “The SHA-2 hash of the Attachment data.”"""
        hash = sum(WORDS).hexdigest()
        carrying = statement(attachments=[attachment(sum=sum)])
        assert send(first(carrying), part(X_Experience_API_Hash=hash)).status_code == 200
        assert kept() == [hash]

    def test_matches_a_file_by_what_it_is(self, send, kept):
        """1.5.2: “it can match the raw data of an Attachment(s) with the Attachment header by comparing the SHA-2 of
        the raw data to the SHA-2 declared in the header.”"""
        longer = hashlib.sha512(WORDS).hexdigest()
        carrying = statement(attachments=[attachment(), attachment(sum=hashlib.sha512)])
        assert send(first(carrying), part()).status_code == 200
        assert kept() == sorted([SUM, longer])

    def test_takes_a_hash_in_either_case(self, send, kept):
        carrying = statement(attachments=[attachment(sha2=SUM.upper())])
        assert send(first(carrying), part()).status_code == 200
        assert kept() == [SUM]

    def test_may_bring_an_empty_file(self, send, kept):
        assert send(first(statement(attachments=[attachment(b"")])), part(b"")).status_code == 200
        assert kept() == [hashlib.sha256(b"").hexdigest()]

    def test_may_bring_a_file_twice(self, send, kept):
        """To bring it once is the sender's SHOULD; the second is the same as the first."""
        assert send(first(CARRYING), part(), part()).status_code == 200
        assert kept() == [SUM]

    def test_may_have_text_before_and_after(self, send, caller, client):
        """RFC 2046, 5.1.1, which 1.5.2 says it MUST conform to: a preamble and an epilogue are to be ignored."""
        whole = b"This is multipart.\r\n-- \r\n" + body(first(CARRYING), part()) + b"And this after it."
        assert send(data=whole).status_code == 200

    def test_may_pad_its_boundaries(self, send):
        """RFC 2046, 5.1.1: transport padding after a boundary is to be ignored."""
        line = f"--{BOUNDARY}".encode()
        whole = body(first(CARRYING), part()).replace(line + b"\r\n", line + b" \t \r\n")
        assert send(data=whole).status_code == 200

    def test_may_write_its_headers_in_any_case(self, send):
        lower = part().replace(b"X-Experience-API-Hash: ", b"x-experience-api-hash:").replace(b"binary", b"BINARY")
        assert send(first(CARRYING, type="Application/JSON; charset=utf-8"), lower).status_code == 200

    def test_of_another_sort_is_refused(self, send):
        """1.5: “Statement requests that can sometimes include Attachments use the multipart/mixed content type.”"""
        assert refused(send(first(statement()), kind="multipart/form-data"), "Content-Type", "multipart/mixed")

    def test_sent_again_changes_nothing(self, send, kept, shelf):
        named = CARRYING | {"id": str(uuid4())}
        for _ in range(2):
            assert send(first(named), part()).status_code == 200
        assert kept() == [SUM]
        assert send(first(named | {"actor": {"mbox": "mailto:b@kunna.test"}}), part()).status_code == 409


class TestAJsonRequest:
    def test_may_have_attachments_that_are_elsewhere(self, caller):
        """1.5.1: “an LRS MUST accept batches of Statements which contain only Attachment Objects with a populated
        fileUrl.”"""
        elsewhere = attachment(fileUrl="https://kunna.test/intyg.txt")
        assert caller.post(statement(attachments=[elsewhere])).status_code == 200

    def test_says_where_each_attachment_is(self, send, caller):
        """1.5.2: “It MUST be of type application/json and include a fileUrl for every Attachment”; also when the
        content came before."""
        send(first(CARRYING), part())
        assert refused(caller.post(CARRYING), "statement.attachments[0].fileUrl", "is missing")
        inner = {"objectType": "SubStatement", **CARRYING}
        assert refused(
            caller.post(statement(), statement(object=inner)), "statement[1].object.attachments[0].fileUrl", "missing"
        )


class TestEachPart:
    @pytest.mark.spec("Communication 1.5.2", "X-Experience-API-Hash")
    def test_says_its_hash(self, send):
        """1.5.2: “MUST include an X-Experience-API-Hash parameter in each part's header after the first
        (Statements) part.”"""
        answer = send(first(CARRYING), part(X_Experience_API_Hash=None))
        assert refused(answer, "part[1].X-Experience-API-Hash", "is missing")

    def test_says_the_hash_of_what_it_holds(self, send, shelf):
        answer = send(first(CARRYING), part(WORDS + b"!", X_Experience_API_Hash=SUM))
        assert refused(answer, "part[1].X-Experience-API-Hash", hashlib.sha256(WORDS + b"!").hexdigest())
        assert on(shelf) == []

    @pytest.mark.parametrize("hash", ["", "x" * 64, SUM[:-1], hashlib.sha1(WORDS).hexdigest(), SUM + " " + SUM])
    def test_says_a_hash_that_is_sha2(self, send, hash):
        answer = send(first(CARRYING), part(X_Experience_API_Hash=hash))
        assert refused(answer, "part[1].X-Experience-API-Hash", "SHA-2")

    @pytest.mark.spec("Communication 1.5.2", "Content-Transfer-Encoding")
    @pytest.mark.parametrize("encoding", [None, "base64", "7bit", ""])
    def test_is_binary(self, send, encoding):
        """1.5.2: “MUST include a Content-Transfer-Encoding parameter with a value of binary in each part's header
        after the first (Statements) part.”"""
        answer = send(first(CARRYING), part(Content_Transfer_Encoding=encoding))
        assert refused(answer, "part[1].Content-Transfer-Encoding", "be binary")

    def test_belongs_to_a_statement(self, send, kept, shelf):
        answer = send(first(CARRYING), part(), part(b"somebody else's"))
        assert refused(answer, "part[2]", "not an attachment of any statement")
        assert kept() == on(shelf) == []

    def test_is_there_for_each_attachment_without_a_file_url(self, send):
        """1.5.2: “an LRS MUST reject batches of Statements having Attachments that neither contain a fileUrl nor
        match a received Attachment part based on their hash.”"""
        carrying = statement(attachments=[attachment(), attachment(b"missing")])
        assert refused(send(first(carrying), part()), "statement.attachments[1].sha2", "not the hash of any part")

    def test_is_wanted_although_the_content_came_before(self, send):
        send(first(CARRYING), part())
        assert refused(send(first(CARRYING)), "statement.attachments[0].sha2", "not the hash of any part")

    def test_is_of_the_type_that_its_statement_says(self, send):
        """1.5.2: where “both the parameter and property are specified for a given Attachment, the value of these
        parameters and properties MUST match.”"""
        answer = send(first(CARRYING), part(Content_Type="text/html"))
        assert refused(answer, "statement.attachments[0].contentType", "must be the Content-Type of part[1]")

    @pytest.mark.parametrize("type", [None, "TEXT/plain", "text/plain; charset=utf-8"])
    def test_may_say_less_or_more_of_its_type(self, send, type):
        """Left out of one of them it is not specified for both, as in the example in 1.5.2."""
        assert send(first(CARRYING), part(Content_Type=type)).status_code == 200

    def test_is_as_long_as_it_and_its_statement_say(self, send):
        """1.5.2, as above, of length and Content-Length."""
        assert send(first(CARRYING), part(Content_Length=str(len(WORDS)))).status_code == 200
        answer = send(first(CARRYING), part(Content_Length="5"))
        assert refused(answer, "part[1].Content-Length", str(len(WORDS)))
        shorter = statement(attachments=[attachment(length=5)])
        answer = send(first(shorter), part(Content_Length=str(len(WORDS))))
        assert refused(answer, "statement.attachments[0].length", str(len(WORDS)))

    def test_says_each_thing_once(self, send):
        twice = part().replace(b"X-Exp", b"X-Experience-API-Hash: " + SUM.encode() + b"\r\nX-Exp")
        assert refused(send(first(CARRYING), twice), "part[1].X-Experience-API-Hash", "once")


class TestTheFirstPart:
    @pytest.mark.parametrize("type", ["text/plain", "", "application/jsonp"])
    def test_is_json(self, send, type):
        """1.5.2: “The first part of the multipart document MUST contain the Statements themselves, with type
        application/json.”"""
        assert refused(send(first(CARRYING, type=type), part()), "part[0].Content-Type", "application/json")

    def test_says_that_it_is(self, send):
        assert refused(send(b"\r\n{}"), "part[0].Content-Type", "application/json")

    def test_can_be_read_as_such(self, send):
        assert send(b"Content-Type: application/json\r\n\r\nnot JSON").status_code == 400
        assert send(b"Content-Type: application/json\r\n\r\n").status_code == 400

    def test_is_not_encoded(self, send):
        coded = first(CARRYING).replace(b"\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n", 1)
        assert refused(send(coded, part()), "part[0].Content-Transfer-Encoding", "binary")

    def test_follows_all_the_rules_of_statements(self, send, shelf):
        answer = send(first(CARRYING | {"actor": {"mbox": "nobody"}}), part())
        assert refused(answer, "statement.actor.mbox", "mailto")
        assert on(shelf) == []


class TestABodyThatCannotBeTakenApart:
    @pytest.mark.parametrize(
        "type",
        [
            "multipart/mixed",
            "multipart/mixed; boundary=",
            'multipart/mixed; boundary=" "',
            f"multipart/mixed; boundary={'x' * 71}",
            'multipart/mixed; boundary="a;b"',
            "multipart/mixed; boundary=å",
        ],
    )
    def test_has_no_boundary(self, send, type):
        assert refused(send(first(statement()), content_type=type), "Content-Type", "boundary")

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda whole: whole.replace(b"\r\n", b"\n"),
            lambda whole: whole.replace(BOUNDARY.encode(), b"another"),
            lambda whole: whole.removesuffix(b"--\r\n"),
            lambda whole: whole[: len(whole) // 2],
            lambda whole: b"",
            lambda whole: b"\r\n",
            lambda whole: f"--{BOUNDARY}--".encode(),
            lambda whole: f"--{BOUNDARY}\r\n".encode(),
            lambda whole: b"x" * 100_000 + b"\r\n" + whole,
            lambda whole: whole.replace(b"X-Experience-API-Hash: ", b"X-Experience-API-Hash "),
            lambda whole: whole.replace(b"X-Experience-API-Hash", b"X-Experience\x00-API-Hash"),
            lambda whole: whole.replace(b"Content-Type", b" folded: yes\r\nContent-Type"),
            lambda whole: whole.replace(b"X-Exp", b"X-Long: " + b"x" * 10_000 + b"\r\nX-Exp"),
            lambda whole: whole.replace(b"X-Exp", b"".join(b"X-%d: x\r\n" % n for n in range(50)) + b"X-Exp"),
        ],
    )
    def test_is_refused(self, send, spoil, shelf):
        answer = send(data=spoil(body(first(CARRYING), part())))
        assert answer.status_code == 400
        assert answer.json["error"].endswith(".")
        assert on(shelf) == []


class TestTooMuch:
    def test_in_an_attachment(self, app, send, monkeypatch):
        monkeypatch.setitem(app.config, "XAPI_MAX_ATTACHMENT", len(WORDS))
        assert send(first(CARRYING), part()).status_code == 200
        longer = WORDS + b"!"
        answer = send(first(statement(attachments=[attachment(longer)])), part(longer))
        assert refused(answer, "", "part[1] is larger", 413)

    def test_in_number(self, app, send, monkeypatch):
        monkeypatch.setitem(app.config, "XAPI_MAX_ATTACHMENTS", 1)
        assert send(first(CARRYING), part()).status_code == 200
        assert refused(send(first(CARRYING), part(), part()), "", "At most 1 attachments", 413)

    def test_in_the_statements(self, app, send, monkeypatch):
        monkeypatch.setitem(app.config, "XAPI_MAX_BODY", len(first(CARRYING)))
        assert send(first(CARRYING), part()).status_code == 200
        longer = statement(attachments=[attachment(description={"sv": "x" * 100})])
        assert refused(send(first(longer), part()), "", "The statements of one request", 413)

    def test_in_all(self, app, send, monkeypatch):
        monkeypatch.setitem(app.config, "XAPI_MAX_MULTIPART", 500)
        assert send(first(CARRYING), part()).status_code == 413

    def test_in_statements(self, app, send, monkeypatch, shelf):
        monkeypatch.setitem(app.config, "XAPI_MAX_BATCH", 1)
        assert refused(send(first(CARRYING, CARRYING), part()), "", "At most 1 statements", 413)
        assert on(shelf) == []


class TestWhatIsRefusedLater:
    def test_has_no_content(self, send, kept, session, caller):
        """A conflict shows only when the file is on the shelf; there it waits to be taken away."""
        id = str(uuid4())
        caller.post(statement(id=id))
        assert send(first(CARRYING | {"id": id}), part()).status_code == 409
        assert kept() == []
        [waiting] = session.scalars(select(StoredAttachment))
        assert waiting.waiting_since is not None

    def test_is_not_stored_when_the_shelf_cannot_be_reached(self, send, caller, app, tmp_path):
        (tmp_path / "taken").touch()
        app.config["ATTACHMENTS_URL"] = f"file://{tmp_path / 'taken'}"
        assert refused(send(first(CARRYING), part()), "", "cannot be reached", 503)
        assert caller.ids() == []


def test_content_of_one_organisation_is_kept_apart_from_that_of_another(client, key, cast, send, session, shelf):
    send(first(CARRYING), part())
    there = Caller(client, key(cast.nordverk))
    assert send(first(CARRYING), part(), headers=there.headers).status_code == 200
    rows = session.scalars(select(StoredAttachment.organisation_id))
    assert sorted(rows) == sorted([cast.fyren.id, cast.nordverk.id])
    assert {path.parts[-3] for path in shelf.rglob(SUM)} == {str(cast.fyren.id), str(cast.nordverk.id)}


def test_without_the_scope_nothing_is_read(client, key, cast, send, shelf):
    headers = key(cast.fyren, "statements/read")
    assert send(first(CARRYING), part(), headers=headers).status_code == 403
    assert on(shelf) == []
