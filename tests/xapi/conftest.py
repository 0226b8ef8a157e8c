"""Ways into the record store: through its door, and as a client over HTTP."""

import json
from base64 import b64encode
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from lms.db import db
from lms.xapi import clients
from lms.xapi.search import StatementQuery
from lms.xapi.storing import record
from lms.xapi.use import Use
from tests.xapi.documents import Documents
from tests.xapi.shelves import new_bucket, s3_server
from tests.xapi.statements import AUTHORITY


@pytest.fixture
def store(session, cast, at):
    """`store(*statements)`: into the record store of Fyren."""

    def stored(*statements, **options):
        options = {"authority": AUTHORITY, "at": at} | options
        return record(session, options.pop("organisation", cast.fyren).id, statements, **options)

    return stored


@pytest.fixture
def fyren(cast):
    return StatementQuery(organisations=[cast.fyren.id])


@pytest.fixture
def key(session, at):
    """`key(cast.fyren, "all")`: the headers of a client of that organisation."""

    def made(organisation, *scopes, below=False, version="2.0.0"):
        client, secret = clients.add(session, "Tests", organisation.key, scopes or ("all",), below=below, at=at)
        session.commit()
        return credentials(client.key, secret, version)

    return made


def credentials(key, secret, version="2.0.0"):
    basic = b64encode(f"{key}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {basic}", "X-Experience-API-Version": version}


class Caller:
    """A client's requests to the statement resource."""

    def __init__(self, client, headers):
        self._client = client
        self.headers = headers

    def get(self, address="/xapi/statements", headers=(), **parameters):
        asked = {
            name: json.dumps(value) if isinstance(value, dict | bool) else value for name, value in parameters.items()
        }
        return self._client.get(address, query_string=asked or None, headers=self.headers | dict(headers))

    def post(self, *statements, **options):
        body = statements[0] if len(statements) == 1 else list(statements)
        return self._client.post("/xapi/statements", json=body, headers=self.headers, **options)

    def put(self, statement, id):
        return self._client.put(
            "/xapi/statements", query_string={"statementId": id}, json=statement, headers=self.headers
        )

    def ids(self, **parameters):
        answer = self.get(**parameters)
        assert answer.status_code == 200, answer.json
        return [statement["id"] for statement in answer.json["statements"]]


@pytest.fixture
def caller(client, key, cast):
    """A client of Fyren that may do everything."""
    return Caller(client, key(cast.fyren))


@pytest.fixture
def documents(client, key, cast):
    """`documents("activities/state", "1.0.3")`: those about Alva and the course, for a client of Fyren."""

    def of(resource, version="2.0.0", *scopes, organisation=cast.fyren, below=False, **about):
        return Documents(client, key(organisation, *scopes, below=below, version=version), resource, **about)

    return of


@pytest.fixture(scope="session")
def s3():
    with s3_server() as address:
        yield address


@pytest.fixture
def credentials_for_s3(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")


@pytest.fixture
def bucket(s3, credentials_for_s3):
    """The address of an empty bucket."""
    return new_bucket(s3)


@pytest.fixture
def counting(app, session, monkeypatch):
    """`counting()`: what clients have done in this test is written down."""
    use = Use(lambda: db.engine, ZoneInfo("Europe/Stockholm"), seconds=None)
    monkeypatch.setitem(app.extensions, "kunna", replace(app.extensions["kunna"], use=use))

    def write():
        use.write()
        session.expire_all()

    return write


@pytest.fixture(params=["folder", "bucket"])
def shelf_address(request, tmp_path):
    """Where attachments are kept, in each of the ways there are."""
    return f"file://{tmp_path / 'attachments'}" if request.param == "folder" else request.getfixturevalue("bucket")
