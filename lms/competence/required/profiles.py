"""Role profiles: what a kind of work needs. Looked for at a membership's organisation, then above it."""

import logging
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.competence import gap
from lms.competence.models import RoleProfile, RoleProfileVersion, RoleRequirement
from lms.competence.required import versions
from lms.competence.required.versions import Decision
from lms.errors import Conflict, Invalid, NotFound, Problem
from lms.i18n import gettext
from lms.identity.access import Viewer
from lms.identity.models import Organisation

logger = logging.getLogger(__name__)

# In the middle of the scales 1–5: of weight, of consequence, of difficulty.
USUAL: Final = 3

# By organisation: itself and everything above it, nearest first.
Lineages = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the work needs of a competence. A gap is measured to `level`; from there to `upper` is as it should be."""

    level: int
    weight: int
    # None: no range.
    upper: int | None = None
    # How bad it is if it is missing, and how hard it is to recruit or learn; both 1–5.
    consequence: int = USUAL
    difficulty: int = USUAL

    @property
    def criticality(self) -> float:
        return gap.criticality(self.consequence, self.difficulty)


@dataclass(frozen=True, slots=True)
class Profile:
    organisation_id: int
    key: str
    name: str
    # By competence key.
    requirements: Mapping[str, Requirement]
    # Number of the version that this is.
    version: int


# Which profile a membership with this key has, by (organisation, key).
Resolved = Mapping[tuple[int, str], Profile]


def lineages(session: Session, organisation_ids: Iterable[int]) -> Lineages:
    wanted = set(organisation_ids)
    above = select(Organisation.id, Organisation.parent_id).where(Organisation.id.in_(wanted)).cte(recursive=True)
    above = above.union(
        select(Organisation.id, Organisation.parent_id).join(above, Organisation.id == above.c.parent_id)
    )
    parents: dict[int, int | None] = {row[0]: row[1] for row in session.execute(select(above))}
    return {organisation: _line(organisation, parents) for organisation in wanted}


def _line(start: int, parents: Mapping[int, int | None]) -> list[int]:
    line: list[int] = []
    step: int | None = start
    while step is not None:
        line.append(step)
        step = parents[step]
    return line


def resolve(
    session: Session,
    wanted: Iterable[tuple[int, str | None]],
    on: date,
    *,
    known_at: datetime | None = None,
) -> Resolved:
    """The profiles, as they hold on a day, of memberships of these organisations with these keys.

    A key that nobody defines has none, nor has one of which no version is valid yet. A later day shows what has been
    decided for it; with `known_at`, as had been decided then. The same queries for any number.
    """
    pairs = {(organisation, key) for organisation, key in wanted if key is not None}
    if not pairs:
        return {}
    lines = lineages(session, (organisation for organisation, _ in pairs))
    places = {step for line in lines.values() for step in line}
    defined = _load(session, places, {key for _, key in pairs}, on, known_at)
    resolved = {}
    for organisation, key in pairs:
        nearest = next((defined[step, key] for step in lines[organisation] if (step, key) in defined), None)
        if nearest is not None:
            resolved[organisation, key] = nearest
    return resolved


def _load(
    session: Session, organisations: set[int], keys: set[str], on: date, known_at: datetime | None
) -> dict[tuple[int, str], Profile]:
    current = versions.ids_in_force(RoleProfileVersion, RoleProfileVersion.role_profile_id, on, known_at)
    row = RoleRequirement
    rows = session.execute(
        select(RoleProfile.organisation_id, RoleProfile.key, RoleProfile.name, RoleProfileVersion.number)
        .add_columns(row.competence_key, row.level, row.weight, row.upper, row.consequence, row.difficulty)
        .join(RoleProfile.versions)
        .outerjoin(RoleProfileVersion.requirements)
        .where(
            RoleProfile.organisation_id.in_(organisations),
            RoleProfile.key.in_(keys),
            RoleProfileVersion.id.in_(current),
        )
    )
    found: dict[tuple[int, str], Profile] = {}
    needed: dict[tuple[int, str], dict[str, Requirement]] = defaultdict(dict)
    for organisation, key, name, number, competence, *values in rows:
        found[organisation, key] = Profile(organisation, key, name, needed[organisation, key], number)
        if competence is not None:
            needed[organisation, key][competence] = Requirement(*values)
    return found


def requirements_of(version: RoleProfileVersion | None) -> dict[str, Requirement]:
    rows = version.requirements if version is not None else []
    return {
        row.competence_key: Requirement(row.level, row.weight, row.upper, row.consequence, row.difficulty)
        for row in rows
    }


def names(session: Session, organisation_id: int) -> dict[str, str]:
    """The profiles that an organisation's people can be given: name by key, in order of name.

    One of which no version has been decided is nothing to give anybody.
    """
    line = lineages(session, [organisation_id])[organisation_id]
    found = select(RoleProfile.organisation_id, RoleProfile.key, RoleProfile.name)
    decided = found.where(RoleProfile.organisation_id.in_(line), RoleProfile.versions.any())
    rows = list(session.execute(decided))
    rows.sort(key=lambda row: line.index(row[0]))
    nearest: dict[str, str] = {}
    for _, key, name in rows:
        nearest.setdefault(key, name)
    return dict(sorted(nearest.items(), key=lambda pair: pair[1].casefold()))


def asked(session: Session, organisation_id: int, on: date) -> set[str]:
    """The competences that any role profile which an organisation's people can be given asks for on a day."""
    keys = names(session, organisation_id)
    found = resolve(session, [(organisation_id, key) for key in keys], on).values()
    return {competence for one in found for competence in one.requirements}


def get(session: Session, viewer: Viewer, key: str) -> RoleProfile:
    """A profile of the viewer's own organisation, the only ones they may change."""
    own = select(RoleProfile).where(RoleProfile.organisation_id == viewer.organisation_id)
    profile = session.scalars(own.where(RoleProfile.key == key)).first()
    if profile is None:
        raise NotFound(gettext("There is no such role profile."))
    return profile


def define(
    session: Session,
    organisation_id: int,
    name: str,
    requirements: Mapping[str, Requirement],
    *,
    at: datetime,
    by: int | None = None,
) -> RoleProfile:
    """A new profile whose first version holds from today."""
    profile = begin(session, organisation_id, name, at=at)
    publish(session, profile, requirements, Decision(at.date(), at, by))
    return profile


def begin(session: Session, organisation_id: int, name: str, *, at: datetime, key: str = "") -> RoleProfile:
    """A profile of which nothing has been decided.

    Memberships name it by its key, made from the name; it stays if the name changes. An organisation that gives it
    the key of one above uses its own from then on.
    """
    key = key or key_of(name)
    if not key:
        raise Invalid([Problem("name", gettext("Enter a name that has letters in it."))])
    profile = RoleProfile(organisation_id=organisation_id, key=key, name=name, created_at=at)
    try:
        # The database says whether the key is taken.
        with session.begin_nested():
            session.add(profile)
    except IntegrityError as error:
        raise Invalid([Problem("name", gettext("There is a role profile with this name already."))]) from error
    logger.info("Role profile %s of organisation %s begun", key, organisation_id)
    return profile


def publish(
    session: Session, profile: RoleProfile, requirements: Mapping[str, Requirement], decision: Decision
) -> RoleProfileVersion:
    """The next version, frozen from now on."""
    version = versions.stamp(RoleProfileVersion(), decision, len(profile.versions) + 1)
    version.requirements = [
        RoleRequirement(
            competence_key=key,
            level=one.level,
            upper=one.upper,
            weight=one.weight,
            consequence=one.consequence,
            difficulty=one.difficulty,
        )
        for key, one in requirements.items()
    ]
    try:
        # Two who decide at once would both make the same number.
        with session.begin_nested():
            profile.versions.append(version)
    except IntegrityError as error:
        raise Conflict(gettext("Somebody else has just decided a version. Look at it first.")) from error
    logger.info("Version %s of role profile %s decided by %s", version.number, profile.id, decision.by)
    return version


def key_of(name: str) -> str:
    """ "Lärare, åk 4–6" becomes "larare-ak-4-6"."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
