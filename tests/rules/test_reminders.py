"""Which reminder is due on a day, when mail rests, and when it is tried again."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.rules.reminders import attempt_after, checked_plan, is_quiet, reminder_due

PLAN = (60, 45, 30, 14, 7, 0)
DUE_ON = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("today", "last_on", "lead"),
    [
        # The first lead begins sixty days before: 2 October; the day before nothing is due.
        (date(2026, 10, 1), None, None),
        (date(2026, 10, 2), None, 60),
        (date(2026, 10, 2), date(2026, 10, 2), None),
        (date(2026, 10, 16), date(2026, 10, 2), None),
        # 17 October is the forty-fifth day.
        (date(2026, 10, 17), date(2026, 10, 2), 45),
        (date(2026, 10, 17), date(2026, 10, 16), 45),
        (date(2026, 10, 18), date(2026, 10, 17), None),
        # The server was off from October on: of 45, 30 and 14 only the last is made up for.
        (date(2026, 11, 20), date(2026, 10, 2), 14),
        (date(2026, 11, 23), date(2026, 11, 20), None),
        (date(2026, 11, 24), date(2026, 11, 20), 7),
        # A case that opens three days before its date is reminded of at once, as of the seventh.
        (date(2026, 11, 28), None, 7),
        (date(2026, 11, 30), date(2026, 11, 28), None),
        (date(2026, 12, 1), date(2026, 11, 28), 0),
        (date(2026, 12, 1), date(2026, 12, 1), None),
        # Once the date is past, nobody is reminded by a plan.
        (date(2026, 12, 2), None, None),
    ],
)
def test_the_nearest_reminder_whose_day_has_come_is_due_once(
    today: date, last_on: date | None, lead: int | None
) -> None:
    assert reminder_due(PLAN, due_on=DUE_ON, today=today, last_on=last_on) == lead


def test_no_plan_reminds_of_nothing() -> None:
    assert reminder_due((), due_on=DUE_ON, today=DUE_ON, last_on=None) is None


def test_before_the_longest_lead_nothing_is_due_and_without_a_day_nil_nothing_on_the_day() -> None:
    assert reminder_due((7,), due_on=DUE_ON, today=date(2026, 11, 23), last_on=None) is None
    assert reminder_due((7,), due_on=DUE_ON, today=DUE_ON, last_on=date(2026, 11, 24)) is None


@given(
    st.lists(st.integers(0, 90), min_size=1, max_size=8),
    st.lists(st.booleans(), min_size=100, max_size=100),
)
def test_each_lead_reminds_once_at_most_on_whatever_days_the_server_runs(
    plan: list[int], runs: list[bool]
) -> None:
    told: list[int] = []
    last: date | None = None
    for offset, is_running in enumerate(runs):
        today = date.fromordinal(DUE_ON.toordinal() - 95 + offset)
        lead = reminder_due(plan, due_on=DUE_ON, today=today, last_on=last)
        if is_running and lead is not None:
            told.append(lead)
            last = today
    assert told == sorted(set(told), reverse=True)
    assert set(told) <= set(plan)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("60, 45, 30", (60, 45, 30)),
        ("7;0 14", (14, 7, 0)),
        ("7,7,7", (7,)),
        ("400", (400,)),
        ("0", (0,)),
    ],
)
def test_a_plan_is_numbers_the_longest_first(text: str, days: tuple[int, ...]) -> None:
    assert checked_plan(text) == days


@pytest.mark.parametrize(
    "text", ["", " , ", "401", "-1", "7.5", "seven", "٧", "99999", ",".join(map(str, range(21)))]
)
def test_anything_else_is_no_plan(text: str) -> None:
    with pytest.raises(DomainError, match=r"plan\.unreadable"):
        checked_plan(text)


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (time(20, 59), False),
        (time(20, 59, 59), False),
        (time(21, 0), True),
        (time(23, 59), True),
        (time(0, 0), True),
        (time(7, 59), True),
        (time(7, 59, 59), True),
        (time(8, 0), False),
        (time(12, 0), False),
    ],
)
def test_hours_past_midnight_are_quiet_from_the_first_minute_to_before_the_last(
    at: time, quiet: bool
) -> None:
    assert is_quiet(at, begins=time(21), ends=time(8)) is quiet


@pytest.mark.parametrize(
    ("at", "quiet"),
    [(time(12, 59), False), (time(13), True), (time(13, 59), True), (time(14), False)],
)
def test_hours_within_a_day_are_quiet_too(at: time, quiet: bool) -> None:
    assert is_quiet(at, begins=time(13), ends=time(14)) is quiet


@pytest.mark.parametrize("at", [time(0), time(7, 59), time(8), time(23, 59)])
def test_where_both_hours_are_the_same_mail_never_rests(at: time) -> None:
    assert not is_quiet(at, begins=time(8), ends=time(8))


@pytest.mark.parametrize(
    ("attempts", "again"),
    [
        (1, datetime(2026, 9, 1, 6, 1, tzinfo=UTC)),
        (2, datetime(2026, 9, 1, 6, 5, tzinfo=UTC)),
        (3, datetime(2026, 9, 1, 6, 30, tzinfo=UTC)),
        (4, datetime(2026, 9, 1, 8, 0, tzinfo=UTC)),
        (5, None),
        (6, None),
    ],
)
def test_mail_is_tried_again_ever_later_and_given_up_after_the_fifth_attempt(
    attempts: int, again: datetime | None
) -> None:
    assert attempt_after(attempts, now=datetime(2026, 9, 1, 6, tzinfo=UTC)) == again
