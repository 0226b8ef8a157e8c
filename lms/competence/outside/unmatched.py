"""What programs have sent that counted for nothing, in groups by why, so that it can be put right.

Read from what `counting` keeps up to date, and so from the store as it is: once what stood in the way is gone, the
group is gone. A statement stands in each group of what is in its way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.competence.outside import decided, reach
from lms.competence.outside.decided import InForce
from lms.competence.outside.models import OutsideActor, OutsideAlias, OutsideIgnored, OutsideMiss, OutsideTraffic
from lms.competence.outside.rule import Verdict, kind, nearest
from lms.identity.models import Membership, Person


class Reason(StrEnum):
    # Nobody here is known by that.
    WHO = "who"
    # No rule is about the activity.
    ACTIVITY = "activity"
    # One is, but not with that verb, or not from that program.
    RULE = "rule"
    # The result is missing or not enough, it happened too early, or it tells of a group.
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Group:
    """`key` is what it is set aside by. Of what there are several of, the latest is there."""

    reason: Reason
    key: str
    statements: int
    latest: datetime
    # Which verbs were sent by which programs. Of unknown people the verbs are not told, and empty.
    sent: frozenset[tuple[str, str]]
    activity: str = ""
    # OTHER_VERB, UNTRUSTED or a miss: what is in the way by the rules that came nearest.
    verdict: Verdict | None = None
    rules: tuple[InForce, ...] = ()
    # An account of Kunna's own, that nobody here has: there is nobody to tie it to.
    is_own: bool = False

    @property
    def clients(self) -> frozenset[str]:
        return frozenset(client for _, client in self.sent)

    @property
    def verbs(self) -> frozenset[str]:
        return frozenset(verb for verb, _ in self.sent)

    def with_also(self, other: "Group") -> "Group":
        return replace(
            self,
            statements=self.statements + other.statements,
            latest=max(self.latest, other.latest),
            sent=self.sent | other.sent,
        )


Groups = Mapping[Reason, Sequence[Group]]


def groups(session: Session, organisation_id: int) -> tuple[Groups, Sequence[Group]]:
    """By reason, the latest first; and those that somebody has set aside."""
    versions = decided.latest(session, organisation_id)
    all_of_them = [
        *_strangers(session, organisation_id, reach.organisations(session, organisation_id, versions)),
        *_kinds(session, organisation_id, versions),
        *_misses(session, organisation_id, versions),
    ]
    aside = set(session.scalars(select(OutsideIgnored.group).where(OutsideIgnored.organisation_id == organisation_id)))
    newest_first = sorted(_together(all_of_them), key=lambda one: (one.latest, one.key), reverse=True)
    shown = {
        reason: [one for one in newest_first if one.reason is reason and one.key not in aside] for reason in Reason
    }
    return shown, [one for one in newest_first if one.key in aside]


def _together(parts: Iterable[Group]) -> Collection[Group]:
    found: dict[str, Group] = {}
    for part in parts:
        found[part.key] = found[part.key].with_also(part) if part.key in found else part
    return found.values()


def _strangers(session: Session, organisation_id: int, counts_in: Collection[int]) -> Iterable[Group]:
    is_tied = exists().where(
        OutsideAlias.organisation_id == organisation_id,
        OutsideAlias.agent == OutsideActor.agent,
        OutsideAlias.untied_at.is_(None),
    )
    # Whoever has been here is known: what is told of them later changes no level that anyone sees.
    is_here = exists().where(
        Membership.organisation_id.in_(counts_in),
        Membership.person_id == Person.id,
        Person.uuid == OutsideActor.person_uuid,
        Person.email.is_not(None),
    )
    rows = session.scalars(
        select(OutsideActor).where(OutsideActor.organisation_id == organisation_id, ~is_tied, ~is_here)
    )
    for row in rows:
        yield Group(
            Reason.WHO,
            f"who:{row.agent.hex()}",
            row.statements,
            row.latest,
            frozenset({("", row.client)}),
            is_own=row.person_uuid is not None,
        )


def _kinds(session: Session, organisation_id: int, versions: Sequence[InForce]) -> Iterable[Group]:
    about = _About(versions)
    rows = session.execute(
        select(
            OutsideTraffic.activity, OutsideTraffic.verb, OutsideTraffic.client, OutsideTraffic.activity_id,
            OutsideTraffic.verb_id, OutsideTraffic.statements, OutsideTraffic.latest,
        ).where(OutsideTraffic.organisation_id == organisation_id)
    )  # fmt: skip
    for row in rows:
        near = about.rules(row.activity_id)
        verdicts = [kind(one.says, row.activity_id, row.verb_id, row.client) for one in near]
        verdict = nearest(verdicts)
        if verdict is Verdict.MEETS:
            continue
        its = frozenset({(row.verb_id, row.client)}), row.activity_id
        if not near:
            yield Group(Reason.ACTIVITY, f"activity:{row.activity.hex()}", row.statements, row.latest, *its, verdict)
        else:
            key = f"rule:{row.activity.hex()}:{row.verb.hex()}:{row.client}"
            nearly = tuple(one for one, its_own in zip(near, verdicts, strict=True) if its_own is verdict)
            yield Group(Reason.RULE, key, row.statements, row.latest, *its, verdict, nearly)


class _About:
    """Which rules are about an activity, found without asking every rule of every activity."""

    def __init__(self, versions: Iterable[InForce]) -> None:
        self._exact: dict[str, list[InForce]] = defaultdict(list)
        self._beginnings: list[tuple[str, InForce]] = []
        for version in versions:
            for condition in version.says.conditions:
                if condition.beginning:
                    self._beginnings.append((condition.activity, version))
                else:
                    self._exact[condition.activity].append(version)

    def rules(self, activity: str) -> list[InForce]:
        begun = [version for beginning, version in self._beginnings if activity.startswith(beginning)]
        found = {version.id: version for version in [*self._exact.get(activity, ()), *begun]}
        return list(found.values()) if activity else []


def _misses(session: Session, organisation_id: int, versions: Sequence[InForce]) -> Iterable[Group]:
    by_id = {version.id: version for version in versions}
    rows = session.execute(
        select(OutsideMiss, OutsideTraffic.activity_id, OutsideTraffic.verb_id)
        .join(
            OutsideTraffic,
            (OutsideTraffic.organisation_id == OutsideMiss.organisation_id)
            & (OutsideTraffic.activity == OutsideMiss.activity)
            & (OutsideTraffic.verb == OutsideMiss.verb)
            & (OutsideTraffic.client == OutsideMiss.client),
        )
        .where(OutsideMiss.organisation_id == organisation_id, OutsideMiss.version_id.in_(by_id))
    )
    for miss, activity, verb in rows:
        version = by_id[miss.version_id]
        key = f"result:{version.rule_id}:{miss.reason}:{miss.activity.hex()}:{miss.verb.hex()}:{miss.client}"
        yield Group(
            Reason.RESULT,
            key,
            miss.statements,
            miss.latest,
            frozenset({(verb, miss.client)}),
            activity,
            Verdict(miss.reason),
            (version,),
        )


def set_aside(session: Session, organisation_id: int, group: Group, *, by: int, at: datetime) -> None:
    """Nothing is to be done about it. Statements that come later into the same group are set aside with it."""
    if session.get(OutsideIgnored, (organisation_id, group.key)) is None:
        session.add(
            OutsideIgnored(organisation_id=organisation_id, group=group.key, reason=group.reason.value, at=at, by_id=by)
        )


def take_back(session: Session, organisation_id: int, key: str) -> None:
    aside = session.get(OutsideIgnored, (organisation_id, key))
    if aside is not None:
        session.delete(aside)
