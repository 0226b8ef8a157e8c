"""What is known of an agent (Communication 2.4)."""

import msgspec
from flask.typing import ResponseReturnValue

from lms.db import session
from lms.xapi import agents
from lms.xapi.clients import DEFINE, PROFILE, READING, READING_OWN, STATE, Client
from lms.xapi.views import asking
from lms.xapi.views.documents import shown
from lms.xapi.views.edge import bp, client, parameters
from lms.xapi.views.statements import own


@bp.get("/agents")
@client(*READING, READING_OWN, STATE, PROFILE, DEFINE)
def get_agent(caller: Client) -> ResponseReturnValue:
    """A client that may not read all statements is told the names in those that it has stored itself."""
    agent = asking.needed(asking.agent(parameters("agent"), "agent"), "agent")
    person = agents.person(session(), caller.organisations, agent, authority=own(caller))
    return shown(msgspec.json.encode(person), "application/json")
