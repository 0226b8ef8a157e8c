"""A record store that really commits: for several writers at once, and for clients over the network."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import flask_migrate
from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from lms.app import create_app
from lms.db import db, session
from lms.xapi import clients
from tests.cast import settle
from tests.conftest import TEST_SETTINGS


@contextmanager
def living(url: str, at, **settings) -> Iterator[tuple[Flask, dict[str, tuple[str, str]]]]:
    """An app on an empty database of its own, and a key and a secret for each of two organisations."""
    app = create_app(**TEST_SETTINGS, DATABASE_URL=url, **settings)
    with app.app_context():
        flask_migrate.upgrade()
        settle(session(), at)
        keys = {}
        for organisation in ("fyren", "ekeby"):
            client, secret = clients.add(session(), "Tests", organisation, ["all"], below=False, at=at)
            keys[organisation] = (client.key, secret)
        db.session.commit()
        db.session.remove()
    try:
        yield app, keys
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of the app, served by waitress on a port of its own."""
    sockets: dict[int, object] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=4)
    stopped = threading.Event()

    def run():
        # Its own loop ends only with the process; closed from outside it would look for what is gone.
        while not stopped.is_set():
            wasyncore.loop(timeout=0.05, map=sockets, count=1)

    running = threading.Thread(target=run)
    running.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        stopped.set()
        running.join()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets)
