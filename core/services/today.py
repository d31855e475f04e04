"""Today: what is due, soonest first, for whoever looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import Actor, Permission
from core.rules.cases import urgency
from core.services.cards import full_name
from core.services.guard import requires
from core.services.page import MOST_COUNTED, PAGE_SIZE, Page, last_page
from core.services.scope import people_in_scope
from core.terms import CaseKind, ItemStatus, Party, Urgency
from db.engine import reading
from db.models.cases import Case, CaseItem, Deadline
from db.models.people import Enrolment, Person

#: The last day of each span, counted from today; both ends belong to the span.
SPAN_ENDS = {Urgency.THIS_WEEK: 7, Urgency.TWO_WEEKS: 14, Urgency.THIS_MONTH: 30}


@dataclass(frozen=True, kw_only=True)
class DueLine:
    """One open case with a due date. ``days_left`` is negative when it is overdue."""

    case_id: int
    person_id: int
    name: str
    citizenship: str | None
    faculty_id: int | None
    kind: CaseKind
    waits_for: Party | None
    due_on: date
    target_on: date | None
    days_left: int
    urgency: Urgency
    settled_count: int
    required_count: int


@requires(Permission.READ_CASES)
def due_counts(actor: Actor) -> dict[Urgency, int]:
    """Return how many open cases fall into each span, zero included.

    One more than ``MOST_COUNTED`` stands for "more than anybody pages through".
    """
    today, conditions = _today(), _open_in_scope(actor)
    counted = [_count(*conditions, _span(span, today=today)) for span in Urgency]
    with reading() as session:
        return dict(zip(Urgency, session.execute(sa.select(*counted)).one(), strict=True))


@requires(Permission.READ_CASES)
def due_list(actor: Actor, *, span: Urgency | None = None, page: int = 1) -> Page[DueLine]:
    """Return a page of the open cases with a due date, soonest first, in one span or in all.

    A page beyond the last is the last one.
    """
    today, conditions = _today(), _open_in_scope(actor)
    if span is not None:
        conditions.append(_span(span, today=today))
    with reading() as session:
        counted = session.scalar(sa.select(_count(*conditions))) or 0
        total = min(counted, MOST_COUNTED)
        number = min(page, last_page(total, PAGE_SIZE))
        rows = session.execute(_lines(conditions, skipped=(number - 1) * PAGE_SIZE)).all()
        progress = papers_settled(session, [row.case_id for row in rows])
    lines = tuple(_line(row, progress=progress[row.case_id], today=today) for row in rows)
    return Page(rows=lines, total=total, number=number, is_capped=counted > MOST_COUNTED)


def _today() -> date:
    return clock.today(settings.current().time_zone)


def _open_in_scope(actor: Actor) -> list[sa.ColumnElement[bool]]:
    return [Deadline.is_open.is_(True), people_in_scope(actor, Deadline.person_id)]


def _count(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """Return how many cases there are, by a range of the index that ends at the cap."""
    some = sa.select(Deadline.id).where(*conditions).limit(MOST_COUNTED + 1).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()


def _lines(
    conditions: list[sa.ColumnElement[bool]], *, skipped: int
) -> sa.Select[*tuple[Any, ...]]:
    """Return the columns of the lines; a whole row would bring its explanation along."""
    return (
        sa.select(
            Deadline.case_id,
            Deadline.person_id,
            Deadline.due_on,
            Deadline.target_on,
            Case.kind,
            Case.waits_for,
            Person.surname,
            Person.given_names,
            Person.citizenship,
            Enrolment.faculty_id,
        )
        .join(Case, Case.id == Deadline.case_id)
        .join(Person, Person.id == Deadline.person_id)
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current))
        .where(*conditions)
        .order_by(Deadline.due_on, Deadline.id)
        .offset(skipped)
        .limit(PAGE_SIZE)
    )


def _span(span: Urgency, *, today: date) -> sa.ColumnElement[bool]:
    week, fortnight, month = (today + timedelta(days=days) for days in SPAN_ENDS.values())
    due_on = Deadline.due_on
    return {
        Urgency.OVERDUE: due_on < today,
        Urgency.THIS_WEEK: due_on.between(today, week),
        Urgency.TWO_WEEKS: sa.and_(due_on > week, due_on <= fortnight),
        Urgency.THIS_MONTH: sa.and_(due_on > fortnight, due_on <= month),
        Urgency.LATER: due_on > month,
    }[span]


def _count_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def papers_settled(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return for each case how many required items are settled, and how many there are."""
    is_settled = CaseItem.status.in_((ItemStatus.ACCEPTED, ItemStatus.SEEN_ON_PAPER))
    rows = session.execute(
        sa.select(CaseItem.case_id, _count_if(is_settled), sa.func.count())
        .where(CaseItem.case_id.in_(case_ids), CaseItem.is_required)
        .group_by(CaseItem.case_id)
        .order_by(CaseItem.case_id)
    )
    counted = {case_id: (int(settled), required) for case_id, settled, required in rows}
    return {case_id: counted.get(case_id, (0, 0)) for case_id in case_ids}


def _line(row: sa.Row[Any], *, progress: tuple[int, int], today: date) -> DueLine:
    return DueLine(
        case_id=row.case_id,
        person_id=row.person_id,
        name=full_name(row),
        citizenship=row.citizenship,
        faculty_id=row.faculty_id,
        kind=row.kind,
        waits_for=row.waits_for,
        due_on=row.due_on,
        target_on=row.target_on,
        days_left=(row.due_on - today).days,
        urgency=urgency(row.due_on, today=today),
        settled_count=progress[0],
        required_count=progress[1],
    )
