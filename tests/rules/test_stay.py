"""Days used in a sliding window, and the last safe day."""

import random
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
    stays = stays_of([(date(2026, 1, 1), IN), (date(2026, 1, 5), OUT), (date(2026, 1, 5), IN)])
    assert days_used(stays, KAZAKH[0], on=date(2026, 1, 10)) == 10


@pytest.mark.parametrize(
    ("entry", "days", "window", "safe"),
    [
        ("2028-01-01", 90, 180, "2028-03-30"),  # 31 + 29 + 30
        ("2028-02-01", 30, 60, "2028-03-01"),  # 29 + 1
        ("2027-02-01", 30, 60, "2027-03-02"),  # 28 + 2
        ("2028-01-15", 60, 120, "2028-03-14"),  # 17 + 29 + 14
        ("2027-09-01", 180, 360, "2028-02-27"),  # 30 31 30 31 31 are 153, and 27
        ("2027-09-04", 180, 360, "2028-03-01"),  # 27 31 30 31 31 are 150, and 29 and 1
        ("2028-02-29", 30, 60, "2028-03-29"),
    ],
)
def test_a_stay_over_the_end_of_february_uses_the_leap_day_up(
    entry: str, days: int, window: int, safe: str
) -> None:
    begins = date.fromisoformat(entry)
    count = count_stay(stays_of([(begins, IN)]), (term(days, window),), on=begins)
    assert count is not None
    assert str(count.last_safe_day) == safe


@pytest.mark.parametrize(
    ("on", "used"),
    [
        (date(2028, 6, 28), 30),  # day 180 of a leap year still sees 1 January
        (date(2028, 6, 29), 29),
        (date(2028, 7, 28), 0),
    ],
)
def test_a_window_over_a_leap_day_is_no_day_longer(on: date, used: int) -> None:
    stays = stays_of([(date(2028, 1, 1), IN), (date(2028, 1, 30), OUT)])
    assert days_used(stays, KAZAKH[0], on=on) == used


def test_a_term_that_shrinks_on_a_leap_day_judges_that_day() -> None:
    # Here since 1 January: 31 + 28 = 59 days on 28 February, and the sixtieth is the 29th.
    old = term(90, 180, in_force_until=date(2028, 2, 28))
    new = term(60, 120, date(2028, 2, 29))
    stays = stays_of([(date(2028, 1, 1), IN)])
    counts = [count_stay(stays, (old, new), on=date(2028, 2, day)) for day in (28, 29)]
    assert [
        (count.days_used, count.days_left, count.last_safe_day) for count in counts if count
    ] == [(59, 31, date(2028, 2, 29)), (60, 0, date(2028, 2, 29))]


@pytest.mark.parametrize(
    ("on", "left", "safe"),
    [
        (date(2026, 3, 1), 0, None),  # the window of 60 days still begins on 1 January
        (date(2026, 3, 2), 1, date(2026, 3, 31)),  # one leaves as one comes, then thirty are full
    ],
)
def test_thirty_in_sixty_let_in_again_as_the_first_days_leave(
    on: date, left: int, safe: date | None
) -> None:
    stays = stays_of([(date(2026, 1, 1), IN), (date(2026, 1, 30), OUT)])
    count = count_stay(stays, (term(30, 60),), on=on)
    assert count is not None
    assert (count.days_left, count.last_safe_day) == (left, safe)


def test_a_change_of_the_term_inside_the_window_judges_each_day_by_its_own() -> None:
    # 60/120 until 12 January 2026, 90/180 from the 13th; here since 1 December 2025. The sixtieth
    # day would have been 29 January, the ninetieth is 28 February (31 + 31 + 28).
    old = term(60, 120, in_force_until=date(2026, 1, 12))
    new = term(90, 180, date(2026, 1, 13))
    stays = stays_of([(date(2025, 12, 1), IN)])
    before, after = (
        count_stay(stays, (old, new), on=day) for day in (date(2026, 1, 12), date(2026, 1, 13))
    )
    assert before is not None
    assert after is not None
    assert (before.term, before.days_used, before.days_left) == (old, 43, 17)
    assert (after.term, after.days_used, after.days_left) == (new, 44, 46)
    assert before.last_safe_day == after.last_safe_day == date(2026, 2, 28)


def test_a_shorter_term_may_end_a_stay_on_the_day_it_begins() -> None:
    old = term(90, 180, in_force_until=date(2026, 1, 31))
    new = term(30, 60, date(2026, 2, 1))
    count = count_stay(stays_of([(date(2025, 12, 20), IN)]), (old, new), on=date(2026, 1, 10))
    assert count is not None
    assert count.last_safe_day == date(2026, 1, 31)


def test_without_a_term_in_force_there_is_no_count() -> None:
    assert count_stay((), (term(30, 60, date(2026, 1, 1)),), on=date(2025, 12, 31)) is None


@pytest.mark.parametrize(
    ("crossings", "code"),
    [
        ([(date(2026, 1, 2), IN), (date(2026, 1, 1), OUT)], "stay.crossings.disordered"),
        ([(date(2026, 1, 1), IN), (date(2026, 2, 1), IN)], "stay.crossings.gap"),
        ([(date(2026, 1, 1), OUT)], "stay.crossings.gap"),
        (
            [(date(2026, 1, 1), IN), (date(2026, 2, 1), OUT), (date(2026, 3, 1), OUT)],
            "stay.crossings.gap",
        ),
    ],
)
def test_crossings_that_cannot_all_be_true_are_refused(
    crossings: list[tuple[date, CrossingDirection]], code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        stays_of(crossings)
    assert refusal.value.code == code


@pytest.mark.parametrize(("days", "window"), [(0, 60), (60, 60), (61, 60)])
def test_a_term_that_allows_nothing_or_everything_is_refused(days: int, window: int) -> None:
    with pytest.raises(DomainError) as refusal:
        term(days, window)
    assert refusal.value.code == "stay.term.out_of_range"


HISTORIES = st.lists(
    st.tuples(st.integers(min_value=0, max_value=120), st.integers(min_value=0, max_value=120)),
    max_size=6,
)


def stays_from(gaps: list[tuple[int, int]], *, is_open: bool) -> tuple[Stay, ...]:
    """Turn (days away, days here) into stays, the last one open on demand."""
    day, stays = date(2025, 1, 1), []
    for away, here in gaps:
        first = day + timedelta(days=away)
        day = first + timedelta(days=here)
        stays.append(Stay(first=first, last=day))
    if stays and is_open:
        stays[-1] = Stay(first=stays[-1].first, last=None)
    return tuple(stays)


def naive_days(stays: tuple[Stay, ...], window: int, on: date) -> int:
    """Ask of every day of the window whether it lies in a stay."""
    days = [on - timedelta(days=n) for n in range(window)]
    return sum(any(s.first <= day <= (s.last or on) for s in stays) for day in days)


@given(
    HISTORIES,
    st.booleans(),
    st.sampled_from([(90, 180), (30, 60), (60, 120), (180, 360)]),
    st.integers(min_value=0, max_value=900),
)
def test_the_count_is_that_of_every_day_by_itself(
    gaps: list[tuple[int, int]], is_open: bool, kind: tuple[int, int], offset: int
) -> None:
    stays, on = stays_from(gaps, is_open=is_open), date(2025, 1, 1) + timedelta(days=offset)
    chosen = term(*kind)
    used = naive_days(stays, kind[1], on)
    assert days_used(stays, chosen, on=on) == used
    count = count_stay(stays, (chosen,), on=on)
    assert count is not None
    here = (*(stay for stay in stays if stay.first <= on), Stay(first=on, last=None))
    if count.last_safe_day is None:
        assert naive_days(here, kind[1], on) > kind[0]
    else:
        after = count.last_safe_day + timedelta(days=1)
        assert naive_days(here, kind[1], count.last_safe_day) <= kind[0]
        assert naive_days(here, kind[1], after) > kind[0]


KINDS = [(90, 180), (30, 60), (60, 120), (180, 360)]


#: The days of the histories are counted from this one, so that every window begins after it.
DAY_0 = date(2023, 1, 1)


def naive_count(
    here: bytearray, terms: tuple[StayTerm, StayTerm], on: int
) -> tuple[int, int, int | None]:
    """Look at every day by itself: return days used, days left and the last safe day on ``on``.

    ``here`` is 1 for every day of a stay; from ``on`` the person stays without a break.
    """
    changed_on = (terms[1].in_force_from - DAY_0).days

    def used(day: int, term: StayTerm) -> int:
        return sum(here[day - term.window_days + 1 : day + 1])

    term = terms[on >= changed_on]
    used_on, safe, day = used(on, term), None, on
    while True:
        here[day] = 1
        term_then = terms[day >= changed_on]
        if used(day, term_then) > term_then.stay_days:
            return used_on, max(0, term.stay_days - used_on), safe
        safe, day = day, day + 1


@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_histories_are_counted_as_every_day_by_itself(seed: int) -> None:
    """Four times 2,500, each with a change of the term somewhere in or near the window."""
    chance = random.Random(seed)
    for _ in range(2_500):
        gaps = [(chance.randrange(121), chance.randrange(121)) for _ in range(chance.randrange(7))]
        stays = stays_from(gaps, is_open=chance.random() < 0.3)
        on = date(2025, 1, 1) + timedelta(days=chance.randrange(900))
        changed_on = on + timedelta(days=chance.randrange(-400, 100))
        terms = (
            term(*chance.choice(KINDS), in_force_until=changed_on - timedelta(days=1)),
            term(*chance.choice(KINDS), changed_on),
        )
        here = bytearray(3_000)
        for stay in stays:
            if stay.first <= on:
                for day in range((stay.first - DAY_0).days, ((stay.last or on) - DAY_0).days + 1):
                    here[day] = 1
        used, left, safe = naive_count(here, terms, (on - DAY_0).days)
        count = count_stay(stays, terms, on=on)
        assert count is not None
        assert (count.days_used, count.days_left) == (used, left)
        assert count.last_safe_day == (None if safe is None else DAY_0 + timedelta(days=safe))
