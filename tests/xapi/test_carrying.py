"""`flask statements export` and `import`: a store goes out as lines, and the lines make the same store."""

import json
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.xapi.carrying.coming_in import Bad, Reading
from lms.xapi.models import StatementActivity, StatementAgent, StatementTarget, StoredStatement
from tests.xapi.conftest import Caller
from tests.xapi.parcels import BOUNDARY, WORDS, attachment, body, first, opened, part
from tests.xapi.signing import signature, signature_part, signed
from tests.xapi.statements import AUTHORITY, activity, agent, identified, reference, statement, voiding
from tests.xapi.test_search_oracle import MOST, entries, fresh_organisation, settled

OTHER = b"another attachment" * 10_000


@pytest.fixture
def store(store, session):
    """Into the store for good: a command begins with a transaction of its own."""

    def stored(*statements, **options):
        ids = store(*statements, **options)
        session.commit()
        return ids

    return stored


@pytest.fixture
def run(app):
    """`run("export", "--organisation", "fyren")`; `given` is what stands in the file."""

    def ran(*words, given=None, fails=False):
        answer = app.test_cli_runner().invoke(args=["statements", *words], input=given)
        assert (answer.exit_code != 0) == fails, answer.output
        return answer

    return ran


@pytest.fixture
def exported(run):
    """`exported("fyren")`: the lines of the file, each as it stands there."""

    def lines(organisation, *words):
        return run("export", "--organisation", organisation, *words).stdout.splitlines()

    return lines


def rows(session, organisation, table):
    """What the store has of an organisation, in a table, but for whose it is."""
    columns = [column for column in table.__table__.c if column.name != "organisation_id"]
    found = session.execute(select(*columns).where(table.organisation_id == organisation.id))
    return sorted(map(repr, found))


def everything(session, organisation):
    tables = (StoredStatement, StatementAgent, StatementActivity, StatementTarget)
    return {table.__tablename__: rows(session, organisation, table) for table in tables}


def voided(session, organisation):
    marked = StoredStatement.organisation_id == organisation.id, StoredStatement.voided
    return set(session.scalars(select(StoredStatement.id).where(*marked)))


def without(line, *names):
    return {name: value for name, value in json.loads(line).items() if name not in names}


class TestExport:
    def test_it_writes_what_the_store_keeps_voided_or_not_in_the_order_it_came(self, store, exported, caller):
        ids = store(statement(), statement(result={"score": {"raw": 85.0}}))
        void = store(voiding(ids[0]))
        heading, *lines = exported("fyren")
        assert json.loads(heading) == {"organisation": "fyren"}
        assert [json.loads(line)["id"] for line in lines] == [str(id) for id in (*ids, *void)]
        assert lines[1].encode() == caller.get(statementId=str(ids[1])).data

    def test_an_organisations_own_statements_or_also_those_below(self, store, cast, exported):
        store(statement())
        store(statement(), organisation=cast.units["fyren-ungdom"])
        store(statement(), organisation=cast.ekeby)
        assert len(exported("fyren")) == 2
        assert [json.loads(line).get("organisation") for line in exported("fyren", "--below")] == [
            "fyren",
            None,
            "fyren-ungdom",
            None,
        ]

    def test_since_leaves_its_own_instant_out_and_until_takes_it_in(self, store, exported, at):
        ids = [store(statement(), at=at + timedelta(hours=hour))[0] for hour in range(3)]
        words = ("--since", "2026-11-23T09:00:00Z", "--until", "2026-11-23T12:00:00+01:00")
        assert [json.loads(line).get("id") for line in exported("fyren", *words)[1:]] == [str(id) for id in ids[1:]]

    def test_it_goes_on_from_the_place_that_the_one_before_told_of(self, store, cast, run, exported, at):
        store(statement(), statement())
        told = run("export", "--organisation", "fyren").stderr
        place = told.rsplit("--after ", 1)[1].strip()
        assert place == "fyren@2026-11-23T09:00:00.000001Z"
        assert exported("fyren", "--after", place) == []
        later = store(statement(), at=at + timedelta(hours=1))
        below = store(statement(), organisation=cast.units["fyren-ungdom"])
        found = [json.loads(line) for line in exported("fyren", "--below", "--after", place)]
        assert [one.get("id") for one in found] == [str(later[0]), None, str(below[0])]

    def test_going_on_it_adds_to_the_file(self, store, run, at, tmp_path):
        file = tmp_path / "fyren.jsonl"
        ids = store(statement())
        told = run("export", str(file), "--organisation", "fyren").stderr
        ids += store(statement(), at=at + timedelta(hours=1))
        run("export", str(file), "--organisation", "fyren", "--after", told.rsplit("--after ", 1)[1].strip())
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        assert [line.get("id") for line in lines] == [None, *map(str, ids)]

    @pytest.mark.parametrize(
        "words",
        [
            ("--organisation", "nowhere"),
            ("--organisation", "fyren", "--after", "x"),
            ("--organisation", "fyren", "--after", "ekeby@2026-11-23T09:00:00Z"),
            ("--organisation", "fyren", "--since", "yesterday"),
        ],
    )
    def test_what_cannot_be_done_is_said(self, cast, run, words):
        assert "Error: " in run("export", *words, fails=True).stderr

    def test_it_asks_for_a_batch_at_a_time(self, session, store, cast):
        from lms.xapi.carrying import going_out
        from lms.xapi.organisations import get

        store(*(statement() for _ in range(7)))
        found = list(going_out.batches(session, [get(session, "fyren")], at_a_time=3))
        assert [len(batch.entries) for batch in found] == [3, 3, 1]
        assert [batch.heading is None for batch in found] == [False, True, True]


class TestKeep:
    """What becomes of that which a store sets itself: Data 2.4.8 (stored) and 2.4.9 (authority)."""

    @pytest.fixture
    def line(self, store, exported, at):
        store(identified(), at=at - timedelta(days=300))
        return exported("fyren")[1]

    def test_nothing_this_store_vouches_for_it_and_stores_it_now(self, run, exported, cast, line, hold_clock, at):
        """2.4.8: “MUST overwrite any value currently in the "stored" property of a Statement it receives.”"""
        hold_clock(at)
        run("import", "--organisation", "ekeby", given=line)
        [_, came] = exported("ekeby")
        assert without(came, "stored", "authority") == without(line, "stored", "authority")
        assert json.loads(came)["stored"] == "2026-11-23T09:00:00.000000Z"
        assert json.loads(came)["authority"]["account"] == {"homePage": "https://kunna.test/xapi", "name": "import"}

    def test_authority_stays_where_the_store_it_comes_from_is_trusted(self, run, exported, cast, line):
        """2.4.9: “The LRS MAY leave the submitted authority unchanged but SHOULD do so only where a strong
        trust relationship has been established, and with extreme caution.”"""
        run("import", "--organisation", "ekeby", "--keep", "authority", given=line)
        [_, came] = exported("ekeby")
        assert without(came, "stored") == without(line, "stored")
        assert json.loads(came)["authority"] == AUTHORITY
        assert json.loads(came)["stored"] > json.loads(line)["stored"]

    def test_everything_the_store_moves_here_as_it_is(self, run, exported, cast, line):
        run("import", "--organisation", "ekeby", "--keep", "everything", given=line)
        assert exported("ekeby")[1] == line

    def test_what_keeps_its_time_comes_after_what_is_here(self, run, exported, store, cast, line):
        """A reader that has read so far would miss it."""
        store(statement(), organisation=cast.ekeby)
        answer = run("import", "--organisation", "ekeby", "--keep", "everything", given=line, fails=True)
        assert "stored before one that is here already" in answer.stderr
        assert len(exported("ekeby")) == 2

    def test_what_is_stored_next_comes_after_what_kept_its_time(self, run, store, cast, line, exported, at):
        run("import", "--organisation", "ekeby", "--keep", "everything", given=line)
        store(statement(), organisation=cast.ekeby, at=at - timedelta(days=400))
        first, second = (json.loads(one)["stored"] for one in exported("ekeby")[1:])
        assert first == json.loads(line)["stored"] < second

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"stored": "9999-01-01T00:00:00Z"}, "statement.stored: must not be in the future."),
            ({"stored": None}, "statement.stored: is missing."),
            ({"authority": None}, "statement.authority: is missing."),
        ],
    )
    def test_what_is_to_be_kept_must_be_there(self, run, cast, line, change, reason):
        changed = {name: value for name, value in (json.loads(line) | change).items() if value is not None}
        words = ("--organisation", "ekeby", "--keep", "everything")
        assert reason in run("import", *words, given=json.dumps(changed), fails=True).stderr


class TestImport:
    def test_doing_it_again_changes_nothing(self, session, run, store, exported, cast):
        ids = store(statement(), statement())
        store(voiding(ids[0]))
        lines = "\n".join(exported("fyren"))
        before = everything(session, cast.fyren)
        for keep in ("nothing", "authority", "everything"):
            told = run("import", "--keep", keep, given=lines).stderr
            assert "0 statements stored, 3 were here already." in told
        assert everything(session, cast.fyren) == before

    def test_each_line_goes_to_the_organisation_named_before_it(self, run, exported, cast):
        ours, theirs = identified(), identified()
        lines = [{"organisation": "fyren"}, ours, {"organisation": "ekeby"}, theirs]
        run("import", given="\n".join(map(json.dumps, lines)))
        assert json.loads(exported("fyren")[1])["id"] == ours["id"]
        assert json.loads(exported("ekeby")[1])["id"] == theirs["id"]

    def test_readers_are_told(self, run, cast):
        from lms.signals import statements_recorded

        told = []
        one = identified()

        def listen(_sender, entries):
            told.extend(str(entry.id) for entry in entries)

        with statements_recorded.connected_to(listen):
            run("import", "--organisation", "fyren", given=json.dumps(one))
        assert told == [one["id"]]

    def test_statements_of_both_versions_and_of_none_come_in(self, run, exported, cast):
        old = identified(version="1.0.3", timestamp="2015-11-18T12:17:00")
        mixed = identified(
            version="1.0.0", context={"contextAgents": [{"objectType": "contextAgent", "agent": agent()}]}
        )
        older = identified(timestamp="2015-11-18T12:17")
        new = identified(version="2.0.0")
        bare = identified()
        given = "\n".join(map(json.dumps, (old, mixed, older, new, bare)))
        run("import", "--organisation", "fyren", given=given)
        kept = [json.loads(line) for line in exported("fyren")[1:]]
        assert [one["id"] for one in kept] == [one["id"] for one in (old, mixed, older, new, bare)]
        assert [one["version"] for one in kept] == ["1.0.3", "1.0.0", "1.0.0", "2.0.0", "2.0.0"]

    def test_a_bad_line_stops_it_and_what_stands_before_it_is_stored(self, run, exported, cast):
        first, last = identified(), identified()
        lines = [json.dumps(first), json.dumps(identified(verb={"id": "x"})), json.dumps(last)]
        answer = run("import", "--organisation", "fyren", given="\n".join(lines), fails=True)
        assert "Line 2: statement.verb.id: must be an absolute IRI" in answer.stderr
        assert "Everything to line 1 is done." in answer.stderr
        assert [json.loads(line).get("id") for line in exported("fyren")[1:]] == [first["id"]]
        lines[1] = json.dumps(identified())
        again = run("import", "--organisation", "fyren", "--from-line", "2", given="\n".join(lines))
        assert "2 statements stored, 0 were here already." in again.stderr

    def test_from_a_line_on_still_knows_whose_it_is(self, run, exported, cast):
        ours = [identified() for _ in range(3)]
        lines = [{"organisation": "ekeby"}, *ours]
        run("import", "--from-line", "3", given="\n".join(map(json.dumps, lines)))
        assert [json.loads(line).get("id") for line in exported("ekeby")[1:]] == [one["id"] for one in ours[1:]]

    def test_bad_lines_can_be_left_out_and_are_told_of(self, run, exported, cast):
        known = identified()
        good = [json.dumps(identified()) for _ in range(3)]
        bad = [
            "{",
            "[]",
            "\ud800".encode("utf-8", "surrogatepass"),
            json.dumps(statement()),
            json.dumps(statement(id="x")),
            json.dumps(statement(id=1)),
            json.dumps({"id": str(uuid4())}),
            json.dumps(known | {"object": activity("other")}),
            "[" * 10_000,
        ]
        lines = [good[0], json.dumps(known), *bad, good[1], "", good[2]]
        given = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
        answer = run("import", "--organisation", "fyren", "--go-on", given=given, fails=True)
        told = [line for line in answer.stderr.splitlines() if "Line " in line]
        assert [line.split("Line ")[1].split(":")[0] for line in told] == [str(3 + n) for n in range(len(bad))]
        assert all(line.endswith(".") for line in told)
        assert "9 lines were left out." in answer.stderr
        assert len(exported("fyren")) == 1 + 4

    def test_the_file_may_begin_with_a_mark_and_have_any_line_ends(self, run, exported, cast):
        one = identified()
        run("import", "--organisation", "fyren", given=b"\xef\xbb\xbf" + json.dumps(one).encode() + b"\r\n\r\n")
        assert json.loads(exported("fyren")[1])["id"] == one["id"]

    @pytest.mark.parametrize(
        ("words", "line"),
        [((), identified()), (("--organisation", "nowhere"), identified()), ((), {"organisation": "nowhere"})],
    )
    def test_whose_it_is_must_be_known(self, run, cast, words, line):
        given = json.dumps(line) + "\n" + json.dumps(identified())
        assert "organisation" in run("import", *words, given=given, fails=True).stderr


class TestReading:
    def test_a_line_without_end_takes_no_memory(self):
        class Endless:
            read = 0

            def readline(self, size):
                self.read += 1
                assert size <= 1001
                return b"x" * size if self.read < 5000 else b"\n" if self.read == 5000 else b""

        assert list(Reading(Endless(), "fyren", longest=1000).parts()) == [Bad(1, "is longer than 1000 bytes.")]

    def test_a_batch_is_full_by_number_or_by_size(self, tmp_path):
        file = tmp_path / "lines"
        lines = [json.dumps(identified(result={"response": "x" * size})) for size in (1, 1, 1, 5_000_000, 1)]
        file.write_text("\n".join(lines))
        with file.open("rb") as opened:
            parts = list(Reading(opened, "fyren", at_a_time=2).parts())
        assert [[line.number for line in part.lines] for part in parts] == [[1, 2], [3, 4], [5]]


def send(client, caller, *parts):
    kind = f'multipart/mixed; boundary="{BOUNDARY}"'
    answer = client.post("/xapi/statements", data=body(*parts), content_type=kind, headers=caller.headers)
    assert answer.status_code == 200, answer.json


class TestFiles:
    """What statements carry lies in a folder beside the lines."""

    @pytest.fixture(autouse=True)
    def attachments(self, app, tmp_path):
        app.config["ATTACHMENTS_URL"] = f"file://{tmp_path / 'attachments'}"

    @pytest.fixture
    def folder(self, tmp_path):
        return tmp_path / "beside"

    @pytest.fixture
    def sent(self, client, caller):
        """A statement with a file, one with the same and another inside its object, and one that tells an address."""
        inner = {"objectType": "SubStatement", **statement(attachments=[attachment(OTHER)])}
        both = statement(object=inner, attachments=[attachment()])
        told = statement(attachments=[attachment(b"elsewhere", fileUrl="https://kunna.test/file")])
        send(client, caller, first(statement(attachments=[attachment()]), both, told), part(), part(OTHER))

    def test_they_go_out_each_once(self, run, sent, folder):
        run("export", "--organisation", "fyren", "--files", str(folder))
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
            sha256(content).hexdigest(): content for content in (WORDS, OTHER)
        }
        (folder / sha256(WORDS).hexdigest()).write_bytes(b"cut short")
        run("export", "--organisation", "fyren", "--files", str(folder))
        assert (folder / sha256(WORDS).hexdigest()).read_bytes() == WORDS

    def test_they_are_not_left_out_unless_that_is_said(self, run, sent, exported):
        assert "There are 2 files" in run("export", "--organisation", "fyren", fails=True).stderr
        assert len(exported("fyren", "--no-files")) == 4

    def test_they_come_in_and_are_given_out_again(self, run, exported, sent, folder, client, key, cast):
        lines = "\n".join(exported("fyren", "--files", str(folder)))
        words = ("import", "--organisation", "ekeby", "--files", str(folder))
        run(*words, given=lines)
        assert "0 statements stored, 3 were here already." in run(*words, given=lines).stderr
        [_, both, one] = opened(Caller(client, key(cast.ekeby)).get(attachments=True))[:3]
        assert {both.content, one.content} == {WORDS, OTHER}

    def test_a_statement_does_not_come_in_without_its_file(self, run, exported, sent, folder, cast):
        lines = exported("fyren", "--files", str(folder))
        (folder / sha256(OTHER).hexdigest()).unlink()
        words = ("import", "--organisation", "ekeby", "--go-on")
        answer = run(*words, "--files", str(folder), given="\n".join(lines), fails=True)
        assert "Line 3: statement.object.attachments[0].sha2: is not the hash" in answer.stderr
        assert "1 lines were left out." in answer.stderr
        assert (
            "Line 2: statement.attachments[0].fileUrl: is missing"
            in run(*words, given="\n".join(lines), fails=True).stderr
        )

    def test_a_file_that_is_not_what_its_name_says_is_refused(self, run, exported, sent, folder, cast):
        lines = exported("fyren", "--files", str(folder))
        (folder / sha256(WORDS).hexdigest()).write_bytes(b"another")
        words = ("import", "--organisation", "ekeby", "--files", str(folder))
        answer = run(*words, given="\n".join(lines), fails=True)
        assert "Line 2: " in answer.stderr
        assert "does not have the hash it is called by." in answer.stderr

    def test_a_signed_statement_comes_in_with_its_signature(self, run, exported, folder, client, caller, cast):
        one = identified(timestamp="2026-11-20T10:00:00+01:00")
        send(client, caller, first(one | {"attachments": [signature(signed(one))]}), signature_part(signed(one)))
        lines = "\n".join(exported("fyren", "--files", str(folder)))
        run("import", "--organisation", "ekeby", "--keep", "everything", "--files", str(folder), given=lines)
        assert exported("ekeby", "--no-files")[1:] == lines.splitlines()[1:]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(entries, min_size=1, max_size=MOST), keep=st.sampled_from(["nothing", "authority", "everything"]))
def test_what_goes_out_and_comes_in_is_the_same_store(app, cast, session, store, run, exported, at, drawn, keep):
    """But for what the store sets, unless that is kept too."""
    here, there = fresh_organisation(app), fresh_organisation(app)
    store(*settled(drawn), organisation=here, at=at - timedelta(days=1))
    gone = exported(here.key)
    run("import", "--organisation", there.key, "--keep", keep, given="\n".join(gone))
    came = exported(there.key)
    set_here = {"nothing": ("stored", "authority"), "authority": ("stored",), "everything": ()}[keep]
    assert [without(line, *set_here) for line in came[1:]] == [without(line, *set_here) for line in gone[1:]]
    if keep == "everything":
        assert came[1:] == gone[1:]
        assert everything(session, there) == everything(session, here)
    assert voided(session, there) == voided(session, here)
    before = everything(session, there)
    run("import", "--organisation", there.key, "--keep", keep, given="\n".join(gone))
    assert everything(session, there) == before


def test_references_come_in_whichever_way_they_point(run, caller, cast):
    last = identified(actor=agent("gun"))
    first = identified(object=reference(last["id"]))
    run("import", "--organisation", "fyren", given="\n".join(map(json.dumps, (first, last))))
    assert caller.ids(agent=agent("gun")) == [last["id"], first["id"]]
