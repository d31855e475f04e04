"""Signed-in browsers: their tokens, their limits, and how they end.

The browser holds a random token; the database holds its SHA-256. A session ends after two hours
without use, after twelve hours in any case, and at once by sign-out, a changed password, a changed
role or a disabled account.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.permissions import Actor
from core.terms import Language
from db.engine import reading, writing
from db.models.access import LoginSession, User, UserFaculty

IDLE_LIMIT = timedelta(hours=2)
ABSOLUTE_LIMIT = timedelta(hours=12)

#: Use is noted at most this often, so that reading pages does not write.
NOTE_USE_EVERY = timedelta(minutes=1)


class TokenState(StrEnum):
    """What a presented token is: good, once good, or never heard of."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What the gate learns from a token. ``actor`` is None unless the token is alive."""

    state: TokenState
    session_id: int | None = None
    language: Language = Language.ENGLISH
    actor: Actor | None = None
    must_change_password: bool = False


UNKNOWN_IDENTITY = Identity(state=TokenState.UNKNOWN)


def start_session(session: Session, user: User, *, network: str) -> str:
    """Open a session for ``user`` and return its token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    now = clock.utc_now()
    session.add(
        LoginSession(
            token_hash=_hashed(token),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + ABSOLUTE_LIMIT,
            network=network,
        )
    )
    return token


def identify(token: str) -> Identity:
    """Return whom the token stands for, noting its use."""
    with reading() as session:
        row = session.scalars(
            sa.select(LoginSession).filter_by(token_hash=_hashed(token))
        ).one_or_none()
        if row is None:
            return UNKNOWN_IDENTITY
        identity = _identity(session, row)
        is_stale = clock.utc_now() - row.last_seen_at > NOTE_USE_EVERY
    if identity.state is TokenState.ALIVE and is_stale:
        _note_use(row.id)
    return identity


def actor_of_session(session_id: int, user_id: int) -> Actor | None:
    """Return the actor as he is now, or None when the session no longer stands for him."""
    with reading() as session:
        row = session.get(LoginSession, session_id)
        if row is None or row.user_id != user_id:
            return None
        actor = _identity(session, row).actor
        is_stale = clock.utc_now() - row.last_seen_at > NOTE_USE_EVERY
    if actor is not None and is_stale:
        _note_use(session_id)
    return actor


def language_of_session(session_id: int) -> Language:
    """Return the language of the session's user, alive or not; English for an unknown session."""
    with reading() as session:
        language = session.scalar(
            sa.select(User.language)
            .join(LoginSession, LoginSession.user_id == User.id)
            .where(LoginSession.id == session_id)
        )
        return language or Language.ENGLISH


def dead_among(session_ids: Collection[int]) -> frozenset[int]:
    """Return those of ``session_ids`` that have ended; one query for all of them."""
    now = clock.utc_now()
    with reading() as session:
        alive = session.scalars(
            sa.select(LoginSession.id)
            .join(User, User.id == LoginSession.user_id)
            .where(
                LoginSession.id.in_(session_ids),
                LoginSession.ended_at.is_(None),
                LoginSession.expires_at > now,
                LoginSession.last_seen_at > now - IDLE_LIMIT,
                User.is_active,
            )
            .order_by(LoginSession.id)
        )
        return frozenset(session_ids) - frozenset(alive)


def end_token(session: Session, token: str, *, reason: str) -> int | None:
    """End the session of ``token`` if it has not ended; return its id, or None if unknown."""
    row = session.scalars(
        sa.select(LoginSession).filter_by(token_hash=_hashed(token))
    ).one_or_none()
    if row is None:
        return None
    if row.ended_at is None:
        row.ended_at, row.ended_reason = clock.utc_now(), reason
    return row.id


def end_sessions_of(session: Session, user_id: int, *, reason: str) -> None:
    """End every session of a user, in the caller's transaction."""
    session.execute(
        sa.update(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
        .values(ended_at=clock.utc_now(), ended_reason=reason)
    )


def _identity(session: Session, row: LoginSession) -> Identity:
    user = session.get_one(User, row.user_id)
    now = clock.utc_now()
    is_alive = (
        row.ended_at is None
        and user.is_active
        and now < row.expires_at
        and now < row.last_seen_at + IDLE_LIMIT
    )
    if not is_alive:
        return Identity(state=TokenState.DEAD, session_id=row.id, language=user.language)
    return Identity(
        state=TokenState.ALIVE,
        session_id=row.id,
        language=user.language,
        actor=actor_of(session, user),
        must_change_password=user.must_change_password,
    )


def actor_of(session: Session, user: User) -> Actor:
    """Return ``user`` as an actor, with the faculties in his scope."""
    faculties = session.scalars(
        sa.select(UserFaculty.faculty_id)
        .filter_by(user_id=user.id)
        .order_by(UserFaculty.faculty_id)
    )
    return Actor(
        user_id=user.id,
        username=user.username,
        full_name=user.full_name,
        role=user.role,
        language=user.language,
        faculty_ids=frozenset(faculties),
    )


def _note_use(session_id: int) -> None:
    now: datetime = clock.utc_now()
    with writing() as session:
        session.execute(
            sa.update(LoginSession)
            .where(LoginSession.id == session_id, LoginSession.last_seen_at < now)
            .values(last_seen_at=now)
        )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
