"""Batches to an authority: who may go with one, and where an answer takes a case."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import DomainError
from core.rules.steps import Step, first_step, following_step
from core.terms import BatchAnswer, CaseOutcome, MoveKind, Party

#: Who answers a batch.
AUTHORITIES = frozenset({Party.SCNB, Party.DCS, Party.EMBASSY})


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What decides whether a case may go with a batch.

    ``missing`` are the names of its required papers that are not settled; ``batch_id`` is the other
    batch it is in, None for none.
    """

    step: str
    waits_for: Party | None
    missing: tuple[str, ...] = ()
    batch_id: int | None = None


def authority_ahead(steps: Sequence[Step], code: str) -> Step | None:
    """Return the step of an authority that follows ``code``; None where none does."""
    following = following_step(steps, code)
    return following if following and following.waits_for in AUTHORITIES else None


def hindrance(steps: Sequence[Step], candidate: Candidate, *, to: str) -> DomainError | None:
    """Return why a case cannot go to the step ``to`` with a batch; None where it can."""
    if candidate.waits_for is None:
        return DomainError("case.closed")
    if candidate.batch_id is not None:
        return DomainError("batch.in_another", batch=candidate.batch_id)
    if candidate.waits_for is Party.DEAN:
        return DomainError("batch.with_the_dean")
    following = authority_ahead(steps, candidate.step)
    if following is None or following.code != to:
        return DomainError("batch.not_next")
    if candidate.missing:
        return DomainError("batch.papers_missing", items=candidate.missing)
    return None


def step_once_approved(steps: Sequence[Step], code: str) -> Step | None:
    """Return where an approval takes a case; None where that was its last step.

    Where the next step is another authority's, nobody has submitted the case there yet: it stays in
    its step, and waits for the department to do so.
    """
    following = following_step(steps, code)
    if following is None or following.waits_for not in AUTHORITIES:
        return following
    here = next((step for step in steps if step.code == code), None)
    return replace(here, waits_for=Party.DEPARTMENT) if here else following


def step_once_returned(steps: Sequence[Step], code: str) -> Step:
    """Return the last step of the department before ``code``; where it has none, the first."""
    codes = [step.code for step in steps]
    before = steps[: codes.index(code)] if code in codes else steps
    return next(
        (s for s in reversed(before) if s.is_active and s.waits_for is Party.DEPARTMENT),
        first_step(steps),
    )


def step_once_taken_out(steps: Sequence[Step], came_from: str, code: str) -> Step:
    """Return where a case goes that is taken out of a batch at ``code``: where it came from.

    Its papers are with the department then, also in the step of an authority before this one. Where
    the step it came from is out of use it goes the way of what is returned.
    """
    back = next((step for step in steps if step.code == came_from and step.is_active), None)
    if back is None:
        return step_once_returned(steps, code)
    is_authority = back.waits_for in AUTHORITIES
    return replace(back, waits_for=Party.DEPARTMENT) if is_authority else back


def answer_of_move(kind: MoveKind) -> BatchAnswer | None:
    """Return the answer that a case has had which went its way without its batch; None for none.

    Going on means approved, going back returned; what is taken past a step was not answered.
    """
    answers = {MoveKind.ADVANCE: BatchAnswer.APPROVED, MoveKind.RETURN: BatchAnswer.RETURNED}
    return answers.get(kind)


def answer_of_outcome(outcome: CaseOutcome) -> BatchAnswer | None:
    """Return the answer that a case has had which was closed; None where it ended without one."""
    answers = {
        CaseOutcome.DONE: BatchAnswer.APPROVED,
        CaseOutcome.REFUSED: BatchAnswer.REFUSED,
    }
    return answers.get(outcome)
