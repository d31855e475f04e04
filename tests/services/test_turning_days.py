"""Rules, checklists and days off at the ends of months and years, and on the leap day."""

from datetime import date

import pytest
import time_machine

from core.errors import Conflict
from core.jobs import work
from core.rules.deadlines import REGISTRATION
from core.services.case_views import CaseView, cases_of_person
from core.services.holidays import (
    DayForm,
    add_day,
    confirm_year,
    strike_day,
    year_of_holidays,
)
from core.services.person_forms import VisaForm
from core.services.requirements import RequirementForm, put_requirement
from core.services.rule_changes import change_rule, confirm_rule
from core.services.rule_views import rules_to_recheck
from core.terms import CaseKind, RuleUnit, VisaEntries
from tests.cast import Cast, enrol
from tests.services.test_rule_changes import change, due, due_on, rule_of_code, unlike

EXTENSION = CaseKind.STUDY_VISA_EXTENSION


def confirm(cast: Cast, year: int) -> None:
    confirm_year(cast.head, year, edition=year_of_holidays(cast.head, year).edition)


def visitor(cast: Cast, number: int, *, entered_on: date) -> int:
    """Enrol somebody on his day of entry."""
    with time_machine.travel(f"{entered_on}T06:00:00Z"):
        return enrol(cast.staff, cast.medicine, passport=unlike(number), entered_on=entered_on)


def test_a_rule_from_the_leap_day_to_the_last_of_the_year_holds_on_both(cast: Cast) -> None:
    days = {
        "2028-02-28": "2028-01-29",  # thirty days before, as ever
        "2028-02-29": "2028-02-19",  # ten
        "2028-12-31": "2028-12-21",  # ten
        "2029-01-01": "2028-12-02",  # thirty again
    }
    people = {}
    for number, until in enumerate(days):
        visa = VisaForm(
            category="S", entries=VisaEntries.MULTIPLE, valid_until=date.fromisoformat(until)
        )
        people[until] = enrol(cast.staff, cast.medicine, passport=unlike(number), visa=visa)
    change_rule(
        cast.head,
        change(
            amount=10,
            unit=RuleUnit.CALENDAR_DAYS,
            in_force_from=date(2028, 2, 29),
            in_force_until=date(2028, 12, 31),
        ),
    )
    work.work_until_nothing_waits()
    found = {until: str(due_on(cast.head, who, EXTENSION)) for until, who in people.items()}
    assert found == days


def opened_at(cast: Cast, moment: str, number: int) -> CaseView:
    with time_machine.travel(moment):
        person_id = enrol(cast.staff, cast.medicine, passport=unlike(number))
    cases = cases_of_person(cast.staff, person_id)
    return next(case for case in cases if case.kind is CaseKind.REGISTRATION)


@pytest.mark.parametrize(
    ("first", "last_moment", "first_moment"),
    [
        # Midnight in Bishkek is six in the evening in Greenwich.
        (date(2027, 1, 1), "2026-12-31T17:59:59Z", "2026-12-31T18:00:00Z"),
        (date(2028, 2, 29), "2028-02-28T17:59:59Z", "2028-02-28T18:00:00Z"),
        (date(2028, 3, 1), "2028-02-29T17:59:59Z", "2028-02-29T18:00:00Z"),
    ],
)
def test_a_document_is_asked_for_from_the_first_second_of_its_day(
    cast: Cast, first: date, last_moment: str, first_moment: str
) -> None:
    form = RequirementForm(
        procedure=CaseKind.REGISTRATION,
        name_en="Fictitious receipt",
        source="a fictitious act",
        in_force_from=first,
    )
    put_requirement(cast.head, form)
    before, after = opened_at(cast, last_moment, 1), opened_at(cast, first_moment, 2)
    assert "Fictitious receipt" not in {item.name.en for item in before.items}
    assert after.items[-1].name.en == "Fictitious receipt"


def test_what_was_confirmed_on_a_leap_day_is_to_be_rechecked_on_the_last_of_a_february(
    cast: Cast,
) -> None:
    with time_machine.travel("2028-02-29T06:00:00Z"):
        rule = rule_of_code(cast.head, REGISTRATION)
        assert rule.next_recheck == date(2029, 2, 28)
        confirm_rule(cast.head, rule.rule_id, recheck_by=rule.next_recheck, version=rule.version)
    for moment, is_due in (("2029-02-28T17:59:59Z", False), ("2029-02-28T18:00:00Z", True)):
        with time_machine.travel(moment):
            waiting = {each.rule_id for each in rules_to_recheck(cast.head)}
            assert (rule.rule_id in waiting) is is_due


def test_a_count_over_new_year_says_which_years_nobody_has_confirmed(cast: Cast) -> None:
    # Entered on Monday 28 December 2026: 29 30 31, then 8 and 11 January.
    his = visitor(cast, 1, entered_on=date(2026, 12, 28))
    told = due(cast.staff, his, CaseKind.REGISTRATION)
    assert told is not None
    assert (told.on, told.doubtful_years) == (date(2027, 1, 11), (2026, 2027))
    confirm(cast, 2026)
    told = due(cast.staff, his, CaseKind.REGISTRATION)
    assert told is not None
    assert told.doubtful_years == (2027,)
    confirm(cast, 2027)
    told = due(cast.staff, his, CaseKind.REGISTRATION)
    assert told is not None
    assert told.doubtful_years == ()


def test_a_count_of_calendar_days_leans_on_no_days_off(cast: Cast) -> None:
    visa = VisaForm(category="S", entries=VisaEntries.SINGLE, valid_until=date(2027, 1, 15))
    his = enrol(cast.staff, cast.medicine, visa=visa)
    told = due(cast.staff, his, EXTENSION)
    assert told is not None
    assert (told.on, told.doubtful_years) == (date(2026, 12, 16), ())


def test_a_new_year_moved_by_the_government_moves_the_count_over_it(cast: Cast) -> None:
    his = visitor(cast, 1, entered_on=date(2026, 12, 25))
    # A Friday: 28 29 30 31, then 8 January.
    assert due_on(cast.staff, his, CaseKind.REGISTRATION) == date(2027, 1, 8)
    act = {"name_en": "A fictitious swap", "source": "a fictitious act"}
    with time_machine.travel("2026-12-25T06:00:00Z"):
        # Monday the 28th off for Saturday the 26th: 26 29 30 31, then 8 January as before.
        add_day(cast.head, DayForm(day=date(2026, 12, 28), **act))
        work.work_until_nothing_waits()
        assert due_on(cast.staff, his, CaseKind.REGISTRATION) == date(2027, 1, 11)
        add_day(cast.head, DayForm(day=date(2026, 12, 26), is_working=True, **act))
        work.work_until_nothing_waits()
        assert due_on(cast.staff, his, CaseKind.REGISTRATION) == date(2027, 1, 8)
        # Thursday 31 December off, and Wednesday 6 January worked: 26 29 30, then 6 and 8.
        add_day(cast.head, DayForm(day=date(2026, 12, 31), **act))
        strike_day(cast.head, date(2027, 1, 6), version=1)
        work.work_until_nothing_waits()
        assert due_on(cast.staff, his, CaseKind.REGISTRATION) == date(2027, 1, 8)


def test_a_year_is_confirmed_as_it_was_seen(cast: Cast) -> None:
    seen = year_of_holidays(cast.head, 2027)
    other = year_of_holidays(cast.head, 2026)
    act = {"name_en": "A fictitious day", "source": "a fictitious act"}
    add_day(cast.head, DayForm(day=date(2027, 12, 31), **act))
    with pytest.raises(Conflict) as conflict:
        confirm_year(cast.head, 2027, edition=seen.edition)
    assert conflict.value.values["changed_by"] == "Helen"
    assert year_of_holidays(cast.head, 2027).confirmed_by is None
    # The day before the year and the first of it belong to different years.
    confirm_year(cast.head, 2026, edition=other.edition)
    strike_day(cast.head, date(2027, 1, 1), version=1)
    assert year_of_holidays(cast.head, 2026).confirmed_by == "Helen"
    confirm(cast, 2027)
    assert year_of_holidays(cast.dean, 2027).confirmed_by == "Helen"
