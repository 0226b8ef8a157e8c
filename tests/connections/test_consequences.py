"""What was read from a statement is what the readers have read, and otherwise there is a reason."""

import pytest
from sqlalchemy import select

from lms.competence.models import Evidence
from lms.competence.outside.explaining import Uncounted
from lms.competence.shown.rules import authority
from lms.connections import consequences
from lms.connections.consequences import Unread
from lms.courses.models import ModuleProgress
from lms.courses.shown import Place
from lms.identity.actor import actor
from lms.xapi import browsing
from lms.xapi.storing import record
from lms.xapi.vocabulary import COMPLETED, Vocabulary
from tests.connections.conftest import VOIDED, mailed, told

MODULE = ("sjalvledarskap", "vad-ar-sjalvledarskap")


@pytest.fixture
def read(session, cast, base):
    def of(id):
        return consequences.of(session, browsing.get(session, cast.ekeby.id, id), base)

    return of


def test_levels_that_rest_on_it_are_shown(read, assessed):
    [shown] = read(assessed).evidence
    assert (shown.level, shown.rule, shown.statement_id) == (2, "self-assessed", assessed)
    assert read(assessed).progress == Unread.ELSEWHERE


def test_progress_that_it_tells_of_is_shown(session, read, farid, base, cast, at):
    ours = Vocabulary(base)
    done = told(farid, COMPLETED, ours.module(*MODULE))
    [id] = record(session, cast.ekeby.id, [done], authority=ours.authority, at=at)
    progressed = read(id).progress
    assert progressed.place == Place(cast.ekeby.id, cast.farid.uuid, *MODULE)
    assert session.scalars(select(ModuleProgress.completed_at)).one() == progressed.shown.completed[0]


def test_progress_that_a_program_tells_of_is_not_read(session, read, program, send, farid, base):
    [id] = send(program, told(farid, COMPLETED, Vocabulary(base).module(*MODULE)))
    assert read(id).progress == Unread.NOT_OURS
    assert session.scalars(select(ModuleProgress)).all() == []


def test_what_a_program_says_of_levels_is_not_read(read, program, send, farid, base):
    ours = Vocabulary(base)
    level = {"extensions": {ours.extension("level"): 4}}
    [id] = send(program, told(farid, ours.verb("assessed"), ours.competence("self-leadership", "SL2"), result=level))
    assert read(id).evidence == Uncounted(is_known=True, near=[])


def test_a_stranger_has_no_progress_and_no_levels(read, program, send, base):
    [id] = send(program, told(mailed("someone@example.org"), COMPLETED, Vocabulary(base).module(*MODULE)))
    assert (read(id).progress, read(id).evidence) == (Unread.STRANGER, Uncounted(is_known=False, near=[]))


def test_what_is_not_about_us_says_nothing(read, program, send, farid):
    [id] = send(program, told(farid))
    assert (read(id).progress, read(id).evidence) == (Unread.ELSEWHERE, Uncounted(is_known=True, near=[]))


def test_what_no_rule_reads_says_nothing(read, program, send, farid, base):
    module = Vocabulary(base).module(*MODULE)
    [id] = send(program, told(farid, "https://example.org/looked-at", module), authority=authority(base))
    assert (read(id).progress, read(id).evidence) == (Unread.SILENT, Unread.SILENT)


def test_nothing_is_read_from_what_is_voided(read, program, send, assessed, farid):
    send(program, told(farid, VOIDED, object={"objectType": "StatementRef", "id": str(assessed)}))
    assert (read(assessed).progress, read(assessed).evidence) == (Unread.VOIDED, Unread.VOIDED)


def test_of_someone_who_is_no_more_nothing_is_read(session, read, cast, send, program, base, at):
    """Levels are read of those who exist."""
    nobody = actor("00000000-0000-4000-8000-000000000000", base)
    ours = Vocabulary(base)
    level = {"extensions": {ours.extension("level"): 4}}
    said = told(nobody, ours.verb("assessed"), ours.competence("self-leadership", "SL2"), result=level)
    [id] = send(program, said, authority=authority(base))
    assert read(id).evidence == Unread.NOBODY


def test_a_reason_is_given_exactly_where_there_is_no_row(session, read, assessed, program, send, farid, base, cast):
    ours = Vocabulary(base)
    for verb in (COMPLETED, ours.verb("assessed")):
        for activity in (ours.module(*MODULE), ours.competence("self-leadership", "SL2"), "https://x.example/"):
            for who in (farid, mailed("someone@example.org")):
                for vouching in (authority(base), mailed("robot@brand.example")):
                    send(program, told(who, verb, activity), authority=vouching)
    rows = set(session.scalars(select(Evidence.statement_id)))
    everything = browsing.each(session, browsing.Look(cast.ekeby.id, authorities=None))
    for found in everything:
        assert (found.entry.id in rows) == (not isinstance(read(found.entry.id).evidence, Unread))
