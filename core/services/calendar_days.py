"""What is due round today, for a calendar: the rows of the radar, with the change each had last."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.permissions import Actor, Permission
from core.services.scope import office_in_scope, open_deadlines_in_scope, people_in_scope
from core.terms import CaseKind, Matter
from db.models.cases import Case, Deadline, Expiry
from db.models.people import Person

#: How far a calendar reaches, both days inclusive. What is overdue for longer is on Today.
DAYS_BACK, DAYS_AHEAD = 30, 365

#: Calendars refuse files of several megabytes; the days nearest to today are kept.
MOST_BACK, MOST_AHEAD = 500, 2_000


@dataclass(frozen=True, kw_only=True)
class DueDay:
    """A date that a case must keep, or the last day of a paper; ``kind`` is that of the case.

    ``changed_at`` is None where the date is the first that was known.
    """

    matter: Matter
    record_id: int
    person_id: int
    surname: str
    given_names: str
    kind: CaseKind | None
    on: date
    revision: int
    changed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class _Columns:
    """The columns of one of the two tables of dates."""

    record_id: InstrumentedAttribute[int]
    person_id: InstrumentedAttribute[int]
    due_on: InstrumentedAttribute[date]
    revision: InstrumentedAttribute[int]
    changed_at: InstrumentedAttribute[Any]
    is_its: sa.ColumnElement[bool]


def days_ahead(session: Session, actor: Actor, *, on: date) -> tuple[DueDay, ...]:
    """Return what is due from 30 days before ``on`` to 365 after it, within the actor's scope.

    Whoever may not know of cases is given nothing.
    """
    if not actor.can(Permission.READ_CASES):
        return ()
    yesterday = on - timedelta(days=1)
    back = _nearest(actor, on - timedelta(days=DAYS_BACK), yesterday, latest_first=True)
    ahead = _nearest(actor, on, on + timedelta(days=DAYS_AHEAD), latest_first=False)
    found = [
        *session.execute(_with_person(back, most=MOST_BACK, latest_first=True)).all()[::-1],
        *session.execute(_with_person(ahead, most=MOST_AHEAD, latest_first=False)),
    ]
    return tuple(_day(row) for row in found)


def _nearest(actor: Actor, first: date, last: date, *, latest_first: bool) -> sa.Subquery:
    """Return the rows of both tables between the days, of each matter as many as may be kept."""
    most = MOST_BACK if latest_first else MOST_AHEAD
    arms = [
        _of_matter(actor, matter, first, last, latest_first=latest_first).limit(most).subquery()
        for matter in Matter
    ]
    return sa.union_all(*(sa.select(arm) for arm in arms)).subquery()


def _of_matter(
    actor: Actor, matter: Matter, first: date, last: date, *, latest_first: bool
) -> sa.Select[Any]:
    of = _columns(actor, matter)
    return (
        sa.select(
            sa.literal(matter.value).label("matter"),
            of.record_id.label("record_id"),
            of.person_id.label("person_id"),
            of.due_on.label("due_on"),
            of.revision.label("revision"),
            of.changed_at.label("changed_at"),
        )
        .where(
            of.is_its,
            of.due_on.between(first, last),
            people_in_scope(actor, of.person_id),
        )
        .order_by(of.due_on.desc() if latest_first else of.due_on, of.record_id)
    )


def _columns(actor: Actor, matter: Matter) -> _Columns:
    """Return where the dates of ``matter`` are stored, and which rows the office knows of."""
    if matter is Matter.CASE:
        return _Columns(
            record_id=Deadline.case_id,
            person_id=Deadline.person_id,
            due_on=Deadline.due_on,
            revision=Deadline.revision,
            changed_at=Deadline.computed_at,
            is_its=open_deadlines_in_scope(actor),
        )
    return _Columns(
        record_id=Expiry.record_id,
        person_id=Expiry.person_id,
        due_on=Expiry.ends_on,
        revision=Expiry.revision,
        changed_at=Expiry.changed_at,
        is_its=sa.and_(Expiry.matter == matter, office_in_scope(actor, Expiry.faculty_id)),
    )


def _with_person(every: sa.Subquery, *, most: int, latest_first: bool) -> sa.Select[Any]:
    day = every.c.due_on.desc() if latest_first else every.c.due_on
    return (
        sa.select(every, Person.surname, Person.given_names, Case.kind)
        .join(Person, Person.id == every.c.person_id)
        .outerjoin(Case, sa.and_(every.c.matter == Matter.CASE.value, Case.id == every.c.record_id))
        .order_by(day, every.c.matter, every.c.record_id)
        .limit(most)
    )


def _day(row: sa.Row[Any]) -> DueDay:
    return DueDay(
        matter=Matter(row.matter),
        record_id=row.record_id,
        person_id=row.person_id,
        surname=row.surname,
        given_names=row.given_names,
        kind=row.kind,
        on=row.due_on,
        revision=row.revision,
        changed_at=row.changed_at,
    )
