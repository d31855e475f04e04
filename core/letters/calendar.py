"""The calendar file: a day for each date that is due, as calendars of every make read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vDuration, vText

_PRODUCT = "-//International Department//Dates//EN"

#: How often a calendar is asked to look again.
REFRESH_EVERY = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class DayEntry:
    """A whole day in a calendar.

    ``uid`` stays when the day changes, and ``revision`` rises; ``changed_at`` is when what the
    entry says was last written down.
    """

    uid: str
    on: date
    summary: str
    address: str
    revision: int
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class CalendarText:
    """What is printed of a calendar as a whole; ``language`` is its tag."""

    name: str
    description: str
    language: str


def render_calendar(text: CalendarText, entries: Iterable[DayEntry]) -> bytes:
    """Return the calendar as a file after RFC 5545; equal entries make equal files.

    It rings no bell: a calendar that is fetched has the reminders its owner sets, and hundreds of
    alarms at once help nobody.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    in_language = {"language": text.language}
    calendar.add("name", text.name, parameters=in_language)
    calendar.add("description", text.description, parameters=in_language)
    calendar.add("refresh-interval", REFRESH_EVERY, parameters={"value": "DURATION"})
    # What calendars read that are older than RFC 7986.
    calendar.add("x-wr-calname", vText(text.name))
    calendar.add("x-wr-caldesc", vText(text.description))
    calendar.add("x-published-ttl", vDuration(REFRESH_EVERY))
    for entry in entries:
        calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: DayEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.revision)
    event.add("dtstart", entry.on)
    event.add("summary", entry.summary)
    event.add("url", entry.address)
    event.add("class", "PRIVATE")
    # A due date takes nobody's time.
    event.add("transp", "TRANSPARENT")
    return event
