"""`python -m lms.demo`: from an empty folder to a running, filled Kunna. What is there already is kept."""

import argparse
import logging
import secrets
import signal
import sys
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from types import FrameType

import flask_migrate
import waitress
from flask import Flask

from lms import clock
from lms.app import create_app
from lms.db import db, session
from lms.demo.seeding import PASSWORD, SIGN_INS, is_empty, seed

INSTANCE = Path(__file__).resolve().parents[2] / "instance"
# What identifiers in the demo's records begin with, whichever port it is served at today.
IRI_BASE = "http://127.0.0.1:8000"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m lms.demo", description="Run Kunna with its demo project.")
    arguments.add_argument("--port", type=int, default=8000)
    port: int = arguments.parse_args().port
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    keep_secret(INSTANCE / "secret_key")
    app = create_app(SITE_URL=f"http://127.0.0.1:{port}", IRI_BASE=IRI_BASE, SESSION_COOKIE_SECURE=False)
    prepare(app)
    serve(app, port)


def keep_secret(file: Path) -> None:
    """The demo's own secret, made once and readable by nobody else."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))


def prepare(app: Flask) -> None:
    with app.app_context():
        flask_migrate.upgrade()
        if is_empty(session()):
            began = monotonic()
            say("Filling the demo project with people and two years of records …\n")
            kunna = app.extensions["kunna"]
            seed(
                session(),
                kunna.library,
                kunna.frameworks,
                app.config,
                clock.now(),
                lambda line: say(f"  {line}\n"),
            )
            db.session.commit()
            say(f"  done in {monotonic() - began:.1f} s\n")
        db.session.rollback()
    say("\nSign in as one of these; the password is the same for all of them:\n\n")
    for email, who in SIGN_INS.items():
        say(f"  {email:<28} {PASSWORD:<24} {who}\n")
    say("\nLetters are written to instance/mail.\n")


def say(words: str) -> None:
    sys.stdout.write(words)


def sweep(app: Flask) -> None:
    """Once a minute what `flask worker` does elsewhere, such as ending the stays of those who went away."""
    while True:
        sleep(60)
        with app.app_context():
            app.extensions["kunna"].jobs.run_all()


def serve(app: Flask, port: int) -> None:
    """Answer until asked to stop (Ctrl-C, or SIGTERM)."""
    server = waitress.create_server(app, host="127.0.0.1", port=port, threads=8, ident="kunna")

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    Thread(target=sweep, args=(app,), daemon=True).start()
    sys.stdout.write(f"\nKunna answers at http://127.0.0.1:{port} (Ctrl-C stops it)\n")
    sys.stdout.flush()
    try:
        server.run()
    finally:
        server.close()


if __name__ == "__main__":
    main()
