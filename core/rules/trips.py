"""Planned trips out of the country: whether somebody could come back from one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.terms import TripWarning, VisaEntries

#: How often a visa with two entries admits.
_TWICE = 2


@dataclass(frozen=True, kw_only=True)
class TripPlan:
    """The day somebody leaves the country and the day he comes back, both known."""

    leaves_on: date
    returns_on: date


@dataclass(frozen=True, kw_only=True)
class TripFacts:
    """What is known of a traveller; ``entries`` is None where he holds no visa in force.

    ``entered_on`` are his entries, ``earlier_returns`` those of trips planned before this one.
    """

    entries: VisaEntries | None
    visa_from: date | None
    visa_until: date | None
    is_exit_visa: bool
    passport_until: date | None
    entered_on: Sequence[date] = ()
    earlier_returns: int = 0


def trip_warnings(trip: TripPlan, known: TripFacts) -> tuple[TripWarning, ...]:
    """Return why somebody could not come back from ``trip``; nothing where all is well.

    A single-entry visa ends with the exit, whether it was used to enter or was issued here. Of a
    visa with two entries those noted since its first day count, or all where that day is unknown.
    The last day of visa and passport still admits.
    """
    checks = (
        (known.is_exit_visa, TripWarning.EXIT_VISA),
        (not known.is_exit_visa and _is_used_up(known), TripWarning.ENTRIES_USED_UP),
        (_ends_before(known.visa_until, trip), TripWarning.VISA_ENDS),
        (_ends_before(known.passport_until, trip), TripWarning.PASSPORT_ENDS),
    )
    return tuple(warning for is_so, warning in checks if is_so)


def _is_used_up(known: TripFacts) -> bool:
    if known.entries is VisaEntries.DOUBLE:
        return _used(known) + known.earlier_returns >= _TWICE
    return known.entries is VisaEntries.SINGLE


def _used(known: TripFacts) -> int:
    first = known.visa_from or date.min
    return sum(day >= first for day in known.entered_on)


def _ends_before(last_day: date | None, trip: TripPlan) -> bool:
    return last_day is not None and last_day < trip.returns_on
