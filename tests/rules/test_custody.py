"""Into whose hands a passport may go, and on which days."""

from datetime import date

import pytest

from core.errors import DomainError
from core.rules.custody import (
    HandOver,
    Holding,
    days_overdue,
    expected_after,
    next_holders,
    refuse_hand_over,
)
from core.terms import PassportHolder

OWNER, DEPARTMENT, DCS, SCNB, EMBASSY = PassportHolder
TODAY = date(2026, 9, 1)

ALLOWED = {
    OWNER: {DEPARTMENT},
    DEPARTMENT: {OWNER, DCS, SCNB, EMBASSY},
    DCS: {OWNER, DEPARTMENT, SCNB, EMBASSY},
    SCNB: {OWNER, DEPARTMENT, DCS, EMBASSY},
    EMBASSY: {OWNER, DEPARTMENT, DCS, SCNB},
}


def refused(now: Holding, after: PassportHolder, known: HandOver) -> str | None:
    try:
        refuse_hand_over(now, after, known, today=TODAY)
    except DomainError as error:
        return error.code
    return None


@pytest.mark.parametrize("before", PassportHolder)
@pytest.mark.parametrize("after", PassportHolder)
def test_a_passport_is_taken_in_before_it_goes_on(
    before: PassportHolder, after: PassportHolder
) -> None:
    now = Holding(holder=before, since_on=date(2026, 8, 1))
    code = refused(now, after, HandOver(moved_on=TODAY))
    if after in ALLOWED[before]:
        assert code is None
    else:
        assert code == ("custody.there_already" if after is before else "custody.not_taken_in")
    assert set(next_holders(before)) == ALLOWED[before]


@pytest.mark.parametrize(
    ("moved_on", "code"),
    [
        (date(2026, 9, 2), "custody.future"),
        (date(2026, 9, 1), None),
        (date(2026, 8, 20), None),
        (date(2026, 8, 19), "custody.before_last"),
    ],
)
def test_the_day_lies_between_the_last_move_and_today(moved_on: date, code: str | None) -> None:
    now = Holding(holder=DEPARTMENT, since_on=date(2026, 8, 20))
    assert refused(now, DCS, HandOver(moved_on=moved_on)) == code


@pytest.mark.parametrize(
    ("expected", "code"),
    [
        (date(2026, 8, 31), "custody.expected_before"),
        (date(2026, 9, 1), None),
        (None, None),
    ],
)
def test_it_is_expected_back_on_the_day_itself_at_the_earliest(
    expected: date | None, code: str | None
) -> None:
    known = HandOver(moved_on=TODAY, expected_back_on=expected)
    assert refused(Holding(), DEPARTMENT, known) == code


def test_what_is_returned_is_expected_no_more() -> None:
    known = HandOver(moved_on=TODAY, expected_back_on=date(2026, 8, 1))
    assert refused(Holding(holder=DCS, since_on=date(2026, 8, 20)), OWNER, known) is None


@pytest.mark.parametrize(
    ("after", "said", "expected"),
    [
        (DEPARTMENT, None, date(2026, 9, 5)),
        (DCS, None, date(2026, 9, 5)),
        (DCS, date(2026, 9, 30), date(2026, 9, 30)),
        (OWNER, date(2026, 9, 30), None),
    ],
)
def test_passed_on_it_stays_expected_when_it_was(
    after: PassportHolder, said: date | None, expected: date | None
) -> None:
    known = HandOver(moved_on=TODAY, expected_back_on=said)
    assert expected_after(date(2026, 9, 5), after, known) == expected


def test_the_first_time_no_day_is_too_early() -> None:
    assert refused(Holding(), DEPARTMENT, HandOver(moved_on=date(2020, 1, 1))) is None


@pytest.mark.parametrize(
    ("expected", "days"),
    [(None, 0), (date(2026, 9, 1), 0), (date(2026, 8, 31), 1), (date(2026, 8, 2), 30)],
)
def test_it_is_overdue_from_the_day_after(expected: date | None, days: int) -> None:
    assert days_overdue(expected, today=TODAY) == days
