"""Days off: shipped from the ``holidays`` package, added, struck and confirmed by the head."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.book import RuleBook
from core.rules.calendar import SATURDAY, DayOff, WorkCalendar
from core.services import audit
from core.services.dated_rows import changing, edition_of, refuse_overtaken, refuse_unfounded
from core.services.guard import requires
from core.services.impact import Impact, impact_of, refuse_unconfirmed
from core.services.jobs import recompute
from core.services.names import Names
from core.services.remembered import remembered
from core.services.rulebook import open_rule_book
from core.services.versions import claim, sign
from core.terms import Confidence
from db.engine import reading
from db.models.reference import Holiday, HouseSetting

#: From this month on, next year's days off should be confirmed.
REMIND_FROM_MONTH = 10

_NAME = "holidays_confirmed"


@dataclass(frozen=True, kw_only=True)
class HolidayView:
    """A day off; or a weekend day made working, or a day off the head struck."""

    day: date
    version: int
    name: Names
    is_working: bool
    is_struck: bool
    source: str
    confidence: Confidence


@dataclass(frozen=True, kw_only=True)
class YearView:
    """The days off of a year, and who said that they are right; None while nobody has.

    ``edition`` is a number that every change of its days makes larger.
    """

    year: int
    edition: int
    days: tuple[HolidayView, ...]
    confirmed_by: str | None
    confirmed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class DayForm:
    """A day off to add; ``is_working`` makes a weekend day a working day instead."""

    day: date
    name_en: str
    name_ru: str = ""
    name_ky: str = ""
    is_working: bool = False
    source: str


@requires(Permission.READ_RULES)
def year_of_holidays(actor: Actor, year: int) -> YearView:  # noqa: ARG001
    """Return the days off of ``year``."""
    with reading() as session:
        rows = _days_of(session, year)
        confirmed = _confirmations(session).get(str(year))
    return YearView(
        year=year,
        edition=edition_of(rows),
        days=tuple(_view(row) for row in rows),
        confirmed_by=confirmed["by"] if confirmed else None,
        confirmed_at=datetime.fromisoformat(confirmed["at"]) if confirmed else None,
    )


@requires(Permission.READ_RULES)
def year_to_confirm(actor: Actor) -> int | None:  # noqa: ARG001
    """Return next year from October on while nobody has confirmed its days off, else None."""
    today = clock.today(settings.current().time_zone)
    if today.month < REMIND_FROM_MONTH:
        return None
    coming = today.year + 1
    with reading() as session:
        confirmed = remembered(session, "confirmed_years", lambda: set(_confirmations(session)))
    return None if str(coming) in confirmed else coming


@requires(Permission.EDIT_RULES)
def preview_day(actor: Actor, form: DayForm) -> Impact:  # noqa: ARG001
    """Return what another day off would do to the open cases. Raises as :func:`add_day`."""
    with reading() as session:
        return impact_of(session, _with_day(session, form))


@requires(Permission.EDIT_RULES)
def add_day(actor: Actor, form: DayForm, *, accepts_late: bool = False) -> None:
    """Add a day off, or a working weekend day; its year has to be confirmed again.

    Raises ``holiday.name_missing``, ``holiday.taken``, ``holiday.struck``, ``holiday.no_weekend``,
    what ``dated_rows.refuse_unfounded`` raises, and ``rule.cases_late`` until ``accepts_late``.
    """
    refuse_unconfirmed(preview_day(actor, form), accepts_late=accepts_late)
    with changing() as session:
        _refuse_known(session, form.day)
        row = _row(form)
        sign(row, actor)
        session.add(row)
        session.flush()
        _changed(session, actor, "holiday.add", row)


@requires(Permission.EDIT_RULES)
def preview_strike(actor: Actor, day: date) -> Impact:  # noqa: ARG001
    """Return what striking a day off, or taking that back, would do to the open cases."""
    with reading() as session:
        row = _existing(session, day)
        return impact_of(session, _with_struck(session, row, is_struck=not row.is_struck))


@requires(Permission.EDIT_RULES)
def strike_day(actor: Actor, day: date, *, version: int, accepts_late: bool = False) -> None:
    """Strike a day off that is none, or take that back. Raises :class:`Conflict`."""
    refuse_unconfirmed(preview_strike(actor, day), accepts_late=accepts_late)
    with changing() as session:
        row = _existing(session, day)
        claim(session, row, actor, seen_version=version)
        row.is_struck = not row.is_struck
        session.flush()
        _changed(session, actor, "holiday.strike" if row.is_struck else "holiday.restore", row)


@requires(Permission.EDIT_RULES)
def confirm_year(actor: Actor, year: int, *, edition: int) -> None:
    """Note that the head compared the days off of ``year`` with the government's list.

    Raises :class:`Conflict` where the days were changed after he saw ``edition`` of them.
    """
    with changing() as session:
        refuse_overtaken(_days_of(session, year), edition=edition)
        stored = session.get(HouseSetting, _NAME)
        if stored is None:
            stored = HouseSetting(name=_NAME, value={})
            session.add(stored)
        moment = clock.utc_now().isoformat()
        stored.value = {**stored.value, str(year): {"by": actor.full_name, "at": moment}}
        audit.record(
            session,
            actor,
            action="holidays.confirm",
            subject_kind="holiday",
            clear={"year": year},
        )


def _with_day(session: Session, form: DayForm) -> RuleBook:
    if not form.name_en.strip():
        raise DomainError("holiday.name_missing")
    refuse_unfounded(_row(form))
    if form.is_working and form.day.weekday() < SATURDAY:
        raise DomainError("holiday.no_weekend")
    _refuse_known(session, form.day)
    book = open_rule_book(session)
    calendar = book.calendar
    if form.is_working:
        weekends = calendar.working_weekends | {form.day}
        return replace(book, calendar=replace(calendar, working_weekends=weekends))
    days = {**calendar.holidays, form.day: DayOff(form.name_en, form.name_ru, form.name_ky)}
    return replace(book, calendar=replace(calendar, holidays=days))


def _row(form: DayForm) -> Holiday:
    return Holiday(
        day=form.day,
        name_en=form.name_en.strip(),
        name_ru=form.name_ru.strip(),
        name_ky=form.name_ky.strip(),
        is_working=form.is_working,
        source=form.source.strip(),
        confidence=Confidence.OFFICIAL,
    )


def _refuse_known(session: Session, day: date) -> None:
    known = session.get(Holiday, day)
    if known is not None:
        raise DomainError("holiday.struck" if known.is_struck else "holiday.taken", on=day)


def _with_struck(session: Session, row: Holiday, *, is_struck: bool) -> RuleBook:
    book = open_rule_book(session)
    holidays, weekends = dict(book.calendar.holidays), set(book.calendar.working_weekends)
    if row.is_working:
        weekends = weekends - {row.day} if is_struck else weekends | {row.day}
    elif is_struck:
        holidays.pop(row.day, None)
    else:
        holidays[row.day] = DayOff(row.name_en, row.name_ru, row.name_ky)
    calendar = WorkCalendar(holidays=holidays, working_weekends=frozenset(weekends))
    return replace(book, calendar=calendar)


def _changed(session: Session, actor: Actor, action: str, row: Holiday) -> None:
    """Audit the change, ask for a new confirmation of the year, and have due dates recomputed."""
    stored = session.get(HouseSetting, _NAME)
    if stored is not None:
        stored.value = {
            year: value for year, value in stored.value.items() if year != str(row.day.year)
        }
    audit.record(
        session,
        actor,
        action=action,
        subject_kind="holiday",
        clear={"day": row.day.isoformat(), "name": row.name_en},
    )
    recompute(session, actor)


def _days_of(session: Session, year: int) -> Sequence[Holiday]:
    return session.scalars(
        sa.select(Holiday)
        .where(Holiday.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(Holiday.day)
    ).all()


def _existing(session: Session, day: date) -> Holiday:
    row = session.get(Holiday, day)
    if row is None:
        raise DomainError("holiday.unknown", on=day)
    return row


def confirmed_years(session: Session) -> frozenset[int]:
    """Return the years whose days off the head has compared with the government's list."""
    return frozenset(int(year) for year in _confirmations(session))


def _confirmations(session: Session) -> dict[str, dict[str, str]]:
    stored = session.get(HouseSetting, _NAME)
    return dict(stored.value) if stored else {}


def _view(row: Holiday) -> HolidayView:
    return HolidayView(
        day=row.day,
        version=row.version,
        name=Names(en=row.name_en, ru=row.name_ru, ky=row.name_ky),
        is_working=row.is_working,
        is_struck=row.is_struck,
        source=row.source,
        confidence=row.confidence,
    )
