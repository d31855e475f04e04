"""Working days: weekends, holidays and government swaps."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.calendar import DayOff, WorkCalendar, explain_working_days

#: Nine days off in a row, a single one in mid-week, one on a Sunday; all of 2026.
OFF_2026 = frozenset(
    [date(2026, 5, day) for day in range(1, 10)] + [date(2026, 3, 20), date(2026, 3, 8)]
)

#: A short calendar for hand counting: 1-9 May 2026 off, Saturday 16 May made a working day.
MAY = WorkCalendar(
    holidays={date(2026, 5, day): DayOff("May Holidays") for day in range(1, 10)},
    working_weekends=frozenset({date(2026, 5, 16)}),
)
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 9, 1), 0, date(2026, 9, 1)),
        (date(2026, 9, 1), 1, date(2026, 9, 2)),
        (date(2026, 9, 4), 1, date(2026, 9, 7)),  # over a weekend
        (date(2026, 9, 5), 1, date(2026, 9, 7)),  # from a Saturday
        (date(2026, 4, 30), 1, date(2026, 5, 11)),  # over the May holidays
        (date(2026, 4, 29), 5, date(2026, 5, 14)),
        (date(2026, 5, 15), 1, date(2026, 5, 16)),  # the swapped Saturday counts
        (date(2026, 5, 16), 1, date(2026, 5, 18)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),  # leap day, a Tuesday
        (date(2026, 12, 31), 1, date(2027, 1, 1)),  # no holidays known here
    ],
)
def test_working_days_are_counted_by_hand(start: date, count: int, expected: date) -> None:
    assert MAY.add_working_days(start, count) == expected


@pytest.mark.parametrize(
    ("end", "count", "expected"),
    [
        (date(2026, 9, 1), 0, date(2026, 9, 1)),
        (date(2026, 9, 1), 1, date(2026, 8, 31)),  # Tuesday to Monday, over the end of a month
        (date(2026, 9, 7), 1, date(2026, 9, 4)),  # over a weekend
        (date(2026, 9, 6), 1, date(2026, 9, 4)),  # from a Sunday
        (date(2026, 5, 11), 1, date(2026, 4, 30)),  # over the May holidays
        (date(2026, 5, 14), 5, date(2026, 4, 29)),  # 13 12 11 30 29
        (date(2026, 5, 18), 1, date(2026, 5, 16)),  # the swapped Saturday counts
        (date(2026, 5, 18), 2, date(2026, 5, 15)),
        (date(2028, 3, 1), 1, date(2028, 2, 29)),  # onto a leap day
        (date(2027, 3, 1), 1, date(2027, 2, 26)),  # a February of 28 days
        (date(2026, 1, 1), 25, date(2025, 11, 27)),  # five weeks, no holidays known here
    ],
)
def test_working_days_before_are_counted_by_hand(end: date, count: int, expected: date) -> None:
    assert MAY.subtract_working_days(end, count) == expected


#: A new year as the government might move it: Monday 28 December off for Saturday the 26th, the
#: holidays up to 7 January, and Saturday the 9th worked.
NEW_YEAR = WorkCalendar(
    holidays={day: DayOff("Day off") for day in (date(2026, 12, 28), date(2027, 1, 1))}
    | {date(2027, 1, day): DayOff("New Year Holidays") for day in range(2, 8)},
    working_weekends=frozenset({date(2026, 12, 26), date(2027, 1, 9)}),
)

#: The working days from Friday 25 December to Monday 11 January, struck off a wall calendar.
WORKED = ("12-25", "12-26", "12-29", "12-30", "12-31", "01-08", "01-09", "01-11")


def test_a_moved_new_year_is_counted_the_same_forwards_and_backwards() -> None:
    first, last = date(2026, 12, 25), date(2027, 1, 11)
    onwards = [NEW_YEAR.add_working_days(first, count) for count in range(8)]
    back = [NEW_YEAR.subtract_working_days(last, count) for count in range(8)]
    assert [f"{day:%m-%d}" for day in onwards] == list(WORKED)
    assert [f"{day:%m-%d}" for day in reversed(back)] == list(WORKED)
    assert NEW_YEAR.working_days_between(first, last) == 7


def test_a_holiday_on_a_swapped_weekend_is_still_off() -> None:
    day = date(2026, 5, 16)
    calendar = WorkCalendar(holidays={day: DayOff("Day off")}, working_weekends=frozenset({day}))
    assert not calendar.is_working(day)


@given(DAYS, st.integers(min_value=1, max_value=120))
def test_adding_ends_on_a_working_day_and_counting_finds_the_number(
    start: date, count: int
) -> None:
    end = MAY.add_working_days(start, count)
    assert MAY.is_working(end)
    assert MAY.working_days_between(start, end) == count


@given(DAYS, st.integers(min_value=1, max_value=120))
def test_subtracting_takes_back_what_was_added_to_a_working_day(start: date, count: int) -> None:
    first = MAY.add_working_days(start, 1)
    assert MAY.subtract_working_days(MAY.add_working_days(first, count), count) == first


@given(DAYS, st.integers(min_value=1, max_value=60))
def test_one_more_working_day_is_never_earlier(start: date, count: int) -> None:
    assert MAY.add_working_days(start, count) < MAY.add_working_days(start, count + 1)


@given(DAYS, st.integers(min_value=1, max_value=60), st.sampled_from([1, -1]))
def test_the_explained_day_is_the_computed_day(start: date, count: int, direction: int) -> None:
    walk = MAY.add_working_days if direction == 1 else MAY.subtract_working_days
    assert explain_working_days(MAY, start, count, direction=direction)[0] == walk(start, count)


def test_the_explanation_names_the_holidays_that_were_skipped() -> None:
    day, steps = explain_working_days(MAY, date(2026, 4, 29), 5)
    assert day == date(2026, 5, 14)
    assert [step.code for step in steps] == ["count.holidays", "count.working_day"]
    assert steps[0].values["first"] == "2026-05-01"
    assert steps[0].values["last"] == "2026-05-10"


@given(
    st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 11, 30)),
    st.integers(min_value=1, max_value=15),
)
def test_no_day_off_is_ever_counted(start: date, count: int) -> None:
    calendar = WorkCalendar(holidays=dict.fromkeys(OFF_2026, DayOff("off")))
    end = calendar.add_working_days(start, count)
    passed = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    worked = [day for day in passed if day.weekday() in range(5) and day not in OFF_2026]
    assert len(worked) == count
    assert worked[-1] == end


@given(DAYS)
def test_without_holidays_five_working_days_are_a_week_over_any_border(day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    assert WorkCalendar().add_working_days(monday, 5) == monday + timedelta(days=7)
    assert WorkCalendar().subtract_working_days(monday, 5) == monday - timedelta(days=7)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (date(2026, 1, 30), date(2026, 2, 2)),  # Friday to Monday, over the end of a month
        (date(2027, 2, 26), date(2027, 3, 1)),  # a February of 28 days
        (date(2028, 2, 29), date(2028, 3, 1)),  # from a leap day
    ],
)
def test_the_end_of_a_month_is_no_border(start: date, expected: date) -> None:
    assert WorkCalendar().add_working_days(start, 1) == expected


def test_days_between_count_backwards_as_forwards() -> None:
    first, last = date(2026, 9, 1), date(2026, 9, 1) + timedelta(days=10)
    assert MAY.working_days_between(last, first) == -MAY.working_days_between(first, last) == -8
