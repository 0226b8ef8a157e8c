"""A process in which Kunna itself records what people do in its courses, until it is killed.

It is given an organisation's key and people's uuids, and writes a line of ids before each transaction, and “done”
when that is committed.
"""

import sys
from contextlib import suppress
from random import Random
from threading import Event
from uuid import uuid4

from sqlalchemy.exc import OperationalError

from lms import clock
from lms.app import create_app
from lms.db import db, session
from lms.xapi import organisations
from lms.xapi.storing import record
from lms.xapi.vocabulary import Vocabulary
from tests.xapi.statements import Json, statement, verb, voiding

# Between two attempts at a database that is gone.
PAUSE = Event()


def main(organisation: str, *people: str) -> None:
    app, random = create_app(), Random()
    words, known = Vocabulary(app.config["IRI_BASE"]), [str(uuid4())]
    with app.app_context():
        place = organisations.get(session(), organisation).id
        db.session.rollback()
        while True:
            batch = [made(words, random, people, known) for _ in range(random.randint(1, 6))]
            ids = [one["id"] for one in batch]
            say(*ids)
            try:
                record(session(), place, batch, authority=words.authority, at=clock.now())
                db.session.commit()
            except OperationalError:
                with suppress(OperationalError):
                    db.session.rollback()
                PAUSE.wait(0.05)
            else:
                say("done")
                known.append(random.choice(ids))


def made(words: Vocabulary, random: Random, people: tuple[str, ...], known: list[str]) -> Json:
    person = {"account": {"homePage": words.base, "name": random.choice(people)}}
    if random.random() < 0.1:
        return voiding(random.choice(known), actor=person, id=str(uuid4()))
    page = words.page("c", f"m{random.randint(1, 3)}", f"p{random.randint(1, 30)}")
    return statement(id=str(uuid4()), actor=person, verb=verb("experienced"), object={"id": page})


def say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
