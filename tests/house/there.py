"""An organisation where something has happened, for others to try to get at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.competence.assessment import assessing, calibrating, observing
from lms.competence.assessment.observing import Seen
from lms.competence.outside import decided, tying, whose
from lms.competence.outside.rule import Condition, Says
from lms.competence.proofs import statements
from lms.competence.proofs.statements import FileSaid
from lms.competence.required import profiles
from lms.competence.required.profiles import Requirement
from lms.competence.required.versions import Decision
from lms.competence.shown import evidence
from lms.competence.shown.rules import Claim
from lms.frameworks import own
from lms.frameworks.framework import Competence
from lms.frameworks.models import CompetenceDraft
from lms.identity.actor import actor
from lms.identity.models import Membership, Organisation, PeopleDraft, Person, PersonalKey
from lms.plans.models import Assignment, Measure
from lms.talks import goals, talks
from lms.talks.goals import Wanted
from lms.talks.pairs import Pair
from lms.workshops.models import Workshop
from lms.xapi import clients
from lms.xapi.storing import record
from lms.xapi.vocabulary import Vocabulary
from tests.cast import Cast


@dataclass(frozen=True)
class There:
    """What intruders know the names of, and should not reach."""

    cast: Cast
    # A file that Elsa is bringing people to Ekeby with.
    draft: UUID
    # What Alva's work needs, what she has said about herself, and in which statement.
    profile: str
    competence: str
    statement: UUID
    # One that Björn leads.
    workshop: Workshop
    # The key of a program of Fyren's, and what it has sent.
    program: str
    sent: UUID
    # What Fyren lets that program show, and what it calls Alva.
    rule: int
    alias: int
    # What Björn has proposed to Alva, for a talk that is set.
    goal: UUID
    # What Alva has handed in, and what Björn has seen her do.
    proof: UUID
    observation: UUID
    # What Björn has asked Alva to learn.
    assignment: UUID
    # For a program of Alva's.
    key: UUID
    # A competence of Fyren's own that is being written.
    competence_draft: int
    # What Björn has decided about a gap of the team's.
    measure: UUID

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cast, name)

    @property
    def unit(self) -> Organisation:
        return self.cast.units["fyren-ungdom"]

    @property
    def memberships(self) -> list[Membership]:
        return [self.cast.membership(person, self.cast.fyren) for person in (self.cast.alva, self.cast.bjorn)]

    @property
    def at_fyren(self) -> Membership:
        return self.cast.membership(self.cast.alva, self.cast.fyren)

    def acting(self, name: str) -> tuple[Person, Organisation]:
        return (self.cast.gun, self.cast.nordverk) if name == "gun" else (self.cast.farid, self.cast.ekeby)

    def not_for(self, name: str) -> list[str]:
        """What an intruder must not read anywhere."""
        cast = self.cast
        # Björn is Farid's manager at Fyren.
        strangers = [cast.alva]
        words = []
        if name == "gun":
            strangers += [cast.bjorn, cast.cecilia, cast.david, cast.elsa, cast.farid]
            words += [place.name for place in (cast.fyren, cast.ekeby, cast.lindo)]
        words += ["What Björn asks", "BJRN22", "What Alva writes", "Fyrvaktare vid Fyren"]
        words += ["Fyrens fjärrstyrda", "the-tower-of-fyren", "Vad Alva ska lära sig"]
        words += ["Keeper of lighthouses", "The lamp is lit", "Why Björn asks", "Alvas kalkylblad", "How Björn helps"]
        words += ["Tända fyren i dimma"]
        return words + [str(said) for person in strangers for said in (person.name, person.email, person.uuid)]


@pytest.fixture
def lived_in(cast: Cast, session: Session, app: Flask, sign_in: Any, at: datetime) -> There:
    known = app.extensions["kunna"].frameworks
    needed = next(one for one in known.get("self-leadership").competences)
    profile = profiles.define(session, cast.fyren.id, "Fyrvaktare vid Fyren", {needed.key: Requirement(3, 3)}, at=at)
    cast.membership(cast.alva, cast.fyren).role_profile_key = profile.key
    base = app.config["IRI_BASE"]
    assessing.assess(session, cast.fyren.id, cast.alva.uuid, {needed.key: 2}, {needed.key: needed}, base=base, at=at)
    [shown] = evidence.of(session, cast.fyren.id, cast.alva.uuid, needed.key)
    workshop = Workshop(
        organisation_id=cast.fyren.id,
        place_id=cast.fyren.id,
        title="What Björn asks his people",
        code="BJRN22",
        horizon=12,
        roles={profile.key: profile.name},
        dots=5,
        started_by_id=cast.bjorn.id,
        started_at=at,
        step_began_at=at,
        touched_at=at,
    )
    session.add(workshop)
    program, sent = connect(session, cast, base, at)
    proof, observation = prove(session, cast, needed, base, at)
    assignment, measure = asked(session, cast, at), helped(session, cast, at)
    key = PersonalKey(
        membership_id=cast.membership(cast.alva, cast.fyren).id,
        uuid=uuid4(),
        name="Alvas kalkylblad",
        key_hash="0" * 64,
        created_at=at,
        expires_at=at + timedelta(days=30),
    )
    session.add(key)
    draft = CompetenceDraft(organisation_id=cast.fyren.id, replaces="")
    own.save(draft, {"name_sv": "Tända fyren i dimma"}, by=cast.bjorn.id, at=at, seen_at="")
    session.add(draft)
    session.flush()
    there = There(
        cast,
        uuid4(),
        profile.key,
        needed.key,
        shown.statement_id,
        workshop,
        program,
        sent,
        *trust(session, cast, program, needed.key, base, at),
        talk(session, cast, at),
        proof,
        observation,
        assignment.uuid,
        key.uuid,
        draft.id,
        measure.uuid,
    )
    session.add(
        PeopleDraft(
            organisation_id=cast.ekeby.id,
            person_id=cast.elsa.id,
            uuid=there.draft,
            file_name="elsas-people.csv",
            rows=[{"email": "new@ekeby.example", "name": "New"}],
            expires_at=at.replace(year=2099),
        )
    )
    session.commit()
    learn(sign_in(cast.alva))
    return there


def connect(session: Session, cast: Cast, base: str, at: datetime) -> tuple[str, UUID]:
    """A program of Fyren's that has sent something about Alva."""
    program, _ = clients.add(session, "Fyrens fjärrstyrda", "fyren", ["statements/write"], below=False, at=at)
    session.flush()
    told = {
        "actor": actor(cast.alva.uuid, base),
        "verb": {"id": "https://brand.example/verbs/climbed"},
        "object": {"id": "https://brand.example/the-tower-of-fyren"},
    }
    authority = {"objectType": "Agent", "account": clients.account(base, program.key)}
    [sent] = record(session, cast.fyren.id, [told], authority=authority, at=at)
    return program.key, sent


def trust(session: Session, cast: Cast, program: str, competence: str, base: str, at: datetime) -> tuple[int, int]:
    """That climbing the tower shows something, and under which number Alva climbs."""
    decision = Decision(at.date(), at, cast.bjorn.id)
    climbed = Condition("https://brand.example/verbs/climbed", "https://brand.example/the-tower-of-fyren")
    says = Says(competence, 1, (climbed,), frozenset({program}))
    rule = decided.add(session, cast.fyren.id, "Fyrens fjärrstyrda regel", says, decision)
    number = "account|https://brand.example|Fyrens fjärrstyrda 7"
    tying.tie(session, cast.fyren.id, number, cast.alva.uuid, base=base, by=cast.bjorn.id, at=at)
    [alias] = whose.tied(session, cast.fyren.id)
    return rule.id, alias.id


def talk(session: Session, cast: Cast, at: datetime) -> UUID:
    """Björn and Alva are to talk; he has proposed a goal."""
    pair = Pair(cast.fyren.id, cast.alva, cast.bjorn, cast.bjorn.uuid)
    talks.set_day(session, pair, at.date(), at=at)
    wanted = Wanted("Vad Alva ska lära sig", None, None, "", "", at.date())
    return goals.propose(session, pair, uuid4(), wanted, None, at=at).id


def prove(session: Session, cast: Cast, shown: Competence, base: str, at: datetime) -> tuple[UUID, UUID]:
    """Something that Alva has handed in, and something that Björn has seen her do."""
    ours, proof, observation = Vocabulary(base), uuid4(), uuid4()
    claim = Claim({shown.key: 2}, "Sjöfartsverket", at - timedelta(days=9), None)
    file = FileSaid("application/pdf", 9, "0" * 64, "https://kunna.test/competence/proofs/file")
    told = [
        statements.presented(proof, cast.alva.uuid, {"en": "Keeper of lighthouses"}, claim, file, ours, at),
        observing.statement(
            observation, Seen(shown, 2, at.date(), "The lamp is lit"), cast.alva.uuid, cast.bjorn.uuid, ours, at
        ),
    ]
    record(session, cast.fyren.id, told, authority=ours.authority, at=at)
    its = (session, cast.fyren.id, cast.bjorn.uuid, cast.alva.uuid, shown.key)
    calibrating.write(*its, "The lamp is lit", at=at, statement=observation)
    return proof, observation


def learn(alva: FlaskClient) -> None:
    module = "/courses/sjalvledarskap/vad-ar-sjalvledarskap"
    for address, form in (
        ("/courses/sjalvledarskap/start", {}),
        (f"{module}/att-leda-sig-sjalv", {}),
        (f"{module}/nar-leder-du-dig-sjalv-bast/sharing", {"note.nar": "What Alva writes to Björn", "shared": "yes"}),
    ):
        assert alva.post(address, data=form).status_code == 303, address


def asked(session: Session, cast: Cast, at: datetime) -> Assignment:
    assignment = Assignment(
        uuid=uuid4(),
        organisation_id=cast.fyren.id,
        person_uuid=cast.alva.uuid,
        course_key="sjalvledarskap",
        module_key="vad-ar-sjalvledarskap",
        due_on=at.date(),
        why="Why Björn asks Alva",
        assigned_by_id=cast.bjorn.id,
        assigned_at=at,
    )
    session.add(assignment)
    return assignment


def helped(session: Session, cast: Cast, at: datetime) -> Measure:
    measure = Measure(
        uuid=uuid4(),
        organisation_id=cast.fyren.id,
        team_id=cast.membership(cast.bjorn, cast.fyren).id,
        competence_key="self-leadership/SL1",
        kind="mentor",
        what="How Björn helps Alva",
        due_on=at.date(),
        decided_at=at,
        decided_by_id=cast.bjorn.id,
    )
    session.add(measure)
    return measure
