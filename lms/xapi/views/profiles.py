"""What programs keep about an agent, or about an activity (Communication 2.6, 2.7)."""

from flask.typing import ResponseReturnValue

from lms.xapi.clients import PROFILE, Client
from lms.xapi.documents import About, Name, Unconditional
from lms.xapi.views import documents
from lms.xapi.views.edge import bp, client, is_early, parameters


@bp.get("/agents/profile")
@client(PROFILE, "all/read", "all")
def get_agent_profile(caller: Client) -> ResponseReturnValue:
    return _get(caller, "agent")


@bp.put("/agents/profile")
@client(PROFILE, "all")
def put_agent_profile(caller: Client) -> ResponseReturnValue:
    return documents.put(*_one(caller, "agent"), unconditional=_unconditional())


@bp.post("/agents/profile")
@client(PROFILE, "all")
def post_agent_profile(caller: Client) -> ResponseReturnValue:
    return documents.post(*_one(caller, "agent"))


@bp.delete("/agents/profile")
@client(PROFILE, "all")
def delete_agent_profile(caller: Client) -> ResponseReturnValue:
    return documents.delete(*_one(caller, "agent"))


@bp.get("/activities/profile")
@client(PROFILE, "all/read", "all")
def get_activity_profile(caller: Client) -> ResponseReturnValue:
    return _get(caller, "activityId")


@bp.put("/activities/profile")
@client(PROFILE, "all")
def put_activity_profile(caller: Client) -> ResponseReturnValue:
    return documents.put(*_one(caller, "activityId"), unconditional=_unconditional())


@bp.post("/activities/profile")
@client(PROFILE, "all")
def post_activity_profile(caller: Client) -> ResponseReturnValue:
    return documents.post(*_one(caller, "activityId"))


@bp.delete("/activities/profile")
@client(PROFILE, "all")
def delete_activity_profile(caller: Client) -> ResponseReturnValue:
    return documents.delete(*_one(caller, "activityId"))


def _get(caller: Client, whose: str) -> ResponseReturnValue:
    given = parameters(whose, "profileId", "since")
    if "profileId" in given:
        return documents.show(*_one(caller, whose))
    return documents.show_ids(documents.about(caller, given, whose), given)


def _one(caller: Client, whose: str) -> tuple[About, Name]:
    given = parameters(whose, "profileId")
    return documents.about(caller, given, whose), documents.name(given, "profileId")


def _unconditional() -> Unconditional:
    """1.0.0 to 1.0.2 (6.3) wish for a condition too, but tell a store to refuse only what would undo something: there
    are clients that cannot send one for what is new."""
    return Unconditional.WHAT_IS_NEW if is_early() else Unconditional.NOTHING
