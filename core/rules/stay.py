"""The stay counter: days used of a visa-free term in its sliding window, and the last safe day.

A term such as 90/180 allows 90 days in any 180: on each day the window is that day and the 179
before it. Both the day of entry and the day of exit count (no source says otherwise, and it is the
careful reading). The term in force on a day judges that day, whatever was in force before it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from core.errors import DomainError
from core.rules.periods import holds_on
from core.terms import CrossingDirection

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class StayTerm:
    """So many days in a window of so many, for the days it is in force (until: inclusive)."""

    stay_days: int
    window_days: int
    in_force_from: date
    in_force_until: date | None = None

    def __post_init__(self) -> None:
        if not 0 < self.stay_days < self.window_days:
            raise DomainError("stay.term.out_of_range", days=self.stay_days, of=self.window_days)


@dataclass(frozen=True, kw_only=True)
class Stay:
    """A stay from its day of entry to its day of exit, both counted; None while it lasts."""

    first: date
    last: date | None


@dataclass(frozen=True, kw_only=True)
class StayCount:
    """How a person stands on a day.

    ``last_safe_day`` is the last day he may be here when he stays without a break from that day
    on, or from it if he is away, and no later than the law is known for; None where even that day
    is one too many.
    """

    term: StayTerm
    days_used: int
    days_left: int
    last_safe_day: date | None


def stays_of(crossings: Iterable[tuple[date, CrossingDirection]]) -> tuple[Stay, ...]:
    """Return the stays that ``crossings``, in the order they happened, amount to.

    Raises ``stay.crossings.disordered`` where a day lies before the one above it and
    ``stay.crossings.gap`` where two entries or two exits follow each other, or an exit comes
    first: something was not written down, and a count would be wrong.
    """
    listed = tuple(crossings)
    for (day, direction), (next_day, next_direction) in pairwise(listed):
        if next_day < day:
            raise DomainError("stay.crossings.disordered", on=next_day)
        if next_direction is direction:
            raise DomainError("stay.crossings.gap", on=next_day)
    if listed and listed[0][1] is CrossingDirection.OUT:
        raise DomainError("stay.crossings.gap", on=listed[0][0])
    days = [day for day, _direction in listed]
    exits: list[date | None] = [*days[1::2]]
    if len(days) % 2:
        exits.append(None)
    return tuple(Stay(first=first, last=last) for first, last in zip(days[::2], exits, strict=True))


def count_stay(stays: Sequence[Stay], terms: Sequence[StayTerm], *, on: date) -> StayCount | None:
    """Return how the person stands on ``on``; None where no term is in force on that day."""
    term = _term_on(terms, on)
    if term is None:
        return None
    used = days_used(stays, term, on=on)
    return StayCount(
        term=term,
        days_used=used,
        days_left=max(0, term.stay_days - used),
        last_safe_day=_last_safe_day(stays, terms, on=on),
    )


def days_used(stays: Sequence[Stay], term: StayTerm, *, on: date) -> int:
    """Return on how many days of the window that ends with ``on`` the person was here."""
    window_start = on - timedelta(days=term.window_days - 1)
    used, counted_until = 0, window_start - ONE_DAY
    for stay in sorted(stays, key=lambda stay: stay.first):
        first = max(stay.first, counted_until + ONE_DAY)
        last = min(stay.last or on, on)
        if first <= last:
            used += (last - first).days + 1
            counted_until = last
    return used


def _last_safe_day(stays: Sequence[Stay], terms: Sequence[StayTerm], *, on: date) -> date | None:
    """Walk on day by day: a stay without a break uses up its term within the term itself."""
    known = tuple(stay for stay in stays if stay.first <= on)
    onward = (*known, Stay(first=on, last=None))
    safe, day = None, on
    while True:
        term = _term_on(terms, day)
        if term is None or days_used(onward, term, on=day) > term.stay_days:
            return safe
        safe, day = day, day + ONE_DAY


def _term_on(terms: Sequence[StayTerm], on: date) -> StayTerm | None:
    in_force = [term for term in terms if holds_on(term, on)]
    return max(in_force, key=lambda term: term.in_force_from, default=None)
