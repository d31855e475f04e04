"""Cases: which ones follow from the facts, which steps are allowed, how near a date is."""

from dataclasses import dataclass
from datetime import date

from core.terms import CaseKind, CaseStep, Urgency

STUDY_CATEGORY = "S"

WEEK, FORTNIGHT, MONTH = 7, 14, 30


@dataclass(frozen=True)
class Transition:
    """One step a case may make, and what the act is called."""

    action: str
    before: CaseStep
    after: CaseStep


#: The life of a case: a change that is not in this table cannot be made by any road.
TRANSITIONS = (
    Transition("confirm_application", CaseStep.DEAN, CaseStep.DEPARTMENT),
    Transition("return_to_dean", CaseStep.DEPARTMENT, CaseStep.DEAN),
)


def is_step_change_allowed(before: CaseStep, after: CaseStep) -> bool:
    """Return whether a case may go from ``before`` to ``after``."""
    return any(step.before is before and step.after is after for step in TRANSITIONS)


def cases_that_follow(
    *, has_unregistered_entry: bool, is_student: bool, visa_category: str | None
) -> tuple[CaseKind, ...]:
    """Return the kinds of case the facts call for.

    An entry calls for registration. A student calls for a first study visa, or for an extension
    once he holds a visa of category S; ``visa_category`` is that of the visa he holds, or None.
    """
    kinds = []
    if has_unregistered_entry:
        kinds.append(CaseKind.REGISTRATION)
    if is_student and visa_category == STUDY_CATEGORY:
        kinds.append(CaseKind.STUDY_VISA_EXTENSION)
    elif is_student:
        kinds.append(CaseKind.STUDY_VISA)
    return tuple(kinds)


def urgency(due_on: date, *, today: date) -> Urgency:
    """Return how near ``due_on`` is; a date is overdue from the day after it."""
    days = (due_on - today).days
    if days < 0:
        return Urgency.OVERDUE
    for span, last in (
        (Urgency.THIS_WEEK, WEEK),
        (Urgency.TWO_WEEKS, FORTNIGHT),
        (Urgency.THIS_MONTH, MONTH),
    ):
        if days <= last:
            return span
    return Urgency.LATER
