"""Who may look at which statements; and that no filter, address or download tells more than that."""

import json

import pytest
from sqlalchemy import select

from lms.connections import sight
from lms.errors import NotFound
from lms.identity.access import Viewer
from lms.identity.actor import agent_key
from lms.identity.models import Role
from lms.xapi import browsing, clients
from lms.xapi.models import StoredStatement
from lms.xapi.vocabulary import Vocabulary
from tests.connections.conftest import VOIDED, mailed, told


@pytest.fixture
def seen_by(session, cast, base):
    """`seen_by(person, organisation)`: the ids of the traffic that someone sees."""

    def of(person, organisation, *roles):
        viewer = as_viewer(cast, person, organisation, *roles)
        return ids(session, sight.of_traffic(session, viewer, base))

    return of


def as_viewer(cast, person, organisation, *roles):
    membership = cast.membership(person, organisation)
    return Viewer(
        person_id=person.id,
        person_uuid=person.uuid,
        name=person.name,
        language="sv",
        membership_id=membership.id,
        organisation_id=organisation.id,
        roles=frozenset(roles) or membership.roles,
    )


def ids(session, seen):
    return {found.entry.id for found in browsing.each(session, seen.look()) if seen.includes(found.entry)}


class TestTraffic:
    def test_an_administrator_sees_what_the_organisations_programs_sent(self, cast, program, send, seen_by, farid):
        sent = send(program, told(farid), told(mailed("someone@example.org")))
        assert seen_by(cast.elsa, cast.ekeby) == set(sent)

    def test_also_what_a_revoked_one_sent(self, session, cast, program, send, seen_by, farid, at):
        sent = send(program, told(farid))
        clients.revoke(session, program.key, at)
        assert seen_by(cast.elsa, cast.ekeby) == set(sent)

    def test_what_kunna_itself_recorded_of_people_is_not_among_it(self, cast, assessed, program, send, seen_by, farid):
        [sent] = send(program, told(farid))
        assert seen_by(cast.elsa, cast.ekeby) == {sent}

    def test_nor_what_nobody_here_vouches_for(self, session, cast, program, send, seen_by, farid):
        send(program, told(farid), authority=mailed("someone@else.example"))
        assert seen_by(cast.elsa, cast.ekeby) == set()

    def test_those_without_the_role_see_nothing(self, cast, program, send, seen_by, farid):
        send(program, told(farid))
        for role in (Role.LEARNER, Role.MANAGER, Role.AUTHOR, Role.COORDINATOR):
            assert seen_by(cast.elsa, cast.ekeby, role) == set()

    def test_other_organisations_see_nothing_and_nor_does_the_project(self, cast, program, send, seen_by, farid):
        """A partner answers for its own programs; the project leads, and sees its own."""
        send(program, told(farid))
        assert seen_by(cast.gun, cast.nordverk) == set()
        assert seen_by(cast.cecilia, cast.project) == set()

    def test_a_project_leader_sees_what_the_projects_own_programs_sent(self, session, cast, send, seen_by, farid, at):
        own, _ = clients.add(session, "Projektets", cast.project.key, ["statements/write"], below=False, at=at)
        session.commit()
        sent = send(own, told(farid))
        assert seen_by(cast.cecilia, cast.project) == set(sent)

    def test_the_key_of_another_organisations_client_in_an_authority_opens_nothing(
        self, session, cast, program, send, seen_by, farid, at, base
    ):
        """Such a statement can have been brought in from elsewhere."""
        foreign, _ = clients.add(session, "Nordverks", "nordverk", ["statements/write"], below=False, at=at)
        session.commit()
        send(program, told(farid), authority={"account": clients.account(base, foreign.key)})
        assert seen_by(cast.elsa, cast.ekeby) == set()


class TestOneself:
    def test_everyone_sees_what_they_have_done_whoever_says_so(
        self, session, cast, assessed, program, send, farid, base
    ):
        [sent] = send(program, told(farid))
        seen = sight.of_oneself(session, as_viewer(cast, cast.farid, cast.ekeby), base)
        assert ids(session, seen) == {assessed, sent}

    def test_and_nothing_of_anyone_else(self, session, cast, assessed, program, send, farid, base):
        send(program, told(farid), told(mailed("someone@example.org"), object=dict(farid, objectType="Agent")))
        for person in (cast.elsa, cast.farid):
            seen = sight.of_oneself(session, as_viewer(cast, person, cast.ekeby), base)
            mine = {found.entry.agent for found in browsing.each(session, seen.look()) if seen.includes(found.entry)}
            assert mine <= {agent_key(person.uuid, base)}

    def test_nor_what_they_did_in_another_organisation(self, session, cast, assessed, base):
        seen = sight.of_oneself(session, as_viewer(cast, cast.farid, cast.fyren), base)
        assert ids(session, seen) == set()
        with pytest.raises(NotFound):
            seen.get(session, assessed)


@pytest.fixture
def all_of(session, cast, assessed):
    """Every word that would tell of Farid's assessment."""
    text = session.scalar(select(StoredStatement.text).where(StoredStatement.id == assessed))
    return [str(assessed), "assessed", json.loads(text)["object"]["id"], "self-leadership"]


class TestTryingAround:
    """Elsa administers Ekeby and wants to know how Farid sees himself."""

    @pytest.fixture
    def filters(self, cast, assessed, base, session):
        entry = browsing.get(session, cast.ekeby.id, assessed).entry
        person = agent_key(cast.farid.uuid, base)
        return [
            {"who": "Farid"},
            {"who": cast.farid.email},
            {"person": str(cast.farid.uuid)},
            {"agent": person},
            {"agent": f"account|{base}|kunna"},
            {"verb": Vocabulary(base).verb("assessed")},
            {"activity": entry.activity},
            {"agent": person, "verb": entry.verb, "activity": entry.activity},
            {"since": "2026-11-23", "until": "2026-11-23"},
            {"voided": "no"},
            {"voided": "yes"},
            {},
        ]

    @pytest.mark.parametrize("address", ["", "/export.json", "/export.jsonl"])
    def test_no_filter_reveals_what_kunna_recorded(self, elsa, filters, all_of, address):
        for asked in filters:
            answer = elsa.get(f"/connections/statements{address}", query_string=asked)
            shown = answer.get_data(as_text=True)
            for given in asked.values():
                # What was asked for stands in the form again.
                shown = shown.replace(given, "")
            assert answer.status_code == 200, asked
            assert [word for word in all_of if word in shown and word not in str(asked)] == [], asked

    def test_the_statement_itself_is_not_there(self, elsa, assessed):
        for address in ("", "/file"):
            assert elsa.get(f"/connections/statements/{assessed}{address}").status_code == 404
            assert elsa.get(f"/records/{assessed}{address}").status_code == 404
        by_id = elsa.get("/connections/statements", query_string={"id": assessed})
        unknown = elsa.get("/connections/statements", query_string={"id": "0" * 8 + "-0000-4000-8000-" + "0" * 12})
        assert by_id.status_code == unknown.status_code == 400

    def test_a_statement_about_it_does_not_tell_what_it_says(self, session, elsa, assessed, program, send, base, cast):
        """A program that is allowed to void answers the filters of its target over the API; not here."""
        about = {"objectType": "StatementRef", "id": str(assessed)}
        [voiding] = send(program, told(mailed("robot@brand.example"), VOIDED, object=about))
        entry = browsing.get(session, cast.ekeby.id, assessed).entry
        for asked in ({"activity": entry.activity}, {"verb": entry.verb}, {"agent": entry.agent}):
            assert str(voiding) not in elsa.get("/connections/statements", query_string=asked).get_data(as_text=True)
        page = elsa.get(f"/connections/statements/{voiding}")
        assert page.status_code == 200
        assert f"/connections/statements/{assessed}" not in page.get_data(as_text=True)

    def test_a_key_that_reads_everything_cannot_be_had(self, session, elsa, cast, at):
        """That would be another way to the same."""
        for scope in ("all", "all/read", "statements/read"):
            form = {"name": "Läsaren", "scopes": ["statements/write", scope]}
            assert elsa.post("/connections/add", data=form).status_code == 400
        reader, _ = clients.add(session, "Läsaren", "ekeby", ["all/read"], below=False, at=at)
        session.commit()
        before = reader.secret_hash
        assert elsa.post(f"/connections/{reader.key}/secret", data={"grace": "day"}).status_code == 403
        assert (
            elsa.post(f"/connections/{reader.key}/change", data={"name": "X", "scopes": ["state"]}).status_code == 403
        )
        for page in ("secret", "change"):
            assert elsa.get(f"/connections/{reader.key}/{page}").status_code == 403
        session.expire_all()
        assert (reader.name, reader.secret_hash) == ("Läsaren", before)
        # What it can do, she can always end.
        assert elsa.post(f"/connections/{reader.key}/revoke").status_code == 303

    def test_names_of_those_she_may_not_know_of_are_not_looked_up(self, elsa, cast, program, send, base):
        send(program, told({"account": {"homePage": base, "name": str(cast.gun.uuid)}}), told(mailed(cast.gun.email)))
        page = elsa.get("/connections/statements").get_data(as_text=True)
        assert cast.gun.name not in page
        assert elsa.get("/connections/statements", query_string={"person": cast.gun.uuid}).status_code in {400, 404}
        assert elsa.get("/connections/statements", query_string={"who": "Gun"}).status_code == 400
