"""Slowing down whoever guesses passwords, without ever keeping the owner out for good.

Failures are counted three ways: for one account from one place, tightly; for one place, whatever
the account; for one account, wherever from. A wait ends by itself within minutes, and attempts made
during it do not count, so that nobody can prolong it. A browser the account was once signed in to
from is a place of its own, which only its own failures can close.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
from db.engine import is_sqlite, writing
from db.models.access import SignInAttempt

#: So many failures for one account from one place cost nothing; a mistyped password is ordinary.
FREE_FAILURES = 5

#: The wait after the last free failure and after each one more; the last wait stays.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 240, 480))

#: Failures for one account from one place are forgotten after this long, or at a success.
MEMORY = timedelta(hours=1)

#: For the two loose counts: so many failures within the window, then a wait until one leaves it.
WINDOW = timedelta(minutes=15)
NETWORK_LIMIT = 60
ACCOUNT_LIMIT = 100

#: Any constant will do, as long as every process of the product uses the same one.
_ADVISORY_LOCK = 7_214_002


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an attempt comes from: a network, or a browser the account knows."""

    network: str
    device: str | None = None

    @property
    def name(self) -> str:
        """The name under which the failures of this place are counted."""
        return self.network if self.device is None else f"device:{self.device}"


def begin_attempt(username_key: str, place: Place) -> int:
    """Note an attempt, as failed until it is known to have succeeded, and return its id.

    Noting it before the password is looked at keeps a hundred simultaneous guesses from passing as
    the first one. Raises ``sign_in.wait`` (value ``minutes``), and then notes nothing.
    """
    now = clock.utc_now()
    with writing() as session:
        if not is_sqlite():
            session.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
        ends_at = _end_of_wait(session, username_key, place, now=now)
        if ends_at is not None and ends_at > now:
            minutes = -(-(ends_at - now) // timedelta(minutes=1))
            raise DomainError("sign_in.wait", minutes=minutes)
        attempt = SignInAttempt(
            username_key=username_key, network=place.name, attempted_at=now, has_succeeded=False
        )
        session.add(attempt)
        session.flush()
        return attempt.id


def mark_succeeded(session: Session, attempt_id: int) -> None:
    """Note that the attempt was right, in the caller's transaction."""
    session.get_one(SignInAttempt, attempt_id).has_succeeded = True


def _end_of_wait(
    session: Session, username_key: str, place: Place, *, now: datetime
) -> datetime | None:
    """Return when the latest of the waits in force ends, or None when there is none."""
    ends = [_end_for_place(session, username_key, place, now=now)]
    if place.device is None:
        by_network = SignInAttempt.network == place.name
        elsewhere = sa.and_(
            SignInAttempt.username_key == username_key,
            _has_never_succeeded(username_key, place.name),
        )
        ends.append(_end_of_window(session, by_network, NETWORK_LIMIT, now=now))
        ends.append(_end_of_window(session, elsewhere, ACCOUNT_LIMIT, now=now))
    return max((end for end in ends if end is not None), default=None)


def _end_for_place(
    session: Session, username_key: str, place: Place, *, now: datetime
) -> datetime | None:
    is_theirs = sa.and_(
        SignInAttempt.username_key == username_key, SignInAttempt.network == place.name
    )
    succeeded_at = session.scalar(
        sa.select(sa.func.max(SignInAttempt.attempted_at)).where(
            is_theirs, SignInAttempt.has_succeeded
        )
    )
    since = max(now - MEMORY, succeeded_at or now - MEMORY)
    most = FREE_FAILURES + len(WAITS) - 1
    failures = _failures(session, is_theirs, since=since, most=most)
    if len(failures) < FREE_FAILURES:
        return None
    return failures[0] + WAITS[len(failures) - FREE_FAILURES]


def _end_of_window(
    session: Session, condition: sa.ColumnElement[bool], limit: int, *, now: datetime
) -> datetime | None:
    failures = _failures(session, condition, since=now - WINDOW, most=limit)
    return failures[-1] + WINDOW if len(failures) == limit else None


def _failures(
    session: Session, condition: sa.ColumnElement[bool], *, since: datetime, most: int
) -> list[datetime]:
    """Return when attempts failed after ``since``, the latest first, at most ``most`` of them."""
    statement = (
        sa.select(SignInAttempt.attempted_at)
        .where(
            condition, SignInAttempt.attempted_at > since, SignInAttempt.has_succeeded.is_(False)
        )
        .order_by(SignInAttempt.attempted_at.desc(), SignInAttempt.id.desc())
        .limit(most)
    )
    return list(session.scalars(statement))


def _has_never_succeeded(username_key: str, network: str) -> sa.ColumnElement[bool]:
    """Return the condition that the account was never signed in to from ``network``.

    Its owner's own network is spared the limit that others from elsewhere have used up.
    """
    success = sa.select(SignInAttempt.id).where(
        SignInAttempt.username_key == username_key,
        SignInAttempt.network == network,
        SignInAttempt.has_succeeded,
    )
    return ~success.exists()
