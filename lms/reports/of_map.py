"""The map, of a team or of groups, with gap and priority of each competence."""

from collections.abc import Iterator, Sequence

from lms.competence import asked, words
from lms.competence.asked import Asking, Pictured, Wanted
from lms.competence.figures.gate import Shown
from lms.competence.figures.grouping import By, least
from lms.competence.figures.map import Column as Competences
from lms.competence.figures.map import Filters, Row, Sort
from lms.competence.gap import Tally
from lms.competence.shown import level_rules
from lms.competence.shown.level import LevelRule
from lms.frameworks.framework import Competence, Frameworks
from lms.i18n import gettext, local, ngettext, percent
from lms.identity import access
from lms.identity.models import Organisation
from lms.reports.report import HIDDEN, Column, Kind, Report, Table, Value, share


def of_map(asking: Asking, wanted: Wanted) -> Report:
    shown = asked.picture(asking, wanted)
    is_team = shown.view == "team"
    return Report(
        key="map",
        title=gettext("Competence map"),
        of=whose(asking, is_team=is_team),
        day=shown.day.on.astimezone(asking.zone).date(),
        horizon=shown.day.horizon,
        filters=given(wanted),
        said=list(_said(shown, asking.frameworks)),
        rules=rules_of(asking, is_of_groups=not is_team),
        minimum=None if is_team else least(asking.k, shown.filters.by),
        notes=list(_notes(shown)),
        sources=sources(asking.frameworks, [one.competence for one in shown.map.columns]),
        tables=[_cells(shown), _competences(shown)],
    )


def whose(asking: Asking, *, is_team: bool) -> str:
    here = asking.session.get_one(Organisation, asking.viewer.organisation_id).name
    return gettext("%(name)s's team", name=asking.viewer.name) + f", {here}" if is_team else here


def given(wanted: Wanted) -> dict[str, str]:
    return {name: value for name, value in wanted.items() if value}


def rules_of(asking: Asking, *, is_of_groups: bool) -> list[LevelRule]:
    """By which the levels of those counted are told: each organisation can have chosen its own."""
    whose = [asking.viewer.organisation_id]
    if is_of_groups:
        whose = list(asking.session.scalars(access.organisations(asking.viewer).with_only_columns(Organisation.id)))
    found = level_rules.rules_of(asking.session, whose, asking.at)
    return sorted(set(found.values()), key=lambda rule: rule.key)


def sources(frameworks: Frameworks, competences: Sequence[Competence]) -> list[str]:
    keys = dict.fromkeys(frameworks.of(one).key for one in competences)
    return [local(frameworks.get(key).notice) for key in keys]


def _said(shown: Pictured, frameworks: Frameworks) -> Iterator[tuple[str, str]]:
    filters, day = shown.filters, shown.day
    is_team = shown.view == "team"
    if not day.is_past:
        yield gettext("Needed"), words.horizon(day.horizon)
    if not is_team:
        yield gettext("Rows"), words.group(_by(filters))
    yield from narrowed(shown, frameworks)
    yield gettext("Order"), order(filters.sort)


def _by(filters: Filters) -> By:
    if filters.by is None:
        raise ValueError("A map of groups is by something.")
    return filters.by


def narrowed(shown: Pictured, frameworks: Frameworks) -> Iterator[tuple[str, str]]:
    filters = shown.filters
    if filters.group:
        label = gettext("Unit") if shown.view == "team" else words.group(_by(filters))
        yield label, shown.map.groups[filters.group]
    if filters.framework:
        yield gettext("Framework"), local(frameworks.get(filters.framework).name)
    if filters.profile:
        yield gettext("Role profile"), shown.map.profiles[filters.profile]


def order(sort: Sort) -> str:
    return {
        Sort.NAME: gettext("By name"),
        Sort.GAP: gettext("Largest gap first"),
        Sort.PRIORITY: gettext("Highest priority first"),
    }[sort]


def _notes(shown: Pictured) -> Iterator[str]:
    found = shown.map
    yield words.finding(found)
    yield ngettext("%(num)s person", "%(num)s people", found.people)
    if found.coverage is not None:
        yield gettext("%(share)s of what is needed has been assessed", share=percent(found.coverage))
    if found.without_profile:
        yield ngettext(
            "%(num)s has no role profile and is not counted",
            "%(num)s have no role profile and are not counted",
            found.without_profile,
        )
    if found.kept_back:
        yield ngettext(
            "%(num)s person in your team is not shown: your organisation lets people keep their levels to themselves.",
            "%(num)s people in your team are not shown: your organisation lets people keep their levels to themselves.",
            found.kept_back,
        )
    if warning := words.self_rated(found):
        yield warning
    if picture := words.picture(shown.day):
        yield picture
    if shown.view == "team" and shown.day.is_past:
        yield gettext("Shown are those who were in your team then and still are.")


def _cells(shown: Pictured) -> Table:
    """Who by competence, as on the page."""
    is_team, by_name = shown.view == "team", shown.filters.sort is Sort.NAME
    lead = [Column("name", gettext("Name") if is_team else words.group(_by(shown.filters)))]
    if is_team:
        lead.append(Column("role_profile", gettext("Role profile")))
    competences = [
        # In another order than the frameworks' own, what belongs to an area does not stand together.
        Column(
            one.competence.key,
            local(one.competence.name),
            Kind.LEVEL,
            local(one.area.name) if by_name else "",
            local(one.competence.short),
        )
        for one in shown.map.columns
    ]
    total = shown.map.total if not shown.filters.group else None
    rows = [*shown.map.rows, *([total] if total is not None else [])]
    return Table(
        "map",
        gettext("Map"),
        [*lead, *competences],
        [[*_who(row, shown, is_total=row is total), *_figures(row)] for row in rows],
        [str(row.person) if is_team else row.group for row in rows],
    )


def _who(row: Row, shown: Pictured, *, is_total: bool) -> list[Value]:
    if shown.view == "team":
        return [row.name, row.note or gettext("No role profile")]
    return [row.name or (gettext("All together") if is_total else words.no_group(_by(shown.filters)))]


def _figures(row: Row) -> list[Value]:
    return [HIDDEN if one.hidden else one for one in row.figures]


def _competences(shown: Pictured) -> Table:
    return Table(
        "competences",
        gettext("Gap and priority of each competence"),
        [
            Column("competence", gettext("Competence")),
            Column("need", gettext("Need it"), Kind.WHOLE),
            Column("assessed", gettext("Assessed"), Kind.WHOLE),
            Column("at_or_above", gettext("At or above"), Kind.SHARE),
            Column("index", gettext("Gap index"), Kind.SHARE),
            Column("criticality", gettext("Criticality"), Kind.NUMBER),
            Column("priority", gettext("Priority"), Kind.NUMBER),
        ],
        [[local(one.competence.name), *_measures(one, shown)] for one in shown.map.columns],
        [one.competence.key for one in shown.map.columns],
    )


def _measures(column: Competences, shown: Pictured) -> list[Value]:
    tally = column.tally
    if tally is None:
        return [HIDDEN] * 6
    is_coarse = _is_coarse(tally)
    return [
        tally.required_of,
        tally.assessed,
        share(tally.share_at_or_above, is_coarse=is_coarse),
        share(tally.index, is_coarse=is_coarse),
        round(tally.criticality(shown.map.people), 1),
        round(column.priority.value, 2) if column.priority is not None and not is_coarse else None,
    ]


def _is_coarse(tally: Tally | Shown) -> bool:
    return isinstance(tally, Shown) and tally.is_coarse
