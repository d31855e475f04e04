"""Which cases follow, and how near a date is."""

from datetime import date

import pytest

from core.rules.cases import cases_that_follow, taken_over, urgency
from core.terms import CaseKind, Urgency

TODAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("entry", "student", "category", "kinds"),
    [
        (True, True, "S", (CaseKind.REGISTRATION, CaseKind.STUDY_VISA_EXTENSION)),
        (True, True, "J", (CaseKind.REGISTRATION, CaseKind.STUDY_VISA)),
        (False, True, None, (CaseKind.STUDY_VISA,)),
        (True, False, "J", (CaseKind.REGISTRATION,)),
        (False, False, None, ()),
    ],
)
def test_the_facts_call_for_cases(
    entry: bool, student: bool, category: str | None, kinds: tuple[CaseKind, ...]
) -> None:
    assert (
        cases_that_follow(has_unregistered_entry=entry, is_student=student, visa_category=category)
        == kinds
    )


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (date(2026, 8, 31), Urgency.OVERDUE),
        (date(2026, 9, 1), Urgency.THIS_WEEK),
        (date(2026, 9, 8), Urgency.THIS_WEEK),
        (date(2026, 9, 9), Urgency.TWO_WEEKS),
        (date(2026, 9, 15), Urgency.TWO_WEEKS),
        (date(2026, 9, 16), Urgency.THIS_MONTH),
        (date(2026, 10, 1), Urgency.THIS_MONTH),
        (date(2026, 10, 2), Urgency.LATER),
    ],
)
def test_urgency_on_both_sides_of_each_boundary(due: date, expected: Urgency) -> None:
    assert urgency(due, today=TODAY) is expected


@pytest.mark.parametrize(
    ("responsible", "expected"),
    [([], None), ([None], None), ([5], 5), ([5, 5], 5), ([5, 6], None), ([5, None], None)],
)
def test_a_new_case_goes_to_who_has_every_other(
    responsible: list[int | None], expected: int | None
) -> None:
    assert taken_over(responsible) == expected
