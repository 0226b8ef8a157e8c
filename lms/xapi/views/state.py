"""Where programs keep how far someone has come in an activity (Communication 2.3)."""

from typing import Final

from flask.typing import ResponseReturnValue

from lms.xapi.clients import STATE, Client
from lms.xapi.documents import Unconditional
from lms.xapi.views import asking, documents
from lms.xapi.views.edge import bp, client, parameters

ABOUT: Final = ("activityId", "agent")
ONE: Final = (*ABOUT, "registration", "stateId")


@bp.get("/activities/state")
@client(STATE, "all/read", "all")
def get_state(caller: Client) -> ResponseReturnValue:
    given = parameters(*ONE, "since")
    if "stateId" in given:
        parameters(*ONE)
        return documents.show(documents.about(caller, given, *ABOUT), documents.name(given, "stateId"))
    return documents.show_ids(documents.about(caller, given, *ABOUT), given)


@bp.put("/activities/state")
@client(STATE, "all")
def put_state(caller: Client) -> ResponseReturnValue:
    """3.1: “The State Resource will permit PUT, POST and DELETE requests without concurrency headers”."""
    given = parameters(*ONE)
    where, which = documents.about(caller, given, *ABOUT), documents.name(given, "stateId")
    return documents.put(where, which, unconditional=Unconditional.ANYTHING)


@bp.post("/activities/state")
@client(STATE, "all")
def post_state(caller: Client) -> ResponseReturnValue:
    given = parameters(*ONE)
    return documents.post(documents.about(caller, given, *ABOUT), documents.name(given, "stateId"))


@bp.delete("/activities/state")
@client(STATE, "all")
def delete_state(caller: Client) -> ResponseReturnValue:
    given = parameters(*ONE)
    where = documents.about(caller, given, *ABOUT)
    if "stateId" in given:
        return documents.delete(where, documents.name(given, "stateId"))
    return documents.delete_all(where, asking.identifier(given, "registration"))
