"""Role profiles: what a kind of work needs. Looked for at a membership's organisation, then above it."""

import logging
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from lms.competence.framework import HIGHEST, Frameworks
from lms.competence.models import RoleProfile, RoleRequirement
from lms.errors import Invalid, NotFound, Problem
from lms.i18n import gettext
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Organisation

logger = logging.getLogger(__name__)

# Between "good to have" (1) and "the work cannot be done without it" (5).
USUAL_WEIGHT: Final = 3

# By organisation: itself and everything above it, nearest first.
Lineages = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Requirement:
    level: int
    weight: int


@dataclass(frozen=True, slots=True)
class Profile:
    organisation_id: int
    key: str
    name: str
    # By competence key.
    requirements: Mapping[str, Requirement]


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


def resolve(session: Session, wanted: Iterable[tuple[int, str | None]]) -> Resolved:
    """The profiles of memberships of these organisations with these keys. A key nobody defines has none."""
    pairs = {(organisation, key) for organisation, key in wanted if key is not None}
    if not pairs:
        return {}
    lines = lineages(session, (organisation for organisation, _ in pairs))
    defined = _load(session, {step for line in lines.values() for step in line}, {key for _, key in pairs})
    resolved = {}
    for organisation, key in pairs:
        nearest = next((defined[step, key] for step in lines[organisation] if (step, key) in defined), None)
        if nearest is not None:
            resolved[organisation, key] = nearest
    return resolved


def _load(session: Session, organisations: set[int], keys: set[str]) -> dict[tuple[int, str], Profile]:
    rows = session.execute(
        select(
            RoleProfile.organisation_id,
            RoleProfile.key,
            RoleProfile.name,
            RoleRequirement.competence_key,
            RoleRequirement.level,
            RoleRequirement.weight,
        )
        .outerjoin(RoleProfile.requirements)
        .where(RoleProfile.organisation_id.in_(organisations), RoleProfile.key.in_(keys))
    )
    names: dict[tuple[int, str], str] = {}
    requirements: dict[tuple[int, str], dict[str, Requirement]] = defaultdict(dict)
    for organisation, key, name, competence, level, weight in rows:
        names[organisation, key] = name
        if competence is not None:
            requirements[organisation, key][competence] = Requirement(level, weight)
    return {place: Profile(*place, name, requirements[place]) for place, name in names.items()}


@dataclass(frozen=True, slots=True)
class Listed:
    """A role profile in the list, with how many of the people the viewer may know of have it."""

    profile: RoleProfile
    organisation: Organisation
    people: int
    may_edit: bool
    # The viewer's organisation, or one nearer to it, has a profile of its own with the same key.
    is_replaced: bool


def listed(session: Session, viewer: Viewer) -> list[Listed]:
    """The profiles that the viewer's organisation can use: its own first, then those defined above it."""
    line = list(lineages(session, [viewer.organisation_id])[viewer.organisation_id])
    found = (
        select(RoleProfile, Organisation)
        .join(Organisation, Organisation.id == RoleProfile.organisation_id)
        .where(RoleProfile.organisation_id.in_(line))
        .options(selectinload(RoleProfile.requirements))
    )
    rows = [(profile, organisation) for profile, organisation in session.execute(found)]
    rows.sort(key=lambda row: (line.index(row[0].organisation_id), row[0].name.casefold()))
    people, seen, answer = _people(session, viewer), set[str](), []
    for profile, organisation in rows:
        own = profile.organisation_id == viewer.organisation_id
        number = people.get((profile.organisation_id, profile.key), 0)
        answer.append(Listed(profile, organisation, number, own, profile.key in seen))
        seen.add(profile.key)
    return answer


def _people(session: Session, viewer: Viewer) -> dict[tuple[int, str], int]:
    """How many of those the viewer may know of have each profile, by where it is defined and its key."""
    visible = access.people(viewer).with_only_columns(Membership.id).subquery()
    grouped = (
        select(Membership.organisation_id, Membership.role_profile_key, func.count())
        .join(visible, visible.c.id == Membership.id)
        .where(Membership.role_profile_key.is_not(None))
        .group_by(Membership.organisation_id, Membership.role_profile_key)
    )
    counts = [(organisation, key, number) for organisation, key, number in session.execute(grouped)]
    resolved = resolve(session, [(organisation, key) for organisation, key, _ in counts])
    people: dict[tuple[int, str], int] = defaultdict(int)
    for organisation, key, number in counts:
        if key is not None and (profile := resolved.get((organisation, key))):
            people[profile.organisation_id, profile.key] += number
    return people


def names(session: Session, organisation_id: int) -> dict[str, str]:
    """The profiles that an organisation's people can be given: name by key, in order of name."""
    line = lineages(session, [organisation_id])[organisation_id]
    found = select(RoleProfile.organisation_id, RoleProfile.key, RoleProfile.name)
    rows = list(session.execute(found.where(RoleProfile.organisation_id.in_(line))))
    rows.sort(key=lambda row: line.index(row[0]))
    nearest: dict[str, str] = {}
    for _, key, name in rows:
        nearest.setdefault(key, name)
    return dict(sorted(nearest.items(), key=lambda pair: pair[1].casefold()))


def get(session: Session, viewer: Viewer, key: str) -> RoleProfile:
    """A profile of the viewer's own organisation, the only ones they may change."""
    own = select(RoleProfile).where(RoleProfile.organisation_id == viewer.organisation_id)
    profile = session.scalars(own.where(RoleProfile.key == key)).first()
    if profile is None:
        raise NotFound(gettext("There is no such role profile."))
    return profile


def parse(form: Mapping[str, str], frameworks: Frameworks) -> tuple[str, dict[str, Requirement]]:
    """Name and requirements from a form with level:<key> and weight:<key>. Raises Invalid."""
    name, problems = form.get("name", "").strip(), []
    if not name:
        problems.append(Problem("name", gettext("Enter what the role is called, such as Youth leader.")))
    levels = {key: form[f"level:{key}"] for key in frameworks.keys if form.get(f"level:{key}")}
    weights = {key: form.get(f"weight:{key}", str(USUAL_WEIGHT)) for key in levels}
    problems += [Problem(f"level:{key}", gettext("Choose a level.")) for key in levels if levels[key] not in _LEVELS]
    problems += [
        Problem(f"weight:{key}", gettext("Choose a weight.")) for key in levels if weights[key] not in _WEIGHTS
    ]
    if not levels:
        problems.append(Problem("", gettext("Choose a level for at least one competence that the work needs.")))
    if problems:
        raise Invalid(problems)
    return name, {key: Requirement(_LEVELS[levels[key]], _WEIGHTS[weights[key]]) for key in levels}


def kept(profile: RoleProfile, frameworks: Frameworks) -> dict[str, Requirement]:
    """What a profile needs of frameworks that are not here now: no form shows it, and no change loses it."""
    gone = [row for row in profile.requirements if row.competence_key not in frameworks.keys]
    return {row.competence_key: Requirement(row.level, row.weight) for row in gone}


_LEVELS: Final = {str(level): level for level in range(1, HIGHEST + 1)}
_WEIGHTS: Final = {str(weight): weight for weight in range(1, 6)}


def define(
    session: Session,
    organisation_id: int,
    name: str,
    requirements: Mapping[str, Requirement],
    *,
    at: datetime,
) -> RoleProfile:
    """A new profile. Memberships name it by its key, made from the name; it stays if the name changes."""
    key = _key(name)
    if not key:
        raise Invalid([Problem("name", gettext("Enter a name that has letters in it."))])
    profile = RoleProfile(
        organisation_id=organisation_id,
        key=key,
        name=name,
        created_at=at,
        updated_at=at,
        requirements=_rows(requirements),
    )
    try:
        # The database says whether the key is taken.
        with session.begin_nested():
            session.add(profile)
    except IntegrityError as error:
        raise Invalid([Problem("name", gettext("There is a role profile with this name already."))]) from error
    logger.info("Role profile %s of organisation %s defined", key, organisation_id)
    return profile


def change(profile: RoleProfile, name: str, requirements: Mapping[str, Requirement], *, at: datetime) -> None:
    profile.name, profile.updated_at = name, at
    kept = {row.competence_key: row for row in profile.requirements if row.competence_key in requirements}
    for key, row in kept.items():
        row.level, row.weight = requirements[key].level, requirements[key].weight
    added = _rows({key: one for key, one in requirements.items() if key not in kept})
    profile.requirements = [*kept.values(), *added]
    logger.info("Role profile %s of organisation %s changed", profile.key, profile.organisation_id)


def _rows(requirements: Mapping[str, Requirement]) -> list[RoleRequirement]:
    return [
        RoleRequirement(competence_key=key, level=one.level, weight=one.weight) for key, one in requirements.items()
    ]


def _key(name: str) -> str:
    """ "Lärare, åk 4–6" becomes "larare-ak-4-6"."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
