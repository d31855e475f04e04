"""What the row of a case says when it begins, ends and goes on, and of what it asks for."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.rules.batches import answer_of_outcome
from core.rules.checklists import Requirement
from core.rules.steps import AT_THE_DEPARTMENT, Step, first_step, planned_until
from core.services.batch_places import Parting
from core.services.house import today
from core.services.rulebook import load_calendar, load_steps
from core.terms import CURRENT_ENROLMENT_STATUSES, CaseKind, CaseOutcome, ItemStatus
from db.models.cases import Case
from db.models.people import Crossing, Enrolment, Visa


@dataclass(frozen=True)
class Beginning:
    """Where a case that is opened today begins, and until when that should take."""

    step: Step
    until: date | None


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Whose a case is that is opened: of which dean's office, of whom in the department, by whom.

    ``responsible_id`` is None for nobody, ``opened_by`` the name of a user.
    """

    faculty_id: int | None
    responsible_id: int | None
    opened_by: str


def beginnings(session: Session) -> Callable[[CaseKind], Beginning]:
    """Return what tells where a case of a kind begins, asking once for each kind."""

    @cache
    def begins_at(kind: CaseKind) -> Beginning:
        step = first_step(load_steps(session, kind))
        return Beginning(step, planned_end(session, step, today()))

    return begins_at


def planned_end(session: Session, step: Step, begun_on: date) -> date | None:
    """Return the day by which ``step`` should be over; None while nobody has planned it."""
    if step.planned_days is None:
        return None
    return planned_until(step, begun_on, load_calendar(session))


def parting_by(outcome: CaseOutcome) -> Parting:
    """Return how a case that is closed leaves the batch it waits in."""
    return Parting(answer=answer_of_outcome(outcome), on=today())


def close_row(case: Case, outcome: CaseOutcome) -> None:
    """Write into the row of ``case`` that it is closed now."""
    case.closed_at, case.outcome = clock.utc_now(), outcome
    case.waits_for, case.planned_until = None, None


def reopen_row(session: Session, case: Case) -> None:
    """Write into the row of a closed ``case`` that it goes on in the step where it was."""
    case.closed_at = case.outcome = None
    steps = {step.code: step for step in load_steps(session, case.kind)}
    step = steps.get(case.step, AT_THE_DEPARTMENT)
    case.waits_for = step.waits_for
    case.planned_until = planned_end(session, step, case.moved_on)


def case_row(
    person_id: int,
    kind: CaseKind,
    begins: Beginning,
    *,
    whose: Whose,
    entry: Crossing | None,
    visa: Visa | None,
) -> Case:
    """Return a case of ``kind`` that ``begins`` there and is opened now."""
    now, opened_on = clock.utc_now(), today()
    return Case(
        person_id=person_id,
        faculty_id=whose.faculty_id,
        responsible_id=whose.responsible_id,
        kind=kind,
        step=begins.step.code,
        waits_for=begins.step.waits_for,
        planned_until=begins.until,
        step_since=now,
        moved_on=opened_on,
        crossing_id=entry.id if entry else None,
        visa_id=visa.id if visa else None,
        opened_on=opened_on,
        opened_by=whose.opened_by,
    )


def item_values(case_id: int, requirement: Requirement) -> dict[str, Any]:
    """Return the columns of the item that asks a case for a document."""
    return {
        "case_id": case_id,
        "item_code": requirement.item_code,
        "document_kind": requirement.document_kind,
        "name_en": requirement.name_en,
        "name_ru": requirement.name_ru,
        "name_ky": requirement.name_ky,
        "is_required": requirement.is_required,
        "is_uncertain": requirement.is_uncertain,
        "copies": requirement.copies,
        "needs_original": requirement.needs_original,
        "needs_translation": requirement.needs_translation,
        "position": requirement.position,
        "status": ItemStatus.MISSING,
    }


def place_cases(session: Session, person_ids: Collection[int]) -> None:
    """Repeat on the open cases of these people whose dean's office knows them now."""
    place = (
        sa.select(Enrolment.faculty_id)
        .where(
            Enrolment.person_id == Case.person_id,
            Enrolment.is_current,
            Enrolment.status.in_(CURRENT_ENROLMENT_STATUSES),
        )
        .correlate(Case)
        .scalar_subquery()
    )
    session.flush()
    session.execute(
        sa.update(Case)
        .where(
            Case.person_id.in_(person_ids),
            Case.closed_at.is_(None),
            Case.faculty_id.is_distinct_from(place),
        )
        .values(faculty_id=place)
        .execution_options(synchronize_session=False)
    )
