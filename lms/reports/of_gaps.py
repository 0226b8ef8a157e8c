"""Gaps in the order they matter."""

from collections.abc import Iterator
from typing import Final

from lms.competence import asked, words
from lms.competence.asked import Asking, Ranked, Wanted
from lms.competence.figures import ranked
from lms.competence.figures.grouping import By
from lms.competence.figures.ranking import Gap, Where
from lms.competence.gap import Vulnerability
from lms.competence.required import decided
from lms.courses.content import Library
from lms.i18n import gettext, local, ngettext, percent
from lms.reports.of_map import given, rules_of, sources, whose
from lms.reports.report import HIDDEN, Column, Kind, Report, Table, Value, share

# So many people or groups are named.
_NAMED: Final = 3


def of_gaps(asking: Asking, library: Library, wanted: Wanted) -> Report:
    shown = asked.ranked(asking, library, wanted)
    is_team, ranking = shown.view == "team", shown.ranking
    competences = [one.competence for one in (*ranking.ranked, *ranking.unknown)]
    return Report(
        key="gaps",
        title=gettext("Gaps in order"),
        of=whose(asking, is_team=is_team),
        day=shown.day.on.astimezone(asking.zone).date(),
        horizon=shown.day.horizon,
        filters=given(wanted),
        said=[(gettext("Needed"), words.horizon(shown.day.horizon)), *_narrowed(asking, shown)],
        rules=rules_of(asking, is_of_groups=not is_team),
        minimum=None if is_team else asking.k,
        notes=list(_notes(shown)),
        sources=sources(asking.frameworks, competences),
        tables=[_ranked(shown, asking.k), *([_unknown(shown)] if ranking.unknown else [])],
    )


def _narrowed(asking: Asking, shown: Ranked) -> Iterator[tuple[str, str]]:
    filters, ranking = shown.filters, shown.ranking
    if filters.group:
        yield gettext("Only"), ranking.groups[filters.group]
    if filters.framework:
        yield gettext("Framework"), local(asking.frameworks.get(filters.framework).name)
    if filters.profile:
        yield gettext("Role profile"), ranking.profiles[filters.profile]


def _notes(shown: Ranked) -> Iterator[str]:
    ranking = shown.ranking
    yield ranked.finding(ranking)
    yield ngettext("%(num)s person", "%(num)s people", ranking.people)
    if ranking.coverage is not None:
        yield gettext("%(share)s of what is needed has been assessed", share=percent(ranking.coverage))
    if ranking.without_profile:
        yield ngettext(
            "%(num)s has no role profile and is not counted",
            "%(num)s have no role profile and are not counted",
            ranking.without_profile,
        )
    if picture := words.picture(shown.day):
        yield picture


def _ranked(shown: Ranked, k: int) -> Table:
    return Table(
        "gaps",
        gettext("All gaps, the most important first"),
        [
            Column("place", gettext("Place"), Kind.WHOLE),
            Column("by_figures", gettext("Place by figures"), Kind.WHOLE),
            Column("competence", gettext("Competence")),
            Column("marks", gettext("Marks")),
            Column("where", gettext("Where")),
            Column("assessed", gettext("Assessed"), Kind.WHOLE),
            Column("need", gettext("Need it"), Kind.WHOLE),
            Column("reach", gettext("Reach what is required")),
            Column("priority", gettext("Priority"), Kind.NUMBER),
            Column("index", gettext("Gap index"), Kind.SHARE),
            Column("criticality", gettext("Criticality"), Kind.NUMBER),
            Column("horizon_factor", gettext("How near the need is"), Kind.NUMBER),
        ],
        [_row(gap, shown.filters.by, k) for gap in shown.ranking.ranked],
        [gap.competence.key for gap in shown.ranking.ranked],
    )


def _row(gap: Gap, by: By | None, k: int) -> list[Value]:
    lead: list[Value] = [
        gap.place,
        gap.computed if gap.decision is not None else None,
        local(gap.competence.name),
        ", ".join(_marks(gap)) or None,
        _where(gap, by),
    ]
    if gap.tally is None or gap.priority is None:
        return [*lead, *[HIDDEN] * 7]
    reach = ranked.reach(gap.tally, k)
    return [
        *lead,
        gap.tally.assessed,
        gap.tally.required_of,
        HIDDEN if reach is None else reach,
        round(gap.priority.value, 2),
        share(gap.tally.index, is_coarse=gap.is_coarse),
        round(gap.priority.criticality, 1),
        gap.priority.horizon_factor,
    ]


def _marks(gap: Gap) -> Iterator[str]:
    if gap.decision is not None:
        yield gettext("Place decided")
        if gap.has_moved:
            yield gettext("Figures have moved: look again")
    if gap.vulnerability in (Vulnerability.MISSING, Vulnerability.SINGLE, Vulnerability.THIN):
        yield decided.vulnerable(gap.vulnerability)[0]


def _where(gap: Gap, by: By | None) -> str | None:
    """Those where most is missing, as the page names them."""
    named = [_named(one, by) for one in gap.where[:_NAMED]]
    if (more := len(gap.where) - _NAMED) > 0:
        named[-1] += " " + ngettext("and %(num)s more", "and %(num)s more", more)
    return ", ".join(named) or None


def _named(one: Where, by: By | None) -> str:
    if one.person is not None:
        return one.name
    name = one.name or (words.no_group(by) if by is not None else "")
    return f"{name} ({words.share(one.index, one.is_coarse)})"


def _unknown(shown: Ranked) -> Table:
    gaps = shown.ranking.unknown
    return Table(
        "unknown",
        gettext("Not known"),
        [Column("competence", gettext("Competence")), Column("need", gettext("Need it"), Kind.WHOLE)],
        [[local(one.competence.name), one.tally.required_of if one.tally is not None else HIDDEN] for one in gaps],
        [one.competence.key for one in gaps],
    )
