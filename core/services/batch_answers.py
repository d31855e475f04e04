"""The answers of an authority to the cases of a batch, and where each takes its case."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.batches import step_once_approved, step_once_returned
from core.rules.steps import MoveFacts, Step, refuse_incomplete
from core.services.batch_places import (
    Parting,
    Stayed,
    known_batch,
    settle,
    too_early,
    waiting_among,
)
from core.services.guard import requires
from core.services.house import today
from core.services.rulebook import load_steps
from core.services.transitions import (
    REASON_LENGTH,
    REFERENCE_LENGTH,
    end_cases,
    take_along,
)
from core.services.versions import touch
from core.terms import BatchAnswer, CaseOutcome, MoveKind
from db.engine import writing
from db.models.cases import Case


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What an authority answers: on what day, under what number, and why."""

    answer: BatchAnswer
    answered_on: date
    reference: str = ""
    reason: str = ""


@requires(Permission.EDIT_CASES)
def record_answers(actor: Actor, batch_id: int, seen: Mapping[int, int], reply: Reply) -> Stayed:
    """Write down the answer to cases of a batch; ``seen`` gives their versions.

    Approved cases go on, returned ones back to the department, refused ones are closed. Return why
    some stayed, by case. Raises ``batch.not_submitted``, ``case.reason_missing`` for what is
    returned or refused, and ``case.reference_missing`` where the next step asks for a number.
    """
    with writing() as session:
        batch = known_batch(session, batch_id)
        if batch.submitted_on is None:
            raise DomainError("batch.not_submitted")
        steps = load_steps(session, batch.kind)
        _refuse_reply(steps, batch.step, reply)
        places, cases, stayed = waiting_among(session, actor, batch_id, seen)
        stayed |= too_early(cases, reply.answered_on)
        answered = [case for case in cases.values() if case.id not in stayed]
        for case in answered:
            touch(case, actor)
        settle(session, actor, [places[case.id] for case in answered], _parting(reply))
        _follow(session, actor, steps, answered, reply, code=batch.step)
    return stayed


def _refuse_reply(steps: Collection[Step], code: str, reply: Reply) -> None:
    """Raise where the answer itself lacks something, whomever it is about."""
    if reply.answer is not BatchAnswer.APPROVED and not reply.reason.strip():
        raise DomainError("case.reason_missing")
    after = step_once_approved(tuple(steps), code)
    if reply.answer is BatchAnswer.APPROVED and after is not None and after.code != code:
        known = MoveFacts(moved_on=reply.answered_on, reference=reply.reference)
        refuse_incomplete(
            MoveKind.ADVANCE,
            known,
            waited_for=None,
            after=after,
            last_moved_on=reply.answered_on,
            today=today(),
        )


def _parting(reply: Reply) -> Parting:
    return Parting(
        answer=reply.answer,
        on=reply.answered_on,
        reference=reply.reference.strip()[:REFERENCE_LENGTH],
        reason=reply.reason.strip()[:REASON_LENGTH],
    )


def _follow(
    session: Session,
    actor: Actor,
    steps: tuple[Step, ...],
    cases: Collection[Case],
    reply: Reply,
    *,
    code: str,
) -> None:
    """Let the answered cases go from the step ``code`` where the answer takes them."""
    if not cases:
        return
    if reply.answer is BatchAnswer.REFUSED:
        end_cases(session, actor, cases, CaseOutcome.REFUSED, "case.refuse")
        return
    known = MoveFacts(moved_on=reply.answered_on, reference=reply.reference, reason=reply.reason)
    if reply.answer is BatchAnswer.RETURNED:
        take_along(session, actor, steps, cases, step_once_returned(steps, code), known)
        return
    after = step_once_approved(steps, code)
    if after is None:
        end_cases(session, actor, cases, CaseOutcome.DONE, "case.complete")
    elif after.code == code:
        for case in cases:
            case.waits_for = after.waits_for
    else:
        take_along(session, actor, steps, cases, after, known)
