from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.competence.outside.timeline import NEVER, Claim, Hit, claims

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    return START + timedelta(days=number)


def hit(number, happened, *conditions, known=None, until=None):
    since = day(happened if known is None else known)
    return Hit(UUID(int=number), "drill", conditions, day(happened), since, NEVER if until is None else day(until))


def claimed(*rows):
    return {
        Claim(UUID(int=number), "drill", day(shown), day(known), end and day(end)) for number, shown, known, end in rows
    }


@pytest.mark.parametrize(
    ("hits", "needed", "months", "expected"),
    [
        pytest.param([hit(1, 1, 0)], 1, None, [(1, 1, 1, None)], id="one is enough, for ever"),
        pytest.param([hit(1, 1, 0)], 1, 1, [(1, 1, 1, 32)], id="for a month"),
        pytest.param([hit(1, 1, 0, known=40)], 1, 1, [], id="it had ended before it was known"),
        pytest.param([hit(1, 1, 0), hit(2, 5, 0)], 2, None, [], id="the same condition twice is one"),
        pytest.param([hit(1, 1, 0), hit(2, 5, 1)], 2, None, [(2, 5, 5, None)], id="the last of them shows it"),
        pytest.param([hit(2, 5, 1), hit(1, 1, 0, known=9)], 2, None, [(2, 5, 9, None)], id="known when both are"),
        pytest.param([hit(1, 1, 0), hit(2, 5, 1)], 2, 1, [(2, 5, 5, 32)], id="until the first of them ends"),
        pytest.param([hit(1, 1, 0), hit(2, 50, 1)], 2, 1, [], id="one had ended when the other came"),
        pytest.param([hit(1, 1, 0, 1)], 2, None, [(1, 1, 1, None)], id="one statement can meet both"),
        pytest.param(
            [hit(1, 1, 0), hit(2, 5, 1), hit(3, 7, 2)], 2, None, [(2, 5, 5, None), (3, 7, 7, None)], id="two of three"
        ),
        pytest.param([hit(1, 1, 0, until=9), hit(2, 5, 1)], 2, None, [(2, 5, 5, 9)], id="one ceases to count"),
        pytest.param(
            [hit(1, 1, 0, until=9), hit(3, 2, 0, known=2), hit(2, 5, 1)],
            2,
            None,
            [(2, 5, 5, None)],
            id="another is there in its place",
        ),
        pytest.param(
            [hit(1, 1, 0), hit(2, 5, 1), hit(3, 3, 0, known=20)],
            2,
            1,
            [(2, 5, 5, 20), (2, 5, 20, 34)],
            id="a late one makes it hold longer, from when it is known",
        ),
        pytest.param(
            [hit(1, 1, 0, until=4), hit(1, 1, 0, known=6)], 1, None, [(1, 1, 1, 4), (1, 1, 6, None)], id="tied twice"
        ),
    ],
)
def test_what_hits_show(hits, needed, months, expected):
    assert set(claims(hits, needed, months)) == claimed(*expected)


def picture(found, on):
    """What holds on a day, from what was known then."""
    return {(one.statement, one.shown_at) for one in found if one.known_at <= on and (one.valid_until or NEVER) > on}


parts = st.tuples(st.integers(0, 40), st.integers(0, 2), st.integers(0, 40), st.none() | st.integers(0, 40))


@settings(max_examples=200)
@given(st.lists(parts, max_size=8), st.integers(1, 3), st.none() | st.integers(1, 2), st.integers(0, 60))
def test_the_picture_of_a_day_is_what_was_known_on_it(drawn, needed, months, day_of):
    """Whatever came or ceased later, each day shows what would be said if the world had ended on it."""
    hits = [
        hit(
            number, happened, condition, known=happened + late, until=None if lasts is None else happened + late + lasts
        )
        for number, (happened, condition, late, lasts) in enumerate(drawn)
    ]
    on = day(day_of)
    then = [replace(one, until=NEVER) for one in hits if one.since <= on < one.until]
    now = {
        (one.statement, one.shown_at)
        for one in claims([replace(one, since=one.happened_at) for one in then], needed, months)
        if (one.valid_until or NEVER) > on
    }
    assert picture(claims(hits, needed, months), on) == now
