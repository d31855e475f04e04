"""The address of a user's calendar: he makes it, changes it and switches it off himself.

Whoever knows the address reads what it leads to, without signing in. So it holds a token as long
as that of a sign-in, of which the database keeps the hash alone, and it is shown once.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import Actor, Permission
from core.services import audit
from core.services.guard import requires
from db.engine import reading, writing
from db.models.access import User
from db.models.calendars import CalendarAddress


@dataclass(frozen=True, kw_only=True)
class AddressView:
    """What is known of an address; ``last_read_at`` is None until a calendar has fetched it."""

    created_at: datetime
    last_read_at: datetime | None


@requires(Permission.OWN_ACCOUNT)
def calendar_address(actor: Actor) -> AddressView | None:
    """Return what is known of the actor's address, or None where he has none."""
    with reading() as session:
        row = _address_of(session, actor)
        if row is None:
            return None
        return AddressView(created_at=row.created_at, last_read_at=row.last_read_at)


@requires(Permission.OWN_ACCOUNT)
def make_calendar_address(actor: Actor, *, site: str) -> str:
    """Return a new address for the actor's calendar; the one he had stops at once.

    ``site`` is where he reaches the product, for where ``PUBLIC_URL`` does not say it.
    """
    token = secrets.token_urlsafe(32)
    with writing() as session:
        # Two windows of the same user wait for each other here.
        session.get_one(User, actor.user_id, with_for_update=True)
        before = _address_of(session, actor)
        if before is not None:
            session.delete(before)
            session.flush()
        session.add(
            CalendarAddress(
                user_id=actor.user_id, token_hash=token_hash(token), created_at=clock.utc_now()
            )
        )
        _record(session, actor, "calendar.make" if before is None else "calendar.renew")
    return f"{settings.current().public_url or site}/calendar/{token}.ics"


@requires(Permission.OWN_ACCOUNT)
def end_calendar_address(actor: Actor) -> None:
    """Switch the actor's calendar off; nothing happens where he has none."""
    with writing() as session:
        row = _address_of(session, actor)
        if row is None:
            return
        session.delete(row)
        _record(session, actor, "calendar.end")


def token_hash(token: str) -> str:
    """Return under what the database knows the address of ``token``."""
    return hashlib.sha256(token.encode()).hexdigest()


def _address_of(session: Session, actor: Actor) -> CalendarAddress | None:
    return session.scalars(
        sa.select(CalendarAddress).filter_by(user_id=actor.user_id)
    ).one_or_none()


def _record(session: Session, actor: Actor, action: str) -> None:
    audit.record(session, actor, action=action, subject_kind="user", subject_id=actor.user_id)
