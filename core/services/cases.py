"""Cases: which open from the facts, what each asks for, and who has it in hand."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.cases import STUDY_CATEGORY, cases_that_follow, taken_over
from core.rules.checklists import CaseFacts, requirements_for
from core.services import audit
from core.services.case_rows import Whose, beginnings, case_row, close_row, item_values
from core.services.deadlines import current_visa, store_deadline
from core.services.expiries import known_to
from core.services.guard import requires
from core.services.person_records import held_person
from core.services.rulebook import load_requirements, needs_entry_visa
from core.services.scope import visible_case
from core.services.versions import claim, touch
from core.terms import (
    CURRENT_ENROLMENT_STATUSES,
    CaseKind,
    CaseOutcome,
    CrossingDirection,
)
from db.engine import writing
from db.models.cases import Case, CaseItem
from db.models.people import Crossing, Enrolment, Person, Residence


def open_cases_that_follow(session: Session, actor: Actor, person_id: int) -> tuple[int, ...]:
    """Open the cases the person's facts call for and lack; return their ids.

    Of a kind a person has one open case. A new entry supersedes the registration case of the
    entry before it, because each entry starts its own clock. Who was responsible for that one, and
    for all other open cases, is so for those that open.
    """
    responsible_id = _responsible_of(session, person_id)
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
        case_id = _open(session, actor, person_id, kind, entry=entry, responsible_id=responsible_id)
        opened.append(case_id)
    return tuple(opened)


def open_case(session: Session, actor: Actor, person_id: int, kind: CaseKind) -> int:
    """Open a case of ``kind`` for a person, or return the id of the one that is open already."""
    present = _open_case(session, person_id, kind)
    if present is not None:
        return present.id
    return _open_beside(session, actor, person_id, kind)


def complete_registration(session: Session, actor: Actor, entry: Crossing) -> None:
    """Close the open registration case of ``entry``, or of one before it, as done."""
    case = _open_case(session, entry.person_id, CaseKind.REGISTRATION)
    if case is None or _counts_from_later(session, case, entry):
        return
    touch(case, actor)
    _close(session, case, CaseOutcome.DONE)
    audit_step(session, actor, case, "case.complete")


def withdraw_study_cases(session: Session, actor: Actor, person_id: int) -> None:
    """Close the visa cases of a student who is none any more."""
    if _is_student(session, person_id):
        return
    for kind in (CaseKind.STUDY_VISA, CaseKind.STUDY_VISA_EXTENSION):
        case = _open_case(session, person_id, kind)
        if case is not None:
            touch(case, actor)
            _close(session, case, CaseOutcome.WITHDRAWN)
            audit_step(session, actor, case, "case.withdraw")


def supersede_case(session: Session, actor: Actor, person_id: int, kind: CaseKind) -> None:
    """Close the person's open case of ``kind``, if there is one, because another takes over."""
    earlier = _open_case(session, person_id, kind)
    if earlier is None:
        return
    touch(earlier, actor)
    _close(session, earlier, CaseOutcome.SUPERSEDED)
    audit_step(session, actor, earlier, "case.supersede")


@requires(Permission.EDIT_CASES)
def open_by_hand(actor: Actor, person_id: int, kind: CaseKind) -> int:
    """Open a case of ``kind`` for a person and return its id. Raises ``case.open_already``."""
    with writing() as session:
        held_person(session, actor, person_id)
        if _open_case(session, person_id, kind) is not None:
            raise DomainError("case.open_already")
        return _open_beside(session, actor, person_id, kind)


@requires(Permission.EDIT_CASES)
def complete_case(actor: Actor, case_id: int, *, version: int) -> None:
    """Close a case whose purpose is reached; its deadline leaves every list."""
    with writing() as session:
        case = visible_case(session, actor, case_id)
        claim(session, case, actor, seen_version=version)
        if case.closed_at is not None:
            raise DomainError("case.closed")
        _close(session, case, CaseOutcome.DONE)
        audit_step(session, actor, case, "case.complete")


def audit_step(session: Session, actor: Actor, case: Case, action: str) -> None:
    """Write down that ``actor`` did ``action`` with the case, and where it stands now."""
    audit.record(
        session,
        actor,
        action=action,
        subject_kind="case",
        subject_id=case.id,
        person_id=case.person_id,
        clear={"step": case.step},
    )


def _is_student(session: Session, person_id: int) -> bool:
    status = session.scalar(
        sa.select(Enrolment.status).filter_by(person_id=person_id, is_current=True)
    )
    return status in CURRENT_ENROLMENT_STATUSES


def _faculty_of(session: Session, person_id: int) -> int | None:
    place = session.execute(
        sa.select(Enrolment.status, Enrolment.faculty_id).filter_by(
            person_id=person_id, is_current=True
        )
    ).one_or_none()
    return known_to(place.status, place.faculty_id) if place else None


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
    close_row(case, outcome)
    session.flush()
    store_deadline(session, case)


def _responsible_of(session: Session, person_id: int) -> int | None:
    """Return who is responsible for all open cases of the person, and so for a new one."""
    return taken_over(
        session.scalars(
            sa.select(Case.responsible_id)
            .where(Case.person_id == person_id, Case.closed_at.is_(None))
            .order_by(Case.id)
        )
    )


def _open_beside(session: Session, actor: Actor, person_id: int, kind: CaseKind) -> int:
    """Open a case beside those the person has, after his last entry."""
    return _open(
        session,
        actor,
        person_id,
        kind,
        entry=_last_entry(session, person_id),
        responsible_id=_responsible_of(session, person_id),
    )


def _open(
    session: Session,
    actor: Actor,
    person_id: int,
    kind: CaseKind,
    *,
    entry: Crossing | None,
    responsible_id: int | None,
) -> int:
    visa = current_visa(session, person_id)
    begins = beginnings(session)(kind)
    case = case_row(
        person_id,
        kind,
        begins,
        whose=Whose(
            faculty_id=_faculty_of(session, person_id),
            responsible_id=responsible_id,
            opened_by=actor.full_name,
        ),
        entry=entry,
        visa=visa,
    )
    session.add(case)
    session.flush()
    due_on = store_deadline(session, case)
    _take_snapshot(session, case, is_late=due_on is not None and due_on < case.opened_on)
    audit_step(session, actor, case, "case.open")
    return case.id


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
