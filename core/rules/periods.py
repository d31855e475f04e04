"""Dated rows that take over from each other: which one ends, and which periods collide."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar

from core.errors import DomainError

ONE_DAY = timedelta(days=1)


class Dated(Protocol):
    """Anything that holds from a day on, up to and including another; None means for good."""

    @property
    def in_force_from(self) -> date:
        """The first day."""

    @property
    def in_force_until(self) -> date | None:
        """The last day."""


T = TypeVar("T", bound=Dated)


def holds_on(row: Dated, on: date) -> bool:
    """Return whether ``row`` holds on the day ``on``."""
    return row.in_force_from <= on and (row.in_force_until is None or on <= row.in_force_until)


def overlaps(row: Dated, first: date, last: date | None) -> bool:
    """Return whether ``row`` holds on any day from ``first`` to ``last``, both included."""
    return (last is None or row.in_force_from <= last) and (
        row.in_force_until is None or row.in_force_until >= first
    )


def one_taken_over(existing: Iterable[T], first: date, last: date | None) -> T | None:
    """Return the row that has to end on the day before ``first`` when a new one begins there.

    None where the new period, ``first`` to ``last`` inclusive, touches nothing. Raises
    ``period.reversed``, and ``period.overlap`` (values ``first`` and ``last``, of the row in the
    way) where a row begins on or after ``first``.
    """
    if last is not None and last < first:
        raise DomainError("period.reversed")
    touching = [row for row in existing if overlaps(row, first, last)]
    for row in touching:
        if row.in_force_from >= first:
            raise DomainError(
                "period.overlap", first=row.in_force_from, last=row.in_force_until or "…"
            )
    return touching[0] if touching else None


def holds_again_from(row: Dated, last: date | None) -> date | None:
    """Return from which day on ``row`` holds again when another takes over from it until ``last``.

    None where it would have ended by then, and where the other one stays for good.
    """
    if last is None or (row.in_force_until is not None and row.in_force_until <= last):
        return None
    return last + ONE_DAY


def last_day_before(first: date) -> date:
    """Return the last day of a row that another takes over from on ``first``."""
    return first - ONE_DAY
