"""One organisation: 500 people in five teams, and 50,000 statements that came in through the store's door."""

import atexit
import random
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient

from bench.server import database
from lms.app import create_app
from lms.competence.assessment import assessing
from lms.competence.required import profiles
from lms.competence.required.profiles import Requirement
from lms.courses import learning, statements
from lms.courses.course import Course
from lms.courses.statements import Learner, Scene
from lms.db import db, session
from lms.frameworks.framework import Competence
from lms.identity.models import Membership, Organisation, Person, Role, RoleHeld

TEAMS: Final = 5
PEOPLE: Final = 500
COMPETENCES: Final = 20
MODULES: Final = 6
PAGES: Final = 60
STATEMENTS: Final = 50_000
NAMES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

AT: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SINCE: Final = AT - timedelta(days=700)


@dataclass(frozen=True)
class World:
    kind: str
    app: Flask
    organisation_id: int
    course: Course
    managers: list[UUID]
    people: list[UUID]

    @property
    def base(self) -> str:
        return str(self.app.config["IRI_BASE"])

    @property
    def sizes(self) -> str:
        return f"among {PEOPLE} people and {STATEMENTS:,} statements on {NAMES[self.kind]}"

    def sign_in(self, person: UUID) -> FlaskClient:
        client = self.app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"] = f"{person}.0"
            kept["_fresh"] = True
        return client


def world(kind: str = "sqlite") -> World:
    """Built once for each kind of database, and there until the run ends."""
    return _built(kind)


@cache
def _built(kind: str) -> World:
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kunna-bench-")))
    write_course(folder / "courses")
    app = create_app(
        COURSES_DIRS=[str(folder / "courses")],
        DATABASE_URL=stack.enter_context(database(kind)),
        IRI_BASE="https://kunna.test",
        MAIL_URL=f"file://{folder / 'mail'}",
        SECRET_KEY="only for measuring, and long enough",
        SESSION_COOKIE_SECURE=False,
        WTF_CSRF_ENABLED=False,
    )
    with app.app_context():
        flask_migrate.upgrade()
        built = settle(app, kind)
        fill(built)
    return built


def settle(app: Flask, kind: str) -> World:
    project = Organisation(kind="project", key="projektet", name="Projektet")
    region = Organisation(kind="region", key="regionen", name="Regionen", parent=project)
    place = Organisation(kind="partner", key="stora-verket", name="Stora verket", parent=region)
    managers = [someone(f"Chef {number}", place, Role.MANAGER) for number in range(TEAMS)]
    team = [someone(f"Person {number:03}", place) for number in range(PEOPLE)]
    session().add_all([place, *managers, *team])
    session().flush()
    needed = competences(app)
    profile = profiles.define(
        session(), place.id, "Handläggare", {one.key: Requirement(3, 3) for one in needed}, at=SINCE
    )
    for number, person in enumerate(team):
        person.memberships[0].manager = managers[number % TEAMS].memberships[0]
        person.memberships[0].role_profile_key = profile.key
    db.session.commit()
    course = app.extensions["kunna"].library.get("stora-kursen")
    return World(kind, app, place.id, course, [one.uuid for one in managers], [one.uuid for one in team])


def competences(app: Flask) -> list[Competence]:
    everything = [one for framework in app.extensions["kunna"].frameworks.all for one in framework.competences]
    return everything[:COMPETENCES]


def someone(name: str, place: Organisation, *roles: Role) -> Person:
    person = Person(name=name, email=f"{name.lower().replace(' ', '.')}@verket.example", created_at=SINCE)
    held = [RoleHeld(role=role) for role in {Role.LEARNER, *roles}]
    Membership(person=person, organisation=place, began_at=SINCE, held=held)
    return person


def fill(built: World) -> None:
    """Everyone assesses themselves twice; the rest of the statements are of pages read."""
    chance = random.Random(7)
    asked = {one.key: one for one in competences(built.app)}
    said = 0
    for person in built.people:
        for days in (600, 90):
            answers = {key: chance.randrange(5) for key in asked}
            at = AT - timedelta(days=days)
            said += assessing.assess(session(), built.organisation_id, person, answers, asked, base=built.base, at=at)
    left = STATEMENTS - said
    for number, person in enumerate(built.people):
        share = left // PEOPLE + (number < left % PEOPLE)
        read_pages(built, Learner(built.organisation_id, person, "sv", built.base, timedelta()), share)
    db.session.commit()


def read_pages(built: World, learner: Learner, share: int) -> None:
    """As many statements as are this person's share: one of beginning, the others of pages."""
    enrolment = learning.enrol(session(), learner, built.course, at=SINCE)
    scene = Scene(learner, built.course, enrolment.registration, SINCE, uuid4())
    pages = cycle((module, page) for module in built.course.modules for page in module.original.pages)
    told = [statements.experienced(scene, module, page) for module, page in islice(pages, share - 1)]
    scene.tell(session(), told)


def write_course(folder: Path) -> None:
    """A course of 60 short pages, in the format that authors write."""
    course = folder / "stora-kursen"
    modules = [f"modul-{number}" for number in range(1, MODULES + 1)]
    for module in modules:
        (course / module).mkdir(parents=True)
        for number in range(1, PAGES // MODULES + 1):
            (course / module / f"{number:02}-sida-{number}.md").write_text(
                f'+++\ntitle = "Sida {number} i {module}"\nkind = "read"\nminutes = 5\n+++\n\n{"Läs detta. " * 30}\n'
            )
    (course / "course.toml").write_text(COURSE + "".join(MODULE.format(key=module) for module in modules))


WORDS: Final = "Läs detta. " * 30

COURSE: Final = """
title = { sv = "Stora kursen", en = "The large course" }
summary = { sv = "Sextio sidor.", en = "Sixty pages." }
area = "work-organisation"
languages = ["sv"]
version = "1.0"
reviewed = 2026-11-23
owner = "Kunna"
completes = ["pages"]
passes = []
audience = { sv = "Alla.", en = "Everyone." }
"""

MODULE: Final = """
[[modules]]
key = "{key}"
title = {{ sv = "{key}", en = "{key}" }}
summary = {{ sv = "Tio sidor.", en = "Ten pages." }}
minutes = 50
sources = []
[[modules.objectives]]
text = {{ sv = "Läsa", en = "Read" }}
develops = []
"""
