"""Programs that the demo's administrator has connected, what they have sent, and what she lets it show."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.competence.outside import catching_up, decided, tying
from lms.competence.outside.rule import Asks, Condition, Says
from lms.competence.required.versions import Decision
from lms.demo.cast import Cast
from lms.identity.actor import actor
from lms.identity.models import Membership, Person
from lms.xapi import clients, storing
from lms.xapi import vocabulary as v
from lms.xapi.models import ClientRefusal, ClientUse, StoreClient

# Known, so that pages about them can be found; the secrets are nobody's.
DRILL: Final = "5d3m0brand0vning00ab"
LAST: Final = UUID("0b7a5c7e-3f4b-4d0e-9f43-6f2e8f6b1d10")

SITE: Final = "https://brandskydd.example"
PERSONNEL: Final = "https://personal.ekeby.example"
DAYS: Final = 30
# Days ago.
DECIDED: Final = 20

_DONE: Final = (
    (v.ATTEMPTED, "försökte sig på", "attempted"),
    (v.COMPLETED, "slutförde", "completed"),
    (v.PASSED, "klarade", "passed"),
)
_REFUSED: Final = (
    ("POST", 400, "statement.actor: must have exactly one of mbox, mbox_sha1sum, openid and account."),
    ("POST", 400, "statement.timestamp: must be a date and a time as RFC 3339 writes them."),
    ("GET", 403, "This needs one of the scopes statements/read, all/read, all; the key has none of them."),
    ("PUT", 409, "There is another statement with the id 4b0f4ec0-5b5d-4a57-a1f5-5f8e1f4a7c11. Nothing was stored."),
    ("POST", 400, "X-Experience-API-Version: must be a header that says 1.0.0 to 1.0.3, or 2.0.0."),
)


def tell(session: Session, settings: Mapping[str, Any], cast: Cast, at: datetime) -> None:
    chance, base = Random(2027), settings["IRI_BASE"]
    drill = _connect(session, "Brandövningen", ["statements/write", "state", "define"], at)
    drill.key = DRILL
    _connect(session, "Förlossningssimulatorn", ["statements/write"], at)
    old = _connect(session, "Testplattformen 2024", ["statements/write"], at - timedelta(days=400))
    old.revoked_at = old.last_used_at = at - timedelta(days=90)
    session.flush()
    people = session.scalars(
        select(Person).join(Membership).where(Membership.organisation_id == cast.ekeby.id).order_by(Person.id)
    ).all()
    authority = {"objectType": "Agent", "name": drill.name, "account": clients.account(base, DRILL)}
    for back in reversed(range(DAYS)):
        # Nobody does fire drills on Sundays.
        day = at - timedelta(days=back, minutes=chance.randint(5, 200))
        number = 0 if day.weekday() == 6 else chance.randint(1, 6)
        if back == DECIDED:
            _decide(session, cast, day)
        told = [_drill(chance, person, base, day) for person in chance.sample(people, min(number, len(people)))]
        if back == 0:
            told = [_drill(chance, cast.farid, base, day) | {"id": str(LAST)}]
        storing.record(session, cast.ekeby.id, told, authority=authority, at=day)
        if told:
            _count(session, settings, drill, day, len(told) * chance.randint(3, 9), chance.choice((0, 0, 0, 1, 2)))
    _decide_above(session, cast, at - timedelta(days=DECIDED))
    as_employee = f"account|{PERSONNEL}|1001"
    tying.tie(session, cast.ekeby.id, as_employee, cast.farid.uuid, base=base, by=cast.elsa.id, at=at)
    while catching_up.piece(session, base, at):
        pass


def _decide(session: Session, cast: Cast, at: datetime) -> None:
    """Two of the three drills show something; what else comes stands under what did not count."""
    passed = [
        Condition(v.PASSED, f"{SITE}/ovningar/{name}", asks=Asks.SCORE, at_least=70)
        for name in ("utrymning", "slackare")
    ]
    says = Says("decision-making/D3.2", 2, tuple(passed), frozenset({DRILL}), months=24)
    why = "Den som klarar en övning har visat att hen kan bestämma sig när det brådskar."
    decided.add(session, cast.ekeby.id, "Brandövning med godkänt", says, Decision(at.date(), at, cast.elsa.id, why))


def _decide_above(session: Session, cast: Cast, at: datetime) -> None:
    """What the project's own program tells counts in the partners; nobody has taken the test yet."""
    client, _ = clients.add(session, "Projektets prov", cast.project.key, ["statements/write"], below=False, at=at)
    passed = Condition(v.PASSED, "https://prov.example/ledarskap", asks=Asks.SUCCESS)
    says = Says("decision-making/D3.2", 3, (passed,), frozenset({client.key}), months=36, below=True)
    decided.add(session, cast.project.id, "Ledarprovet", says, Decision(at.date(), at, cast.cecilia.id))


def _connect(session: Session, name: str, scopes: list[str], at: datetime) -> StoreClient:
    client, _ = clients.add(session, name, "ekeby", scopes, below=False, at=at - timedelta(days=DAYS))
    return client


def _drill(chance: Random, person: Person, base: str, at: datetime) -> dict[str, Any]:
    """As such programs tell: some know people by their account here, others by an address."""
    by_address = {"objectType": "Agent", "mbox": f"mailto:{person.email}", "name": person.name}
    by_number = {"objectType": "Agent", "account": {"homePage": PERSONNEL, "name": str(1000 + person.id % 7)}}
    verb, sv, en = chance.choice(_DONE)
    raw = chance.randint(8, 20)
    return {
        "actor": chance.choices((actor(person.uuid, base), by_address, by_number), (7, 2, 1))[0],
        "verb": {"id": verb, "display": {"sv": sv, "en": en}},
        "object": {
            "id": f"{SITE}/ovningar/{chance.choice(('utrymning', 'slackare', 'larma'))}",
            "definition": {"name": {"sv": "Brandövning", "en": "Fire drill"}, "type": v.SIMULATION},
        },
        "result": {"score": {"raw": raw, "min": 0, "max": 20, "scaled": raw / 20}},
        "timestamp": (at - timedelta(minutes=2)).isoformat(),
    }


def _count(
    session: Session, settings: Mapping[str, Any], client: StoreClient, at: datetime, requests: int, refused: int
) -> None:
    day = at.astimezone(ZoneInfo(settings["TIME_ZONE"])).date()
    its = {"organisation_id": client.organisation_id, "client_id": client.id}
    session.add(ClientUse(**its, day=day, requests=requests + refused, refused=refused))
    for number in range(refused):
        method, status, reason = _REFUSED[(day.toordinal() + number) % len(_REFUSED)]
        moment = at - timedelta(seconds=40 * number)
        session.add(
            ClientRefusal(**its, at=moment, method=method, resource="/xapi/statements", status=status, reason=reason)
        )
    client.last_used_at = at
