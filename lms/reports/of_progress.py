"""How far gaps have been closed, month by month."""

from collections.abc import Iterator
from datetime import tzinfo

from lms.competence import asked, words
from lms.competence.asked import Asking, Moved, Wanted
from lms.competence.figures.grouping import least
from lms.competence.figures.progress import Point
from lms.i18n import gettext
from lms.reports.of_map import given, rules_of, whose
from lms.reports.report import Column, Kind, Report, Table, Value, share


def of_progress(asking: Asking, wanted: Wanted) -> Report:
    shown = asked.over_time(asking, wanted)
    is_team = shown.view == "team"
    return Report(
        key="over-time",
        title=gettext("Gaps over time"),
        of=whose(asking, is_team=is_team),
        day=shown.day.on.astimezone(asking.zone).date(),
        horizon=0,
        filters=given(wanted),
        said=list(_said(shown)),
        rules=rules_of(asking, is_of_groups=not is_team),
        minimum=None if is_team else least(asking.k, shown.filters.by),
        notes=list(_notes(shown, asking)),
        sources=[],
        tables=[
            Table(
                "months",
                gettext("Month by month"),
                [
                    Column("day", gettext("Day"), Kind.DATE),
                    Column("people", gettext("People"), Kind.WHOLE),
                    Column("coverage", gettext("Assessed"), Kind.SHARE),
                    Column("index", gettext("Gap index, everyone"), Kind.SHARE),
                    Column("same_index", gettext("Gap index, the same people"), Kind.SHARE),
                    Column("same_people", gettext("The same people"), Kind.WHOLE),
                ],
                [_row(one, asking.zone) for one in reversed(shown.progress.points)],
            )
        ],
    )


def _said(shown: Moved) -> Iterator[tuple[str, str]]:
    by = shown.filters.by
    if shown.filters.group and by is not None:
        yield words.group(by), shown.progress.groups[shown.filters.group]


def _notes(shown: Moved, asking: Asking) -> Iterator[str]:
    found = shown.progress
    if found.same is not None:
        yield gettext("The same people: gap index %(change)s", change=words.change(found.same))
    if found.all is not None:
        yield gettext("Everyone: gap index %(change)s", change=words.change(found.all))
    if shown.view != "team":
        yield gettext(
            "The gap index counts competences in which at least %(k)s people have been assessed.",
            k=2 * least(asking.k, shown.filters.by),
        )
    yield gettext("What is empty is not zero: it is not known, or must not be shown.")
    yield gettext("Levels are told by the rule that holds today, of what was required then.")


def _row(point: Point, zone: tzinfo) -> list[Value]:
    return [
        point.day.on.astimezone(zone).date(),
        point.people,
        share(point.coverage),
        share(point.index),
        share(point.same),
        point.same_people if point.same is not None else None,
    ]
