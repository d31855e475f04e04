"""The way of a case through its steps: which moves there are, and what each demands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import DomainError
from core.rules.calendar import WorkCalendar
from core.terms import MoveKind, Party, RuleUnit


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a procedure; ``planned_days`` is None while nobody has said how long it takes.

    A step out of use takes in no case, and lets those go that are in it.
    """

    code: str
    waits_for: Party
    is_active: bool = True
    needs_reference: bool = False
    planned_days: int | None = None
    planned_unit: RuleUnit = RuleUnit.WORKING_DAYS


#: Where a case is that has no step in use.
AT_THE_DEPARTMENT = Step(code="department", waits_for=Party.DEPARTMENT)


@dataclass(frozen=True, kw_only=True)
class MoveFacts:
    """What is said of a move: the day it really took place, a reference number, and a reason."""

    moved_on: date
    reference: str = ""
    reason: str = ""


def first_step(steps: Sequence[Step]) -> Step:
    """Return where a case begins."""
    return next((step for step in steps if step.is_active), AT_THE_DEPARTMENT)


def following_step(steps: Sequence[Step], code: str) -> Step | None:
    """Return the step in use after ``code``; None at the end."""
    later = steps[_place(steps, code) + 1 :]
    return next((step for step in later if step.is_active), None)


def kind_of_move(steps: Sequence[Step], before: str, after: str) -> MoveKind:
    """Return what going from ``before`` to ``after`` is.

    Raises ``case.step_not_allowed`` for the same step, for one out of use, and for an unknown one.
    """
    codes = [step.code for step in steps if step.is_active]
    if after == before or after not in codes:
        raise DomainError("case.step_not_allowed")
    following = following_step(steps, before)
    if following is not None and following.code == after:
        return MoveKind.ADVANCE
    is_later = _place(steps, after) > _place(steps, before)
    return MoveKind.SKIP if is_later else MoveKind.RETURN


def needs_reason(kind: MoveKind, *, waited_for: Party | None) -> bool:
    """Return whether a move by the department has to be explained.

    The way back has, a step left out, and going on without the confirmation of the dean's office.
    """
    return kind is not MoveKind.ADVANCE or waited_for is Party.DEAN


def refuse_incomplete(
    kind: MoveKind,
    known: MoveFacts,
    *,
    waited_for: Party | None,
    after: Step,
    last_moved_on: date,
    today: date,
) -> None:
    """Raise where a move by the department to the step ``after`` lacks what it demands.

    Raises ``case.move.future``, ``case.move.before_last`` (value ``last``), ``case.reason_missing``
    for a way back, over a step, or on without the confirmation of the dean's office, and
    ``case.reference_missing`` where the step asks for a number.
    """
    refuse_day(known.moved_on, last_moved_on=last_moved_on, today=today)
    if needs_reason(kind, waited_for=waited_for) and not known.reason.strip():
        raise DomainError("case.reason_missing")
    if kind is not MoveKind.RETURN and after.needs_reference and not known.reference.strip():
        raise DomainError("case.reference_missing")


def refuse_day(day: date, *, last_moved_on: date, today: date) -> None:
    """Raise where something cannot have happened to a case on ``day``.

    Raises ``case.move.future`` and ``case.move.before_last`` (value ``last``).
    """
    if day > today:
        raise DomainError("case.move.future")
    if day < last_moved_on:
        raise DomainError("case.move.before_last", last=last_moved_on)


def planned_until(step: Step, begun_on: date, calendar: WorkCalendar) -> date | None:
    """Return the day by which ``step`` should be over; None while nobody has planned it."""
    if step.planned_days is None:
        return None
    if step.planned_unit is RuleUnit.WORKING_DAYS:
        return calendar.add_working_days(begun_on, step.planned_days)
    return begun_on + timedelta(days=step.planned_days)


def _place(steps: Sequence[Step], code: str) -> int:
    """Return where a step stands; a step that is gone stands before the first."""
    return next((place for place, step in enumerate(steps) if step.code == code), -1)
