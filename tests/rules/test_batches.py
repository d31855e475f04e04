"""Who may go with a batch, and where an answer takes a case."""

from dataclasses import replace

import pytest

from core.rules.batches import (
    Candidate,
    answer_of_move,
    answer_of_outcome,
    authority_ahead,
    hindrance,
    step_once_approved,
    step_once_returned,
    step_once_taken_out,
)
from core.rules.steps import Step
from core.terms import BatchAnswer, CaseOutcome, MoveKind, Party

DEAN = Step(code="dean", waits_for=Party.DEAN)
DEPARTMENT = Step(code="department", waits_for=Party.DEPARTMENT)
SCNB = Step(code="scnb", waits_for=Party.SCNB)
DCS = Step(code="dcs", waits_for=Party.DCS)
EMBASSY = Step(code="embassy", waits_for=Party.EMBASSY)
ISSUED = Step(code="issued", waits_for=Party.STUDENT)

EXTENSION = (DEAN, DEPARTMENT, SCNB, DCS, ISSUED)
READY = Candidate(step="department", waits_for=Party.DEPARTMENT)


def unused(step: Step) -> Step:
    return replace(step, is_active=False)


@pytest.mark.parametrize(
    ("steps", "code", "ahead"),
    [
        (EXTENSION, "dean", None),
        (EXTENSION, "department", "scnb"),
        (EXTENSION, "scnb", "dcs"),
        (EXTENSION, "dcs", None),
        (EXTENSION, "issued", None),
        (EXTENSION, "gone", None),
        ((DEAN, DEPARTMENT, unused(SCNB), DCS, ISSUED), "department", "dcs"),
        ((DEPARTMENT, EMBASSY, ISSUED), "department", "embassy"),
        ((), "department", None),
    ],
)
def test_the_step_of_an_authority_follows(
    steps: tuple[Step, ...], code: str, ahead: str | None
) -> None:
    found = authority_ahead(steps, code)
    assert (found.code if found else None) == ahead


@pytest.mark.parametrize(
    ("candidate", "to", "code"),
    [
        (READY, "scnb", None),
        (Candidate(step="scnb", waits_for=Party.SCNB), "dcs", None),
        (Candidate(step="scnb", waits_for=Party.DEPARTMENT), "dcs", None),
        (READY, "dcs", "batch.not_next"),
        (READY, "issued", "batch.not_next"),
        (Candidate(step="dcs", waits_for=Party.DCS), "dcs", "batch.not_next"),
        (Candidate(step="dean", waits_for=Party.DEAN), "scnb", "batch.with_the_dean"),
        (Candidate(step="department", waits_for=None), "scnb", "case.closed"),
        (replace(READY, missing=("Photo",)), "scnb", "batch.papers_missing"),
        (replace(READY, batch_id=7), "scnb", "batch.in_another"),
        # The nearest reason is told first.
        (replace(READY, batch_id=7, missing=("Photo",)), "dcs", "batch.in_another"),
        (replace(READY, missing=("Photo",)), "dcs", "batch.not_next"),
    ],
)
def test_a_case_goes_with_a_batch_or_is_told_why_not(
    candidate: Candidate, to: str, code: str | None
) -> None:
    found = hindrance(EXTENSION, candidate, to=to)
    assert (found.code if found else None) == code


def test_the_reason_names_the_papers_and_the_other_batch() -> None:
    papers = hindrance(EXTENSION, replace(READY, missing=("Photo", "Contract")), to="scnb")
    other = hindrance(EXTENSION, replace(READY, batch_id=7), to="scnb")
    assert papers is not None
    assert papers.values == {"items": ("Photo", "Contract")}
    assert other is not None
    assert other.values == {"batch": 7}


@pytest.mark.parametrize(
    ("steps", "code", "after"),
    [
        (EXTENSION, "dcs", ISSUED),
        # Nobody has submitted it to DCS yet: it stays and waits for the department.
        (EXTENSION, "scnb", Step(code="scnb", waits_for=Party.DEPARTMENT)),
        ((DEPARTMENT, SCNB, unused(DCS), ISSUED), "scnb", ISSUED),
        ((DEPARTMENT, unused(SCNB), ISSUED), "scnb", ISSUED),
        ((DEPARTMENT, DCS), "dcs", None),
        ((DEPARTMENT, DCS, unused(ISSUED)), "dcs", None),
    ],
)
def test_an_approval_takes_a_case_on_but_never_to_another_authority(
    steps: tuple[Step, ...], code: str, after: Step | None
) -> None:
    assert step_once_approved(steps, code) == after


@pytest.mark.parametrize(
    ("steps", "code", "after"),
    [
        (EXTENSION, "scnb", "department"),
        (EXTENSION, "dcs", "department"),
        ((DEAN, unused(DEPARTMENT), DCS, ISSUED), "dcs", "dean"),
        ((DEAN, DCS, DEPARTMENT), "dcs", "dean"),
        ((DEAN, DEPARTMENT, ISSUED), "gone", "department"),
        ((), "dcs", "department"),
    ],
)
def test_what_is_returned_goes_back_to_the_department(
    steps: tuple[Step, ...], code: str, after: str
) -> None:
    assert step_once_returned(steps, code).code == after


@pytest.mark.parametrize(
    ("steps", "came_from", "back"),
    [
        (EXTENSION, "department", DEPARTMENT),
        (EXTENSION, "scnb", Step(code="scnb", waits_for=Party.DEPARTMENT)),
        ((DEAN, DEPARTMENT, unused(SCNB), DCS), "scnb", DEPARTMENT),
        ((DEAN, DEPARTMENT, DCS), "gone", DEPARTMENT),
    ],
)
def test_who_is_taken_out_goes_back_where_he_came_from_and_waits_for_the_department(
    steps: tuple[Step, ...], came_from: str, back: Step
) -> None:
    assert step_once_taken_out(steps, came_from, "dcs") == back


def test_a_case_that_goes_its_own_way_has_the_answer_its_way_tells() -> None:
    assert {kind: answer_of_move(kind) for kind in MoveKind} == {
        MoveKind.ADVANCE: BatchAnswer.APPROVED,
        MoveKind.SKIP: None,
        MoveKind.RETURN: BatchAnswer.RETURNED,
    }
    assert {outcome: answer_of_outcome(outcome) for outcome in CaseOutcome} == {
        CaseOutcome.DONE: BatchAnswer.APPROVED,
        CaseOutcome.SUPERSEDED: None,
        CaseOutcome.WITHDRAWN: None,
        CaseOutcome.REFUSED: BatchAnswer.REFUSED,
    }
