"""What is written when cases come to another step or end: the one road of every transition."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.permissions import Actor
from core.rules.batches import answer_of_move
from core.rules.steps import MoveFacts, Step, kind_of_move
from core.services import audit
from core.services.batch_places import Parting, leave_batches
from core.services.case_rows import close_row, planned_end
from core.terms import CaseOutcome, MoveKind, Party
from db.models.cases import Case, CaseMove, Deadline

#: The longest reason and the longest number anybody needs to write.
REASON_LENGTH, REFERENCE_LENGTH = 500, 100


def take_to_step(
    session: Session,
    actor: Actor,
    cases: Collection[Case],
    step: Step,
    kind: MoveKind,
    known: MoveFacts,
    *,
    batch_id: int | None = None,
) -> None:
    """Take ``cases`` to ``step`` and write the move of each down.

    A case leaves the batch it waits in by moving, except ``batch_id``, the batch it goes with. One
    that goes back to the dean's office loses the confirmation of the application.
    """
    cut = MoveFacts(
        moved_on=known.moved_on,
        reference=known.reference.strip()[:REFERENCE_LENGTH],
        reason=known.reason.strip()[:REASON_LENGTH],
    )
    parting = Parting(
        answer=answer_of_move(kind), on=cut.moved_on, reference=cut.reference, reason=cut.reason
    )
    leave_batches(session, actor, [case.id for case in cases], parting, but_of=batch_id)
    until = planned_end(session, step, cut.moved_on)
    moves = [_move(actor, case, step, kind, cut) for case in cases]
    if moves:
        session.execute(sa.insert(CaseMove), moves)
    for case in cases:
        case.step, case.waits_for, case.planned_until = step.code, step.waits_for, until
        case.step_since, case.moved_on = clock.utc_now(), cut.moved_on
        case.returned_reason = cut.reason if kind is MoveKind.RETURN else ""
        if step.waits_for is Party.DEAN:
            case.application_confirmed_at, case.application_confirmed_by = None, None
    record_cases(session, actor, f"case.move.{kind.value}", cases)


def take_along(
    session: Session,
    actor: Actor,
    steps: Sequence[Step],
    cases: Collection[Case],
    step: Step,
    known: MoveFacts,
) -> None:
    """Take ``cases``, which all stand in one step, to ``step``, whatever move that is.

    Raises ``case.step_not_allowed``.
    """
    kind = kind_of_move(steps, next(iter(cases)).step, step.code)
    take_to_step(session, actor, cases, step, kind, known)


def end_cases(
    session: Session, actor: Actor, cases: Collection[Case], outcome: CaseOutcome, action: str
) -> None:
    """Close ``cases``, which wait in no batch; their due dates leave every list."""
    for case in cases:
        close_row(case, outcome)
    session.flush()
    ids = [case.id for case in cases]
    session.execute(sa.update(Deadline).where(Deadline.case_id.in_(ids)).values(is_open=False))
    record_cases(session, actor, action, cases)


def record_cases(session: Session, actor: Actor, action: str, cases: Collection[Case]) -> None:
    """Write down that ``actor`` did ``action`` with each case, and where it stands now."""
    audit.record_all(
        session,
        actor,
        [
            audit.Entry(
                action=action,
                subject_kind="case",
                subject_id=case.id,
                person_id=case.person_id,
                clear={"step": case.step},
            )
            for case in cases
        ],
    )


def _move(actor: Actor, case: Case, step: Step, kind: MoveKind, known: MoveFacts) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "kind": kind,
        "before": case.step,
        "after": step.code,
        "moved_on": known.moved_on,
        "reference": known.reference,
        "reason": known.reason,
        "recorded_at": clock.utc_now(),
        "recorded_by": actor.full_name,
    }
