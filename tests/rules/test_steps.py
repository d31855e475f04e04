"""The way of a case: which moves there are, and what each demands."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.rules.calendar import DayOff, WorkCalendar
from core.rules.steps import (
    AT_THE_DEPARTMENT,
    MoveFacts,
    Step,
    first_step,
    following_step,
    kind_of_move,
    planned_until,
    refuse_incomplete,
)
from core.terms import MoveKind, Party, RuleUnit

DEAN = Step(code="dean", waits_for=Party.DEAN)
OFFICE = Step(code="department", waits_for=Party.DEPARTMENT)
SCNB = Step(code="scnb", waits_for=Party.SCNB, is_active=False)
DCS = Step(code="dcs", waits_for=Party.DCS, needs_reference=True)
ISSUED = Step(code="issued", waits_for=Party.STUDENT)
STEPS = (DEAN, OFFICE, SCNB, DCS, ISSUED)

TODAY, LAST = date(2026, 9, 10), date(2026, 9, 3)


def test_a_case_begins_at_the_first_step_in_use() -> None:
    assert first_step((SCNB, OFFICE, DCS)) is OFFICE
    assert first_step((SCNB,)) is AT_THE_DEPARTMENT
    assert first_step(()) is AT_THE_DEPARTMENT


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("dean", "department", MoveKind.ADVANCE),
        ("dean", "dcs", MoveKind.SKIP),
        ("department", "dcs", MoveKind.ADVANCE),
        ("department", "dean", MoveKind.RETURN),
        ("scnb", "dcs", MoveKind.ADVANCE),
        ("scnb", "department", MoveKind.RETURN),
        ("issued", "dcs", MoveKind.RETURN),
        ("issued", "dean", MoveKind.RETURN),
        ("gone", "dean", MoveKind.ADVANCE),
        ("gone", "dcs", MoveKind.SKIP),
    ],
)
def test_a_move_is_on_past_others_or_back(before: str, after: str, kind: MoveKind) -> None:
    assert kind_of_move(STEPS, before, after) is kind


@pytest.mark.parametrize(
    ("before", "after"),
    [("dean", "dean"), ("department", "scnb"), ("dean", "unknown"), ("gone", "gone"), ("dcs", "")],
)
def test_no_move_leads_to_a_step_out_of_use_an_unknown_one_or_the_same(
    before: str, after: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        kind_of_move(STEPS, before, after)
    assert refusal.value.code == "case.step_not_allowed"


_Steps = st.lists(
    st.builds(
        Step,
        code=st.sampled_from("abcdefgh"),
        waits_for=st.sampled_from(Party),
        is_active=st.booleans(),
    ),
    unique_by=lambda step: step.code,
).map(tuple)


@given(_Steps)
def test_going_on_from_the_first_step_visits_every_step_in_use_once(
    steps: tuple[Step, ...],
) -> None:
    in_use = [step.code for step in steps if step.is_active]
    visited, present = [], first_step(steps) if in_use else None
    while present is not None:
        visited.append(present.code)
        following = following_step(steps, present.code)
        if following is not None:
            assert kind_of_move(steps, present.code, following.code) is MoveKind.ADVANCE
        present = following
    assert visited == in_use


def _refusal(
    kind: MoveKind,
    known: MoveFacts,
    *,
    waited_for: Party = Party.DEPARTMENT,
    after: Step = ISSUED,
) -> str | None:
    try:
        refuse_incomplete(
            kind, known, waited_for=waited_for, after=after, last_moved_on=LAST, today=TODAY
        )
    except DomainError as error:
        return error.code
    return None


def facts(moved_on: date = TODAY, *, reference: str = "", reason: str = "") -> MoveFacts:
    return MoveFacts(moved_on=moved_on, reference=reference, reason=reason)


@pytest.mark.parametrize(
    ("moved_on", "code"),
    [
        (date(2026, 9, 11), "case.move.future"),
        (TODAY, None),
        (LAST, None),
        (date(2026, 9, 2), "case.move.before_last"),
    ],
)
def test_a_move_lies_between_the_one_before_and_today(moved_on: date, code: str | None) -> None:
    assert _refusal(MoveKind.ADVANCE, facts(moved_on)) == code


def test_a_way_back_over_a_step_or_without_the_dean_says_why() -> None:
    for kind in (MoveKind.RETURN, MoveKind.SKIP):
        assert _refusal(kind, facts(reason=" ")) == "case.reason_missing"
        assert _refusal(kind, facts(reason="a photo is missing")) is None
    unconfirmed = _refusal(MoveKind.ADVANCE, facts(), waited_for=Party.DEAN, after=OFFICE)
    assert unconfirmed == "case.reason_missing"
    assert _refusal(MoveKind.ADVANCE, facts(), after=ISSUED) is None


def test_a_step_that_asks_for_a_number_gets_one_on_the_way_there() -> None:
    assert _refusal(MoveKind.ADVANCE, facts(), after=DCS) == "case.reference_missing"
    assert _refusal(MoveKind.ADVANCE, facts(reference="17/26"), after=DCS) is None
    assert _refusal(MoveKind.RETURN, facts(reason="again"), after=DCS) is None


def test_a_planned_end_counts_the_days_as_the_step_says() -> None:
    calendar = WorkCalendar(holidays={date(2026, 9, 7): DayOff("A fictitious day")})
    friday = date(2026, 9, 4)
    step = Step(code="scnb", waits_for=Party.SCNB, planned_days=4)
    assert planned_until(step, friday, calendar) == date(2026, 9, 11)
    days = Step(
        code="scnb",
        waits_for=Party.SCNB,
        planned_days=4,
        planned_unit=RuleUnit.CALENDAR_DAYS,
    )
    assert planned_until(days, friday, calendar) == date(2026, 9, 8)
    assert planned_until(DEAN, friday, calendar) is None
