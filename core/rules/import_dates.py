"""Dates as lists of people write them: Excel's own, figures in either order, or words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import DomainError
from core.rules.names import fold
from core.terms import DayOrder

#: Day 0 of Excel's calendar, and the numbers that are days of this and the last century.
_EXCEL_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = range(3_650, 80_000)

#: Two figures of a year below this belong to this century.
_CENTURY = 50

_FIGURES = re.compile(r"(\d{1,2})([./\- ])(\d{1,2})\2(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})([./\-])(\d{1,2})\2(\d{1,2})")
_WORDS = re.compile(r"(\d{1,2}) ([a-z]+) (\d{4})|([a-z]+) (\d{1,2}) (\d{4})")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_TAIL = re.compile(r"\s*(г\.?|года|год|ж\.?|жылы)$")

#: The beginnings of the months in English and Russian (Kyrgyz writes the Russian ones), folded.
_MONTHS = (
    ("jan", "ianv"),
    ("feb", "fevr"),
    ("mar", "mart"),
    ("apr", "aprel"),
    ("may", "mai"),
    ("jun", "iiun"),
    ("jul", "iiul"),
    ("aug", "avg"),
    ("sep", "sen"),
    ("oct", "okt"),
    ("nov", "noia"),
    ("dec", "dek"),
)


@dataclass(frozen=True, kw_only=True)
class OrderGuess:
    """The order of day and month in a column; ``is_certain`` is false where no date proves it."""

    order: DayOrder
    is_certain: bool


def guess_order(cells: Iterable[object]) -> OrderGuess:
    """Return the one order in which all dates of a column are read.

    A figure above 12 proves its place; the places that are proved more often win. Points between
    the figures mean the day first, as everybody writes who uses them.
    """
    day_first = month_first = doubtful = 0
    for cell in cells:
        figures = _FIGURES.fullmatch(_cleaned(cell)) if isinstance(cell, str) else None
        if figures is None or figures[2] == ".":
            continue
        first, second = int(figures[1]), int(figures[3])
        day_first += first > 12
        month_first += second > 12 >= first
        doubtful += first <= 12 and second <= 12 and first != second
    order = DayOrder.MONTH_FIRST if month_first > day_first else DayOrder.DAY_FIRST
    is_proved = bool(day_first) != bool(month_first)
    return OrderGuess(order=order, is_certain=is_proved or not (doubtful or day_first))


def read_date(cell: object, order: DayOrder) -> date:
    """Return the date a cell holds. Raises ``import.date`` (value ``value``) where it holds none.

    A number counts days as Excel does.
    """
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and int(cell) == cell and int(cell) in _EXCEL_DAYS:
        return _EXCEL_ZERO + timedelta(days=int(cell))
    text = _cleaned(cell)
    try:
        found = _by_figures(text, order) or _by_words(text)
    except ValueError:
        found = None
    if found is None:
        raise DomainError("import.date", value=str(cell).strip())
    return found


def _cleaned(cell: object) -> str:
    return _TAIL.sub("", _TIME.sub("", str(cell).strip())).strip()


def _by_figures(text: str, order: DayOrder) -> date | None:
    if iso := _ISO.fullmatch(text):
        return date(int(iso[1]), int(iso[3]), int(iso[4]))
    figures = _FIGURES.fullmatch(text)
    if figures is None:
        return None
    day, month = int(figures[1]), int(figures[3])
    if order is DayOrder.MONTH_FIRST and figures[2] != ".":
        day, month = month, day
    return date(_full_year(figures[4]), month, day)


def _by_words(text: str) -> date | None:
    words = _WORDS.fullmatch(re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", fold(text)))
    if words is None:
        return None
    day, month, year = (
        (words[1], words[2], words[3]) if words[1] else (words[5], words[4], words[6])
    )
    numbers = [
        number for number, beginnings in enumerate(_MONTHS, start=1) if month.startswith(beginnings)
    ]
    return date(int(year), numbers[0], int(day)) if numbers else None


def _full_year(figures: str) -> int:
    year = int(figures)
    if len(figures) == 4:
        return year
    return year + (2000 if year < _CENTURY else 1900)
