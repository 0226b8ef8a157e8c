"""Looking through what programs have sent, opening one, taking them along; and the same for oneself."""

import json
import re
from datetime import timedelta

import pytest

from lms.connections.views import statements as views
from lms.xapi import browsing, clients
from tests.connections.conftest import EXPERIENCED, PAGE, VOIDED, mailed, told

REGISTRATION = "8c1ab26b-9da2-4f8a-8d16-4f5d4ac0d4b3"


@pytest.fixture(autouse=True)
def english(session, cast):
    cast.elsa.language = cast.farid.language = "en"
    session.commit()


def listed(browser, **asked):
    """The ids on the page, in its order."""
    answer = browser.get("/connections/statements", query_string=asked)
    assert answer.status_code == 200, asked
    return re.findall(r'href="/connections/statements/([0-9a-f-]{36})"', answer.get_data(as_text=True))


class TestTheList:
    def test_it_says_what_each_says_newest_first(self, elsa, program, send, farid):
        named = {"id": PAGE, "definition": {"name": {"en": "Fire drill", "sv-SE": "Brandövning"}}}
        display = {"id": EXPERIENCED, "display": {"en-GB": "tried"}}
        first, second, third = send(
            program,
            told(farid) | {"object": named, "verb": display},
            told(mailed("someone@example.org", name="Some One")),
            told({"account": {"homePage": "https://school.example/x", "name": "1001"}}, "https://x.example/verbs/ran"),
        )
        assert listed(elsa) == [str(third), str(second), str(first)]
        page = elsa.get("/connections/statements").get_data(as_text=True)
        for sentence in (
            "Farid Nazari experienced “Fire drill”",
            "Some One experienced “https://brand.example/ovning”",
            "1001 at school.example ran “https://brand.example/ovning”",
            "Brandövningen",
        ):
            assert sentence in page

    def test_each_filter_narrows(self, session, elsa, cast, program, send, farid, at):
        [plain] = send(program, told(mailed("someone@example.org")))
        other, _ = clients.add(session, "En annan", "ekeby", ["statements/write"], below=False, at=at)
        later = at + timedelta(days=2)
        [wanted] = send(
            other,
            told(farid, "http://adlnet.gov/expapi/verbs/completed", "https://brand.example/prov")
            | {"context": {"registration": REGISTRATION}},
            at=later,
        )
        for asked in (
            {"who": "nazari"},
            {"person": cast.farid.uuid},
            {"verb": "completed"},
            {"verb": "http://adlnet.gov/expapi/verbs/completed"},
            {"activity": "https://brand.example/prov"},
            {"client": other.key},
            {"since": "2026-11-25"},
            {"registration": REGISTRATION},
            {"who": "nazari", "client": other.key, "voided": "no", "since": "2026-11-24", "until": "2026-11-25"},
        ):
            assert listed(elsa, **asked) == [str(wanted)], asked
        for asked in ({"who": "someone@example.org"}, {"until": "2026-11-23"}, {"client": program.key}):
            assert listed(elsa, **asked) == [str(plain)], asked
        assert listed(elsa, who="nazari", client=program.key) == []

    def test_a_persons_statements_are_found_by_the_address_that_other_programs_know(
        self, elsa, cast, program, send, farid
    ):
        sent = send(program, told(farid), told(mailed(cast.farid.email)), told(mailed("someone@example.org")))
        assert listed(elsa, who="Farid") == [str(sent[1]), str(sent[0])]
        page = elsa.get("/connections/statements", query_string={"who": "Farid"}).get_data(as_text=True)
        assert page.count("Farid Nazari experienced") == 2

    def test_when_several_are_called_so_she_is_asked_whom_she_means(self, elsa, cast, program, send, farid):
        send(program, told(farid))
        page = elsa.get("/connections/statements", query_string={"who": "ekeby.example"}).get_data(as_text=True)
        assert "Who do you mean?" in page
        assert "Farid Nazari" in page
        assert f"person={cast.farid.uuid}" in page
        assert "experienced" not in page.split("<datalist")[0].split("</datalist>")[-1]

    def test_voided_or_not(self, elsa, program, send, farid):
        [first] = send(program, told(farid))
        [voiding] = send(program, told(farid, VOIDED, object={"objectType": "StatementRef", "id": str(first)}))
        assert listed(elsa, voided="yes") == [str(first)]
        assert listed(elsa, voided="no") == [str(voiding)]
        assert listed(elsa) == [str(voiding), str(first)]

    def test_an_id_leads_to_the_statement(self, elsa, program, send, farid):
        [id] = send(program, told(farid))
        answer = elsa.get("/connections/statements", query_string={"id": f" {id} "})
        assert (answer.status_code, answer.location) == (303, f"/connections/statements/{id}")

    def test_pages_neither_skip_nor_repeat(self, elsa, program, send, farid, monkeypatch):
        monkeypatch.setattr(views, "ON_A_PAGE", 2)
        sent = send(program, *(told(farid) for _ in range(5)))
        seen, address = [], "/connections/statements?verb=experienced"
        while address:
            page = elsa.get(address).get_data(as_text=True)
            seen += re.findall(r'href="/connections/statements/([0-9a-f-]{36})"', page)
            older = re.search(r'href="([^"]*before=[^"]*)" rel="next"', page)
            address = older.group(1).replace("&amp;", "&") if older else None
        assert seen == [str(id) for id in sent[::-1]]

    @pytest.mark.parametrize(
        ("asked", "says"),
        [
            ({"verb": "did it"}, "Write one of the verbs"),
            ({"activity": "x"}, "Write the whole address of the activity."),
            ({"since": "yesterday"}, "Write a date"),
            ({"until": "9999-12-31"}, "Write a date"),
            ({"registration": "1"}, "Write the registration"),
            ({"voided": "perhaps"}, "Choose one of the states."),
            ({"client": "nobody"}, "Choose one of the programs."),
            ({"before": "x"}, "Start from the first page again."),
            ({"before": "9" * 30}, "Start from the first page again."),
            ({"id": "x"}, "Write the whole id"),
            ({"person": "x"}, "Write the whole id"),
            ({"who": "Nobody"}, "Nobody here is called that."),
        ],
    )
    def test_what_cannot_be_understood_is_said_and_stays_in_the_form(self, elsa, program, asked, says):
        answer = elsa.get("/connections/statements", query_string=asked)
        assert answer.status_code == 400
        assert says in answer.get_data(as_text=True)

    def test_empty_in_three_ways(self, elsa, program):
        assert "What programs send will appear here" in elsa.get("/connections/statements").get_data(as_text=True)
        assert "Nothing was found" in elsa.get("/connections/statements?verb=completed").get_data(as_text=True)


class TestOne:
    def test_it_is_shown_as_it_is_kept_with_who_and_when(self, elsa, program, send, farid):
        score = {"score": {"raw": 85.0, "min": 0, "max": 1e2}}
        [id] = send(program, told(farid, result=score))
        page = elsa.get(f"/connections/statements/{id}").get_data(as_text=True)
        assert "&#34;raw&#34;: 85.0" in page
        for words in ("Farid Nazari experienced", "Brandövningen", "23 Nov 2026, 10:00:00", str(id)):
            assert words in page
        assert "Nothing: it is about no course here." in page

    def test_which_voided_it_and_which_it_voids(self, elsa, program, send, farid):
        [first] = send(program, told(farid))
        [voiding] = send(program, told(farid, VOIDED, object={"objectType": "StatementRef", "id": str(first)}))
        page = elsa.get(f"/connections/statements/{first}").get_data(as_text=True)
        assert f'href="/connections/statements/{voiding}"' in page
        assert "Nothing: the statement is voided" in page
        assert f'href="/connections/statements/{first}"' in elsa.get(f"/connections/statements/{voiding}").text

    def test_it_can_be_taken_along(self, session, elsa, cast, program, send, farid):
        [id] = send(program, told(farid))
        answer = elsa.get(f"/connections/statements/{id}/file")
        assert answer.json == json.loads(browsing.get(session, cast.ekeby.id, id).entry.text)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="statement-{id}.json"'


class TestExport:
    def test_it_has_exactly_what_the_filter_shows(self, elsa, program, send, farid):
        sent = send(
            program, told(farid), told(mailed("someone@example.org")), told(farid, activity="https://x.example/1")
        )
        for asked, expected in (
            ({}, sent[::-1]),
            ({"who": "Farid"}, [sent[2], sent[0]]),
            ({"activity": PAGE}, [sent[1], sent[0]]),
        ):
            whole = elsa.get("/connections/statements/export.json", query_string=asked, buffered=True)
            lines = elsa.get("/connections/statements/export.jsonl", query_string=asked, buffered=True)
            assert [one["id"] for one in whole.json] == [str(id) for id in expected]
            assert [json.loads(line) for line in lines.text.splitlines()] == whole.json
            assert listed(elsa, **asked) == [str(id) for id in expected]
        assert lines.mimetype == "application/jsonl"
        assert "attachment" in lines.headers["Content-Disposition"]

    def test_an_empty_one_is_still_json(self, elsa, program):
        assert elsa.get("/connections/statements/export.json").json == []
        assert elsa.get("/connections/statements/export.jsonl").text == ""

    def test_a_text_with_line_breaks_is_one_line(self, elsa, program, send):
        pretty = json.dumps(told(mailed("a@example.org")) | {"result": {"response": "1\n2\u2028"}}, indent=2).encode()
        send(program, pretty)
        text = elsa.get("/connections/statements/export.jsonl").get_data(as_text=True)
        assert text.count("\n") == 1
        assert json.loads(text)["result"]["response"] == "1\n2\u2028"

    def test_it_comes_in_pieces_and_not_all_at_once(self, app, elsa, program, send, farid, monkeypatch):
        monkeypatch.setattr(browsing, "BATCH", 10)
        asked_for = []
        find = browsing.find
        monkeypatch.setattr(browsing, "find", lambda *given: asked_for.append(1) or find(*given))
        send(program, *(told(farid) for _ in range(100)))
        answer = elsa.get("/connections/statements/export.jsonl", buffered=False)
        pieces = answer.iter_encoded()
        next(pieces)
        assert len(asked_for) == 1
        assert sum(1 for _ in pieces) == 99
        assert len(asked_for) == 11
        answer.close()

    def test_what_comes_meanwhile_is_not_in_it(self, elsa, program, send, farid):
        send(program, *(told(farid) for _ in range(3)))
        answer = elsa.get("/connections/statements/export.jsonl", buffered=False)
        pieces = answer.iter_encoded()
        next(pieces)
        send(program, told(farid))
        assert sum(1 for _ in pieces) == 2
        answer.close()

    @pytest.mark.parametrize(
        ("address", "status"),
        [("export.csv", 404), ("export.json?verb=x y", 400), ("export.json?id=x", 400), ("export.json?before=1", 400)],
    )
    def test_nonsense_is_refused(self, elsa, program, address, status):
        assert elsa.get(f"/connections/statements/{address}").status_code == status

    def test_several_people_are_not_exported_as_if_they_were_one(self, elsa, cast, program):
        assert elsa.get("/connections/statements/export.json?who=ekeby.example").status_code == 400


class TestMyRecords:
    def test_one_sees_all_of_ones_own(self, session, cast, sign_in, program, send, assessed, farid):
        [sent] = send(program, told(farid))
        send(program, told(mailed("someone@example.org")))
        browser = sign_in(cast.farid)
        page = browser.get("/records").get_data(as_text=True)
        ids = re.findall(r'href="/records/([0-9a-f-]{36})"', page)
        assert set(ids) == {str(sent), str(assessed)}
        page = browser.get(f"/records/{assessed}").get_data(as_text=True)
        assert "at level 2 Independent" in page
        assert browser.get(f"/records/{assessed}/file").json["id"] == str(assessed)
        assert {one["id"] for one in browser.get("/records/export.json").json} == {str(sent), str(assessed)}

    def test_there_is_nobody_else_to_look_for(self, cast, sign_in, program):
        browser = sign_in(cast.farid)
        for asked in ({"person": cast.elsa.uuid}, {"who": "Elsa"}, {"agent": "x"}, {"client": program.key}):
            assert browser.get("/records", query_string=asked).status_code == 400
            assert browser.get("/records/export.json", query_string=asked).status_code == 400

    def test_nobody_elses_can_be_opened(self, cast, sign_in, assessed):
        for person in (cast.elsa, cast.gun, cast.bjorn):
            assert sign_in(person).get(f"/records/{assessed}").status_code == 404

    def test_before_one_has_done_anything_the_page_says_how_to_begin(self, cast, sign_in):
        assert "What you do will be recorded here" in sign_in(cast.farid).get("/records").get_data(as_text=True)

    def test_the_way_there_is_on_my_data(self, cast, sign_in):
        assert 'href="/records"' in sign_in(cast.farid).get("/me").get_data(as_text=True)
