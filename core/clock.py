"""The only reader of the wall clock.

Instants are UTC; dates are those of the university's time zone, whatever the server's own is.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def local_date(instant: datetime, *, time_zone: ZoneInfo) -> date:
    """Return the calendar date of an aware ``instant`` in ``time_zone``."""
    return instant.astimezone(time_zone).date()


def today(time_zone: ZoneInfo) -> date:
    """Return today's date in ``time_zone``; it changes at that zone's midnight."""
    return local_date(utc_now(), time_zone=time_zone)
