"""The file behind an address: what is due for its user, as his rights are at that moment.

No actor signs in here. The address stands for its user as a sign-in does, and whoever guesses
addresses is slowed down as whoever guesses passwords is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa

from core import clock, settings
from core.errors import NotFound
from core.i18n import _, use_language
from core.letters.calendar import CalendarText, DayEntry, render_calendar
from core.permissions import Actor
from core.rules.names import initials
from core.services.calendar_days import DueDay, days_ahead
from core.services.calendars import token_hash
from core.services.house import today
from core.services.login_sessions import actor_of
from core.services.throttling import Place, begin_attempt, mark_succeeded
from core.terms import Matter
from core.words import word
from db.engine import reading, writing
from db.models.access import User
from db.models.calendars import CalendarAddress

#: Failures are counted apart from those of signing in: a calendar with an old address asks again
#: and again, and must not keep its house from signing in.
_APART = "calendar:"

#: Behind the ``@`` of the entries' ids where no address of the product is set.
_NO_HOST = "dashboard.invalid"


@dataclass(frozen=True, kw_only=True)
class CalendarFile:
    """The file and its tag; ``content`` is None for whoever has the one with this tag already."""

    tag: str
    content: bytes | None


def calendar_file(
    token: str, *, network: str, site: str, known_tags: frozenset[str] = frozenset()
) -> CalendarFile:
    """Return what is due for the user of the address, in his language; the reading is noted.

    Raises :class:`NotFound`, the same for an address that never was, one that was switched off
    and one of a disabled user, and ``sign_in.wait`` (value ``minutes``) after too many of them.
    """
    hashed = token_hash(token)
    attempt_id = begin_attempt(hashed, Place(network=f"{_APART}{network}"))
    with reading() as session:
        found = session.execute(
            sa.select(CalendarAddress, User)
            .join(User, User.id == CalendarAddress.user_id)
            .where(CalendarAddress.token_hash == hashed, User.is_active)
        ).one_or_none()
        if found is None:
            raise NotFound
        address, user = found
        actor = actor_of(session, user)
        days = days_ahead(session, actor, on=today())
    _note_reading(address.id, attempt_id)
    return _file(actor, days, site=site, since=address.created_at, known_tags=known_tags)


def _note_reading(address_id: int, attempt_id: int) -> None:
    with writing() as session:
        mark_succeeded(session, attempt_id)
        session.execute(
            sa.update(CalendarAddress)
            .where(CalendarAddress.id == address_id)
            .values(last_read_at=clock.utc_now())
        )


def _file(
    actor: Actor,
    days: Sequence[DueDay],
    *,
    site: str,
    since: datetime,
    known_tags: frozenset[str],
) -> CalendarFile:
    """Return the file, or only its tag for whoever knows it; ``since`` dates what never changed."""
    with use_language(actor.language):
        text = CalendarText(
            name=_("International Department"),
            description=_(
                "Due dates and last days of papers, from 30 days ago to a year ahead; "
                "names are initials. Each entry opens its record after signing in."
            ),
            language=actor.language.value,
        )
        own = settings.current().public_url or site
        entries = [_entry(day, site=own, since=since) for day in days]
    tag = hashlib.sha256(repr((text, entries)).encode()).hexdigest()
    content = None if tag in known_tags else render_calendar(text, entries)
    return CalendarFile(tag=tag, content=content)


def _entry(day: DueDay, *, site: str, since: datetime) -> DayEntry:
    host = urlsplit(settings.current().public_url or "").hostname or _NO_HOST
    who = initials(day.surname, day.given_names)
    return DayEntry(
        uid=f"{day.matter.value}-{day.record_id}@{host}",
        on=day.on,
        summary=f"{who} · {_what(day)}" if who else _what(day),
        address=f"{site}{_path(day)}",
        revision=day.revision,
        changed_at=day.changed_at or since,
    )


def _what(day: DueDay) -> str:
    """Return the procedure that is due, or which paper has its last day."""
    if day.kind is not None:
        return word(day.kind)
    return _("%(paper)s: last day") % {"paper": word(day.matter)}


def _path(day: DueDay) -> str:
    case = f"&case={day.record_id}" if day.matter is Matter.CASE else ""
    return f"/students?person={day.person_id}{case}"
