"""The life of an enrolment: which step may follow which, and what a step demands and opens."""

from dataclasses import dataclass

from core.terms import CaseKind, EnrolmentStatus

INVITED, ARRIVED, STUDYING, ON_LEAVE, GRADUATED, TRANSFERRED, EXPELLED, LEFT = EnrolmentStatus


@dataclass(frozen=True)
class StatusStep:
    """One step of an enrolment's life.

    ``needs_order`` says that an order of the rector stands behind it, ``needs_reason`` that a word
    of why is wanted; ``opens`` are the kinds of case that it calls for.
    """

    before: EnrolmentStatus
    after: EnrolmentStatus
    needs_order: bool = False
    needs_reason: bool = False
    opens: tuple[CaseKind, ...] = ()


_NOTICE = (CaseKind.STATUS_NOTICE,)

#: A change of status that is not in this table cannot be made by any road.
STATUS_STEPS = (
    StatusStep(INVITED, ARRIVED),
    StatusStep(INVITED, LEFT, needs_reason=True),
    StatusStep(ARRIVED, STUDYING, needs_order=True),
    StatusStep(ARRIVED, LEFT, needs_reason=True, opens=_NOTICE),
    StatusStep(STUDYING, ON_LEAVE, needs_order=True, needs_reason=True, opens=_NOTICE),
    StatusStep(STUDYING, GRADUATED, needs_order=True, opens=_NOTICE),
    StatusStep(STUDYING, TRANSFERRED, needs_order=True, needs_reason=True, opens=_NOTICE),
    StatusStep(STUDYING, EXPELLED, needs_order=True, needs_reason=True, opens=_NOTICE),
    StatusStep(STUDYING, LEFT, needs_order=True, needs_reason=True, opens=_NOTICE),
    StatusStep(ON_LEAVE, STUDYING, needs_order=True),
    StatusStep(ON_LEAVE, EXPELLED, needs_order=True, needs_reason=True, opens=_NOTICE),
    StatusStep(ON_LEAVE, TRANSFERRED, needs_order=True, needs_reason=True, opens=_NOTICE),
    StatusStep(ON_LEAVE, LEFT, needs_order=True, needs_reason=True, opens=_NOTICE),
)


def status_step(before: EnrolmentStatus, after: EnrolmentStatus) -> StatusStep | None:
    """Return the step from ``before`` to ``after``, or None where none is allowed."""
    return next(
        (step for step in STATUS_STEPS if step.before is before and step.after is after), None
    )


def steps_from(before: EnrolmentStatus) -> tuple[StatusStep, ...]:
    """Return the steps that may follow ``before``; none means that this life has ended."""
    return tuple(step for step in STATUS_STEPS if step.before is before)
