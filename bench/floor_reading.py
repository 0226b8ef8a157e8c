"""The least that an answer costs: one query for each question, written by hand for the driver itself.

Same tables, indexes and rows; no key, no other organisations, nothing checked, nothing found through what it
targets, and no next page. FLOOR_DATABASE and FLOOR_ORGANISATION say what it reads.
"""

import json
import os
import sqlite3
import threading
from typing import Any, Final

import psycopg
from flask import Flask, Response, request

from bench.filling import raw
from lms.xapi.formats import moment
from lms.xapi.models import digest, microseconds

URL: Final = os.environ["FLOOR_DATABASE"]
ORGANISATION: Final = int(os.environ["FLOOR_ORGANISATION"])
ON_SQLITE: Final = URL.startswith("sqlite")

STATEMENTS: Final = "FROM statement s WHERE s.organisation_id = {o} AND NOT s.voided"
AGENTS: Final = (
    "FROM statement_agent a JOIN statement s ON s.organisation_id = {o} AND s.stored = a.stored "
    "WHERE a.organisation_id = {o} AND a.agent = ? AND a.part = 1 AND NOT s.voided"
)
ACTIVITIES: Final = (
    "SELECT s.text, s.stored FROM statement_activity a "
    "JOIN statement s ON s.organisation_id = {o} AND s.stored = a.stored "
    "WHERE a.organisation_id = {o} AND a.activity = ? AND a.part = %d AND NOT s.voided ORDER BY a.stored DESC LIMIT 50"
)
QUESTIONS: Final = {
    frozenset({"agent"}): f"SELECT s.text {AGENTS} ORDER BY a.stored DESC LIMIT 50",
    frozenset({"agent", "verb"}): (
        f"SELECT s.text {AGENTS} AND {'+' * ON_SQLITE}s.verb = ? ORDER BY a.stored DESC LIMIT 50"
    ),
    frozenset({"verb", "since"}): (
        f"SELECT s.text {STATEMENTS} AND s.verb = ? AND s.stored > ? ORDER BY s.stored DESC LIMIT 50"
    ),
    frozenset({"verb", "since", "ascending"}): (
        f"SELECT s.text {STATEMENTS} AND s.verb = ? AND s.stored > ? ORDER BY s.stored LIMIT 50"
    ),
    frozenset({"registration"}): f"SELECT s.text {STATEMENTS} AND s.registration = ? ORDER BY s.stored DESC LIMIT 50",
    frozenset({"activity", "related_activities"}): (
        f"SELECT text FROM (SELECT * FROM ({ACTIVITIES % 1}) AS direct UNION ALL "
        f"SELECT * FROM ({ACTIVITIES % 2}) AS related) AS either ORDER BY stored DESC LIMIT 50"
    ),
}
PREPARED: Final = {
    names: asked.format(o=ORGANISATION).replace("?", "?" if ON_SQLITE else "%s") for names, asked in QUESTIONS.items()
}

app = Flask(__name__)
kept = threading.local()


@app.get("/xapi/statements")
def statements() -> Response:
    asked = request.args
    given = [
        _value(name, asked[name]) for name in ("agent", "verb", "activity", "registration", "since") if name in asked
    ]
    if "related_activities" in asked:
        given *= 2
    found = _connection().execute(PREPARED[frozenset(asked) - {"limit"}], given).fetchall()
    return Response(f'{{"statements":[{",".join(text for (text,) in found)}]}}', mimetype="application/json")


def _value(name: str, text: str) -> Any:
    if name == "agent":
        account = json.loads(text)["account"]
        return digest(f"account|{account['homePage']}|{account['name']}")
    if name == "since":
        return microseconds(moment(text, strict=True))
    if name == "registration":
        return text.replace("-", "") if ON_SQLITE else text
    return digest(text)


def _connection() -> Any:
    if not hasattr(kept, "connection"):
        if ON_SQLITE:
            kept.connection = sqlite3.connect(URL.removeprefix("sqlite:///"), isolation_level=None)
            kept.connection.execute("PRAGMA cache_size=-4000")
        else:
            kept.connection = psycopg.connect(raw(URL), autocommit=True)
    return kept.connection
