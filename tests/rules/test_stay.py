"""Days used in a sliding window, and the last safe day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.rules.stay import Stay, StayTerm, count_stay, days_used, stays_of
from core.terms import CrossingDirection

IN, OUT = CrossingDirection.IN, CrossingDirection.OUT
LONG_AGO = date(2020, 1, 1)


def term(stay_days: int, window_days: int, since: date = LONG_AGO, **more: date) -> StayTerm:
    return StayTerm(stay_days=stay_days, window_days=window_days, in_force_from=since, **more)


KAZAKH = (term(90, 180),)


@pytest.mark.parametrize(
    ("on", "used", "left", "safe"),
    [
        (date(2026, 1, 1), 1, 89, date(2026, 3, 31)),  # the day of entry counts
        (date(2026, 1, 10), 10, 80, date(2026, 3, 31)),  # 31 + 28 + 31 = 90
        (date(2026, 3, 30), 89, 1, date(2026, 3, 31)),
        (date(2026, 3, 31), 90, 0, date(2026, 3, 31)),
        (date(2026, 4, 1), 91, 0, None),
    ],
)
def test_ninety_days_from_new_year_end_on_the_last_of_march(
    on: date, used: int, left: int, safe: date | None
) -> None:
    count = count_stay(stays_of([(date(2026, 1, 1), IN)]), KAZAKH, on=on)
    assert count is not None
    assert (count.days_used, count.days_left, count.last_safe_day) == (used, left, safe)


@pytest.mark.parametrize(
    ("on", "used"),
    [
        (date(2026, 2, 28), 30),
        (date(2026, 6, 29), 30),  # day 180 counted from 1 January still sees 1 January
        (date(2026, 6, 30), 29),
        (date(2026, 7, 28), 1),
        (date(2026, 7, 29), 0),
    ],
)
def test_days_leave_the_window_one_by_one(on: date, used: int) -> None:
    stays = stays_of([(date(2026, 1, 1), IN), (date(2026, 1, 30), OUT)])
    assert days_used(stays, KAZAKH[0], on=on) == used


def test_leaving_and_coming_back_on_one_day_counts_it_once() -> None:
    stays = stays_of(
        [(date(2026, 1, 1), IN), (date(2026, 1, 5), OUT), (date(2026, 1, 5), IN)]
    )
    assert days_used(stays, KAZAKH[0], on=date(2026, 1, 10)) == 10


def test_thirty_in_sixty_lets_in_again_as_the_first_days_leave() -> None:
    # Here from 1 to 30 January: the window of 1 March begins on 1 January, that of 2 March not.
    stays = stays_of([(date(2026, 1, 1), IN), (date(2026, 1, 30), OUT)])
    terms = (term(30, 60),)
    assert count_stay(stays, terms, on=date(2026, 3, 1)) == count_stay(
        stays, terms, on=date(2026, 3, 1)
    )
    first_of_march = count_stay(stays, terms, on=date(2026, 3, 1))
    second_of_march = count_stay(stays, terms, on=date(2026, 3, 2))
    assert first_of_march is not None
    assert second_of_march is not None
    assert (first_of_march.days_left, second_of_march.days_left) == (0, 1)
