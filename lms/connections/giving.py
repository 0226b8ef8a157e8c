"""What whoever administers an organisation may let a program do.

A program that reads everything reads what everyone has done and how they have assessed themselves, and so does
whoever holds its secret. Administrators may not see that (`sight`), so they can neither give such a scope nor get
a secret that has it; whoever runs the installation can, on the command line, and knows whom it is given to.
"""

from typing import Final

from sqlalchemy.orm import Session

from lms.errors import Conflict, NotAllowed, NotFound
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.xapi import clients
from lms.xapi.clients import DEFINE, PROFILE, READING_OWN, STATE
from lms.xapi.models import StoreClient

SCOPES: Final = ("statements/write", READING_OWN, STATE, DEFINE, PROFILE)


def is_theirs(client: StoreClient) -> bool:
    """Whether administrators may change it and give it a new secret. Revoke it they always may."""
    return set(client.scopes.split()) <= set(SCOPES)


def get(session: Session, viewer: Viewer, key: str) -> StoreClient:
    """A client of the organisation that the viewer looks after."""
    try:
        return clients.get(session, key, viewer.organisation_id)
    except NotFound:
        # The record store says so in English, to programs.
        raise NotFound(gettext("There is no such program here.")) from None


def get_to_change(session: Session, viewer: Viewer, key: str) -> StoreClient:
    client = get(session, viewer, key)
    if client.revoked_at is not None:
        raise Conflict(gettext("This program has been revoked. Add it as a new one."))
    if not is_theirs(client):
        raise NotAllowed(
            gettext(
                "This program may read what everyone has done. Only whoever runs this installation can change it; "
                "you can revoke it."
            )
        )
    return client
