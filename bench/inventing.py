"""Believable statements, as many as are wanted and the same ones every time, and what is asked of them.

People go through courses, a registration at a time: they begin, read pages, answer questions and pass; their
manager confirms something now and then, and something is withdrawn. One organisation is large, nine are small.
Whoever makes them notes which of them answer each question, without any database.
"""

import random
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Final
from uuid import UUID

BASE: Final = "https://kunna.test"
BEGAN: Final = datetime(2024, 11, 1, 6, 0, tzinfo=UTC)
SPAN: Final = timedelta(days=700)
PAGE: Final = 50

# The first has nine of ten statements. Each has a person for every two hundred statements.
SHARES: Final = (900, 30, 20, 10, 10, 10, 5, 5, 5, 5)
PER_PERSON: Final = 200
LEADERS: Final = 20
COURSES: Final = 40
MODULES: Final = 6
PAGES: Final = 4
# Whatever the size of the store.
REFERENCES: Final = 400
ASKED: Final = 40
# A machine at the door that tells who came: one of sixty statements has it as their actor.
MACHINE: Final = "kiosk"
MACHINE_EVERY: Final = 60

ADL: Final = "http://adlnet.gov/expapi"
CMI5: Final = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
VERBS: Final = {
    "registered": "började på",
    "initialized": "öppnade",
    "experienced": "gick igenom",
    "answered": "besvarade",
    "passed": "klarade",
    "completed": "slutförde",
    "terminated": "lämnade",
    "attended": "deltog i",
    "shared": "bekräftade",
    "voided": "drog tillbaka",
    # Once in ten thousand.
    "preferred": "föredrog",
}
PROGRAMS: Final = ("kunna", "h5p-spelaren", "simulatorn")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Who or what is in a statement, as what (see `lms.xapi.models`), by the digest of the identifier."""

    direct: tuple[bytes, ...] = ()
    related: tuple[bytes, ...] = ()


@dataclass(slots=True)
class Invented:
    # Counted from 0: which of the organisations.
    organisation: int
    stored: int
    timestamp: int
    id: str
    verb: bytes
    registration: str | None
    target: "Invented | None"
    agents: Mentioned
    authority: bytes
    activities: Mentioned
    text: str
    voided: bool = False


@dataclass(slots=True)
class Question:
    """What is asked of the large organisation, and the ids of the first page of the answer."""

    kind: str
    asked: dict[str, str]
    agent: bytes | None = None
    verb: bytes | None = None
    activity: bytes | None = None
    registration: str | None = None
    since: int | None = None
    related_agents: bool = False
    related_activities: bool = False
    ascending: bool = False
    found: deque[Invented] = field(default_factory=deque)

    def hear(self, told: Invented) -> None:
        """The next statement of the organisation, in the order of `stored`; it may be told of twice."""
        found = self.found
        if self.since is not None and told.stored <= self.since:
            return
        if found and (found[-1] is told or (self.ascending and len(found) == 2 * PAGE)):
            return
        met: Invented | None = told
        while met is not None and not self._is_met_by(met):
            met = met.target
        if met is not None:
            found.append(told)
            # A few more than a page, since some of them are withdrawn later.
            if not self.ascending and len(found) > 2 * PAGE:
                found.popleft()

    def _is_met_by(self, told: Invented) -> bool:
        people, things = told.agents, told.activities
        return (
            (self.verb is None or told.verb == self.verb)
            and (self.registration is None or told.registration == self.registration)
            and (
                self.agent is None
                or self.agent in people.direct
                or (self.related_agents and (self.agent in people.related or self.agent == told.authority))
            )
            and (
                self.activity is None
                or self.activity in things.direct
                or (self.related_activities and self.activity in things.related)
            )
        )

    @property
    def answer(self) -> list[str]:
        ids = [told.id for told in self.found if not told.voided]
        return (ids if self.ascending else ids[::-1])[:PAGE]


@cache
def digest(identifier: str) -> bytes:
    return sha256(identifier.encode()).digest()[:16]


@cache
def verb(name: str) -> tuple[bytes, str]:
    iri = f"{ADL}/verbs/{name}"
    return digest(iri), f'{{"id":"{iri}","display":{{"sv":"{VERBS[name]}","en":"{name}"}}}}'


@cache
def authority(name: str) -> tuple[bytes, str]:
    home = f"{BASE}/xapi"
    return digest(f"account|{home}|{name}"), account(name, home)


def account(name: str, home: str = BASE) -> str:
    return f'{{"objectType":"Agent","account":{{"homePage":"{home}","name":"{name}"}}}}'


def person(organisation: int, number: int) -> str:
    return str(UUID(int=0x5EED << 112 | organisation << 64 | number, version=4))


@dataclass(frozen=True, slots=True)
class Step:
    """What happens in a course: the parts of its statement that are the same for everyone."""

    verb: bytes
    activities: Mentioned
    before: str
    after: str


def script(course: int) -> list[Step]:
    """A course from beginning to end."""
    whole = f"{BASE}/courses/kurs-{course:02}"
    steps = [step("registered", whole, "course", f"Kurs {course}", [])]
    for number in range(1, MODULES + 1):
        module = f"{whole}/modul-{number}"
        around, quiz = [whole, module], f"{module}/quiz"
        steps.append(step("initialized", module, "module", f"Modul {number}", [whole]))
        for page in range(1, PAGES + 1):
            steps.append(step("experienced", f"{module}/sida-{page}", "lesson", f"Sida {page} om arbetet", around))
        for asked in range(1, 3):
            steps.append(
                step("answered", f"{quiz}/fraga-{asked}", "cmi.interaction", "Hur gör du då?", [*around, quiz])
            )
        steps.append(step("passed", module, "module", f"Modul {number}", [whole]))
        steps.append(step("terminated", module, "module", f"Modul {number}", [whole]))
    return [*steps, step("completed", whole, "course", f"Kurs {course}", [])]


RESULTS: Final = {
    "answered": '"result":{"response":"först_frågar[,]sedan_svarar","success":true,"duration":"PT21.5S"},',
    "passed": '"result":{"score":{"scaled":0.8571,"raw":6,"min":0,"max":7},"success":true,"duration":"PT4M12.25S"},',
    "completed": '"result":{"completion":true},',
    "terminated": '"result":{"duration":"PT17M3S"},',
}


def step(name: str, iri: str, kind: str, title: str, around: list[str]) -> Step:
    digested, written = verb(name)
    definition = f'{{"name":{{"sv":"{title}"}},"type":"{ADL}/activities/{kind}"}}'
    before = (
        f'"verb":{written},"object":{{"objectType":"Activity","id":"{iri}","definition":{definition}}},'
        f'{RESULTS.get(name, "")}"context":{{"registration":"'
    )
    parts = {"parent": around[-1:], "grouping": around[:1], "category": [CMI5], "other": around[1:-1]}
    listed = ",".join(
        f'"{part}":[' + ",".join(f'{{"id":"{iri}"}}' for iri in iris) + "]" for part, iris in parts.items() if iris
    )
    after = f'","contextActivities":{{{listed}}},"platform":"Kunna","language":"sv"'
    related = tuple(sorted({digest(iri) for iri in (*around, CMI5)}))
    return Step(digested, Mentioned((digest(iri),), related), before, after)


@dataclass(slots=True)
class Stay:
    """Somebody on the way through a course."""

    organisation: int
    agents: Mentioned
    actor: str
    instructor: str
    registration: str
    steps: list[Step]
    next: int = 0


class Inventor:
    """`for told in Inventor(10_000): …`, and then the `questions` know their answers."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.chance = random.Random(20261123)
        self.scripts = [script(number) for number in range(COURSES)]
        self.people = [max(3, size * share // 1000 // PER_PERSON) for share in SHARES]
        self.stays: list[Stay] = []
        self.pause = int(SPAN / timedelta(microseconds=1)) // size
        self.began = int((BEGAN - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
        self.questions: list[Question] = []
        self._of_agent: defaultdict[bytes, list[Question]] = defaultdict(list)
        self._of_activity: defaultdict[bytes, list[Question]] = defaultdict(list)
        self._of_registration: defaultdict[str, list[Question]] = defaultdict(list)
        self._of_verb: defaultdict[bytes, list[Question]] = defaultdict(list)
        self._of_nothing: list[Question] = []
        # The last of whoever is asked for, which somebody may then refer to; and the last reference.
        self._known: Invented | None = None
        self._last_reference: Invented | None = None
        self._ask()

    def __iter__(self) -> Iterator[Invented]:
        together = max(50, self.size // 2000)
        self.stays = [self._stay() for _ in range(together)]
        every = max(10, self.size // REFERENCES)
        for number in range(self.size):
            stored = self.began + number * self.pause
            if number % every == every - 1 and self._known is not None:
                told = self._refer(number // every, stored)
            elif number % MACHINE_EVERY == 7:
                told = self._attend(number, stored)
            else:
                told = self._move_on(self.chance.randrange(together), stored)
            if told.organisation == 0:
                self._hear(told)
            yield told

    def _ask(self) -> None:
        """Forty questions of each kind, and some that are hard."""
        end = self.began + self.size * self.pause
        common = ("experienced", "answered", "initialized", "terminated")
        for number in range(ASKED):
            who = person(0, number * self.people[0] // ASKED)
            name = common[number % len(common)]
            back = end - (number + 1) * self.size * self.pause // 100
            course = f"{BASE}/courses/kurs-{number:02}"
            place = (course, f"{course}/modul-2", f"{course}/modul-3/sida-2", f"{course}/modul-1/quiz")[number % 4]
            self.add("agent", agent=who)
            self.add("agent+verb", agent=who, verb=name)
            self.add("activity related", activity=place, related_activities=True)
            if number % 10 < 3:
                self.add("verb+since", verb=name, since=back, ascending=number % 2 == 1)
        self.add("everything")
        self.add("everything ascending", ascending=True)
        self.add("rare verb", verb="preferred")
        self.add("busy agent", agent=MACHINE)
        self.add("busy agent+rare verb", agent=MACHINE, verb="preferred")
        self.add(
            "busy agent+related activity",
            agent=MACHINE,
            activity=f"{BASE}/courses/kurs-07/modul-2",
            related_activities=True,
        )
        self.add("nobody", agent="nobody")
        self.add("nobody, related", agent="nobody", related_agents=True)
        self.add("category", activity=CMI5, related_activities=True)
        self.add("category+agent", activity=CMI5, agent=person(0, 0), related_activities=True, related_agents=True)
        self.add("leader, related", agent="leader-0", related_agents=True)

    def add(
        self,
        kind: str,
        *,
        agent: str | None = None,
        verb: str | None = None,
        activity: str | None = None,
        registration: str | None = None,
        since: int | None = None,
        **flags: bool,
    ) -> None:
        given = {
            "agent": agent and account(agent),
            "verb": verb and f"{ADL}/verbs/{verb}",
            "activity": activity,
            "registration": registration,
            "since": since and written(since),
            **{name: "true" for name, given in flags.items() if given},
        }
        one = Question(
            kind,
            {name: value for name, value in given.items() if value},
            digest(f"account|{BASE}|{agent}") if agent else None,
            digest(f"{ADL}/verbs/{verb}") if verb else None,
            digest(activity) if activity else None,
            registration,
            since,
            **flags,
        )
        self.questions.append(one)
        self._file(one)

    def _file(self, one: Question) -> None:
        if one.registration is not None:
            self._of_registration[one.registration].append(one)
        elif one.agent is not None:
            self._of_agent[one.agent].append(one)
        elif one.activity is not None:
            self._of_activity[one.activity].append(one)
        elif one.verb is not None:
            self._of_verb[one.verb].append(one)
        else:
            self._of_nothing.append(one)

    def _hear(self, told: Invented) -> None:
        met: Invented | None = told
        while met is not None:
            for agent in (*met.agents.direct, *met.agents.related):
                if agent in self._of_agent:
                    self._known = met
                    self._tell(self._of_agent[agent], told)
            for activity in (*met.activities.direct, *met.activities.related):
                if activity in self._of_activity:
                    self._tell(self._of_activity[activity], told)
            self._tell(self._of_verb.get(met.verb, ()), told)
            if met.registration in self._of_registration:
                self._tell(self._of_registration[met.registration], told)
            met = met.target
        self._tell(self._of_nothing, told)

    def _tell(self, concerned: Sequence[Question], told: Invented) -> None:
        for one in concerned:
            one.hear(told)

    def _stay(self) -> Stay:
        chance = self.chance
        organisation = chance.choices(range(len(SHARES)), SHARES)[0]
        number = chance.randrange(self.people[organisation])
        name, leader = person(organisation, number), f"leader-{number % LEADERS}"
        led = chance.random() < 0.1
        registration = self._uuid()
        if organisation == 0 and len(self._of_registration) < ASKED and chance.random() < 0.2:
            self.add("registration", registration=registration)
        return Stay(
            organisation,
            Mentioned((digest(f"account|{BASE}|{name}"),), (digest(f"account|{BASE}|{leader}"),) if led else ()),
            account(name),
            f',"instructor":{account(leader)}}}' if led else "}",
            registration,
            self.scripts[chance.randrange(COURSES)],
        )

    def _move_on(self, place: int, stored: int) -> Invented:
        stay = self.stays[place]
        now = stay.steps[stay.next]
        stay.next += 1
        if stay.next == len(stay.steps):
            self.stays[place] = self._stay()
        parts = f"{now.before}{stay.registration}{now.after}{stay.instructor}"
        return self._finish(
            stay.organisation,
            stored,
            stay.actor,
            parts,
            now.verb,
            stay.agents,
            now.activities,
            registration=stay.registration,
        )

    def _attend(self, number: int, stored: int) -> Invented:
        """The machine tells that somebody came, or, seldom, what they would rather have."""
        name = "preferred" if number % 9_967 < MACHINE_EVERY else "attended"
        digested, said = verb(name)
        course = f"{BASE}/courses/kurs-{number % COURSES:02}"
        around = f"{course}/modul-{1 + number % MODULES}"
        event = f"{BASE}/events/{number % 977}"
        parts = (
            f'"verb":{said},"object":{{"objectType":"Activity","id":"{event}"}},'
            f'"context":{{"contextActivities":{{"parent":[{{"id":"{around}"}}]}}}}'
        )
        return self._finish(
            0,
            stored,
            account(MACHINE),
            parts,
            digested,
            Mentioned((digest(f"account|{BASE}|{MACHINE}"),)),
            Mentioned((digest(event),), (digest(around),)),
        )

    def _refer(self, number: int, stored: int) -> Invented:
        """Somebody confirms what another has done, or confirms that, or takes back what was said."""
        target, name = self._known, "shared"
        assert target is not None
        if number % 3 == 0:
            name = "voided"
        elif number % 5 == 0 and self._last_reference is not None:
            target = self._last_reference
        digested, said = verb(name)
        leader = f"leader-{number % LEADERS}"
        parts = f'"verb":{said},"object":{{"objectType":"StatementRef","id":"{target.id}"}}'
        told = self._finish(
            0,
            stored,
            account(leader),
            parts,
            digested,
            Mentioned((digest(f"account|{BASE}|{leader}"),)),
            Mentioned(),
            target=target,
        )
        if name == "voided":
            target.voided = True
        else:
            self._last_reference = told
        return told

    def _finish(
        self,
        organisation: int,
        stored: int,
        actor: str,
        parts: str,
        verb: bytes,
        agents: Mentioned,
        activities: Mentioned,
        *,
        registration: str | None = None,
        target: Invented | None = None,
    ) -> Invented:
        """With what the store adds. Every fourth comes from a program that chooses ids and tells the time."""
        number = self.chance.getrandbits(80)
        if number & 3:
            id, timestamp, program = self._uuid(stored), stored, PROGRAMS[0]
        else:
            id, timestamp, program = self._uuid(), stored // 1000 * 1000 - 1_250_000, PROGRAMS[1 + (number >> 2 & 1)]
        vouching, said = authority(program)
        kept = written(stored)
        when = written(timestamp) if timestamp != stored else kept
        text = (
            f'{{"id":"{id}","actor":{actor},{parts},"timestamp":"{when}","stored":"{kept}",'
            f'"authority":{said},"version":"2.0.0"}}'
        )
        return Invented(
            organisation, stored, timestamp, id, verb, registration, target, agents, vouching, activities, text
        )

    def _uuid(self, stored: int | None = None) -> str:
        """A random one, or one that begins with the time, as the store makes them."""
        drawn = f"{self.chance.getrandbits(120):030x}"
        begins = drawn[18:] if stored is None else f"{stored // 1000:012x}"
        return f"{begins[:8]}-{begins[8:]}-4{drawn[:3]}-{'89ab'[int(drawn[3], 16) & 3]}{drawn[4:7]}-{drawn[7:18]}0"


_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001


def written(microseconds: int) -> str:
    return f"{(_EPOCH + timedelta(microseconds=microseconds)).isoformat(timespec='microseconds')}Z"
