"""Signing in and out, and one's own password: what somebody does before, or about, being known.

These use cases take no actor, because there is none yet; the gate calls them. Attempts are
throttled by account and network together, tightly, and by network alone, loosely: whoever guesses
from elsewhere cannot lock the owner out, and every wait ends by itself.
"""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
from core.permissions import SYSTEM_ACTOR, Actor, Permission
from core.rules.usernames import username_key
from core.services import audit, passwords
from core.services.guard import requires
from core.services.login_sessions import actor_of, end_sessions_of, end_token, start_session
from core.terms import AuditOutcome, Language
from db.engine import reading, writing
from db.models.access import LoginSession, SignInAttempt, User

#: Failures count within this span, so that a wait can never outlast it.
WINDOW = timedelta(minutes=15)

#: So many failures for one account from one network, or for all accounts from one network.
PAIR_LIMIT = 8
NETWORK_LIMIT = 60

#: So many failures for one account from anywhere: a slow guess from many addresses.
ACCOUNT_LIMIT = 100


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A fresh session: its token for the cookie, and whether a new password comes first."""

    token: str
    must_change_password: bool
    language: Language


def sign_in(username: str, password: str, *, network: str, old_token: str | None) -> SignedIn:
    """Return a fresh session for the right password; a session the browser had before is ended.

    Raises ``sign_in.wrong``, the same for an unknown user, a disabled one and a wrong password, in
    the same time; and ``sign_in.wait`` (value ``minutes``) after too many failures.
    """
    key = username_key(username)
    _refuse_if_throttled(key, network)
    with reading() as session:
        user = session.scalars(sa.select(User).filter_by(username_key=key)).one_or_none()
    if user is None:
        passwords.spend_the_time_of_a_check(password)
    if (
        user is None
        or not passwords.check_password(password, user.password_hash)
        or not user.is_active
    ):
        _note_failure(key, network, user)
        raise DomainError("sign_in.wrong")
    with writing() as session:
        user = session.get_one(User, user.id)
        if old_token is not None:
            end_token(session, old_token, reason="signed_in_again")
        token = start_session(session, user, network=network)
        _note_attempt(session, key, network, has_succeeded=True)
        _record(session, actor_of(session, user), "sign_in", user.id)
        return SignedIn(
            token=token, must_change_password=user.must_change_password, language=user.language
        )


def sign_out(token: str) -> None:
    """End the session of ``token``; a token nobody knows is no error."""
    with writing() as session:
        session_id = end_token(session, token, reason="signed_out")
        if session_id is not None:
            _record(session, SYSTEM_ACTOR, "sign_out", session_id, kind="login_session")


@requires(Permission.OWN_ACCOUNT)
def change_own_password(actor: Actor, *, old: str, new: str, network: str) -> SignedIn:
    """Set a new password and return a fresh session; every other session of the user ends.

    Raises ``password.wrong`` if ``old`` is not the present one, ``password.too_short`` and
    ``password.same``.
    """
    passwords.refuse_weak(new)
    with reading() as session:
        hashed = session.get_one(User, actor.user_id).password_hash
    if not passwords.check_password(old, hashed):
        raise DomainError("password.wrong")
    if passwords.check_password(new, hashed):
        raise DomainError("password.same")
    fresh = passwords.hash_password(new)
    with writing() as session:
        user = session.get_one(User, actor.user_id, with_for_update=True)
        user.password_hash, user.must_change_password = fresh, False
        end_sessions_of(session, user.id, reason="password_changed")
        token = start_session(session, user, network=network)
        _record(session, actor, "password.change", user.id)
        return SignedIn(token=token, must_change_password=False, language=user.language)


@requires(Permission.OWN_ACCOUNT)
def sign_out_of(actor: Actor, session_id: int) -> None:
    """End one sign-in of the actor's own; another's is left alone."""
    with writing() as session:
        row = session.get(LoginSession, session_id)
        if row is None or row.user_id != actor.user_id or row.ended_at is not None:
            return
        row.ended_at, row.ended_reason = clock.utc_now(), "signed_out"
        _record(session, actor, "sign_out", session_id, kind="login_session")


def _record(
    session: Session, actor: Actor, action: str, subject_id: int | None, *, kind: str = "user"
) -> None:
    audit.record(session, actor, action=action, subject_kind=kind, subject_id=subject_id)


def _refuse_if_throttled(key: str, network: str) -> None:
    since = clock.utc_now() - WINDOW
    by_account = SignInAttempt.username_key == key
    by_network = SignInAttempt.network == network
    limits = (
        (sa.and_(by_account, by_network), PAIR_LIMIT),
        (by_network, NETWORK_LIMIT),
        (sa.and_(by_account, _has_never_succeeded(key, network)), ACCOUNT_LIMIT),
    )
    with reading() as session:
        for condition, limit in limits:
            failures = session.scalars(
                sa.select(SignInAttempt.attempted_at)
                .where(
                    condition,
                    SignInAttempt.attempted_at > since,
                    SignInAttempt.has_succeeded.is_(False),
                )
                .order_by(SignInAttempt.attempted_at.desc())
                .limit(limit)
            ).all()
            if len(failures) == limit:
                left = failures[-1] + WINDOW - clock.utc_now()
                raise DomainError("sign_in.wait", minutes=max(1, round(left.total_seconds() / 60)))


def _has_never_succeeded(key: str, network: str) -> sa.ColumnElement[bool]:
    """Return the condition that the account was never signed in to from ``network``.

    Its owner's own network is spared the limit that others from elsewhere have used up.
    """
    success = sa.select(SignInAttempt.id).where(
        SignInAttempt.username_key == key,
        SignInAttempt.network == network,
        SignInAttempt.has_succeeded,
    )
    return ~success.exists()


def _note_failure(key: str, network: str, user: User | None) -> None:
    with writing() as session:
        _note_attempt(session, key, network, has_succeeded=False)
        audit.record(
            session,
            SYSTEM_ACTOR,
            action="sign_in",
            subject_kind="user",
            subject_id=user.id if user else None,
            outcome=AuditOutcome.REFUSED,
        )


def _note_attempt(session: Session, key: str, network: str, *, has_succeeded: bool) -> None:
    session.add(
        SignInAttempt(
            username_key=key,
            network=network,
            attempted_at=clock.utc_now(),
            has_succeeded=has_succeeded,
        )
    )
