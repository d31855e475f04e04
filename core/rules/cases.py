"""Cases: which ones follow from the facts, whose they are, and how near a date is."""

from collections.abc import Iterable
from datetime import date, timedelta

from core.terms import CaseKind, Urgency

STUDY_CATEGORY = "S"

WEEK, FORTNIGHT, MONTH = 7, 14, 30


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


def taken_over(responsible: Iterable[int | None]) -> int | None:
    """Return who is responsible for a new case of a person: who is for all his open ones.

    ``responsible`` gives one entry for each of these, None for a case of nobody. Where they differ,
    or none is open, nobody is.
    """
    (first, *others) = set(responsible) or {None}
    return None if others else first


def days_of(span: Urgency, *, today: date) -> tuple[date, date]:
    """Return the first and the last day of ``span``, both in it; :func:`urgency` is its reverse."""
    ends = {
        Urgency.OVERDUE: (None, -1),
        Urgency.THIS_WEEK: (0, WEEK),
        Urgency.TWO_WEEKS: (WEEK + 1, FORTNIGHT),
        Urgency.THIS_MONTH: (FORTNIGHT + 1, MONTH),
        Urgency.LATER: (MONTH + 1, None),
    }
    first, last = ends[span]
    return (
        date.min if first is None else today + timedelta(days=first),
        date.max if last is None else today + timedelta(days=last),
    )


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
