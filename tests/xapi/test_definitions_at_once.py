"""Several processes that tell of the same activities at once: no deadlock, nothing lost, and the last word holds."""

import json
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from random import Random

import pytest
from sqlalchemy import select

from lms.app import create_app
from lms.db import db, session
from lms.xapi import definitions, organisations, storing
from lms.xapi.models import KnownActivity
from lms.xapi.storing import record
from tests.conftest import TEST_SETTINGS
from tests.xapi.living import living
from tests.xapi.statements import AUTHORITY, activity, statement

PROCESSES, ROUNDS, ACTIVITIES = 3, 15, 12
TAGS = ("sv", "en", "fi", "de", "fr", "da", "nb", "is")


def tell(url, seed):
    """In a process of its own: statements whose activities are called something else each time."""
    app, random, told = create_app(**TEST_SETTINGS, DATABASE_URL=url), Random(seed), set()
    with app.app_context():
        places = [organisations.get(session(), key).id for key in ("fyren", "ekeby")]
        for number in range(ROUNDS):
            place = random.choice(places)
            names = {which: random.choice(TAGS) for which in random.sample(range(ACTIVITIES), 6)}
            for end in random.choice([[db.session.commit], [db.session.rollback, db.session.commit]]):
                say(place, {which: {tag: f"{seed} {number}"} for which, tag in names.items()})
                end()
            told |= {(place, activity(f"a{which}")["id"], tag) for which, tag in names.items()}
        db.session.remove()
        db.engine.dispose()
    return told


def say(organisation_id, names):
    batch = [statement(object=activity(f"a{which}") | {"definition": {"name": name}}) for which, name in names.items()]
    record(session(), organisation_id, batch, authority=AUTHORITY, at=datetime(2026, 11, 23, tzinfo=UTC))


def everything():
    session().expire_all()
    rows = session().scalars(select(KnownActivity))
    return {(row.organisation_id, row.id): json.loads(row.definition)["name"] for row in rows}


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_what_was_told_is_known_and_last_words_hold(request, tmp_path, at, kind):
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'kunna.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql_server").new_database()
    with living(url, at) as (app, _), app.app_context():
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            told = set().union(*pool.map(tell, [url] * PROCESSES, range(PROCESSES)))
        known = everything()
        assert [one for one in told if one[2] not in known[one[:2]]] == []
        storing.pause(session())
        definitions.rebuild(session())
        assert everything() == known
        db.session.rollback()
