"""Passports in custody: into whose hands one may go next, and what is wrong with a day."""

from dataclasses import dataclass
from datetime import date

from core.errors import DomainError
from core.terms import PassportHolder


@dataclass(frozen=True, kw_only=True)
class Holding:
    """In whose hands a passport is, and since when; None where that was never noted."""

    holder: PassportHolder = PassportHolder.OWNER
    since_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """What is said of a passport that changes hands.

    ``expected_back_on`` is the day by which its owner should have it again; None leaves what was
    said when it was taken in.
    """

    moved_on: date
    expected_back_on: date | None = None
    note: str = ""


def next_holders(holder: PassportHolder) -> tuple[PassportHolder, ...]:
    """Return into whose hands a passport may go: from its owner it comes to the department."""
    if holder is PassportHolder.OWNER:
        return (PassportHolder.DEPARTMENT,)
    return tuple(each for each in PassportHolder if each is not holder)


def refuse_hand_over(now: Holding, after: PassportHolder, known: HandOver, *, today: date) -> None:
    """Raise where a passport cannot go from where it is into the hands of ``after``.

    Raises ``custody.there_already``, ``custody.not_taken_in``, ``custody.future``,
    ``custody.before_last`` (value ``last``) and ``custody.expected_before``. The day of the last
    move and today are both allowed; what is returned is expected no more.
    """
    if after is now.holder:
        raise DomainError("custody.there_already")
    if after not in next_holders(now.holder):
        raise DomainError("custody.not_taken_in")
    if known.moved_on > today:
        raise DomainError("custody.future")
    if now.since_on is not None and known.moved_on < now.since_on:
        raise DomainError("custody.before_last", last=now.since_on)
    expected = known.expected_back_on
    if after is not PassportHolder.OWNER and expected is not None and expected < known.moved_on:
        raise DomainError("custody.expected_before")


def expected_after(before: date | None, after: PassportHolder, known: HandOver) -> date | None:
    """Return when a passport is expected back once it is in the hands of ``after``."""
    if after is PassportHolder.OWNER:
        return None
    return known.expected_back_on or before


def days_overdue(expected_back_on: date | None, *, today: date) -> int:
    """Return for how many days a passport should have been back; 0 where it is not overdue."""
    return 0 if expected_back_on is None else max((today - expected_back_on).days, 0)
