import pytest

from lms.competence.figures import turnover
from lms.errors import Invalid


def test_the_nearest_that_has_been_said_counts(cast, session, at):
    turnover.reckon(session, cast.project.id, 10, by=cast.cecilia.id, at=at)
    turnover.reckon(session, cast.fyren.id, 25, by=cast.bjorn.id, at=at)
    session.flush()
    rates = turnover.rates_of(session, [cast.fyren.id, cast.ekeby.id, cast.nordverk.id])
    assert rates == {cast.fyren.id: 0.25, cast.ekeby.id: 0.1, cast.nordverk.id: 0.1}


def test_where_nobody_has_said_any_there_is_none(cast, session):
    assert turnover.rates_of(session, [cast.fyren.id]) == {cast.fyren.id: 0}


def test_it_can_be_said_anew(cast, session, at):
    for per_year in (10, 0):
        turnover.reckon(session, cast.fyren.id, per_year, by=cast.bjorn.id, at=at)
        session.flush()
    assert turnover.rates_of(session, [cast.fyren.id]) == {cast.fyren.id: 0}


@pytest.mark.parametrize("per_year", [-1, 101])
def test_nobody_leaves_more_than_once(cast, session, at, per_year):
    with pytest.raises(Invalid):
        turnover.reckon(session, cast.fyren.id, per_year, by=cast.bjorn.id, at=at)


@pytest.mark.parametrize(
    ("holders", "per_year", "months", "left"),
    [(10, 0.1, 0, 10), (10, 0.1, 12, 9), (10, 0.2, 36, 5.12), (0, 0.5, 12, 0)],
)
def test_those_who_are_likely_to_be_left(holders, per_year, months, left):
    assert holders * turnover.share_left(per_year, months) == pytest.approx(left)
