"""Dates in every order people use, and the impossible ones by name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.rules.import_dates import guess_order, read_date
from core.terms import DayOrder

DAY, MONTH = DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        (date(2004, 5, 31), DAY, date(2004, 5, 31)),
        # Excel's day 38138: 38138 days after 1899-12-30.
        (38138, DAY, date(2004, 5, 31)),
        (38138.0, DAY, date(2004, 5, 31)),
        ("31.05.2004", DAY, date(2004, 5, 31)),
        ("31.05.2004", MONTH, date(2004, 5, 31)),
        ("31/05/2004", DAY, date(2004, 5, 31)),
        ("05/06/2004", DAY, date(2004, 6, 5)),
        ("05/06/2004", MONTH, date(2004, 5, 6)),
        ("2004-05-31", MONTH, date(2004, 5, 31)),
        ("2004-05-31 00:00:00", DAY, date(2004, 5, 31)),
        ("5 May 2004", DAY, date(2004, 5, 5)),
        ("May 5, 2004", DAY, date(2004, 5, 5)),
        ("5th March 2004", DAY, date(2004, 3, 5)),
        ("5 мая 2004 г.", DAY, date(2004, 5, 5)),
        ("12 июля 2004", DAY, date(2004, 7, 12)),
        ("01-сен-2004", DAY, date(2004, 9, 1)),
        ("29.02.2004", DAY, date(2004, 2, 29)),
        ("01.01.49", DAY, date(2049, 1, 1)),
        ("01.01.50", DAY, date(1950, 1, 1)),
    ],
)
def test_a_date_is_read(cell: object, order: DayOrder, day: date) -> None:
    assert read_date(cell, order) == day


@pytest.mark.parametrize(
    "cell", ["31.02.2004", "29.02.2003", "00.01.2004", "05/31/2004", "soon", "2004", 12, 99_999]
)
def test_what_is_no_date_is_named(cell: object) -> None:
    with pytest.raises(DomainError) as refused:
        read_date(cell, DAY)
    assert refused.value.code == "import.date"
    assert refused.value.values == {"value": str(cell)}


@pytest.mark.parametrize(
    ("cells", "order", "is_certain"),
    [
        (["05/06/2004", "13/01/2004"], DAY, True),
        (["05/06/2004", "01/13/2004"], MONTH, True),
        (["05/06/2004"], DAY, False),
        (["05/05/2004"], DAY, True),
        (["05.06.2004"], DAY, True),
        (["2004-06-05", date(2004, 1, 1), None], DAY, True),
        (["13/01/2004", "14/01/2004", "01/15/2004"], DAY, False),
    ],
)
def test_one_order_holds_for_a_whole_column(
    cells: list[object], order: DayOrder, is_certain: bool
) -> None:
    guess = guess_order(cells)
    assert (guess.order, guess.is_certain) == (order, is_certain)


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2049, 12, 31)))
def test_every_day_is_read_back_however_it_is_written(day: date) -> None:
    zero = date(1899, 12, 30)
    assert read_date(f"{day:%d.%m.%Y}", DAY) == day
    assert read_date(f"{day:%m/%d/%Y}", MONTH) == day
    assert read_date(f"{day:%d-%m-%y}", DAY) == day
    assert read_date(day.isoformat(), DAY) == day
    assert read_date(f"{day.day} {day:%B} {day.year}", DAY) == day
    assert read_date((day - zero) // timedelta(days=1), DAY) == day
