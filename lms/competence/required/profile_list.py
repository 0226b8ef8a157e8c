"""The role profiles that an organisation can use: its own, and those defined above it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from lms.competence.models import RoleProfile, RoleProfileVersion
from lms.competence.required import versions
from lms.competence.required.profiles import lineages, resolve
from lms.errors import NotFound
from lms.i18n import gettext
from lms.identity import access
from lms.identity.access import Viewer
from lms.identity.models import Membership, Organisation


@dataclass(frozen=True, slots=True)
class Listed:
    """A role profile in the list, with how many of the people the viewer may know of have it."""

    profile: RoleProfile
    organisation: Organisation
    people: int
    may_edit: bool
    # The viewer's organisation, or one nearer to it, has a profile of its own with the same key.
    is_replaced: bool
    # What holds today, and what has been decided for later. None: nothing.
    current: RoleProfileVersion | None
    coming: RoleProfileVersion | None


def listed(session: Session, viewer: Viewer, on: date) -> list[Listed]:
    """Own ones first."""
    line = list(lineages(session, [viewer.organisation_id])[viewer.organisation_id])
    rows = [(profile, organisation) for profile, organisation in session.execute(_usable(line))]
    rows.sort(key=lambda row: (line.index(row[0].organisation_id), row[0].name.casefold()))
    people, seen, answer = _people(session, viewer, on), set[str](), []
    for profile, organisation in rows:
        own = profile.organisation_id == viewer.organisation_id
        if not own and not profile.versions:
            # Others' drafts are nobody's business yet.
            continue
        current = versions.in_force(profile.versions, on)
        answer.append(
            Listed(
                profile,
                organisation,
                people.get((profile.organisation_id, profile.key), 0),
                own,
                profile.key in seen,
                current,
                next((version for version in reversed(profile.versions) if version.valid_from > on), None),
            )
        )
        if current is not None:
            seen.add(profile.key)
    return answer


def _usable(line: list[int]) -> Select[tuple[RoleProfile, Organisation]]:
    return (
        select(RoleProfile, Organisation)
        .join(Organisation, Organisation.id == RoleProfile.organisation_id)
        .where(RoleProfile.organisation_id.in_(line))
        .options(
            selectinload(RoleProfile.versions).options(
                selectinload(RoleProfileVersion.requirements), joinedload(RoleProfileVersion.decided_by)
            ),
            selectinload(RoleProfile.draft),
        )
    )


def find(session: Session, viewer: Viewer, key: str, organisation: str = "") -> tuple[RoleProfile, Organisation]:
    """One that the viewer's organisation can use: its own, or that of an organisation above with this key."""
    line = list(lineages(session, [viewer.organisation_id])[viewer.organisation_id])
    its = _usable(line).where(RoleProfile.key == key)
    rows = [(profile, place) for profile, place in session.execute(its) if organisation in ("", place.key)]
    # Of an organisation above only what has been decided is anything to others.
    rows = [row for row in rows if row[0].versions or row[0].organisation_id == viewer.organisation_id]
    if not rows:
        raise NotFound(gettext("There is no such role profile."))
    return min(rows, key=lambda row: line.index(row[0].organisation_id))


def _people(session: Session, viewer: Viewer, on: date) -> dict[tuple[int, str], int]:
    """How many of those the viewer may know of have each profile, by where it is defined and its key."""
    visible = access.people(viewer).with_only_columns(Membership.id).subquery()
    grouped = (
        select(Membership.organisation_id, Membership.role_profile_key, func.count())
        .join(visible, visible.c.id == Membership.id)
        .where(Membership.role_profile_key.is_not(None))
        .group_by(Membership.organisation_id, Membership.role_profile_key)
    )
    counts = [(organisation, key, number) for organisation, key, number in session.execute(grouped)]
    resolved = resolve(session, [(organisation, key) for organisation, key, _ in counts], on)
    people: dict[tuple[int, str], int] = defaultdict(int)
    for organisation, key, number in counts:
        if key is not None and (profile := resolved.get((organisation, key))):
            people[profile.organisation_id, profile.key] += number
    return people
