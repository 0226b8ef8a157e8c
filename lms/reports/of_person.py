"""A person's profile against their work: for themselves, and for whoever may open it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from uuid import UUID

from lms.competence import own, words
from lms.competence.asked import Asking
from lms.competence.own import Line, Picture
from lms.competence.shown import ending, level_rules
from lms.courses.content import Library
from lms.i18n import date, gettext, local, ngettext, percent
from lms.reports.of_map import sources
from lms.reports.report import Column, Kind, Report, Table, Value


def of_person(asking: Asking, library: Library, person: UUID) -> Report:
    shown = own.picture(asking.session, asking.viewer, person, library, asking.frameworks, at=asking.at)
    member = shown.member
    ends = ending.by_competence(ending.soon(asking.session, asking.viewer, at=asking.at), person)
    lines = [*shown.needed, *shown.beside]
    return Report(
        key="profile",
        title=gettext("Competence profile"),
        of=member.name,
        day=asking.at.astimezone(asking.zone).date(),
        horizon=0,
        filters={},
        said=[(gettext("Role profile"), member.profile.name if member.profile else gettext("No role profile"))],
        rules=[level_rules.rule_of(asking.session, asking.viewer.organisation_id, asking.at)],
        minimum=None,
        notes=_notes(shown),
        sources=sources(asking.frameworks, [one.competence for one in lines]),
        tables=[
            _levels("needed", gettext("What the work needs"), shown.needed, ends, asking.zone),
            *([_levels("beside", gettext("Also assessed"), shown.beside, ends, asking.zone)] if shown.beside else []),
        ],
    )


def _notes(shown: Picture) -> list[str]:
    known, gaps = len(shown.needed) - shown.not_assessed, sum(bool(line.weighted_gap) for line in shown.needed)
    told = []
    if shown.match is not None:
        told.append(
            gettext("%(share)s of what the work needs, among what has been assessed", share=percent(shown.match))
        )
    if shown.needed:
        told.append(gettext("%(known)s of %(all)s competences assessed", known=known, all=len(shown.needed)))
        told.append(ngettext("%(num)s gap", "%(num)s gaps", gaps))
    return told


def _levels(key: str, title: str, lines: Sequence[Line], ends: Mapping[str, datetime], zone: tzinfo) -> Table:
    return Table(
        key,
        title,
        [
            Column("competence", gettext("Competence")),
            Column("level", gettext("Level"), Kind.WHOLE),
            Column("required", gettext("Required"), Kind.WHOLE),
            Column("gap", gettext("Gap"), Kind.WHOLE),
            Column("shown_by", gettext("Shown by")),
            Column("shown_on", gettext("When"), Kind.DATE),
            Column("marks", gettext("Marks")),
            Column("closing", gettext("What would close it")),
        ],
        [_row(line, ends, zone) for line in lines],
        [line.competence.key for line in lines],
    )


def _row(line: Line, ends: Mapping[str, datetime], zone: tzinfo) -> list[Value]:
    current = line.current
    is_open = line.required is not None and (line.gap or line.gap is None)
    return [
        local(line.competence.name),
        line.level,
        line.required.level if line.required is not None else None,
        line.gap,
        words.sources(current.shown_by) or None if current is not None else gettext("Not assessed"),
        current.shown_at.astimezone(zone).date() if current is not None and current.shown_by else None,
        ", ".join(_marks(line, ends)) or None,
        ", ".join(local(offer.module.title) for offer in line.offers) or None if is_open else None,
    ]


def _marks(line: Line, ends: Mapping[str, datetime]) -> Iterator[str]:
    current = line.current
    # What levels rest on is not for everyone who may see them.
    if current is None or not current.shown_by:
        return
    if current.is_old:
        yield gettext("Old")
    if current.disagreement:
        yield gettext("Two or more levels apart")
    if (until := ends.get(line.competence.key)) is not None:
        yield gettext("until %(date)s", date=date(until))
