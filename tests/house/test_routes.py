"""Every route says who may call it, and is tried by people who may not.

A route that stands in no table fails the tests: whoever adds one says in `ROUTES` how it is tried. Gun may do
everything there is to do in her own organisation; Farid acts at Ekeby, though he belongs to Fyren as well.
Neither may see or change anything of Fyren's, where Alva and Björn are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, url_for
from sqlalchemy import or_, select
from werkzeug.test import TestResponse

from lms.db import Base
from lms.identity.models import Person
from tests.house.there import There, lived_in

__all__ = ["lived_in"]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = frozenset({403, 404})
OPEN = frozenset({200, 204, 303})
REJECTED = frozenset({400})
UNANSWERED = frozenset({204, 303, 400, 404, 409})

Names = Callable[[There], Mapping[str, Any]]


@dataclass(frozen=True)
class Try:
    """What the address names and the form sends, and the answers that show nothing and change nothing."""

    answers: frozenset[int]
    address: Names = lambda there: {}
    form: Names = lambda there: {}


def nothing_of_theirs(**form: Any) -> Try:
    """Shows, or changes, what is the caller's own or everybody's."""
    return Try(OPEN | REJECTED | {401, 403}, form=lambda there: form)


def about_alva(there: There) -> dict[str, Any]:
    return {"person": there.alva.uuid}


def their_place(there: There) -> dict[str, Any]:
    return {"key": there.fyren.key}


def course(there: There) -> dict[str, Any]:
    return {"key": "sjalvledarskap"}


def module(there: There) -> dict[str, Any]:
    return {**course(there), "module_key": "vad-ar-sjalvledarskap"}


def page(there: There) -> dict[str, Any]:
    return {**module(there), "page_key": "att-leda-sig-sjalv"}


def reflection(there: There) -> dict[str, Any]:
    return {**module(there), "page_key": "nar-leder-du-dig-sjalv-bast"}


def competence(there: There) -> dict[str, Any]:
    framework, code = there.competence.split("/")
    return {"framework": framework, "code": code}


def first_step(there: There) -> dict[str, Any]:
    return {"what": competence(there)["framework"], "number": 1}


def their_program(there: There) -> dict[str, Any]:
    return {"key": there.program}


def alvas_goal(there: There) -> dict[str, Any]:
    return {**about_alva(there), "goal": there.goal}


def made_up_link(there: There) -> dict[str, Any]:
    return {"token": "made-up"}


def asking_alva(there: There) -> dict[str, Any]:
    return {"asked": f"{there.alva.uuid}:sjalvledarskap", "due_on": "2099-01-31", "why": "Not mine to ask"}


ROUTES = {
    "GET health.healthz": nothing_of_theirs(),
    "GET health.readyz": nothing_of_theirs(),
    "GET description.openapi": nothing_of_theirs(),
    "GET start.home": nothing_of_theirs(),
    "GET start.accessibility": nothing_of_theirs(),
    "GET identity.sign_in": nothing_of_theirs(),
    "POST identity.check_password": nothing_of_theirs(email="gun@nordverk.example", password="something else"),
    "POST identity.sign_out": nothing_of_theirs(),
    "POST identity.sign_out_everywhere": nothing_of_theirs(),
    "POST identity.switch": Try(REFUSED, form=lambda there: {"membership": there.at_fyren.id}),
    "POST identity.language": nothing_of_theirs(language="en"),
    "GET identity.forgotten_password": nothing_of_theirs(),
    "POST identity.send_link": nothing_of_theirs(email="gun@nordverk.example"),
    "GET identity.choose_password": Try(REFUSED | REJECTED, made_up_link),
    "POST identity.use_link": Try(REFUSED | REJECTED, made_up_link, lambda there: {"password": "long and made up"}),
    "GET identity.me": nothing_of_theirs(),
    "POST identity.change_me": nothing_of_theirs(name="Someone", language="sv"),
    "POST identity.change_password": nothing_of_theirs(current="wrong", password="long and made up"),
    "GET identity.my_copy": nothing_of_theirs(),
    "GET identity.what_others_see": nothing_of_theirs(),
    "POST identity.have_read": nothing_of_theirs(),
    "POST identity.sharing": nothing_of_theirs(share="yes"),
    "GET identity.who_has_looked": nothing_of_theirs(),
    "GET identity.my_gender": nothing_of_theirs(),
    "POST identity.say_gender": nothing_of_theirs(gender="unsaid"),
    "GET identity.privacy": nothing_of_theirs(),
    "POST identity.decide_privacy": nothing_of_theirs(insight="shared", valid_from="2999-01-01"),
    "GET identity.people": nothing_of_theirs(),
    "GET identity.invitation": nothing_of_theirs(),
    "POST identity.invite": Try(
        REFUSED | REJECTED,
        form=lambda there: {
            "email": "new@nordverk.example",
            "name": "New",
            "language": "sv",
            "unit": there.unit.id,
            "manager": there.at_fyren.id,
        },
    ),
    "GET identity.one": Try(REFUSED, about_alva),
    "POST identity.change": Try(REFUSED, about_alva, lambda there: {"name": "Someone"}),
    "POST identity.invite_again": Try(REFUSED, about_alva),
    "POST identity.end": Try(REFUSED, about_alva),
    "GET identity.import_people": nothing_of_theirs(),
    "POST identity.bring_file": nothing_of_theirs(),
    "GET identity.look_through": Try(REFUSED, lambda there: {"draft": there.draft}),
    "POST identity.carry_out": Try(REFUSED, lambda there: {"draft": there.draft}, lambda there: {"agree": "y"}),
    "GET identity.project": nothing_of_theirs(),
    "GET identity.project_add": Try(REFUSED, their_place),
    "POST identity.project_adds": Try(REFUSED, their_place, lambda there: {"name": "Ours", "key": "ours"}),
    "GET identity.project_invite": Try(REFUSED, their_place),
    "POST identity.project_invites": Try(REFUSED, their_place, lambda there: {"email": "x@example.org", "name": "X"}),
    "GET talks.mine": nothing_of_theirs(),
    "GET talks.of_team": nothing_of_theirs(),
    "GET talks.between": Try(REFUSED, about_alva),
    "POST talks.set_day": Try(REFUSED, about_alva, lambda there: {"day": "2099-01-01"}),
    "POST talks.call_off": Try(REFUSED, about_alva),
    "POST talks.prepare": Try(REFUSED, about_alva, lambda there: {"since": "Mine"}),
    "POST talks.held": Try(REFUSED, about_alva),
    "GET talks.new_goal": Try(REFUSED, about_alva),
    "POST talks.propose": Try(REFUSED, about_alva, lambda there: {"text": "Ours", "due": "2099-01-01"}),
    "GET talks.goal": Try(REFUSED, alvas_goal),
    "POST talks.answer": Try(REFUSED, alvas_goal, lambda there: {"answer": "agreed"}),
    "POST talks.follow_up": Try(REFUSED, alvas_goal, lambda there: {"standing": "reached"}),
    "GET courses.catalogue": nothing_of_theirs(),
    "GET courses.course": Try(OPEN, course),
    "GET courses.module": Try(OPEN, module),
    "GET courses.page": Try(OPEN, page),
    "GET courses.media": Try(OPEN, lambda there: {**module(there), "name": "mandatkarta.svg"}),
    "GET courses.quiz": Try(OPEN, module),
    "GET courses.outcome": Try(REFUSED, lambda there: {**module(there), "number": 1}),
    "GET courses.team": nothing_of_theirs(),
    "POST courses.start": Try(OPEN, course),
    "POST courses.leave": Try(OPEN, course),
    "POST courses.go_on": Try(OPEN, page),
    "POST courses.note": Try(OPEN, reflection, lambda there: {"note.nar": "Gun's own"}),
    "POST courses.sharing": Try(OPEN, reflection, lambda there: {"shared": "yes"}),
    "POST courses.begin_quiz": Try(OPEN, module),
    "POST courses.save_answers": Try(UNANSWERED, module),
    "POST courses.hand_in": Try(UNANSWERED, module),
    "GET competence.mine": nothing_of_theirs(),
    "GET competence.map": nothing_of_theirs(),
    "GET competence.gaps": nothing_of_theirs(),
    "GET competence.over_time": nothing_of_theirs(),
    "GET competence.alone": nothing_of_theirs(),
    "GET competence.place": Try(REFUSED, competence),
    "POST competence.decide_place": Try(REFUSED, competence, lambda there: {"place": "1", "reason": "Gun's own"}),
    # In her own team nobody needs it.
    "GET competence.why_team": Try(OPEN | {403}, competence),
    "GET competence.person": Try(REFUSED, lambda there: {"person_uuid": there.alva.uuid}),
    "GET competence.why": Try(REFUSED, lambda there: {"person_uuid": there.alva.uuid, **competence(there)}),
    "GET competence.why_group": Try(REFUSED, lambda there: {"group": there.fyren.key, **competence(there)}),
    "GET competence.statement": Try(REFUSED, lambda there: {"statement": there.statement}),
    "GET competence.assess": nothing_of_theirs(),
    "GET competence.step": Try(OPEN, first_step),
    "POST competence.answer": Try(OPEN, first_step, lambda there: {there.competence: "2"}),
    **{
        f"{method} competence.{name}": Try(
            REFUSED,
            lambda there: {"person_uuid": there.alva.uuid},
            lambda there: {f"level:{there.competence}": "2", "competence": there.competence, "text": "Not mine"},
        )
        for method, name in (
            ("GET", "calibrate"),
            ("POST", "calibrated"),
            ("GET", "calibration"),
            ("POST", "calibration_note"),
        )
    },
    "GET competence.proofs": nothing_of_theirs(),
    "GET competence.proof_new": nothing_of_theirs(),
    "POST competence.proof_present": Try(REJECTED, form=lambda there: {"id": there.proof, "title": "Mine"}),
    **{
        f"{method} competence.{name}": Try(
            REFUSED, lambda there: {"id": there.proof}, lambda there: {"do": "reject", "text": "Not mine"}
        )
        for method, name in (
            ("GET", "proof"),
            ("GET", "proof_file"),
            ("POST", "proof_decide"),
            ("GET", "proof_withdraw"),
            ("POST", "proof_withdraws"),
        )
    },
    **{
        f"{method} competence.{name}": Try(REFUSED, lambda there: {"person_uuid": there.alva.uuid})
        for method, name in (("GET", "observe"), ("POST", "observed"))
    },
    **{
        f"{method} competence.{name}": Try(
            REFUSED, lambda there: {"person_uuid": there.alva.uuid, "id": there.observation}
        )
        for method, name in (("GET", "withdraw"), ("POST", "withdraws"))
    },
    "GET competence.profiles": nothing_of_theirs(),
    "GET competence.profile_new": nothing_of_theirs(),
    "POST competence.profile_begin": nothing_of_theirs(name="Youth leader"),
    "GET competence.profile": Try(REFUSED, lambda there: {"key": there.profile}),
    "GET competence.profile_edit": Try(REFUSED, lambda there: {"key": there.profile}),
    "POST competence.profile_save": Try(REFUSED, lambda there: {"key": there.profile}, lambda there: {"name": "X"}),
    "GET competence.profile_decide": Try(REFUSED, lambda there: {"key": there.profile}),
    "POST competence.profile_publish": Try(REFUSED, lambda there: {"key": there.profile}),
    "POST competence.profile_discard": Try(REFUSED, lambda there: {"key": there.profile}),
    "GET competence.level_rule": nothing_of_theirs(),
    "GET competence.level_rule_try": Try(OPEN | {403}, lambda there: {"key": "latest"}),
    "POST competence.level_rule_choose": Try(OPEN | REJECTED | {403}, lambda there: {"key": "latest"}),
    "GET competence.needs": nothing_of_theirs(),
    **{
        f"{method} competence.{name}": Try(REFUSED, lambda there: {"place": there.fyren.key})
        for method, name in (
            ("GET", "needs_of"),
            ("GET", "needs_edit"),
            ("POST", "needs_save"),
            ("GET", "needs_decide"),
            ("POST", "needs_publish"),
            ("POST", "needs_discard"),
        )
    },
    "GET plans.plan": nothing_of_theirs(),
    "POST plans.assign_planned": Try(REFUSED, form=asking_alva),
    "GET plans.assign": nothing_of_theirs(),
    "POST plans.assign_one": Try(
        REFUSED, form=lambda there: asking_alva(there) | {"person": there.alva.uuid, "lesson": "sjalvledarskap"}
    ),
    "POST plans.withdraw": Try(REFUSED, lambda there: {"uuid": there.assignment}),
    "POST plans.withdraw_all": Try(REFUSED, lambda there: {"uuid": there.assignment}),
    "POST plans.assign_groups": Try(
        REFUSED | REJECTED, form=lambda there: asking_alva(there) | {"asked": "sjalvledarskap:fyren-ungdom"}
    ),
    "GET plans.measure": nothing_of_theirs(),
    "POST plans.decide_measure": nothing_of_theirs(
        competence="self-leadership/SL1", kind="mentor", what="Ours", due_on="2099-01-31"
    ),
    "POST plans.end_measure": Try(REFUSED, lambda there: {"uuid": there.measure}, lambda there: {"outcome": "done"}),
    "GET plans.forecast": nothing_of_theirs(),
    "GET plans.supply": nothing_of_theirs(),
    "POST competence.needs_turnover": Try(
        REFUSED, lambda there: {"place": "fyren-ungdom"}, lambda there: {"per_year": 5}
    ),
    "GET workshops.workshops": nothing_of_theirs(),
    "GET workshops.new": nothing_of_theirs(),
    "POST workshops.start": nothing_of_theirs(title="Ours", place="fyren"),
    **{
        f"{method} workshops.{name}": Try(
            REFUSED, lambda there: {"uuid": there.workshop.uuid}, lambda there, form=form: form
        )
        for method, name, form in (
            ("GET", "lead", {}),
            ("GET", "lead_now", {}),
            ("GET", "screen", {}),
            ("GET", "screen_now", {}),
            ("GET", "decide", {}),
            ("GET", "record", {}),
            ("POST", "go_to", {"to": "vote"}),
            ("POST", "count", {"show": "yes"}),
            ("POST", "note", {"text": "Ours", "key": "k"}),
            ("POST", "decide_needs", {}),
            ("POST", "end", {}),
        )
    },
    "POST workshops.arrange": Try(REFUSED, lambda there: {"uuid": there.workshop.uuid, "id": 1}),
    "POST workshops.decide_role": Try(REFUSED, lambda there: {"uuid": there.workshop.uuid, "role": there.profile}),
    # Whoever has the code may take part; these do not.
    "GET workshops.join": nothing_of_theirs(),
    "POST workshops.sit_down": Try(REFUSED, form=lambda there: {"code": "AAAAAA"}),
    "GET workshops.take_part": Try(REFUSED, lambda there: {"code": "AAAAAA"}),
    "GET workshops.now": Try(REFUSED, lambda there: {"code": "AAAAAA"}),
    "POST workshops.say": Try(REFUSED, lambda there: {"code": "AAAAAA"}),
    "POST workshops.vote": Try(REFUSED, lambda there: {"code": "AAAAAA"}),
    "GET frameworks.frameworks": nothing_of_theirs(),
    "GET frameworks.framework": Try(OPEN, lambda there: {"key": competence(there)["framework"]}),
    "GET frameworks.sources": nothing_of_theirs(),
    "GET frameworks.export": Try(OPEN, lambda there: {"key": competence(there)["framework"], "form": "csv"}),
    "GET frameworks.import_framework": nothing_of_theirs(),
    "POST frameworks.look_through": nothing_of_theirs(),
    "POST frameworks.publish": nothing_of_theirs(),
    "GET frameworks.own_competences": nothing_of_theirs(),
    "GET frameworks.own_new": nothing_of_theirs(),
    "POST frameworks.own_begin": nothing_of_theirs(name_sv="Guns"),
    "GET frameworks.own_draft": Try(REFUSED, lambda there: {"number": there.competence_draft}),
    "POST frameworks.own_save": Try(
        REFUSED, lambda there: {"number": there.competence_draft}, lambda _: {"name_sv": "Guns"}
    ),
    "POST frameworks.own_publish": Try({400, 403, 409}, form=lambda there: {"draft": there.competence_draft}),
    "POST frameworks.own_retire": Try(REFUSED, lambda there: {"code": "1"}),
    "POST frameworks.own_restore": Try(REFUSED, lambda there: {"code": "1"}),
    # What authorities publish is everybody's.
    "GET occupations.search": nothing_of_theirs(),
    "GET occupations.occupation": Try(REFUSED, lambda there: {"vintage": "2025-12", "code": "gone"}),
    "GET connections.clients": nothing_of_theirs(),
    "GET connections.client_add": nothing_of_theirs(),
    "POST connections.client_adds": nothing_of_theirs(name="Gun's", scopes="statements/write"),
    "GET connections.client": Try(REFUSED, their_program),
    "GET connections.client_change": Try(REFUSED, their_program),
    "POST connections.client_changes": Try(REFUSED, their_program, lambda there: {"name": "X", "scopes": "state"}),
    "GET connections.client_secret": Try(REFUSED, their_program),
    "POST connections.client_rotates": Try(REFUSED, their_program, lambda there: {"grace": "now"}),
    "GET connections.client_revoke": Try(REFUSED, their_program),
    "POST connections.client_revokes": Try(REFUSED, their_program),
    "GET connections.statements": nothing_of_theirs(),
    "GET connections.statement": Try(REFUSED, lambda there: {"statement": there.sent}),
    "GET connections.statement_file": Try(REFUSED, lambda there: {"statement": there.sent}),
    "GET connections.statement_attachment": Try(REFUSED, lambda there: {"statement": there.sent, "sha2": "0" * 64}),
    "GET connections.statements_export": Try(OPEN | REFUSED, lambda there: {"form": "json"}),
    "GET connections.records": nothing_of_theirs(),
    "GET connections.record": Try(REFUSED, lambda there: {"statement": there.statement}),
    "GET connections.record_file": Try(REFUSED, lambda there: {"statement": there.statement}),
    "GET connections.record_attachment": Try(REFUSED, lambda there: {"statement": there.statement, "sha2": "0" * 64}),
    "GET connections.records_export": Try(OPEN, lambda there: {"form": "jsonl"}),
    "GET connections.rules": nothing_of_theirs(),
    "GET connections.rule_add": nothing_of_theirs(),
    "POST connections.rule_adds": nothing_of_theirs(do="decide", name="Gun's"),
    "GET connections.rule": Try(REFUSED, lambda there: {"id": there.rule}),
    "GET connections.rule_change": Try(REFUSED, lambda there: {"id": there.rule}),
    "POST connections.rule_changes": Try(REFUSED, lambda there: {"id": there.rule}, lambda there: {"do": "decide"}),
    "POST connections.rule_withdraws": Try(REFUSED, lambda there: {"id": there.rule}),
    "POST connections.rule_undoes": Try(REFUSED, lambda there: {"id": there.rule}, lambda there: {"seen": "1"}),
    "POST connections.rule_refused": Try(REFUSED, lambda there: {"id": there.rule}),
    "POST connections.rule_accepted": Try(REFUSED, lambda there: {"id": there.rule}),
    "GET connections.uncounted": nothing_of_theirs(),
    "POST connections.uncounted_ties": nothing_of_theirs(),
    "POST connections.uncounted_aside": Try(REFUSED, form=lambda there: {"group": "who:00"}),
    "POST connections.uncounted_back": nothing_of_theirs(group="who:00"),
    "GET connections.aliases": nothing_of_theirs(),
    "GET connections.alias_tie": nothing_of_theirs(),
    "POST connections.alias_ties": Try(
        REFUSED, form=lambda there: {"agent": "mbox|mailto:x@example.org", "person": there.alva.uuid}
    ),
    "POST connections.alias_unties": Try(REFUSED, lambda there: {"id": there.alias}),
    "GET api.openapi": nothing_of_theirs(),
    "GET identity.keys": nothing_of_theirs(),
    "POST identity.make_key": nothing_of_theirs(name="A spreadsheet", days="30"),
    "POST identity.take_key_away": Try(REFUSED, lambda there: {"key": there.key}),
    **{
        f"GET {room}.{name}": Try(answers, lambda there, names=names, form=form: names(there) | form)
        for room, form in (("reports", {"form": "csv"}), ("api", {}))
        for name, answers, names in (
            ("map", OPEN | {403}, lambda there: {}),
            ("gaps", OPEN | {403}, lambda there: {}),
            ("over_time", OPEN | {403}, lambda there: {}),
            ("group", REFUSED, lambda there: {"group": there.fyren.key, **competence(there)}),
            ("mine", OPEN, lambda there: {}),
            ("person", REFUSED, lambda there: {"person_uuid": there.alva.uuid}),
            ("needs", REFUSED, lambda there: {"place": there.fyren.key}),
            ("role_profiles", OPEN | {403}, lambda there: {}),
            ("role_profile", REFUSED, lambda there: {"key": there.profile}),
        )
    },
}

# Programs show a key instead of a session; `test_record_store.py` tries these.
FOR_PROGRAMS = {
    "GET xapi.about",
    "GET xapi.get_statements",
    "POST xapi.post_statements",
    "PUT xapi.put_statement",
    "GET xapi.get_activity",
    "GET xapi.get_agent",
    *(
        f"{method} xapi.{method.lower()}_{name}"
        for method in ("GET", "PUT", "POST", "DELETE")
        for name in ("activity_profile", "agent_profile", "state")
    ),
    *(f"{method} xapi.nowhere" for method in METHODS),
}


def routes(app: Flask) -> dict[str, str]:
    """Who may call each route of ours, as it says itself."""
    return {
        f"{method} {rule.endpoint.removeprefix('kunna.')}": getattr(app.view_functions[rule.endpoint], "access", "")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("kunna.") and rule.endpoint != "kunna.static"
        for method in METHODS
        if method in rule.methods
    }


def closed(app: Flask) -> list[str]:
    return [name for name, access in routes(app).items() if name in ROUTES and access != "public"]


def pages() -> list[str]:
    return [name for name in ROUTES if name.startswith("GET ")]


def send(client: Any, name: str, there: There, accept: str = "text/html", **query: str) -> TestResponse:
    method, endpoint = name.split()
    tried = ROUTES[name]
    with client.application.test_request_context():
        address = url_for(f"kunna.{endpoint}", **tried.address(there), **query)
    form = tried.form(there) if method != "GET" else None
    return client.open(address, method=method, data=form, headers={"Accept": accept}, buffered=True)


def what_fyren_has(session: Any, there: There) -> dict[str, list[Any]]:
    """Every row that is Fyren's, Alva's or Björn's."""
    memberships = [membership.id for membership in there.memberships]
    session.expire_all()
    kept = {}
    for name, table in Base.metadata.tables.items():
        whose = []
        if "organisation_id" in table.c:
            whose.append(table.c.organisation_id == there.fyren.id)
        if "membership_id" in table.c:
            whose.append(table.c.membership_id.in_(memberships))
        if table is Person.__table__:
            whose.append(table.c.id.in_([there.alva.id, there.bjorn.id]))
        if whose:
            kept[name] = sorted(map(repr, session.execute(select(table).where(or_(*whose))).all()))
    return kept


def test_every_route_says_who_may_call_it(idle_app):
    assert [name for name, access in routes(idle_app).items() if not access] == []


def test_every_route_is_tried(idle_app):
    tried = set(ROUTES) | FOR_PROGRAMS
    assert sorted(set(routes(idle_app)) - tried) == [], "say in ROUTES how these are tried"
    assert sorted(tried - set(routes(idle_app))) == [], "these are gone"


@pytest.mark.parametrize("intruder", ["gun", "farid"])
def test_nothing_of_others_is_shown_or_changed(lived_in, sign_in, session, intruder):
    before, found = what_fyren_has(session, lived_in), {}
    for name, tried in ROUTES.items():
        answer = send(sign_in(*lived_in.acting(intruder)), name, lived_in)
        text = answer.get_data(as_text=True)
        # An address that names someone may be repeated in the page about its error.
        told = [word for word in lived_in.not_for(intruder) if word in text and word not in answer.request.path]
        if answer.status_code not in tried.answers or told:
            found[name] = answer.status, told
        # To look at everything after each page as well would take minutes.
        if not name.startswith("GET "):
            assert what_fyren_has(session, lived_in) == before, name
    assert what_fyren_has(session, lived_in) == before, "by one of the pages"
    assert found == {}


def test_whoever_is_not_signed_in_is_asked_to(lived_in, app):
    wrong = {}
    for name in closed(app):
        answer, as_json = (
            send(app.test_client(), name, lived_in, accept) for accept in ("text/html", "application/json")
        )
        is_page = name.startswith("GET ") and not name.startswith("GET api.")
        asked = "/sign-in" in (answer.location or "") if is_page else answer.status_code == 401
        if not asked or as_json.status_code != 401:
            wrong[name] = answer.status, as_json.status
    assert wrong == {}


def test_whoever_does_not_have_the_role_may_not(lived_in, app, sign_in):
    """Alva is a learner and nothing else."""
    alva = sign_in(lived_in.alva)
    for_roles = [name for name in closed(app) if routes(app)[name] != "signed in"]
    answers = {name: send(alva, name, lived_in).status_code for name in for_roles}
    assert {name: status for name, status in answers.items() if status != 403} == {}


def test_a_form_without_a_token_is_refused(lived_in, app, sign_in, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    gun = sign_in(lived_in.gun)
    answers = {name: send(gun, name, lived_in).status_code for name in ROUTES if not name.startswith("GET ")}
    assert {name: status for name, status in answers.items() if status != 400} == {}


def test_pages_tell_the_browser_to_trust_nothing_but_us(lived_in, sign_in):
    gun = sign_in(lived_in.gun)
    for name in pages():
        answer = send(gun, name, lived_in)
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert policy.startswith("default-src 'self'; ") or "sandbox" in policy, name
        assert "script-src" not in policy, name
        assert "unsafe" not in policy or "sandbox" in policy, name


def test_a_parameter_that_an_address_does_not_have_is_refused(lived_in, sign_in):
    gun = sign_in(lived_in.gun)
    answers = {name: send(gun, name, lived_in, nonsense="1").status_code for name in pages()}
    assert {name: status for name, status in answers.items() if status not in REFUSED | REJECTED} == {}
