"""Border crossings, the clocks they start, and the stay counter."""

from datetime import date

import pytest

from core.errors import Conflict, NotFound
from core.services.case_views import cases_of_person
from core.services.crossings import (
    CrossingForm,
    add_crossing,
    change_crossing,
    crossings_of_person,
)
from core.services.stays import stay_of_person
from core.terms import CaseKind, CaseOutcome, CrossingDirection
from tests.cast import Cast, enrol, passport
from tests.services.test_rule_changes import refusal_of

IN, OUT = CrossingDirection.IN, CrossingDirection.OUT


def kazakh(cast: Cast, **changes: object) -> int:
    name = passport(nationality="KAZ", issuing_state="KAZ")
    return enrol(cast.staff, cast.medicine, passport=name, visa=None, **changes)


def cross(cast: Cast, person_id: int, direction: CrossingDirection, day: str) -> int:
    form = CrossingForm(direction=direction, crossed_on=date.fromisoformat(day))
    return add_crossing(cast.staff, person_id, form)


def test_a_new_entry_starts_its_own_clock(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    cross(cast, person_id, OUT, "2026-08-30")
    cross(cast, person_id, IN, "2026-08-31")
    cases = [c for c in cases_of_person(cast.staff, person_id) if c.kind is CaseKind.REGISTRATION]
    assert [(case.outcome, case.due.on if case.due else None) for case in cases] == [
        (None, date(2026, 9, 7)),
        (CaseOutcome.SUPERSEDED, date(2026, 9, 7)),
    ]


def test_a_corrected_entry_moves_its_due_date_at_once(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    (entry,) = crossings_of_person(cast.staff, person_id)
    form = CrossingForm(direction=IN, crossed_on=date(2026, 8, 20))
    change_crossing(cast.staff, entry.crossing_id, form, version=entry.version)
    case = next(
        c for c in cases_of_person(cast.staff, person_id) if c.kind is CaseKind.REGISTRATION
    )
    assert case.due is not None
    assert case.due.on == date(2026, 8, 27)
    with pytest.raises(Conflict):
        change_crossing(cast.staff, entry.crossing_id, form, version=entry.version)


def test_what_cannot_be_is_refused(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    later = CrossingForm(direction=OUT, crossed_on=date(2026, 9, 2))
    assert refusal_of(add_crossing, cast.staff, person_id, later) == "crossing.future"
    same = CrossingForm(direction=IN, crossed_on=date(2026, 8, 28))
    assert refusal_of(add_crossing, cast.staff, person_id, same) == "crossing.taken"
    strange = CrossingForm(direction=OUT, crossed_on=date(2026, 8, 29), passport_id=999_999)
    assert refusal_of(add_crossing, cast.staff, person_id, strange) == "crossing.no_passport"
    for call in (
        lambda: crossings_of_person(cast.other_dean, person_id),
        lambda: stay_of_person(cast.other_dean, person_id),
        lambda: add_crossing(cast.staff, 999_999, later),
        lambda: change_crossing(cast.staff, 999_999, later, version=1),
    ):
        with pytest.raises(NotFound):
            call()


def test_the_counter_of_a_visa_free_national(cast: Cast) -> None:
    person_id = kazakh(cast)
    cross(cast, person_id, IN, "2026-04-01")
    cross(cast, person_id, OUT, "2026-04-30")
    stay = stay_of_person(cast.dean, person_id)
    assert stay is not None
    assert stay.count is not None
    assert stay.fault is None
    # 30 days in April and five from 28 August on; the window begins on 6 March.
    assert (stay.count.days_used, stay.count.days_left) == (35, 55)
    assert stay.window_from == date(2026, 3, 6)
    # 55 more days after 1 September, and the days of April leave the window from 28 September on.
    assert stay.count.last_safe_day == date(2026, 11, 25)


def test_a_missing_crossing_is_named_and_nothing_is_counted(cast: Cast) -> None:
    person_id = kazakh(cast)
    cross(cast, person_id, IN, "2026-08-01")
    stay = stay_of_person(cast.staff, person_id)
    assert stay is not None
    assert stay.count is None
    assert stay.fault is not None
    assert stay.fault.code == "stay.crossings.gap"


def test_who_needs_a_visa_has_no_counter(cast: Cast) -> None:
    assert stay_of_person(cast.staff, enrol(cast.staff, cast.medicine)) is None
