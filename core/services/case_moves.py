"""A case on its way from step to step, each with its day, the number given, and the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.steps import (
    MoveFacts,
    following_step,
    kind_of_move,
    refuse_incomplete,
)
from core.services.case_steps import step_names
from core.services.cases import audit_step
from core.services.guard import requires
from core.services.house import today
from core.services.names import Names
from core.services.rulebook import load_steps
from core.services.scope import visible_case
from core.services.transitions import take_to_step
from core.services.versions import claim
from core.terms import ItemStatus, MoveKind, Party
from db.engine import reading, writing
from db.models.cases import Case, CaseItem, CaseMove


@dataclass(frozen=True, kw_only=True)
class MoveView:
    """One move of a case, from the step ``before`` to the step ``after``."""

    kind: MoveKind
    before: Names
    after: Names
    moved_on: date
    reference: str
    reason: str
    recorded_at: datetime
    recorded_by: str


@requires(Permission.CONFIRM_APPLICATION)
def confirm_application(actor: Actor, case_id: int, *, version: int) -> None:
    """Confirm the faculty's application and hand the case over to the department.

    Raises ``case.step_not_allowed`` when the case is not with the dean, and
    ``case.items_missing`` (value ``items``: names) while a required document was not delivered.
    """
    with writing() as session:
        case = _claimed(session, actor, case_id, version)
        steps = load_steps(session, case.kind)
        following = following_step(steps, case.step)
        if case.waits_for is not Party.DEAN or following is None:
            raise DomainError("case.step_not_allowed")
        missing = _undelivered(session, case_id)
        if missing:
            raise DomainError("case.items_missing", items=missing)
        known = MoveFacts(moved_on=today())
        take_to_step(session, actor, [case], following, MoveKind.ADVANCE, known)
        case.application_confirmed_at = clock.utc_now()
        case.application_confirmed_by = actor.full_name
        audit_step(session, actor, case, "case.confirm_application")


@requires(Permission.EDIT_CASES)
def move_case(actor: Actor, case_id: int, after: str, known: MoveFacts, *, version: int) -> None:
    """Take a case to the step of the code ``after``.

    Raises ``case.closed``, ``case.step_not_allowed`` and what :func:`refuse_incomplete` raises.
    What was submitted with a batch has its answer by that: on means approved, back returned.
    """
    with writing() as session:
        case = _claimed(session, actor, case_id, version)
        steps = load_steps(session, case.kind)
        kind = kind_of_move(steps, case.step, after)
        step = next(each for each in steps if each.code == after)
        refuse_incomplete(
            kind,
            known,
            waited_for=case.waits_for,
            after=step,
            last_moved_on=case.moved_on,
            today=today(),
        )
        take_to_step(session, actor, [case], step, kind, known)


@requires(Permission.EDIT_CASES)
def move_cases(
    actor: Actor, seen: Mapping[int, int], after: str, known: MoveFacts
) -> dict[int, DomainError]:
    """Take many cases to the step ``after``, each by itself; ``seen`` gives each its version.

    Return why those that stay were refused, by case.
    """
    refused = {}
    for case_id, version in seen.items():
        try:
            move_case(actor, case_id, after, known, version=version)
        except DomainError as error:
            refused[case_id] = error
    return refused


@requires(Permission.READ_HISTORY)
def moves_of_case(actor: Actor, case_id: int) -> tuple[MoveView, ...]:
    """Return how a case came to where it is, the latest move first. Raises NotFound."""
    with reading() as session:
        case = visible_case(session, actor, case_id)
        names = step_names(session, [case.kind])
        rows = session.scalars(
            sa.select(CaseMove).filter_by(case_id=case_id).order_by(CaseMove.id.desc())
        )
        return tuple(
            MoveView(
                kind=row.kind,
                before=names.name(case.kind, row.before),
                after=names.name(case.kind, row.after),
                moved_on=row.moved_on,
                reference=row.reference,
                reason=row.reason,
                recorded_at=row.recorded_at,
                recorded_by=row.recorded_by,
            )
            for row in rows
        )


def _claimed(session: Session, actor: Actor, case_id: int, version: int) -> Case:
    case = visible_case(session, actor, case_id)
    claim(session, case, actor, seen_version=version)
    if case.closed_at is not None:
        raise DomainError("case.closed")
    return case


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
