"""What gaps in order say, in sentences."""

from lms.competence import words
from lms.competence.figures.gate import Shown
from lms.competence.figures.ranking import Ranking
from lms.competence.gap import Tally
from lms.i18n import gettext, local


def finding(of: Ranking) -> str:
    """In one sentence."""
    if of.findings:
        return words.matter([local(one.competence.name) for one in of.findings])
    tallies = [one.tally for one in (*of.ranked, *of.unknown)]
    return words.nothing(
        is_assessed=any(tally is not None and tally.assessed for tally in tallies), is_hidden=None in tallies
    )


def placed(name: str, place: int | None) -> str:
    """What has just been decided about a gap's place."""
    if place is None:
        return gettext("“%(name)s” stands where its figures put it again.", name=name)
    return gettext("“%(name)s” now stands in place %(place)s.", name=name, place=place)


def reach(tally: Tally | Shown | None, k: int) -> str | None:
    """How many reach what their work requires; of a group as far as it may be said. None: not at all."""
    if tally is None:
        return None
    if not tally.assessed:
        return gettext("Not assessed")
    if tally.at_or_above is not None:
        return gettext("%(done)s of %(total)s", done=tally.at_or_above, total=tally.assessed)
    if isinstance(tally, Shown) and not tally.is_coarse:
        return gettext("fewer than %(k)s of %(total)s", k=k, total=tally.assessed)
    return None
