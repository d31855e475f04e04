"""Signing in and out, and one's own password: what somebody does before, or about, being known.

Signing in takes no actor, because there is none yet; the gate's routes call it.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
from core.permissions import SYSTEM_ACTOR, Actor, Permission
from core.rules.usernames import username_key
from core.services import audit, demonstration, passwords
from core.services.guard import requires
from core.services.known_devices import device_name, new_device
from core.services.login_sessions import actor_of, end_sessions_of, end_token, start_session
from core.services.throttling import Place, begin_attempt, mark_succeeded
from core.terms import AuditOutcome, Language
from db.engine import reading, writing
from db.models.access import LoginSession, User


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A fresh session: its token for the cookie, and whether a new password comes first.

    ``device`` is what the browser shows at its next sign-in to be known as this user's.
    """

    token: str
    device: str
    must_change_password: bool
    language: Language


def sign_in(
    username: str,
    password: str,
    *,
    network: str,
    old_token: str | None,
    device: str | None = None,
) -> SignedIn:
    """Return a fresh session for the right password; a session the browser had before is ended.

    Raises ``sign_in.wrong``, the same for an unknown user, a disabled one and a wrong password, in
    the same time; and ``sign_in.wait`` (value ``minutes``) after too many failures.
    """
    # No name holds it, and Postgres stores it nowhere.
    key = username_key(username.replace("\0", "\ufffd"))
    with reading() as session:
        user = session.scalars(sa.select(User).filter_by(username_key=key)).one_or_none()
    known = device_name(device, user.id if user else None)
    attempt_id = begin_attempt(key, Place(network=network, device=known))
    if user is None:
        passwords.spend_the_time_of_a_check(password)
    if (
        user is None
        or not passwords.check_password(password, user.password_hash)
        or not user.is_active
    ):
        _record_failure(user.id if user else None)
        raise DomainError("sign_in.wrong")
    with writing() as session:
        user = _unchanged(session, user, otherwise="sign_in.wrong")
        if old_token is not None:
            end_token(session, old_token, reason="signed_in_again")
        token = start_session(session, user, network=network)
        mark_succeeded(session, attempt_id)
        _record(session, actor_of(session, user), "sign_in", user.id)
        return SignedIn(
            token=token,
            device=device if device is not None and known else new_device(user.id),
            must_change_password=user.must_change_password,
            language=user.language,
        )


@requires(Permission.OWN_ACCOUNT)
def change_own_password(actor: Actor, *, old: str, new: str, network: str) -> SignedIn:
    """Set a new password and return a fresh session; every other session of the user ends.

    Raises ``password.too_short``, ``password.public``, ``password.wrong`` if ``old`` is not the
    present one, ``password.same``, and ``sign_in.wait`` after too many wrong ones: a browser left
    open must not become a place to guess at.
    """
    passwords.refuse_weak(new)
    if new == demonstration.PASSWORD and not demonstration.is_demonstration():
        raise DomainError("password.public")
    with reading() as session:
        user = session.get_one(User, actor.user_id)
    attempt_id = begin_attempt(user.username_key, Place(network=network))
    if not passwords.check_password(old, user.password_hash):
        raise DomainError("password.wrong")
    with writing() as session:
        mark_succeeded(session, attempt_id)
    if passwords.check_password(new, user.password_hash):
        raise DomainError("password.same")
    fresh = passwords.hash_password(new)
    with writing() as session:
        user = _unchanged(session, user, otherwise="password.wrong")
        user.password_hash, user.must_change_password = fresh, False
        end_sessions_of(session, user.id, reason="password_changed")
        token = start_session(session, user, network=network)
        _record(session, actor, "password.change", user.id)
        return SignedIn(
            token=token,
            device=new_device(user.id),
            must_change_password=False,
            language=user.language,
        )


@requires(Permission.OWN_ACCOUNT)
def sign_out_of(actor: Actor, session_id: int) -> None:
    """End one sign-in of the actor's own; another's is left alone."""
    with writing() as session:
        row = session.get(LoginSession, session_id)
        if row is None or row.user_id != actor.user_id or row.ended_at is not None:
            return
        row.ended_at, row.ended_reason = clock.utc_now(), "signed_out"
        _record(session, actor, "sign_out", session_id, kind="login_session")


def _unchanged(session: Session, seen: User, *, otherwise: str) -> User:
    """Return the user's present row, which nobody else changes until the transaction ends.

    Raises the code ``otherwise`` when he was disabled or given another password meanwhile.
    """
    user = session.get_one(User, seen.id, with_for_update=True)
    if not user.is_active or user.password_hash != seen.password_hash:
        raise DomainError(otherwise)
    return user


def _record(
    session: Session, actor: Actor, action: str, subject_id: int | None, *, kind: str = "user"
) -> None:
    audit.record(session, actor, action=action, subject_kind=kind, subject_id=subject_id)


def _record_failure(user_id: int | None) -> None:
    with writing() as session:
        audit.record(
            session,
            SYSTEM_ACTOR,
            action="sign_in",
            subject_kind="user",
            subject_id=user_id,
            outcome=AuditOutcome.REFUSED,
        )
