"""Where people have belonged, and when: kept as memberships change, so that a day that has been can be seen again.

Whatever makes or changes a membership goes through the session, and here is what then follows. A change holds from
the moment when it is made (`taking_effect` says another); nothing is changed afterwards.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, delete, event, func, insert, inspect, or_, select, tuple_, update
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from lms import clock
from lms.db import Base
from lms.identity.models import Membership, MembershipPeriod

# Of a membership, what a period is of.
PLACE: Final = ("organisation_id", "person_id", "unit_id", "manager_id", "role_profile_key")
_FOLLOWED: Final = (*PLACE, "began_at", "ended_at")
_AT: Final = "kunna.memberships-change-at"


# Where memberships are or were: membership, person, organisation, unit, manager's membership, role profile.
Places = Select[tuple[int, int, int, int | None, int | None, str | None]]


def places(among: Select[tuple[Membership]]) -> Places:
    """Of memberships as they are now."""
    return among.with_only_columns(
        Membership.id.label("membership_id"),
        Membership.person_id,
        Membership.organisation_id,
        Membership.unit_id,
        Membership.manager_id,
        Membership.role_profile_key,
    )


def were(on: datetime) -> Places:
    """Of those that lasted on a day that has been."""
    lasted = or_(MembershipPeriod.ended_at.is_(None), MembershipPeriod.ended_at > on)
    return select(
        MembershipPeriod.membership_id,
        MembershipPeriod.person_id,
        MembershipPeriod.organisation_id,
        MembershipPeriod.unit_id,
        MembershipPeriod.manager_id,
        MembershipPeriod.role_profile_key,
    ).where(MembershipPeriod.began_at <= on, lasted)


@contextmanager
def taking_effect(session: Session, at: datetime) -> Iterator[None]:
    """Changes in here hold from this time, and not from now: of what is told afterwards."""
    outside = session.info.get(_AT)
    session.info[_AT] = at
    try:
        yield
        session.flush()
    finally:
        session.info[_AT] = outside


@event.listens_for(Session, "after_flush")
def keep(session: Session, _context: UOWTransaction) -> None:
    made = [one for one in session.new if isinstance(one, Membership)]
    changed = [one for one in session.dirty if isinstance(one, Membership) and _has_changed(one)]
    if not made and not changed:
        return
    begun = [_period(one, one.began_at) for one in made]
    ended, still = [], []
    last = _last(session, changed)
    at = session.info.get(_AT) or clock.now()
    for one in changed:
        before = last.get(one.id)
        began = _begins(one, before, at)
        if before is not None and began == before["began_at"]:
            still.append(_named(_period(one, began)))
            continue
        if before is not None and (before["ended_at"] is None or before["ended_at"] > began):
            ended.append(_named(before | {"ended_at": began}))
        begun.append(_period(one, began))
    for rows, how in ((ended, _AS_IT_IS), (still, _AS_IT_IS), (begun, insert(_TABLE))):
        if rows:
            session.connection().execute(how, rows)


_TABLE: Final = Base.metadata.tables["membership_period"]
_AS_IT_IS: Final = (
    update(_TABLE)
    .where(_TABLE.c.membership_id == bindparam("its_membership_id"), _TABLE.c.began_at == bindparam("its_began_at"))
    .values({name: bindparam(f"its_{name}") for name in (*PLACE, "ended_at")})
)


def _named(period: Mapping[str, Any]) -> dict[str, Any]:
    return {f"its_{name}": value for name, value in period.items()}


def _has_changed(membership: Membership) -> bool:
    attributes = inspect(membership).attrs
    return any(attributes[name].history.has_changes() for name in _FOLLOWED)


def _begins(membership: Membership, before: Mapping[str, Any] | None, at: datetime) -> datetime:
    """When the period that the membership is now in begins."""
    if before is None:
        return membership.began_at
    its_begin: datetime = before["began_at"]
    if before["ended_at"] is not None and its_begin < before["ended_at"] <= membership.began_at:
        # It had ended, and has begun again.
        return membership.began_at
    if all(before[name] == getattr(membership, name) for name in PLACE):
        return its_begin
    return max(its_begin, at)


def _period(membership: Membership, began: datetime) -> dict[str, Any]:
    ended = membership.ended_at
    its = {name: getattr(membership, name) for name in PLACE}
    return {
        "membership_id": membership.id,
        "began_at": began,
        "ended_at": None if ended is None else max(began, ended),
        **its,
    }


def _last(session: Session, memberships: Iterable[Membership]) -> dict[int, dict[str, Any]]:
    ids = [one.id for one in memberships]
    if not ids:
        return {}
    newest = (
        select(MembershipPeriod.membership_id, func.max(MembershipPeriod.began_at))
        .where(MembershipPeriod.membership_id.in_(ids))
        .group_by(MembershipPeriod.membership_id)
    )
    found = select(_TABLE).where(tuple_(_TABLE.c.membership_id, _TABLE.c.began_at).in_(newest))
    return {row["membership_id"]: dict(row) for row in session.connection().execute(found).mappings()}


@event.listens_for(Session, "do_orm_execute")
def refuse(state: ORMExecuteState) -> None:
    """In bulk, nothing would tell that memberships have changed."""
    in_bulk = state.is_update or state.is_insert or state.is_delete
    if in_bulk and state.bind_mapper is not None and state.bind_mapper.class_ is Membership:
        raise TypeError("Change memberships one by one in the session, so that their periods follow.")


def forget(session: Session, person_id: int) -> None:
    """Where someone who is to be forgotten has belonged, and whom they have led."""
    own = select(Membership.id).where(Membership.person_id == person_id)
    led = update(MembershipPeriod).where(MembershipPeriod.manager_id.in_(own)).values(manager_id=None)
    session.execute(led.execution_options(synchronize_session=False))
    session.execute(
        delete(MembershipPeriod)
        .where(MembershipPeriod.person_id == person_id)
        .execution_options(synchronize_session=False)
    )
