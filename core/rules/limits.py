"""Which limit binds: the last day a study visa may be asked for, and what sets it.

The department's page: at most one academic year, and in all at most five years or the length of
the course. Other universities: never past the contract, never past the passport less a margin.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from core.terms import VisaLimit

MONTHS_A_YEAR = 12
#: The total the department's page names where the length of the course is not known.
LONGEST_TOTAL_YEARS = 5
#: Margins in use run from 90 days to 18 months; the head sets another one.
PASSPORT_MARGIN_MONTHS = 6


@dataclass(frozen=True, kw_only=True)
class VisaPlan:
    """The visa that is wanted and the facts that limit it; None means unknown.

    All days are the last day of something, inclusive, except ``starts_on`` and ``first_visa_on``,
    the first days of the planned and of the very first study visa.
    """

    starts_on: date
    requested_until: date | None = None
    contract_until: date | None = None
    passport_until: date | None = None
    course_until: date | None = None
    first_visa_on: date | None = None
    passport_margin_months: int = PASSPORT_MARGIN_MONTHS


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One limit and the last day it leaves."""

    limit: VisaLimit
    until: date


@dataclass(frozen=True, kw_only=True)
class VisaEnd:
    """Every known limit, the nearest first; ``binding`` is the one that decides.

    ``is_over_five_years`` warns that the course outlasts the five years of the department's page;
    it never shortens the visa, because six-year courses exist.
    """

    candidates: tuple[Candidate, ...]
    is_over_five_years: bool

    @property
    def binding(self) -> Candidate:
        """The limit that decides."""
        return self.candidates[0]


def study_visa_end(plan: VisaPlan) -> VisaEnd:
    """Return the limits of ``plan`` in order of their days; one academic year is always known.

    A day before ``starts_on`` means that no visa can be asked for: the limit is still told.
    """
    first_on = plan.first_visa_on or plan.starts_on
    five_years = _last_day(first_on, LONGEST_TOTAL_YEARS * MONTHS_A_YEAR)
    margin = plan.passport_margin_months
    days = {
        VisaLimit.PASSPORT: plan.passport_until and add_months(plan.passport_until, -margin),
        VisaLimit.CONTRACT: plan.contract_until,
        VisaLimit.TOTAL_TERM: plan.course_until or five_years,
        VisaLimit.ACADEMIC_YEAR: _last_day(plan.starts_on, MONTHS_A_YEAR),
        VisaLimit.REQUESTED: plan.requested_until,
    }
    known = [Candidate(limit=limit, until=until) for limit, until in days.items() if until]
    ordered = sorted(known, key=lambda each: each.until)
    return VisaEnd(
        candidates=tuple(ordered),
        is_over_five_years=plan.course_until is not None and plan.course_until > five_years,
    )


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later (or earlier), or the last day of a shorter month."""
    years, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def _last_day(first: date, months: int) -> date:
    """Return the last of so many months from ``first`` on: 28 February for a year from the 29th."""
    again = add_months(first, months)
    return again - timedelta(days=1) if again.day == first.day else again
