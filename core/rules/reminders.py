"""Reminders: which one of a plan is due on a day, when mail rests, and when it is tried again."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from core.errors import DomainError
from core.terms import Party

#: The longest lead of a plan in days, and how many leads a plan may have.
LONGEST_LEAD, MOST_LEADS = 400, 20

#: Who can still do something about a due date, so that reminding him or his representative helps.
REMINDED_WHILE_WAITING_FOR = frozenset({Party.STUDENT, Party.DEAN, Party.DEPARTMENT})

#: How long mail waits after each attempt that came to nothing for now; after the last it is given
#: up.
_PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)


def reminder_due(
    days_before: Collection[int],
    *,
    due_on: date,
    today: date,
    last_on: date | None,
) -> int | None:
    """Return which reminder of a plan is due today, as its number of days before, or None.

    It is the nearest one whose day has come: of several that were missed, only the last. None
    where somebody was reminded of this date on that day or later (``last_on``; None for never), and
    once the date is past.
    """
    days_left = (due_on - today).days
    if days_left < 0:
        return None
    lead = min((days for days in days_before if days >= days_left), default=None)
    if lead is None:
        return None
    if last_on is not None and last_on >= due_on - timedelta(days=lead):
        return None
    return lead


def checked_plan(text: str) -> tuple[int, ...]:
    """Return the days of a plan written as ``60, 45, 30``, the longest lead first.

    Raises ``plan.unreadable`` for anything but whole numbers from 0 to :data:`LONGEST_LEAD`, for
    none, and for more than :data:`MOST_LEADS`.
    """
    words = [word for word in text.replace(";", ",").replace(" ", ",").split(",") if word]
    are_numbers = all(word.isascii() and word.isdigit() and len(word) <= 4 for word in words)
    days = sorted({int(word) for word in words}, reverse=True) if are_numbers else []
    if not days or len(days) > MOST_LEADS or days[0] > LONGEST_LEAD:
        raise DomainError("plan.unreadable", longest=LONGEST_LEAD, most=MOST_LEADS)
    return tuple(days)


def is_quiet(at: time, *, begins: time, ends: time) -> bool:
    """Return whether mail rests at the time of day ``at``: from ``begins`` on, before ``ends``.

    The hours may pass midnight. Where both are the same, mail never rests.
    """
    if begins <= ends:
        return begins <= at < ends
    return at >= begins or at < ends


def attempt_after(attempts: int, *, now: datetime) -> datetime | None:
    """Return when mail is tried again after so many attempts; None once it is given up."""
    return now + _PAUSES[attempts - 1] if attempts <= len(_PAUSES) else None
