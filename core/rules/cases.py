"""Cases: which ones follow from the facts, whose they are, and how near a date is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.terms import CaseKind, CaseOutcome, Urgency

STUDY_CATEGORY = "S"

WEEK, FORTNIGHT, MONTH = 7, 14, 30


#: The cases that lead to a visa one studies with.
STUDY_CASES = (CaseKind.STUDY_VISA, CaseKind.STUDY_VISA_EXTENSION)


@dataclass(frozen=True, kw_only=True)
class StudyFacts:
    """What study cases follow from; ``visa_category`` is None where no visa is active.

    Whoever holds an exit visa leaves the country, so no other visa is asked for.
    """

    is_student: bool
    visa_category: str | None
    holds_exit_visa: bool = False

    @property
    def case(self) -> CaseKind | None:
        """The study case they call for: the first visa, or an extension of one of category S."""
        if not self.is_student or self.holds_exit_visa:
            return None
        is_held = self.visa_category == STUDY_CATEGORY
        return CaseKind.STUDY_VISA_EXTENSION if is_held else CaseKind.STUDY_VISA


def cases_that_follow(study: StudyFacts, *, is_unregistered: bool) -> tuple[CaseKind, ...]:
    """Return the kinds of case the facts call for.

    ``is_unregistered`` says that an entry, or an extension of the visa, asks for a registration.
    """
    wanted = (CaseKind.REGISTRATION if is_unregistered else None, study.case)
    return tuple(kind for kind in wanted if kind is not None)


def end_of_study_case(study: StudyFacts, *, has_another_visa: bool) -> CaseOutcome | None:
    """Return how an open study case ends by what is known now; None while it goes on.

    It is done once a study visa is in force that is not the one it began from
    (``has_another_visa``), and is withdrawn where nothing calls for any.
    """
    if study.case is None:
        return CaseOutcome.WITHDRAWN
    is_reached = has_another_visa and study.visa_category == STUDY_CATEGORY
    return CaseOutcome.DONE if is_reached else None


def is_another_visa(kind: CaseKind, *, began_from: int | None, held: int | None) -> bool:
    """Return whether the visa ``held`` is not the one a study case of ``kind`` began from.

    An extension that began from none may be that of the very visa that became known since.
    """
    if held is None or (began_from is None and kind is CaseKind.STUDY_VISA_EXTENSION):
        return False
    return held != began_from


def lacks_term(kind: CaseKind, *, counts_from_entry: bool, has_cause: bool) -> bool:
    """Return whether a case without a due date lacks a rule, and no fact of the person.

    So a notice of the change it reports, and a registration after the issue of a visa, which no
    entry calls for. ``has_cause`` says that this change, or this visa, is known.
    """
    is_after_visa = kind is CaseKind.REGISTRATION and not counts_from_entry
    return has_cause and (is_after_visa or kind is CaseKind.STATUS_NOTICE)


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
