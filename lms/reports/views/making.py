"""From a request to the report that it asks for."""

from collections.abc import Mapping
from functools import partial
from zoneinfo import ZoneInfo

from flask import current_app

from lms import clock
from lms.competence.asked import Asking
from lms.db import session
from lms.identity.access import Viewer
from lms.reports.catalogue import Named, Offer, Request
from lms.reports.report import Report


def make(offer: Offer, viewer: Viewer, wanted: Mapping[str, str], named: Mapping[str, Named]) -> Report:
    """`table` narrows it to one of its tables."""
    kunna, config, known = current_app.extensions["kunna"], current_app.config, session()
    asking = Asking(
        known,
        viewer,
        kunna.known.at(known, viewer.organisation_id),
        int(config["MINIMUM_GROUP"]),
        clock.now(),
        ZoneInfo(config["TIME_ZONE"]),
        partial(kunna.expected, known, viewer),
    )
    asked = {name: value for name, value in wanted.items() if name != "table"}
    return offer.make(Request(asking, kunna.library, asked, named)).narrowed(wanted.get("table", ""))
