"""What an organisation, or a unit, needs, and how many are missing."""

from lms.competence import words
from lms.competence.asked import Asking
from lms.competence.figures import need_lines
from lms.competence.figures.need_lines import AtPlace, Line
from lms.competence.required import decided, needs
from lms.i18n import date, gettext, local
from lms.identity.models import Role
from lms.reports.of_map import rules_of, sources
from lms.reports.report import HIDDEN, Column, Kind, Report, Table, Value


def of_needs(asking: Asking, place: str) -> Report:
    found = need_lines.at_place(asking, place)
    is_team = not asking.viewer.has(Role.ADMINISTRATOR, Role.PROJECT_LEADER)
    return Report(
        key=f"needs-{place}",
        title=gettext("Needs"),
        of=found.place.name,
        day=found.on,
        horizon=0,
        filters={},
        said=_said(found),
        rules=rules_of(asking, is_of_groups=not is_team),
        minimum=None if is_team else asking.k,
        notes=[
            *([gettext("Holders are counted among those whom you follow up, and yourself.")] if is_team else []),
            gettext(
                "Holders are those who have shown the level or a higher one, of those assessed. Shortfall ahead is "
                "what is needed then less those who are expected to hold it: a forecast, without those who leave and "
                "with those who have been asked to learn it. Safe is three holders or more."
            ),
            *([_reckoned(found.per_year)] if found.per_year else []),
        ],
        sources=sources(asking.frameworks, [one.competence for one in found.lines]),
        tables=[_table(found)],
    )


def _said(found: AtPlace) -> list[tuple[str, str]]:
    if found.current is None:
        return [(gettext("Version"), gettext("Nothing holds yet."))]
    current = found.current
    holds = gettext("Version %(number)s holds since %(day)s.", number=current.number, day=date(current.valid_from))
    return [(gettext("Version"), holds)]


def _reckoned(per_year: int) -> str:
    return gettext(
        "It is reckoned that %(number)s in a hundred leave in a year, besides those whose last day is known.",
        number=per_year,
    )


def _table(found: AtPlace) -> Table:
    since = found.current.valid_from if found.current is not None else found.on
    ahead = []
    for months in needs.HORIZONS[1:]:
        day = date(needs.due(since, months), "MMM y")
        ahead.append(Column(f"needed_{months}", gettext("By %(day)s", day=day), Kind.WHOLE))
        ahead.append(Column(f"expected_{months}", gettext("Expected by %(day)s", day=day), Kind.NUMBER))
    return Table(
        "needs",
        gettext("Needs and holders"),
        [
            Column("competence", gettext("Competence")),
            Column("level", gettext("Level")),
            Column("needed_now", gettext("Needed now"), Kind.WHOLE),
            *ahead,
            Column("holders", gettext("Holders"), Kind.WHOLE),
            Column("assessed", gettext("Assessed"), Kind.WHOLE),
            Column("shortfall_now", gettext("Shortfall now"), Kind.WHOLE),
            Column("shortfall_ahead", gettext("Shortfall ahead"), Kind.WHOLE),
            Column("vulnerability", gettext("Vulnerability")),
        ],
        [_row(line) for line in found.lines],
        [f"{line.sought.key}/{line.sought.level}" for line in found.lines],
    )


def _row(line: Line) -> list[Value]:
    holding, is_hidden = line.holding, line.holding.holders is None
    lead: list[Value] = [local(line.competence.name), words.level(line.sought.level), line.now]
    for months in needs.HORIZONS[1:]:
        lead += [line.ahead.get(months), HIDDEN if is_hidden else _rounded(line.expected.get(months))]
    if is_hidden:
        return [*lead, *[HIDDEN] * 5]
    if not holding.assessed:
        return [*lead, None, None, None, None, None]
    word, _ = decided.vulnerable(holding.vulnerability)
    return [*lead, holding.holders, holding.assessed, line.short, line.short_ahead, word or None]


def _rounded(of: float | None) -> float | None:
    """As the page says it."""
    return round(of, 1) if of is not None else None
