"""Cases: which open from the facts, what each asks for, and who has it in hand."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.cases import STUDY_CATEGORY, cases_that_follow, is_step_change_allowed
from core.rules.checklists import CaseFacts, Requirement, requirements_for
from core.services import audit
from core.services.deadlines import current_visa, store_deadline
from core.services.guard import requires
from core.services.rulebook import load_requirements, needs_entry_visa
from core.services.scope import visible_case
from core.services.versions import claim, touch
from core.terms import (
    CURRENT_ENROLMENT_STATUSES,
    CaseKind,
    CaseOutcome,
    CaseStep,
    CrossingDirection,
    ItemStatus,
)
from db.engine import writing
from db.models.cases import Case, CaseItem
from db.models.people import Crossing, Enrolment, Person, Residence, Visa

#: Where a case of each kind begins; the faculty's application is a step of its own.
FIRST_STEP = {
    CaseKind.REGISTRATION: CaseStep.DEPARTMENT,
    CaseKind.STUDY_VISA: CaseStep.DEAN,
    CaseKind.STUDY_VISA_EXTENSION: CaseStep.DEAN,
    CaseKind.STATUS_NOTICE: CaseStep.DEPARTMENT,
}

#: The longest reason anybody needs to write.
REASON_LENGTH = 500


def open_cases_that_follow(session: Session, actor: Actor, person_id: int) -> tuple[int, ...]:
    """Open the cases the person's facts call for and lack; return their ids.

    Of a kind a person has one open case. A new entry supersedes the registration case of the
    entry before it, because each entry starts its own clock.
    """
    entry = _last_entry(session, person_id)
    visa = current_visa(session, person_id)
    wanted = cases_that_follow(
        has_unregistered_entry=entry is not None and not _has_registration_case(session, entry),
        is_student=_is_student(session, person_id),
        visa_category=visa.category if visa else None,
    )
    opened = []
    for kind in wanted:
        if kind is CaseKind.REGISTRATION:
            supersede_case(session, actor, person_id, kind)
        elif _open_case(session, person_id, kind) is not None:
            continue
        opened.append(_open(session, actor, person_id, kind, entry=entry))
    return tuple(opened)


def open_case(session: Session, actor: Actor, person_id: int, kind: CaseKind) -> int:
    """Open a case of ``kind`` for a person, or return the id of the one that is open already."""
    present = _open_case(session, person_id, kind)
    if present is not None:
        return present.id
    return _open(session, actor, person_id, kind, entry=_last_entry(session, person_id))


def complete_registration(session: Session, actor: Actor, entry: Crossing) -> None:
    """Close the open registration case of ``entry``, or of one before it, as done."""
    case = _open_case(session, entry.person_id, CaseKind.REGISTRATION)
    if case is None or _counts_from_later(session, case, entry):
        return
    touch(case, actor)
    _close(session, case, CaseOutcome.DONE)
    _audit_step(session, actor, case, "case.complete")


def withdraw_study_cases(session: Session, actor: Actor, person_id: int) -> None:
    """Close the visa cases of a student who is none any more."""
    if _is_student(session, person_id):
        return
    for kind in (CaseKind.STUDY_VISA, CaseKind.STUDY_VISA_EXTENSION):
        case = _open_case(session, person_id, kind)
        if case is not None:
            touch(case, actor)
            _close(session, case, CaseOutcome.WITHDRAWN)
            _audit_step(session, actor, case, "case.withdraw")


def supersede_case(session: Session, actor: Actor, person_id: int, kind: CaseKind) -> None:
    """Close the person's open case of ``kind``, if there is one, because another takes over."""
    earlier = _open_case(session, person_id, kind)
    if earlier is None:
        return
    touch(earlier, actor)
    _close(session, earlier, CaseOutcome.SUPERSEDED)
    _audit_step(session, actor, earlier, "case.supersede")


@requires(Permission.CONFIRM_APPLICATION)
def confirm_application(actor: Actor, case_id: int, *, version: int) -> None:
    """Confirm the faculty's application and hand the case over to the department.

    Raises ``case.step_not_allowed`` when the case is not with the dean, and
    ``case.items_missing`` (value ``items``: names) while a required document was not delivered.
    """
    with writing() as session:
        case = visible_case(session, actor, case_id)
        claim(session, case, actor, seen_version=version)
        missing = _undelivered(session, case_id)
        if missing:
            raise DomainError("case.items_missing", items=missing)
        _move(case, CaseStep.DEPARTMENT)
        case.application_confirmed_at = clock.utc_now()
        case.application_confirmed_by = actor.full_name
        case.returned_reason = ""
        _audit_step(session, actor, case, "case.confirm_application")


@requires(Permission.EDIT_CASES)
def return_to_dean(actor: Actor, case_id: int, *, reason: str, version: int) -> None:
    """Return a case to the dean's office with a reason; the confirmation is withdrawn.

    Raises ``case.reason_missing`` without a reason and ``case.step_not_allowed`` when the case is
    not with the department.
    """
    if not reason.strip():
        raise DomainError("case.reason_missing")
    with writing() as session:
        case = visible_case(session, actor, case_id)
        claim(session, case, actor, seen_version=version)
        _move(case, CaseStep.DEAN)
        case.application_confirmed_at = None
        case.application_confirmed_by = None
        case.returned_reason = reason.strip()[:REASON_LENGTH]
        _audit_step(session, actor, case, "case.return_to_dean")


@requires(Permission.EDIT_CASES)
def complete_case(actor: Actor, case_id: int, *, version: int) -> None:
    """Close a case whose purpose is reached; its deadline leaves every list."""
    with writing() as session:
        case = visible_case(session, actor, case_id)
        claim(session, case, actor, seen_version=version)
        if case.closed_at is not None:
            raise DomainError("case.closed")
        _close(session, case, CaseOutcome.DONE)
        _audit_step(session, actor, case, "case.complete")


def _move(case: Case, step: CaseStep) -> None:
    if case.closed_at is not None:
        raise DomainError("case.closed")
    if not is_step_change_allowed(case.step, step):
        raise DomainError("case.step_not_allowed")
    case.step = step
    case.step_since = clock.utc_now()


def _audit_step(session: Session, actor: Actor, case: Case, action: str) -> None:
    audit.record(
        session,
        actor,
        action=action,
        subject_kind="case",
        subject_id=case.id,
        person_id=case.person_id,
        clear={"step": case.step.value},
    )


def _undelivered(session: Session, case_id: int) -> tuple[str, ...]:
    names = session.scalars(
        sa.select(CaseItem.name_en)
        .where(
            CaseItem.case_id == case_id,
            CaseItem.is_required,
            CaseItem.status.in_((ItemStatus.MISSING, ItemStatus.REJECTED)),
        )
        .order_by(CaseItem.position)
    )
    return tuple(names)


def _is_student(session: Session, person_id: int) -> bool:
    status = session.scalar(
        sa.select(Enrolment.status).filter_by(person_id=person_id, is_current=True)
    )
    return status in CURRENT_ENROLMENT_STATUSES


def _last_entry(session: Session, person_id: int) -> Crossing | None:
    last = session.scalars(
        sa.select(Crossing)
        .filter_by(person_id=person_id)
        .order_by(Crossing.crossed_on.desc(), Crossing.id.desc())
    ).first()
    return last if last is not None and last.direction is CrossingDirection.IN else None


def _has_registration_case(session: Session, entry: Crossing) -> bool:
    found = session.scalar(
        sa.select(Case.id).filter_by(kind=CaseKind.REGISTRATION, crossing_id=entry.id)
    )
    return found is not None


def _open_case(session: Session, person_id: int, kind: CaseKind) -> Case | None:
    return session.scalars(
        sa.select(Case).where(
            Case.person_id == person_id, Case.kind == kind, Case.closed_at.is_(None)
        )
    ).one_or_none()


def _counts_from_later(session: Session, case: Case, entry: Crossing) -> bool:
    own = session.get(Crossing, case.crossing_id) if case.crossing_id else None
    return own is not None and own.crossed_on > entry.crossed_on


def _close(session: Session, case: Case, outcome: CaseOutcome) -> None:
    case.closed_at = clock.utc_now()
    case.outcome = outcome
    if outcome is CaseOutcome.DONE:
        case.step = CaseStep.DONE
        case.step_since = case.closed_at
    session.flush()
    store_deadline(session, case)


def _open(
    session: Session, actor: Actor, person_id: int, kind: CaseKind, *, entry: Crossing | None
) -> int:
    visa = current_visa(session, person_id)
    case = case_row(person_id, kind, entry=entry, visa=visa, by=actor.full_name)
    session.add(case)
    session.flush()
    due_on = store_deadline(session, case)
    _take_snapshot(session, case, is_late=due_on is not None and due_on < case.opened_on)
    _audit_step(session, actor, case, "case.open")
    return case.id


def case_row(
    person_id: int, kind: CaseKind, *, entry: Crossing | None, visa: Visa | None, by: str
) -> Case:
    """Return a case of ``kind`` at its first step, opened now by the user of the name ``by``."""
    now = clock.utc_now()
    return Case(
        person_id=person_id,
        kind=kind,
        step=FIRST_STEP[kind],
        step_since=now,
        crossing_id=entry.id if entry else None,
        visa_id=visa.id if visa else None,
        opened_on=clock.local_date(now, time_zone=settings.current().time_zone),
        opened_by=by,
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


def _take_snapshot(session: Session, case: Case, *, is_late: bool) -> None:
    """Write down what the procedure asks of this person today; later rules do not change it."""
    facts = _checklist_facts(session, case.person_id, on=case.opened_on, is_late=is_late)
    for requirement in requirements_for(
        load_requirements(session, case.kind), facts, on=case.opened_on
    ):
        session.add(CaseItem(**item_values(case.id, requirement)))
    session.flush()


def _checklist_facts(session: Session, person_id: int, *, on: date, is_late: bool) -> CaseFacts:
    visa = current_visa(session, person_id)
    person = session.get_one(Person, person_id)
    residence = session.scalars(
        sa.select(Residence.kind)
        .filter_by(person_id=person_id, until_on=None)
        .order_by(Residence.id.desc())
    ).first()
    return CaseFacts(
        residence=residence,
        needs_entry_visa=needs_entry_visa(session, person.citizenship, on),
        is_late=is_late,
        holds_study_visa=visa is not None and visa.category == STUDY_CATEGORY,
        citizenship=person.citizenship,
    )
