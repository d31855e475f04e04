"""Which limit binds for a study visa."""

from dataclasses import replace
from datetime import date

import pytest

from core.rules.limits import VisaLimit, VisaPlan, add_months, study_visa_end

#: A year is asked for; contract, passport and course allow far more.
PLAN = VisaPlan(
    starts_on=date(2026, 9, 1),
    requested_until=date(2027, 8, 1),
    contract_until=date(2031, 6, 30),
    passport_until=date(2033, 1, 15),
    course_until=date(2031, 6, 30),
    first_visa_on=date(2026, 9, 1),
)


@pytest.mark.parametrize(
    ("changes", "limit", "until"),
    [
        ({}, VisaLimit.REQUESTED, date(2027, 8, 1)),
        # One academic year from 1 September ends on 31 August.
        ({"requested_until": date(2027, 8, 31)}, VisaLimit.ACADEMIC_YEAR, date(2027, 8, 31)),
        ({"requested_until": date(2027, 9, 1)}, VisaLimit.ACADEMIC_YEAR, date(2027, 8, 31)),
        ({"requested_until": None}, VisaLimit.ACADEMIC_YEAR, date(2027, 8, 31)),
        ({"contract_until": date(2027, 7, 31)}, VisaLimit.CONTRACT, date(2027, 7, 31)),
        ({"contract_until": date(2027, 8, 1)}, VisaLimit.CONTRACT, date(2027, 8, 1)),
        ({"contract_until": date(2027, 8, 2)}, VisaLimit.REQUESTED, date(2027, 8, 1)),
        # Six months off 31 January 2028 is 31 July 2027; a day more of passport and it is 1 August.
        ({"passport_until": date(2028, 1, 31)}, VisaLimit.PASSPORT, date(2027, 7, 31)),
        ({"passport_until": date(2028, 2, 1)}, VisaLimit.PASSPORT, date(2027, 8, 1)),
        ({"passport_until": date(2028, 2, 2)}, VisaLimit.REQUESTED, date(2027, 8, 1)),
        (
            {"passport_until": date(2028, 1, 31), "passport_margin_months": 9},
            VisaLimit.PASSPORT,
            date(2027, 4, 30),
        ),
        ({"course_until": date(2027, 6, 30)}, VisaLimit.TOTAL_TERM, date(2027, 6, 30)),
        # Five years from 1 October 2021 end on 30 September 2026.
        (
            {"course_until": None, "first_visa_on": date(2021, 10, 1)},
            VisaLimit.TOTAL_TERM,
            date(2026, 9, 30),
        ),
    ],
)
def test_the_nearest_limit_binds(changes: dict[str, object], limit: VisaLimit, until: date) -> None:
    binding = study_visa_end(replace(PLAN, **changes)).binding
    assert (binding.limit, binding.until) == (limit, until)


def test_every_known_limit_is_told_in_the_order_of_its_day() -> None:
    assert [each.limit for each in study_visa_end(PLAN).candidates] == [
        VisaLimit.REQUESTED,
        VisaLimit.ACADEMIC_YEAR,
        VisaLimit.CONTRACT,
        VisaLimit.TOTAL_TERM,
        VisaLimit.PASSPORT,
    ]


def test_what_is_not_known_limits_nothing() -> None:
    bare = study_visa_end(VisaPlan(starts_on=date(2026, 9, 1)))
    assert [each.limit for each in bare.candidates] == [
        VisaLimit.ACADEMIC_YEAR,
        VisaLimit.TOTAL_TERM,
    ]


@pytest.mark.parametrize(
    ("starts", "year", "five_years"),
    [
        ("2028-02-28", "2029-02-27", "2033-02-27"),
        # The day that comes only every four years: its year ends on the last day of February.
        ("2028-02-29", "2029-02-28", "2033-02-28"),
        ("2028-03-01", "2029-02-28", "2033-02-28"),
        ("2027-03-01", "2028-02-29", "2032-02-29"),
        ("2027-01-01", "2027-12-31", "2031-12-31"),
        ("2026-12-31", "2027-12-30", "2031-12-30"),
    ],
)
def test_a_year_ends_on_the_day_before_it_began(starts: str, year: str, five_years: str) -> None:
    end = study_visa_end(VisaPlan(starts_on=date.fromisoformat(starts)))
    assert {each.limit: str(each.until) for each in end.candidates} == {
        VisaLimit.ACADEMIC_YEAR: year,
        VisaLimit.TOTAL_TERM: five_years,
    }


@pytest.mark.parametrize(("ends", "warned"), [(date(2031, 8, 31), False), (date(2031, 9, 1), True)])
def test_a_course_over_five_years_is_a_warning_and_no_limit(ends: date, warned: bool) -> None:
    end = study_visa_end(replace(PLAN, course_until=ends))
    assert end.is_over_five_years is warned
    assert end.binding.limit is VisaLimit.REQUESTED


def test_a_passport_that_is_too_short_is_told_by_a_day_before_the_start() -> None:
    end = study_visa_end(replace(PLAN, passport_until=date(2027, 1, 31)))
    assert end.binding.until == date(2026, 7, 31)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 8, 31), -6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
    ],
)
def test_months_end_where_the_month_ends(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected
