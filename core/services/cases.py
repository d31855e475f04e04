"""Cases: which open from the facts, what each asks for, and who has it in hand."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.cases import (
    STUDY_CASES,
    STUDY_CATEGORY,
    cases_that_follow,
    end_of_study_case,
    is_another_visa,
    taken_over,
)
from core.rules.checklists import CaseFacts, requirements_for
from core.rules.visas import is_registered_since
from core.services import audit
from core.services.batch_places import leave_batches
from core.services.case_causes import causes_of, last_entry, study_facts
from core.services.case_rows import (
    Whose,
    beginnings,
    case_row,
    close_row,
    item_values,
    parting_by,
)
from core.services.deadlines import current_visa, store_deadline
from core.services.expiries import known_to
from core.services.guard import requires
from core.services.person_records import held_person
from core.services.rulebook import load_requirements, needs_entry_visa
from core.services.scope import visible_case
from core.services.versions import claim, touch
from core.terms import CaseKind, CaseOutcome
from db.engine import writing
from db.models.cases import Case, CaseItem
from db.models.people import (
    Crossing,
    Enrolment,
    Person,
    Registration,
    Residence,
    StatusChange,
    Visa,
)


def open_cases_that_follow(session: Session, actor: Actor, person_id: int) -> tuple[int, ...]:
    """Open the cases the person's facts call for and lack; return their ids.

    Of a kind a person has one open case. A new entry supersedes the registration case of the
    entry before it, because each entry starts its own clock; an extension of the visa waits for
    the case that is open. What an authority refused is not opened again until there is another
    visa; by hand it is. Who was responsible for all open cases is so for those that open.
    """
    responsible_id = _responsible_of(session, person_id)
    causes = causes_of(session, person_id)
    opened = []
    for kind in cases_that_follow(causes.study, is_unregistered=causes.is_unregistered):
        if kind is CaseKind.REGISTRATION and causes.is_entry_unregistered:
            supersede_case(session, actor, person_id, kind)
        elif _open_case(session, person_id, kind) or _was_refused(session, person_id, kind):
            continue
        case_id = _open(
            session,
            actor,
            person_id,
            kind,
            entry=causes.entry_of(kind),
            responsible_id=responsible_id,
        )
        opened.append(case_id)
    return tuple(opened)


def open_case(session: Session, actor: Actor, person_id: int, kind: CaseKind) -> int:
    """Open a case of ``kind`` for a person, or return the id of the one that is open already."""
    present = _open_case(session, person_id, kind)
    if present is not None:
        return present.id
    return _open_beside(session, actor, person_id, kind)


def report_change(session: Session, actor: Actor, change: StatusChange, kind: CaseKind) -> int:
    """Open the case of ``kind`` that reports ``change`` and return its id.

    One that reports an earlier change and is still open gives way to it: what has to be told is
    what holds now, and the earlier case stays on the card as superseded.
    """
    responsible_id = _responsible_of(session, change.person_id)
    supersede_case(session, actor, change.person_id, kind)
    entry = last_entry(session, change.person_id)
    return _open(
        session,
        actor,
        change.person_id,
        kind,
        entry=entry,
        change_id=change.id,
        responsible_id=responsible_id,
    )


def complete_registration(
    session: Session, actor: Actor, registration: Registration, entry: Crossing | None
) -> None:
    """Close the open registration case as done, if it is that of ``entry`` or one before it.

    One that an extension of the visa called for is done by a registration since its issue.
    """
    case = _open_case(session, registration.person_id, CaseKind.REGISTRATION)
    if case is None or not _is_answered(session, case, registration, entry):
        return
    touch(case, actor)
    _close(session, actor, case, CaseOutcome.DONE)
    audit_step(session, actor, case, "case.complete")


#: outcome of a case that ends by itself → what the log calls that.
ENDINGS = {CaseOutcome.DONE: "case.complete", CaseOutcome.WITHDRAWN: "case.withdraw"}


def end_study_cases(session: Session, actor: Actor, person_id: int) -> None:
    """Close the study cases whose visa is there, or that nothing calls for any more."""
    visa = current_visa(session, person_id)
    study = study_facts(session, person_id, visa)
    for kind in STUDY_CASES:
        case = _open_case(session, person_id, kind)
        if case is None:
            continue
        held = visa.id if visa else None
        is_another = is_another_visa(kind, began_from=case.visa_id, held=held)
        outcome = end_of_study_case(study, has_another_visa=is_another)
        if outcome is not None:
            touch(case, actor)
            _close(session, actor, case, outcome)
            audit_step(session, actor, case, ENDINGS[outcome])


def complete_exit(session: Session, actor: Actor, person_id: int) -> int | None:
    """Close the open case of an exit visa as done: the visa is there. Return its id, if any."""
    case = _open_case(session, person_id, CaseKind.EXIT_VISA)
    if case is None:
        return None
    touch(case, actor)
    _close(session, actor, case, CaseOutcome.DONE)
    audit_step(session, actor, case, "case.complete")
    return case.id


def supersede_case(session: Session, actor: Actor, person_id: int, kind: CaseKind) -> None:
    """Close the person's open case of ``kind``, if there is one, because another takes over."""
    earlier = _open_case(session, person_id, kind)
    if earlier is None:
        return
    touch(earlier, actor)
    _close(session, actor, earlier, CaseOutcome.SUPERSEDED)
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
        _close(session, actor, case, CaseOutcome.DONE)
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


def _open_case(session: Session, person_id: int, kind: CaseKind) -> Case | None:
    return session.scalars(
        sa.select(Case).where(
            Case.person_id == person_id, Case.kind == kind, Case.closed_at.is_(None)
        )
    ).one_or_none()


def _was_refused(session: Session, person_id: int, kind: CaseKind) -> bool:
    """Return whether an authority refused a case of ``kind`` that began from this very visa."""
    visa = current_visa(session, person_id)
    refused = sa.select(Case.id).where(
        Case.person_id == person_id,
        Case.kind == kind,
        Case.outcome == CaseOutcome.REFUSED,
        Case.visa_id.is_not_distinct_from(visa.id if visa else None),
    )
    return session.scalars(refused.limit(1)).first() is not None


def _faculty_of(session: Session, person_id: int) -> int | None:
    place = session.execute(
        sa.select(Enrolment.status, Enrolment.faculty_id).filter_by(
            person_id=person_id, is_current=True
        )
    ).one_or_none()
    return known_to(place.status, place.faculty_id) if place else None


def _is_answered(
    session: Session, case: Case, registration: Registration, entry: Crossing | None
) -> bool:
    if case.crossing_id is not None:
        own = session.get_one(Crossing, case.crossing_id)
        return entry is not None and own.crossed_on <= entry.crossed_on
    visa = session.get(Visa, case.visa_id) if case.visa_id else None
    if visa is None or visa.valid_from is None:
        return registration.is_current
    return is_registered_since(visa.valid_from, registration.registered_on)


def _close(session: Session, actor: Actor, case: Case, outcome: CaseOutcome) -> None:
    leave_batches(session, actor, [case.id], parting_by(outcome))
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
        entry=last_entry(session, person_id),
        responsible_id=_responsible_of(session, person_id),
    )


def _open(
    session: Session,
    actor: Actor,
    person_id: int,
    kind: CaseKind,
    *,
    entry: Crossing | None,
    change_id: int | None = None,
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
    if kind is CaseKind.STATUS_NOTICE:
        case.status_change_id = change_id or _last_change(session, person_id)
    session.add(case)
    session.flush()
    due_on = store_deadline(session, case)
    _take_snapshot(session, case, is_late=due_on is not None and due_on < case.opened_on)
    audit_step(session, actor, case, "case.open")
    return case.id


def _last_change(session: Session, person_id: int) -> int | None:
    return session.scalar(sa.select(sa.func.max(StatusChange.id)).filter_by(person_id=person_id))


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
