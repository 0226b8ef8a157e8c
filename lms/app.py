"""Puts Kunna together, on an app of its own (`create_app`) or on somebody else's (`mount`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Config, Flask, Response, g, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import lms.competence.views
import lms.connections.views
import lms.courses.views
import lms.frameworks.views
import lms.identity.views
import lms.occupations.views
import lms.plans.views
import lms.reports.views
import lms.reports.views.api
import lms.start.kept
import lms.start.views
import lms.talks.kept
import lms.talks.views
import lms.workshops.views
import lms.xapi.views
import lms.xapi.views.description
from lms import cli, errors, health, http, jobs, mail
from lms.competence.assessment import calibrating
from lms.competence.day import Day
from lms.competence.outside import catching_up, reading, whose
from lms.competence.proofs import listing, steps
from lms.competence.required import profiles
from lms.competence.shown import evidence, standings
from lms.competence.shown.levels import Expected
from lms.courses import kept, learning, progress
from lms.courses.asked import AskedOf
from lms.courses.content import Library
from lms.db import behave, db
from lms.frameworks import crosswalks, framework, stored
from lms.i18n import FILTERS, LANGUAGES, babel, language, locale
from lms.identity import looks
from lms.identity.access import Viewer
from lms.migrating import Migrations
from lms.navigation import competence, destinations
from lms.plans import assignments, measures
from lms.workshops import running
from lms.xapi import attachments, clients, readers
from lms.xapi.gathering import Gathering
from lms.xapi.use import Use
from lms.xapi.views.alternate import AlternateSyntax

ROOT: Final = Path(__file__).resolve().parent
SETTINGS: Final = ROOT.parent / "config.py"
SHORTEST_SECRET: Final = 16
ROOMS: Final = (
    lms.start.views, lms.courses.views, lms.frameworks.views, lms.occupations.views, lms.competence.views,
    lms.workshops.views, lms.talks.views, lms.plans.views, lms.reports.views, lms.reports.views.api,
    lms.connections.views, lms.identity.views, lms.xapi.views, lms.xapi.views.description, health,
)  # fmt: skip
# Of an app they can be on only once.
EXTENSIONS: Final = ("sqlalchemy", "migrate", "babel", "csrf", "login_manager")

# What is kept about a person, for their own copy of it: (session, person's uuid) -> (name, what there is).
Portion = Callable[[Session, UUID], tuple[str, object]]


@dataclass(frozen=True)
class Kunna:
    """What one mounted Kunna holds in memory. Nothing here has to be shared between processes."""

    jobs: jobs.Jobs
    gathering: Gathering
    limiter: MovingWindowRateLimiter
    # Those that are shipped, and what an organisation can use beside them.
    frameworks: framework.Frameworks
    known: stored.Known
    crosswalks: crosswalks.Crosswalks
    library: Library
    portions: Sequence[Portion]
    # How much the record store's clients are used, until it is written down.
    use: Use
    # What a person has been asked to learn, and what people are expected to have reached on a day to come.
    asked: AskedOf
    expected: Callable[[Session, Viewer, Day], Expected]
    # What an organisation's people can be given as role profile: (session, organisation's id) -> name by key.
    role_profiles: Callable[[Session, int], Mapping[str, str]]


class Site(Flask):
    """Kunna's own app. What an app is given to run, we wrote: programs are quicker answered if it is not looked at
    again in each request whether it might be a coroutine."""

    session_interface = http.Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(**overrides: Any) -> Flask:
    """Kunna as an app of its own."""
    app = Site("kunna", static_folder=None, instance_path=str(ROOT.parent / "instance"))
    app.config.from_pyfile(str(SETTINGS))
    mount(app, **overrides)
    app.register_error_handler(HTTPException, http.show_http_error)
    app.before_request(_meet_the_lost)
    app.context_processor(_surroundings_of_the_lost)
    app.teardown_request(http.end_reading)
    if app.config["PROXIES"]:
        trusted = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]
    return app


def mount(app: Flask, url_prefix: str | None = None, **settings: Any) -> None:
    """Put Kunna on an app, under a prefix if one is given.

    Settings come from `settings`, then what the app has, then the environment and `config.py`. The app keeps its own
    routes, templates, static files, error pages and session; a template of the app's own called kunna/… replaces ours.
    An app that already has one of the extensions we bring must mount `create_app()` beside itself instead
    (werkzeug's DispatcherMiddleware).
    """
    taken = [name for name in EXTENSIONS if name in app.extensions or hasattr(app, name)]
    if taken:
        raise RuntimeError(f"This app already uses {', '.join(taken)}: mount create_app() with DispatcherMiddleware.")
    _settle(app, settings)
    _start_extensions(app)
    app.extensions["kunna"] = _furnish(app)
    app.register_blueprint(_building(url_prefix))
    app.wsgi_app = AlternateSyntax(app.wsgi_app, f"{url_prefix or ''}/xapi/", app.config)  # type: ignore[method-assign]
    cli.register(app)


def _furnish(app: Flask) -> Kunna:
    """What is kept in memory, and who listens to the record store."""
    base = app.config["IRI_BASE"]
    for fold in (progress, evidence, steps, reading):
        readers.connect(fold.Reader, base)
    known = framework.load()
    library = Library(app.config["COURSES_DIRS"], known.keys, watch=app.debug)
    sweeps: dict[str, jobs.Sweep] = {
        "mail": mail.deliver_due,
        "levels": standings.sweep,
        "outside": catching_up.sweep,
        "stays": partial(learning.end_idle, library),
        "looks": looks.sweep,
        "workshops": running.end_abandoned,
        "attachments": attachments.collect,
    }
    return Kunna(
        jobs=_jobs(app, sweeps),
        gathering=Gathering(db),
        limiter=MovingWindowRateLimiter(storage_from_string(app.config["RATE_LIMIT_URL"])),
        frameworks=known,
        known=stored.Known(known),
        crosswalks=crosswalks.load(known),
        library=library,
        portions=(
            kept.portion,
            evidence.portion,
            calibrating.portion,
            whose.portion,
            lms.talks.kept.portion,
            partial(listing.portion, base),
            assignments.portion,
            measures.portion,
            partial(lms.start.kept.portion, base),
        ),
        use=_use(app),
        asked=partial(assignments.asked, library),
        expected=partial(assignments.expected, library),
        role_profiles=profiles.names,
    )


def _use(app: Flask) -> Use:
    def engine() -> Engine:
        with app.app_context():
            return db.engine

    # What a test does is thrown away, and no thread may write into the next one.
    seconds = {"seconds": None} if app.testing else {}
    return Use(engine, ZoneInfo(app.config["TIME_ZONE"]), **seconds)


def _jobs(app: Flask, sweeps: Mapping[str, jobs.Sweep]) -> jobs.Jobs:
    if app.config["JOBS_URL"] == "inline":
        return jobs.Jobs(db, app.config, sweeps)
    # Huey brings the clients of every queue there is: 20 MB that a site without a queue can spare.
    from lms.queued import QueuedJobs  # noqa: PLC0415

    return QueuedJobs(db, app.config, sweeps, app.app_context)


def _settle(app: Flask, settings: dict[str, Any]) -> None:
    defaults = Config(str(ROOT.parent))
    defaults.from_pyfile(str(SETTINGS))
    for name, value in defaults.items():
        if app.config.get(name) is None:
            app.config[name] = value
    app.config.update(settings)
    if len(app.config["SECRET_KEY"] or "") < SHORTEST_SECRET:
        raise RuntimeError(f"SECRET_KEY must be set, to at least {SHORTEST_SECRET} characters nobody can guess.")
    if app.config["MINIMUM_GROUP"] < 5:
        raise RuntimeError("MINIMUM_GROUP must be at least 5.")
    clients.limit(app.config["XAPI_RATE_LIMIT"])
    app.config["SITE_URL"] = app.config["SITE_URL"].rstrip("/")
    app.config["IRI_BASE"] = (app.config["IRI_BASE"] or app.config["SITE_URL"]).rstrip("/")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=app.config["DATABASE_URL"],
        BABEL_DEFAULT_LOCALE=app.config["DEFAULT_LANGUAGE"],
        BABEL_DEFAULT_TIMEZONE=app.config["TIME_ZONE"],
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE=app.config["SESSION_COOKIE_SAMESITE"] or "Lax",
        # Each view says for itself; the record store's callers have no session to protect.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )


class SignIn(LoginManager):  # type: ignore[misc]
    """Nobody is remembered longer than their session, and looking for it would make every file vary by cookie."""

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


def _start_extensions(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        behave(db.engine, sqlite_synchronous=app.config["SQLITE_SYNCHRONOUS"])
    app.extensions["migrate"] = Migrations(app, ROOT.parent / "migrations")
    babel.init_app(app, locale_selector=lambda: locale(http.select_language()))
    CSRFProtect(app)
    sign_in = SignIn(app)
    sign_in.user_loader(lms.identity.views.load_person)
    sign_in.unauthorized_handler(lms.identity.views.ask_again)
    for name, words in FILTERS.items():
        if name in app.jinja_env.filters:
            raise RuntimeError(f"This app already has a template filter called {name}.")
        app.jinja_env.filters[name] = words


def _building(url_prefix: str | None) -> Blueprint:
    """Every room under one roof: what holds for all of Kunna's routes, and for no route of the host's, stands here."""
    kunna = Blueprint(
        "kunna",
        __name__,
        url_prefix=url_prefix,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    kunna.before_request(http.begin_reading)
    kunna.before_request(lms.identity.views.load_viewer)
    kunna.before_request(http.check_forgery)
    kunna.after_request(http.add_headers)
    kunna.after_request(lms.identity.views.write_looks)
    kunna.teardown_request(http.end_reading)
    kunna.url_defaults(http.name_by_content)
    kunna.context_processor(_surroundings)
    kunna.register_error_handler(HTTPException, http.show_http_error)
    kunna.register_error_handler(errors.KunnaError, http.show_error)
    for rooms in ROOMS:
        kunna.register_blueprint(rooms.bp)
    return kunna


def _meet_the_lost() -> ResponseReturnValue | None:
    """An address that no route has belongs to no blueprint; whoever asks for it still sees their own menu."""
    if request.routing_exception is None:
        return None
    http.begin_reading()
    return lms.identity.views.load_viewer()


def _surroundings_of_the_lost() -> dict[str, Any]:
    return {} if request.routing_exception is None else _surroundings()


def _surroundings() -> dict[str, Any]:
    """What every page of ours knows."""
    viewer = g.get("viewer")
    return {
        "viewer": viewer,
        "memberships": g.get("memberships", []),
        "organisation": g.get("organisation"),
        "destinations": destinations(viewer) if viewer else [],
        "rooms_of_competence": partial(competence, viewer),
        "language": language(),
        "languages": LANGUAGES,
    }
