"""What GET finds, against the plainest reading of the standard: look at every statement, one after the
other."""

from copy import deepcopy
from itertools import chain
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.db import session
from lms.identity.models import Organisation
from tests.xapi.conftest import Caller
from tests.xapi.statements import activity, agent, reference, verb, voiding

AGENTS = ["alva", "bjorn", "gun"]
VERBS = ["passed", "experienced"]
ACTIVITIES = ["course", "quiz"]
REGISTRATIONS = [str(UUID(int=number)) for number in (1, 2)]
# Targets are chosen among the ids of the whole store, which may come before or after.
MOST = 12

agents = st.sampled_from(AGENTS).map(agent)
groups = st.lists(agents, min_size=1, max_size=2).map(lambda members: {"objectType": "Group", "member": members})
activities = st.sampled_from(ACTIVITIES).map(activity)
contexts = st.fixed_dictionaries(
    {},
    optional={
        "registration": st.sampled_from(REGISTRATIONS),
        "instructor": agents | groups,
        "team": groups,
        "contextActivities": st.fixed_dictionaries(
            {}, optional={"parent": activities, "other": st.lists(activities, max_size=2)}
        ),
    },
)
events = st.fixed_dictionaries(
    {"actor": agents | groups, "verb": st.sampled_from(VERBS).map(verb), "object": activities | agents | groups},
    optional={"context": contexts},
)
nested = events.map(lambda event: {"objectType": "SubStatement", **event})
entries = st.one_of(
    events,
    st.tuples(events, nested).map(lambda pair: pair[0] | {"object": pair[1]}),
    st.tuples(events, st.integers(0, MOST - 1)).map(lambda pair: pair[0] | {"object": pair[1]}),
    st.integers(0, MOST - 1).map(lambda target: voiding(uuid4()) | {"object": target}),
)
queries = st.fixed_dictionaries(
    {},
    optional={
        "agent": agents,
        "verb": st.sampled_from([*VERBS, "voided"]).map(lambda name: verb(name)["id"]),
        "activity": activities.map(lambda one: one["id"]),
        "registration": st.sampled_from(REGISTRATIONS),
        "related_agents": st.booleans(),
        "related_activities": st.booleans(),
        "ascending": st.booleans(),
        "limit": st.integers(0, 4),
    },
)


class Oracle:
    """The store as a list, oldest first."""

    def __init__(self, statements):
        self.statements = statements
        self.by_id = {one["id"]: one for one in statements}
        aims = {one["object"]["id"] for one in statements if is_voiding(one)}
        self.voided = {one["id"] for one in statements if one["id"] in aims and not is_voiding(one)}

    def ids(self, ascending=False, limit=0, **filters):
        found = [one["id"] for one in self.statements if one["id"] not in self.voided and self.matches(one, filters)]
        return found if ascending else found[::-1]

    def matches(self, one, filters):
        """“Statements which target another Statement … will meet the filter condition if the targeted
        Statement meets the filter condition. This rule applies recursively”."""
        passed = set()
        while one is not None and one["id"] not in passed:
            passed.add(one["id"])
            if meets(one, **filters):
                return True
            one = self.by_id.get(one["object"]["id"]) if is_reference(one["object"]) else None
        return False


def is_reference(target):
    return target.get("objectType") == "StatementRef"


def is_voiding(one):
    return one["verb"]["id"] == verb("voided")["id"]


def meets(one, agent=None, verb=None, activity=None, registration=None, related_agents=False, related_activities=False):
    parts = [one, one["object"]] if one["object"].get("objectType") == "SubStatement" else [one]
    contexts = [part.get("context", {}) for part in parts]
    people = [one["actor"], one["object"]]
    things = [one["object"]]
    if related_agents:
        people += [part[name] for part in parts for name in ("actor", "object")]
        people += [context[name] for context in contexts for name in ("instructor", "team") if name in context]
    if related_activities:
        things += [part["object"] for part in parts]
        for context in contexts:
            for value in context.get("contextActivities", {}).values():
                things += value if isinstance(value, list) else [value]
    return all(
        (
            agent is None or any(person == agent or agent in person.get("member", []) for person in people),
            verb is None or one["verb"]["id"] == verb,
            activity is None or any(thing.get("id") == activity for thing in things),
            registration is None or contexts[0].get("registration") == registration,
        )
    )


def settled(drawn):
    """The drawn entries with ids, and numbers made into references."""
    ids = [str(uuid4()) for _ in range(MOST)]
    statements = []
    for id, entry in zip(ids, deepcopy(drawn), strict=False):
        if isinstance(entry["object"], int):
            entry["object"] = reference(ids[entry["object"]])
        statements.append(entry | {"id": id})
    return statements


def all_pages(caller, query):
    answer = caller.get(**query)
    assert answer.status_code == 200, answer.json
    pages = [[one["id"] for one in answer.json["statements"]]]
    while answer.json["more"]:
        answer = caller.get(answer.json["more"])
        pages.append([one["id"] for one in answer.json["statements"]])
    return pages


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(entries, min_size=1, max_size=MOST),
    cut=st.integers(0, MOST),
    asked=st.lists(queries, min_size=1, max_size=5),
)
def test_get_finds_what_the_standard_says_and_pages_neither_skip_nor_repeat(app, key, cast, client, drawn, cut, asked):
    organisation = fresh_organisation(app)
    caller = Caller(client, key(organisation))
    statements = settled(drawn)
    for batch in (statements[:cut], statements[cut:]):
        if batch:
            assert caller.post(*batch).status_code == 200
    oracle = Oracle(statements)
    for query in asked:
        pages = all_pages(caller, query)
        assert list(chain(*pages)) == oracle.ids(**query)
        limit = query.get("limit") or 100
        assert all(len(page) == limit for page in pages[:-1])
        assert len(pages[-1]) <= limit


def fresh_organisation(app):
    """A partner of its own for every example: an empty store."""
    name = uuid4().hex
    project = session().query(Organisation).filter_by(kind="project").one()
    partner = Organisation(kind="partner", key=name, name=name, parent=project)
    session().add(partner)
    session().flush()
    return partner
