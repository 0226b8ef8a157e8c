from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms import signals
from lms.competence.models import Evidence
from lms.competence.outside import decided, tying, whose
from lms.competence.outside.models import OutsideActor, OutsideBacklog, OutsideHit, OutsideMiss, OutsideTraffic
from lms.competence.outside.rule import Asks, Condition
from lms.competence.shown import levels
from lms.competence.shown.standings import pick_anew
from lms.identity.actor import actor
from lms.identity.models import Organisation
from lms.xapi import clients, storing
from lms.xapi import vocabulary as v
from tests.competence.conftest import BASE, voided
from tests.competence.outside.conftest import (
    ALARM,
    DRILL,
    EITHER,
    FIRE,
    SCORED,
    catch_up,
    decision,
    employee,
    mailed,
    rebuild,
    says,
    told,
)
from tests.competence.test_evidence import rows as standing_rows


def shown(session, organisation):
    found = session.scalars(select(Evidence).where(Evidence.organisation_id == organisation.id))
    return sorted(
        (row.statement_id, str(row.person_uuid), row.rule_version, row.shown_at, row.known_at, row.valid_until)
        for row in found
    )


def derived(session, organisation):
    """Every row that is derived, as it is stored."""
    return {
        table.name: sorted(map(repr, session.execute(select(table).where(table.c.organisation_id == organisation.id))))
        for table in (one.__table__ for one in (OutsideHit, OutsideMiss, OutsideTraffic, OutsideActor, Evidence))
    }


def tie(session, cast, agent, person, at, by=None):
    place = cast.ekeby.id
    tying.tie(session, place, agent, person.uuid, base=BASE, by=(by or cast.elsa).id, at=at)


def untie(session, cast, agent, at):
    (alias,) = [one for one in whose.tied(session, cast.ekeby.id) if one.key == agent]
    tying.untie(session, alias, base=BASE, by=cast.elsa.id, at=at)


def test_a_rule_counts_what_comes_and_what_had_come(cast, session, program, send, decide, at):
    farid = actor(cast.farid.uuid, BASE)
    yesterday = at - timedelta(days=1)
    (first,) = send(program, told(farid, yesterday), at=yesterday)
    assert shown(session, cast.ekeby) == []
    rule = decide(says(program))
    (second,) = send(program, told(farid, at, activity=DRILL))
    send(program, told(farid, at, verb=v.ATTEMPTED), told(farid, at, activity=ALARM))
    row = session.scalars(select(Evidence).where(Evidence.statement_id == first)).one()
    assert (row.competence_key, row.level, row.source, row.issuer) == (FIRE, 2, "imported", program.key)
    assert (row.rule, row.rule_version) == (f"outside/{rule.id}", 1)
    # It happened yesterday, and counts from when it was decided that it does.
    assert (row.shown_at, row.known_at) == (yesterday, at)
    assert {one[0] for one in shown(session, cast.ekeby)} == {first, second}
    current = levels.of(session, [(cast.ekeby.id, cast.farid.uuid)], at)
    assert current[cast.ekeby.id, cast.farid.uuid][FIRE].level == 2


def test_only_the_programs_it_names_are_trusted(cast, session, program, send, decide, at):
    other, _ = clients.add(session, "Någon annan", "ekeby", ["statements/write"], below=False, at=at)
    decide(says(program))
    send(other, told(actor(cast.farid.uuid, BASE), at))
    assert shown(session, cast.ekeby) == []


def test_what_an_organisation_trusts_counts_nowhere_else(cast, session, program, send, decide, at):
    """Fyren's own program may have any key: what Ekeby has decided is Ekeby's."""
    decide(says(program))
    account = {"objectType": "Agent", "account": clients.account(BASE, program.key)}
    storing.record(session, cast.fyren.id, [told(actor(cast.farid.uuid, BASE), at)], authority=account, at=at)
    assert shown(session, cast.fyren) == shown(session, cast.ekeby) == []


def test_an_alias_counts_from_when_it_is_tied_until_it_is_untied(cast, session, program, send, decide, at):
    decide(says(program))
    number = "account|https://brand.example|1001"
    (sent,) = send(program, told(employee("1001"), at))
    # Another employer's 1001 is somebody else.
    send(program, told(employee("1001", "https://elsewhere.example"), at))
    assert shown(session, cast.ekeby) == []
    later, latest = at + timedelta(hours=1), at + timedelta(hours=2)
    tie(session, cast, number, cast.farid, later)
    assert shown(session, cast.ekeby) == [(sent, str(cast.farid.uuid), 1, at, later, None)]
    untie(session, cast, number, latest)
    assert shown(session, cast.ekeby) == [(sent, str(cast.farid.uuid), 1, at, later, latest)]
    tie(session, cast, number, cast.elsa, latest)
    assert shown(session, cast.ekeby)[0][1:] in {
        (str(cast.farid.uuid), 1, at, later, latest), (str(cast.elsa.uuid), 1, at, latest, None),
    }  # fmt: skip
    assert len(shown(session, cast.ekeby)) == 2
    whole = levels.as_of(session, [(cast.ekeby.id, cast.farid.uuid)], later)
    assert whole[cast.ekeby.id, cast.farid.uuid][FIRE].level == 2
    assert not levels.of(session, [(cast.ekeby.id, cast.farid.uuid)], latest).get((cast.ekeby.id, cast.farid.uuid))


def test_a_rule_that_is_changed_or_withdrawn_leaves_the_past_as_it_was(cast, session, program, send, decide, at):
    whose_level = (cast.ekeby.id, cast.farid.uuid)
    send(program, told(actor(cast.farid.uuid, BASE), at))
    rule = decide(says(program))
    changed, withdrawn = at + timedelta(days=1), at + timedelta(days=2)
    decided.change(session, rule, says(program, level=3), decision(cast, changed))
    catch_up(session, changed)
    assert levels.of(session, [whose_level], changed)[whose_level][FIRE].level == 3
    decided.withdraw(session, rule, decision(cast, withdrawn))
    catch_up(session, withdrawn)
    assert not levels.of(session, [whose_level], withdrawn).get(whose_level)
    then = [levels.as_of(session, [whose_level], day)[whose_level][FIRE].level for day in (at, changed)]
    assert then == [2, 3]


def test_voiding_undoes_it_from_the_start(cast, session, program, send, decide, at):
    decide(says(program))
    (sent,) = send(program, told(actor(cast.farid.uuid, BASE), at))
    send(program, voided(sent, at))
    assert shown(session, cast.ekeby) == []
    assert derived(session, cast.ekeby)["outside_traffic"] == []


def test_someone_erased_is_tied_to_nothing(cast, session, program, send, decide, at):
    decide(says(program))
    send(program, told(mailed("farid@brand.example"), at))
    tie(session, cast, "mbox|mailto:farid@brand.example", cast.farid, at)
    name, portion = whose.portion(session, cast.farid.uuid)
    assert (name, portion[0]["identifier"]) == ("known_elsewhere_as", "mbox|mailto:farid@brand.example")
    signals.person_erased.send(session, person_uuid=cast.farid.uuid)
    cast.farid.email = None
    session.flush()
    assert whose.portion(session, cast.farid.uuid)[1] == []
    rebuild(session)
    assert shown(session, cast.ekeby) == []


def test_a_rule_reads_a_large_past_in_pieces(cast, session, program, send, at, monkeypatch):
    """A writer waits for a piece, not for all of it; what is voided meanwhile is taken away once."""
    monkeypatch.setattr("lms.competence.outside.catching_up.PIECE", 2)
    monkeypatch.setattr("lms.competence.outside.catching_up.PIECES", 1)
    farid = actor(cast.farid.uuid, BASE)
    sent = send(program, *(told(farid, at, score={"scaled": 0.1 * number}) for number in range(10)))
    decided.add(session, cast.ekeby.id, "Brand", says(program, SCORED), decision(cast, at))
    from lms.competence.outside import catching_up

    assert catching_up.sweep(session, {"IRI_BASE": BASE}, at) == 1
    assert {one[0] for one in shown(session, cast.ekeby)} == set(sent[8:])
    send(program, voided(sent[0], at), voided(sent[9], at))
    catch_up(session, at)
    folded = derived(session, cast.ekeby)
    assert {one[0] for one in shown(session, cast.ekeby)} == {sent[7], sent[8]}
    rebuild(session)
    assert derived(session, cast.ekeby) == folded


def test_a_batch_takes_the_same_few_queries_however_large(cast, session, program, send, decide, at, count_queries):
    decide(says(program))
    farid = actor(cast.farid.uuid, BASE)

    def queries(number):
        with count_queries() as counted:
            send(program, *(told(farid, at) for _ in range(number)))
        return counted.number

    queries(1)
    assert queries(2) == queries(100)


AGENTS = ("farid", "mailed", "numbered")
WORLDS = {
    "one": lambda program: says(program, SCORED),
    "any": lambda program: says(program, SCORED, EITHER, months=1),
    "all": lambda program: says(program, SCORED, EITHER, needed=2),
    "two of three, for a month": lambda program: says(
        program, SCORED, EITHER, Condition(v.COMPLETED, DRILL, asks=Asks.SUCCESS), needed=2, months=1
    ),
}  # fmt: skip
steps = st.lists(
    st.one_of(
        st.tuples(st.just("told"), st.integers(0, 9)),
        st.tuples(st.just("voided"), st.integers(0, 9)),
        st.tuples(st.sampled_from(["tie", "tie to elsa", "untie"]), st.sampled_from(AGENTS[1:])),
        st.tuples(st.sampled_from(["decide", "withdraw"]), st.sampled_from(sorted(WORLDS))),
    ),
    max_size=16,
)
KINDS = (
    (v.PASSED, DRILL, {"score": {"scaled": 0.9}}),
    (v.PASSED, DRILL, {"score": {"scaled": 0.2}}),
    (v.PASSED, DRILL, {}),
    (v.COMPLETED, ALARM, {}),
    (v.COMPLETED, DRILL, {"success": True}),
    (v.ATTEMPTED, ALARM, {}),
)


class World:
    """An organisation of its own, in which one thing happens after the other."""

    def __init__(self, cast, session, at):
        self.cast, self.session, self.at = cast, session, at
        self.house = Organisation(kind="partner", key=str(uuid4()), name="House", parent_id=cast.east.id)
        session.add(self.house)
        session.flush()
        self.program, _ = clients.add(session, "Drill", self.house.key, ["statements/write"], below=False, at=at)
        self.rules = {}
        self.actors = {
            "farid": actor(cast.farid.uuid, BASE), "mailed": mailed("f@x.example"), "numbered": employee("7"),
        }  # fmt: skip
        self.keys = {"mailed": "mbox|mailto:f@x.example", "numbered": "account|https://brand.example|7"}

    def record(self, *statements):
        authority = {"objectType": "Agent", "account": clients.account(BASE, self.program.key)}
        storing.record(self.session, self.house.id, statements, authority=authority, at=self.at)

    def step(self, kind, what):
        self.at += timedelta(minutes=1)
        if kind == "told":
            who = self.actors[AGENTS[what % 3]]
            verb, activity, result = KINDS[what % len(KINDS)]
            happened = self.at.replace(hour=0) - timedelta(days=what * 7)
            # The statement with a number is always the same one, so that it can come twice.
            self.record(
                told(who, happened.replace(minute=0), id=UUID(int=what + 1), verb=verb, activity=activity, **result)
            )
        elif kind == "voided":
            self.record(voided(UUID(int=what + 1), self.at))
        elif kind == "untie":
            for alias in whose.tied(self.session, self.house.id):
                if alias.key == self.keys[what]:
                    tying.untie(self.session, alias, base=BASE, by=self.cast.elsa.id, at=self.at)
        elif kind in ("tie", "tie to elsa"):
            person = self.cast.elsa if kind == "tie to elsa" else self.cast.farid
            if self.keys[what] not in {one.key for one in whose.tied(self.session, self.house.id)}:
                tying.tie(
                    self.session, self.house.id, self.keys[what], person.uuid, base=BASE, by=person.id, at=self.at
                )
        else:
            self.turn_rule(kind, what)

    def turn_rule(self, kind, what):
        done = decision(self.cast, self.at)
        if kind == "withdraw" and what in self.rules:
            decided.withdraw(self.session, self.rules[what], done)
        elif what in self.rules:
            decided.change(self.session, self.rules[what], WORLDS[what](self.program), done)
        elif kind == "decide":
            self.rules[what] = decided.add(self.session, self.house.id, what, WORLDS[what](self.program), done)

    def settled(self):
        catch_up(self.session, self.at)
        pick_anew(self.session, [self.house.id], self.at)
        return derived(self.session, self.house), standing_rows(self.session, self.house)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_happens_it_is_the_same_as_reading_the_whole_store(cast, session, at, taken):
    """Statements late, twice and voided before they come; rules and aliases before, after and in between."""
    with session.begin_nested() as tried:
        world = World(cast, session, at)
        for step in taken:
            world.step(*step)
        folded = world.settled()
        rebuild(session)
        assert world.settled() == folded
        assert session.scalars(select(OutsideBacklog)).all() == []
        tried.rollback()


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.permutations(
        [("told", n) for n in range(6)]
        + [("voided", 2), ("decide", "all"), ("decide", "any"), ("tie", "mailed"), ("tie", "numbered")]
    )
)
def test_whatever_the_order_the_same_holds_in_the_end(cast, session, at, taken):
    outcomes = []
    for order in (taken, sorted(taken, key=repr)):
        with session.begin_nested() as tried:
            world = World(cast, session, at)
            for step in order:
                world.step(*step)
            world.settled()
            known = session.scalars(select(Evidence).where(Evidence.organisation_id == world.house.id)).all()
            outcomes.append(
                {
                    (row.statement_id, row.level, row.shown_at, row.valid_until)
                    for row in known
                    if row.valid_until is None or row.valid_until > world.at
                }
            )
            session.expunge_all()
            tried.rollback()
    assert outcomes[0] == outcomes[1]
