"""A list of people held against an organisation as it is: what it would change, and what is wrong with it.

Pure: rows and the organisation in, a plan out. The order of the rows does not matter; an empty cell changes
nothing; a plan that has been carried out changes nothing when made again. Name and language are people's own:
the list gives them to new people only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lms.i18n import LANGUAGES, gettext
from lms.identity import addresses, words
from lms.identity.headings import Line
from lms.identity.memberships import ROLES_IN
from lms.identity.models import Kind, Role

_ROLES: Final = {
    "lärande": Role.LEARNER,
    "deltagare": Role.LEARNER,
    "medarbetare": Role.LEARNER,
    "learner": Role.LEARNER,
    "chef": Role.MANAGER,
    "manager": Role.MANAGER,
    "administratör": Role.ADMINISTRATOR,
    "administrator": Role.ADMINISTRATOR,
    "författare": Role.AUTHOR,
    "kursförfattare": Role.AUTHOR,
    "author": Role.AUTHOR,
    "samordnare": Role.COORDINATOR,
    "regionsamordnare": Role.COORDINATOR,
    "coordinator": Role.COORDINATOR,
    "projektledare": Role.PROJECT_LEADER,
    "projectleader": Role.PROJECT_LEADER,
}
_LANGUAGES: Final = {
    "sv": "sv",
    "svenska": "sv",
    "swedish": "sv",
    "en": "en",
    "engelska": "en",
    "english": "en",
}
# How a cell begins that a spreadsheet would take for a formula when the list is opened in one again.
_FORMULA: Final = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who belongs to the organisation now."""

    name: str
    roles: frozenset[Role]
    unit_id: int | None = None
    profile: str | None = None
    # The manager's address.
    manager: str | None = None


@dataclass(frozen=True, slots=True)
class House:
    """The organisation as it is. Units and profiles are found by key or by name, in any case."""

    kind: Kind
    members: Mapping[str, Member]
    units: Mapping[int, str] = field(default_factory=dict)
    unit_ids: Mapping[str, int] = field(default_factory=dict)
    profiles: Mapping[str, str] = field(default_factory=dict)
    # The address of whoever brings the list.
    bringer: str = ""
    language: str = "sv"

    def profile_key(self, written: str) -> str | None:
        wanted = written.casefold()
        found = (key for key, name in self.profiles.items() if wanted in (key.casefold(), name.casefold()))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Change:
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A person as the list wants them. `line` is None for a manager who is named in it but has no row."""

    line: int | None
    email: str
    name: str
    language: str
    member: Member
    is_new: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Plan:
    entries: Sequence[Entry]
    faults: Sequence[Fault]

    @property
    def new(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.is_new]

    @property
    def changed(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.changes and not entry.is_new]

    @property
    def left(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.changes and not entry.is_new]


def plan(read: Iterable[Line], house: House) -> Plan:
    wanted = [_Wish(line, house) for line in read]
    _refuse_doubles(wanted)
    by_email = {wish.email: wish for wish in wanted if wish.email}
    for wish in wanted:
        wish.check_manager(by_email)
    managers = {email: member.manager for email, member in house.members.items()}
    managers |= {email: wish.manager for email, wish in by_email.items() if wish.manager}
    _refuse_circles(by_email, managers)
    faults = [fault for wish in wanted for fault in wish.faults]
    if faults:
        return Plan([], sorted(faults, key=lambda fault: fault.line))
    leading = {manager for manager in managers.values() if manager}
    entries = [wish.entry(leading) for wish in wanted]
    return Plan([*entries, *_made_managers(leading - by_email.keys(), house)], [])


def _refuse_doubles(wanted: Sequence["_Wish"]) -> None:
    first: dict[str, int] = {}
    for wish in sorted(wanted, key=lambda wish: wish.line):
        if wish.email and first.setdefault(wish.email, wish.line) != wish.line:
            line = first[wish.email]
            wish.refuse("email", gettext("The same address stands on row %(line)d.", line=line))


def _refuse_circles(by_email: Mapping[str, "_Wish"], managers: Mapping[str, str | None]) -> None:
    clear: set[str] = set()
    for start in sorted(by_email):
        chain: list[str] = []
        above: str | None = start
        while above is not None and above not in chain and above not in clear:
            chain.append(above)
            above = managers.get(above)
        if above is not None and above not in clear:
            circle = [*chain[chain.index(above) :], above]
            for wish in (by_email[email] for email in circle[1:] if email in by_email):
                sentence = gettext("These are each other's managers: %(circle)s.", circle=" → ".join(circle))
                wish.refuse("manager", sentence)
        clear.update(chain)


def _made_managers(without_row: Iterable[str], house: House) -> list[Entry]:
    """Whoever the list makes somebody's manager holds that role, with a row of their own or not."""
    made = []
    for email in sorted(without_row):
        member = house.members[email]
        if Role.MANAGER not in member.roles:
            roles = member.roles | {Role.MANAGER}
            change = Change("roles", words.of_roles(member.roles), words.of_roles(roles))
            after = Member(member.name, roles, member.unit_id, member.profile, member.manager)
            made.append(Entry(None, email, member.name, house.language, after, False, (change,)))
    return made


class _Wish:
    """One row, understood as far as it can be."""

    def __init__(self, line: Line, house: House) -> None:
        self.line = int(line["line"])
        self.faults: list[Fault] = []
        self._house = house
        self.email = self._address("email", line.get("email", ""))
        self._now = house.members.get(self.email)
        self.name = self._read_name(line.get("name", ""))
        self._unit_id = self._read_unit(line.get("unit", ""))
        self._roles = self._read_roles(line.get("roles", ""))
        self._profile = self._read_profile(line.get("profile", ""))
        self._language = self._read_language(line.get("language", ""))
        self.manager = self._address("manager", line["manager"]) if line.get("manager") else ""

    def refuse(self, column: str, message: str) -> None:
        self.faults.append(Fault(self.line, column, message))

    def check_manager(self, by_email: Mapping[str, "_Wish"]) -> None:
        if self.manager and self.manager not in by_email and self.manager not in self._house.members:
            self.refuse("manager", gettext("%(email)s is neither in the file nor here.", email=self.manager))

    def entry(self, leading: set[str]) -> Entry:
        now = self._now or Member(self.name, frozenset())
        roles = {Role.LEARNER, *(self._roles or now.roles)}
        if self.email in leading:
            roles.add(Role.MANAGER)
        after = Member(
            name=now.name,
            roles=frozenset(roles),
            unit_id=self._unit_id or now.unit_id,
            profile=self._profile or now.profile,
            manager=self.manager or now.manager,
        )
        return Entry(
            self.line,
            self.email,
            now.name,
            self._language,
            after,
            self._now is None,
            tuple(self._changes(now, after)),
        )

    def _changes(self, before: Member, after: Member) -> Iterable[Change]:
        units, profiles = self._house.units, self._house.profiles
        if before.unit_id != after.unit_id:
            yield Change("unit", units.get(before.unit_id or 0, ""), units[after.unit_id or 0])
        if before.roles != after.roles:
            yield Change("roles", words.of_roles(before.roles) if self._now else "", words.of_roles(after.roles))
        if before.profile != after.profile:
            earlier = profiles.get(before.profile or "", before.profile or "")
            yield Change("profile", earlier, profiles[after.profile or ""])
        if before.manager != after.manager:
            yield Change("manager", before.manager or "", after.manager or "")

    def _address(self, column: str, written: str) -> str:
        if not written:
            self.refuse(column, gettext("The address is missing."))
            return ""
        address = addresses.normal(written)
        if address is None:
            self.refuse(column, gettext("%(written)s is not an e-mail address.", written=written))
        return address or ""

    def _read_name(self, written: str) -> str:
        if written.startswith(_FORMULA):
            self.refuse("name", gettext("A name cannot begin with %(sign)s.", sign=written[0]))
        if not written and self._now is None:
            self.refuse("name", gettext("The name is missing."))
        return written

    def _read_unit(self, written: str) -> int | None:
        if not written:
            return None
        unit_id = self._house.unit_ids.get(written.casefold())
        if unit_id is None:
            self.refuse("unit", gettext("There is no unit called %(written)s here.", written=written))
        return unit_id

    def _read_roles(self, written: str) -> frozenset[Role] | None:
        roles = set()
        allowed = {Role.LEARNER, *ROLES_IN[self._house.kind]}
        for word in written.replace(";", ",").replace("/", ",").replace(" och ", ",").split(","):
            bare = "".join(letter for letter in word.casefold() if letter.isalnum())
            role = _ROLES.get(bare)
            if role in allowed:
                roles.add(role)
            elif word.strip():
                self.refuse("roles", gettext("There is no role called %(written)s here.", written=word.strip()))
        if roles and self.email == self._house.bringer and Role.ADMINISTRATOR not in roles:
            self.refuse("roles", gettext("You cannot take the administrator's role from yourself."))
        return frozenset(roles) or None

    def _read_profile(self, written: str) -> str | None:
        if not written:
            return None
        key = self._house.profile_key(written)
        if key is None:
            self.refuse("profile", gettext("There is no role profile called %(written)s here.", written=written))
        return key

    def _read_language(self, written: str) -> str:
        if not written:
            return self._house.language
        language = _LANGUAGES.get(written.casefold(), "")
        if language not in LANGUAGES:
            self.refuse("language", gettext("Write %(languages)s.", languages=", ".join(LANGUAGES)))
        return language
