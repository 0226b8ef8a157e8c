"""What is known of an activity (Communication 2.5)."""

import msgspec
from flask.typing import ResponseReturnValue

from lms.db import session
from lms.xapi import definitions
from lms.xapi.clients import DEFINE, PROFILE, READING, READING_OWN, STATE, Client
from lms.xapi.views import asking
from lms.xapi.views.documents import shown
from lms.xapi.views.edge import bp, client, parameters


@bp.get("/activities")
@client(*READING, READING_OWN, STATE, PROFILE, DEFINE)
def get_activity(caller: Client) -> ResponseReturnValue:
    """“If an LRS does not have a canonical definition of the Activity to return, the LRS SHOULD still return an
    Activity Object when queried.”"""
    id = asking.needed(asking.iri(parameters("activityId"), "activityId"), "activityId")
    activity: dict[str, object] = {"objectType": "Activity", "id": id}
    known = definitions.known(session(), caller.organisations, [id])
    if id in known:
        activity["definition"] = known[id]
    return shown(msgspec.json.encode(activity), "application/json")
