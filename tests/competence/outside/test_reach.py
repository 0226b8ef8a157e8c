"""A project's rule counts in the organisations below, for whoever belonged there, unless they refuse it."""

from datetime import timedelta

import pytest

from lms.competence.outside import decided, reach, unmatched
from lms.competence.outside.reach import ALWAYS, Reach, _between
from lms.competence.outside.rule import Condition
from lms.competence.outside.timeline import NEVER
from lms.competence.outside.unmatched import Reason
from lms.errors import NotFound
from lms.identity.actor import actor
from lms.identity.models import Organisation
from lms.xapi import clients
from lms.xapi import vocabulary as v
from tests.competence.conftest import BASE, voided
from tests.competence.outside.conftest import ALARM, DRILL, catch_up, decision, mailed, rebuild, says, told
from tests.competence.outside.test_reading import shown


@pytest.fixture
def project(cast):
    return cast.project


@pytest.fixture
def theirs(session, project, at):
    """A program of the project's own."""
    client, _ = clients.add(session, "Projektets övningar", project.key, ["statements/write"], below=False, at=at)
    session.commit()
    return client


@pytest.fixture
def decide_above(session, project, cast, at):
    def rule(what, at=at):
        made = decided.add(session, project.id, "Projektets regel", what, decision(cast, at))
        catch_up(session, at)
        return made

    return rule


def here(session, place, at):
    """The statements that show something there at a time."""
    return [row[0] for row in shown(session, place) if row[4] <= at and (row[5] is None or row[5] > at)]


def test_it_counts_where_people_belong_and_nowhere_else(session, cast, project, theirs, send, decide_above, at):
    [ours, _] = send(
        theirs, told(actor(cast.farid.uuid, BASE), at), told(actor(cast.gun.uuid, BASE), at, activity=ALARM)
    )
    decide_above(says(theirs, below=True))
    assert [(row[0], row[1]) for row in shown(session, cast.ekeby)] == [(ours, str(cast.farid.uuid))]
    later = at + timedelta(days=1)
    [gun] = send(theirs, told(actor(cast.gun.uuid, BASE), later), at=later)
    theirs_now = session.get_one(Organisation, cast.gun.memberships[0].organisation_id)
    assert [row[0] for row in shown(session, theirs_now)] == [gun]
    assert len(shown(session, cast.ekeby)) == 1
    # They are known, to the project as well.
    assert unmatched.groups(session, project.id)[0][Reason.WHO] == []
    before = shown(session, cast.ekeby), shown(session, theirs_now)
    rebuild(session)
    assert (shown(session, cast.ekeby), shown(session, theirs_now)) == before
    send(theirs, voided(ours, later), at=later)
    assert shown(session, cast.ekeby) == []


def test_without_that_it_counts_with_the_project_only(session, cast, theirs, send, decide_above, at):
    send(theirs, told(actor(cast.farid.uuid, BASE), at))
    decide_above(says(theirs))
    assert shown(session, cast.ekeby) == []


def test_an_address_is_no_account(session, cast, theirs, send, decide_above, at):
    """Otherwise an organisation could tie the address of somebody elsewhere, and read what they have done."""
    send(theirs, told(mailed(cast.farid.email), at))
    decide_above(says(theirs, below=True))
    assert shown(session, cast.ekeby) == []


def test_an_organisation_refuses_it_and_takes_that_back(session, cast, project, theirs, send, decide_above, at):
    send(theirs, told(actor(cast.farid.uuid, BASE), at))
    rule = decide_above(says(theirs, below=True))
    day = timedelta(days=1)
    [row] = reach.above(session, cast.ekeby.id, at)
    assert (row.rule, row.organisation, row.refused, row.statements) == (rule, project.name, None, 1)
    reach.refuse(session, cast.ekeby.id, rule.id, by=cast.elsa.id, at=at + day)
    catch_up(session, at + day)
    assert here(session, cast.ekeby, at + day) == []
    # The picture of the day before is as it was, and what comes meanwhile counts once it is taken back.
    assert len(here(session, cast.ekeby, at)) == 1
    send(theirs, told(actor(cast.farid.uuid, BASE), at + 2 * day), at=at + 2 * day)
    assert here(session, cast.ekeby, at + 2 * day) == []
    assert reach.above(session, cast.ekeby.id, at + 2 * day)[0].statements == 0
    reach.accept(session, cast.ekeby.id, rule.id, by=cast.elsa.id, at=at + 3 * day)
    catch_up(session, at + 3 * day)
    assert len(here(session, cast.ekeby, at + 3 * day)) == 2
    before = shown(session, cast.ekeby)
    rebuild(session)
    assert shown(session, cast.ekeby) == before
    decided.withdraw(session, rule, decision(cast, at + 4 * day))
    catch_up(session, at + 4 * day)
    assert here(session, cast.ekeby, at + 4 * day) == []
    assert reach.above(session, cast.ekeby.id, at + 4 * day) == []


def test_only_what_is_decided_above_is_refused(session, cast, program, decide, theirs, decide_above, at):
    for rule in (decide(says(program)), decide_above(says(theirs))):
        with pytest.raises(NotFound):
            reach.refuse(session, cast.ekeby.id, rule.id, by=cast.elsa.id, at=at)


def test_what_came_before_somebody_belonged_there_counts_elsewhere(cast, at):
    day = timedelta(days=1)
    reached = Reach({cast.farid.uuid: [(at, at + 2 * day)]})
    assert reached.windows(cast.farid.uuid, at - day) == ()
    assert reached.windows(cast.farid.uuid, at + day) == ((ALWAYS, NEVER),)
    assert reached.windows(cast.farid.uuid, at + 2 * day) == ()
    assert _between([(at, at + day), (at + 2 * day, NEVER)]) == [(ALWAYS, at), (at + day, at + 2 * day)]


def test_several_conditions_are_met_below_as_well(session, cast, theirs, send, decide_above, at):
    both = (Condition(v.PASSED, DRILL), Condition(v.PASSED, ALARM))
    decide_above(says(theirs, *both, needed=2, below=True))
    send(theirs, told(actor(cast.farid.uuid, BASE), at))
    assert shown(session, cast.ekeby) == []
    send(theirs, told(actor(cast.farid.uuid, BASE), at, activity=ALARM))
    assert len(shown(session, cast.ekeby)) > 0
