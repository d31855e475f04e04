"""Cases without a due date because no term is confirmed, and what called for such a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor, Permission
from core.rules.cases import lacks_term
from core.services.guard import requires
from core.services.remembered import remembered
from core.services.scope import people_in_scope, scope_key, visible_person
from core.terms import CaseKind, DueGap, EnrolmentStatus
from db.engine import reading
from db.models.cases import Case, Deadline
from db.models.people import StatusChange


@dataclass(frozen=True, kw_only=True)
class ReportedChange:
    """The change of status that a notice tells of."""

    after: EnrolmentStatus
    happened_on: date


@requires(Permission.READ_CASES)
def gaps_of_person(actor: Actor, person_id: int) -> tuple[CaseKind, ...]:
    """Return the kinds of open cases that stay due because no term is confirmed for them.

    Raises :class:`NotFound` outside the actor's scope.
    """
    with reading() as session:
        visible_person(session, actor, person_id)
        return remembered(session, ("gaps", person_id), lambda: _gaps(session, person_id))


def _gaps(session: Session, person_id: int) -> tuple[CaseKind, ...]:
    cases = session.execute(
        sa.select(Case, Deadline.due_on)
        .outerjoin(Deadline, sa.and_(Deadline.case_id == Case.id, Deadline.is_open))
        .where(
            Case.person_id == person_id,
            Case.closed_at.is_(None),
            Case.kind.in_((CaseKind.REGISTRATION, CaseKind.STATUS_NOTICE)),
        )
        .order_by(Case.id)
    ).all()
    return tuple(case.kind for case, due_on in cases if gap_of(case, due_on))


@requires(Permission.READ_CASES)
def unsent_notices(actor: Actor) -> int:
    """Return how many notices of a change of status wait without a term; none is confirmed."""
    waits = (
        sa.select(sa.func.count())
        .select_from(Case)
        .outerjoin(Deadline, sa.and_(Deadline.case_id == Case.id, Deadline.is_open))
        .where(
            Case.kind == CaseKind.STATUS_NOTICE,
            Case.closed_at.is_(None),
            Deadline.id.is_(None),
            people_in_scope(actor, Case.person_id),
        )
    )
    with reading() as session:
        key = "unsent_notices", scope_key(actor)
        return remembered(session, key, lambda: session.scalar(waits) or 0)


def gap_of(case: Case | sa.Row[Any], due: object) -> DueGap | None:
    """Return why an open case has no due date, None where it has one or a fact is missing."""
    if case.closed_at is not None or due is not None:
        return None
    is_notice = case.kind is CaseKind.STATUS_NOTICE
    cause = case.status_change_id if is_notice else case.visa_id
    lacks = lacks_term(
        case.kind,
        counts_from_entry=case.crossing_id is not None,
        has_cause=cause is not None,
    )
    return DueGap.NO_TERM if lacks else None


def follows_visa(case: Case) -> bool:
    """Return whether a registration was called for by a visa, and by no entry."""
    is_without_entry = case.crossing_id is None and case.visa_id is not None
    return case.kind is CaseKind.REGISTRATION and is_without_entry


def reported_changes(session: Session, cases: Sequence[Case]) -> dict[int, ReportedChange]:
    """Return the changes of status that notices among ``cases`` tell of, by their ids."""
    ids = {case.status_change_id for case in cases} - {None}
    if not ids:
        return {}
    changes = session.scalars(
        sa.select(StatusChange).where(StatusChange.id.in_(ids)).order_by(StatusChange.id)
    )
    return {
        change.id: ReportedChange(after=change.after, happened_on=change.happened_on)
        for change in changes
    }
