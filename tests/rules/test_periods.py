"""Dated rows that take over from each other."""

from dataclasses import dataclass
from datetime import date

import pytest

from core.errors import DomainError
from core.rules.periods import holds_again_from, holds_on, last_day_before, one_taken_over


@dataclass(frozen=True)
class Row:
    in_force_from: date
    in_force_until: date | None = None


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


OPEN = Row(day("01-01"))
CLOSED = Row(day("01-01"), day("03-31"))
LATER = Row(day("07-01"))


@pytest.mark.parametrize(
    ("rows", "first", "last", "ended"),
    [
        ([], "05-01", None, None),
        ([OPEN], "05-01", None, OPEN),
        ([CLOSED], "03-31", None, CLOSED),
        ([CLOSED], "04-01", None, None),
        ([CLOSED, LATER], "04-01", "06-30", None),
        ([CLOSED, LATER], "03-15", "06-30", CLOSED),
        ([OPEN], "05-01", "06-01", OPEN),
        ([CLOSED], "02-01", "03-30", CLOSED),
    ],
)
def test_a_new_row_ends_the_one_before_it(
    rows: list[Row], first: str, last: str | None, ended: Row | None
) -> None:
    assert one_taken_over(rows, day(first), day(last) if last else None) is ended


@pytest.mark.parametrize(
    ("rows", "first", "last", "code"),
    [
        ([OPEN], "01-01", None, "period.overlap"),
        ([CLOSED, LATER], "04-01", None, "period.overlap"),
        ([CLOSED, LATER], "04-01", "07-01", "period.overlap"),
        ([], "05-02", "05-01", "period.reversed"),
    ],
)
def test_what_collides_is_refused(rows: list[Row], first: str, last: str | None, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        one_taken_over(rows, day(first), day(last) if last else None)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("row", "last", "again"),
    [
        (OPEN, None, None),
        (OPEN, "06-30", "07-01"),
        (CLOSED, "03-30", "03-31"),
        (CLOSED, "03-31", None),
        (CLOSED, "04-01", None),
    ],
)
def test_a_row_holds_again_after_one_that_ends_before_it(
    row: Row, last: str | None, again: str | None
) -> None:
    expected = day(again) if again else None
    assert holds_again_from(row, day(last) if last else None) == expected


@pytest.mark.parametrize(
    ("first", "before"),
    [
        ("2027-03-01", "2027-02-28"),
        ("2028-03-01", "2028-02-29"),
        ("2028-02-29", "2028-02-28"),
        ("2027-01-01", "2026-12-31"),
        ("2026-12-31", "2026-12-30"),
    ],
)
def test_one_row_ends_and_the_next_begins_without_a_gap(first: str, before: str) -> None:
    begins, ends = date.fromisoformat(first), date.fromisoformat(before)
    assert last_day_before(begins) == ends
    assert holds_again_from(OPEN, ends) == begins


def test_both_ends_of_a_period_belong_to_it() -> None:
    held = [holds_on(CLOSED, day(text)) for text in ("01-01", "03-31", "04-01")]
    assert held == [True, True, False]
    assert not holds_on(CLOSED, date(2025, 12, 31))
