"""Which cases follow, and how near a date is."""

from datetime import date

import pytest

from core.rules.cases import (
    StudyFacts,
    cases_that_follow,
    end_of_study_case,
    taken_over,
    urgency,
)
from core.terms import CaseKind, CaseOutcome, Urgency

TODAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("unregistered", "study", "kinds"),
    [
        (True, (True, "S", False), (CaseKind.REGISTRATION, CaseKind.STUDY_VISA_EXTENSION)),
        (True, (True, "J", False), (CaseKind.REGISTRATION, CaseKind.STUDY_VISA)),
        (False, (True, None, False), (CaseKind.STUDY_VISA,)),
        (True, (False, "J", False), (CaseKind.REGISTRATION,)),
        (False, (False, None, False), ()),
        (False, (True, None, True), ()),
        (True, (True, None, True), (CaseKind.REGISTRATION,)),
        (False, (True, "S", True), ()),
    ],
)
def test_the_facts_call_for_cases(
    unregistered: bool, study: tuple[bool, str | None, bool], kinds: tuple[CaseKind, ...]
) -> None:
    is_student, category, leaves = study
    facts = StudyFacts(is_student=is_student, visa_category=category, holds_exit_visa=leaves)
    assert cases_that_follow(facts, is_unregistered=unregistered) == kinds


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
    ("category", "is_student", "leaves", "has_another", "expected"),
    [
        ("S", True, False, True, CaseOutcome.DONE),
        ("S", True, False, False, None),
        # The visa of entry is not what the case is about, and no visa is none.
        ("B", True, False, True, None),
        (None, True, False, True, None),
        ("S", False, False, True, CaseOutcome.WITHDRAWN),
        ("S", True, True, False, CaseOutcome.WITHDRAWN),
    ],
)
def test_a_study_case_ends_by_its_visa_or_by_its_cause(
    category: str | None,
    is_student: bool,
    leaves: bool,
    has_another: bool,
    expected: CaseOutcome | None,
) -> None:
    study = StudyFacts(is_student=is_student, visa_category=category, holds_exit_visa=leaves)
    assert end_of_study_case(study, has_another_visa=has_another) is expected


@pytest.mark.parametrize(
    ("responsible", "expected"),
    [([], None), ([None], None), ([5], 5), ([5, 5], 5), ([5, 6], None), ([5, None], None)],
)
def test_a_new_case_goes_to_who_has_every_other(
    responsible: list[int | None], expected: int | None
) -> None:
    assert taken_over(responsible) == expected
