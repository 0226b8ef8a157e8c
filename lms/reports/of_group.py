"""Why a group's cell of the map says what it does."""

from typing import Final

from lms.competence import asked, gap, words
from lms.competence.asked import Asking, OfGroup, Wanted
from lms.competence.figures.gate import Shown
from lms.competence.figures.grouping import By, least
from lms.i18n import gettext, lazy_gettext, local
from lms.reports.of_map import given, rules_of, sources
from lms.reports.report import HIDDEN, Column, Kind, Report, Table, Value, share

# The same whatever is known, so that programs find them.
_MEASURES: Final = (
    ("need", lazy_gettext("Need it"), Kind.WHOLE),
    ("assessed", lazy_gettext("Assessed"), Kind.WHOLE),
    ("coverage", lazy_gettext("Share assessed"), Kind.SHARE),
    ("index", lazy_gettext("Gap index"), Kind.SHARE),
    ("at_or_above", lazy_gettext("At or above"), Kind.SHARE),
    ("current", lazy_gettext("Level on average"), Kind.NUMBER),
    ("required", lazy_gettext("Required on average"), Kind.NUMBER),
    ("weighted_gap", lazy_gettext("Sum of weight × gap"), Kind.WHOLE),
    ("weighted_required", lazy_gettext("Sum of weight × required"), Kind.WHOLE),
    ("criticality", lazy_gettext("Criticality"), Kind.NUMBER),
    ("horizon_factor", lazy_gettext("How near the need is"), Kind.NUMBER),
    ("priority", lazy_gettext("Priority"), Kind.NUMBER),
    ("reliability", lazy_gettext("Reliability on average"), Kind.SHARE),
    ("only_self", lazy_gettext("Only self-assessment"), Kind.SHARE),
    ("confirmed", lazy_gettext("Confirmed by more than the person's own word"), Kind.SHARE),
    ("disagreement", lazy_gettext("Self and manager two or more levels apart"), Kind.SHARE),
    ("old", lazy_gettext("Older than 24 months"), Kind.SHARE),
    ("vulnerability", lazy_gettext("If someone leaves"), Kind.TEXT),
)


def of_group(asking: Asking, wanted: Wanted, *, group: str, framework: str, code: str) -> Report:
    found = asked.of_group(asking, group, asking.frameworks.competence(f"{framework}/{code}"), wanted)
    profile = [(gettext("Role profile"), found.profile)] if found.profile else []
    values = _values(found)
    return Report(
        key=f"why-{group}-{code}",
        title=local(found.competence.name),
        of=found.place,
        day=found.day.on.astimezone(asking.zone).date(),
        horizon=found.day.horizon,
        filters=given(wanted),
        said=[(gettext("Needed"), words.horizon(found.day.horizon)), *profile],
        rules=rules_of(asking, is_of_groups=True),
        minimum=least(asking.k, found.by),
        notes=[local(found.competence.descriptor), *filter(None, [words.picture(found.day), _warning(found)])],
        sources=sources(asking.frameworks, [found.competence]),
        tables=[
            Table(
                "why",
                gettext("How it is worked out"),
                [Column(key, str(label), kind) for key, label, kind in _MEASURES],
                [[values.get(key) for key, *_ in _MEASURES]],
                [found.competence.key],
            )
        ],
    )


def _warning(found: OfGroup) -> str:
    shown = found.group.shown
    return words.one_self_rated() if found.by is By.GENDER and shown is not None and shown.is_self_rated else ""


def _values(found: OfGroup) -> dict[str, Value]:
    """What the page says, and no more."""
    shown = found.group.shown
    if not found.group.required_of:
        return {}
    if shown is None:
        return dict.fromkeys((key for key, *_ in _MEASURES), HIDDEN)
    if not shown.assessed:
        return {"need": shown.required_of}
    return _known(shown) | ({} if shown.is_coarse else _exact(found, shown))


def _known(shown: Shown) -> dict[str, Value]:
    def part(of: float | None) -> Value:
        return share(of, is_coarse=shown.is_coarse)

    return {
        "need": shown.required_of,
        "assessed": shown.assessed,
        "coverage": share(shown.coverage),
        "index": part(shown.index),
        "at_or_above": part(shown.share_at_or_above),
        "current": shown.mean_current,
        "required": shown.mean_required,
        "reliability": part(shown.reliability),
        "only_self": part(shown.only_self),
        "confirmed": part(shown.confirmed),
        "disagreement": part(shown.disagreement),
        "old": part(shown.old),
        "vulnerability": words.vulnerability(gap.vulnerability(shown.at_or_above))
        if shown.at_or_above is not None
        else None,
    }


def _exact(found: OfGroup, shown: Shown) -> dict[str, Value]:
    """Not of a small group."""
    priority = found.priority
    if priority is None:
        return {}
    return {
        "weighted_gap": shown.weighted_gap,
        "weighted_required": shown.weighted_required,
        "criticality": round(priority.criticality, 1),
        "horizon_factor": priority.horizon_factor,
        "priority": round(priority.value, 2),
    }
