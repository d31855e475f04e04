"""Cases as lists show them, one line each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.rules.cases import urgency
from core.services.cards import full_name
from core.services.case_gaps import gap_of
from core.services.papers import papers_settled
from core.terms import CaseKind, DueGap, Party, Urgency
from db.models.access import User
from db.models.cases import Case, Deadline
from db.models.people import Enrolment, Person


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """A case with its person; ``responsible`` is None where nobody has it in hand.

    ``days_in_step`` are calendar days; ``is_late`` says that the planned end of the step is past.
    """

    case_id: int
    version: int
    person_id: int
    name: str
    citizenship: str | None
    faculty_id: int | None
    kind: CaseKind
    step: str
    waits_for: Party | None
    responsible: str | None
    moved_on: date
    days_in_step: int
    planned_until: date | None
    is_late: bool
    due_on: date | None
    days_left: int | None
    urgency: Urgency | None
    gap: DueGap | None
    settled_count: int
    required_count: int


def ask_for_cases(*conditions: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    """Return the question for cases with all that a line says but their papers, without order."""
    return (
        sa.select(
            Case.id,
            Case.version,
            Case.person_id,
            Case.kind,
            Case.step,
            Case.waits_for,
            Case.moved_on,
            Case.planned_until,
            Case.closed_at,
            Case.crossing_id,
            Case.visa_id,
            Case.status_change_id,
            Deadline.due_on,
            User.full_name.label("responsible"),
            Person.surname,
            Person.given_names,
            Person.citizenship,
            Enrolment.faculty_id,
        )
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Deadline, sa.and_(Deadline.case_id == Case.id, Deadline.is_open))
        .outerjoin(User, User.id == Case.responsible_id)
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current))
        .where(*conditions)
    )


def case_lines(
    session: Session, asked: sa.Select[*tuple[Any, ...]], *, on: date
) -> tuple[CaseLine, ...]:
    """Return the lines of what :func:`ask_for_cases` asks for, as they stand ``on`` that day."""
    rows = session.execute(asked).all()
    return _lines(rows, papers_settled(session, [row.id for row in rows]), on=on)


def _lines(
    rows: Sequence[sa.Row[Any]], papers: dict[int, tuple[int, int]], *, on: date
) -> tuple[CaseLine, ...]:
    return tuple(
        CaseLine(
            case_id=row.id,
            version=row.version,
            person_id=row.person_id,
            name=full_name(row),
            citizenship=row.citizenship,
            faculty_id=row.faculty_id,
            kind=row.kind,
            step=row.step,
            waits_for=row.waits_for,
            responsible=row.responsible,
            moved_on=row.moved_on,
            days_in_step=(on - row.moved_on).days,
            planned_until=row.planned_until,
            is_late=row.planned_until is not None and row.planned_until < on,
            due_on=row.due_on,
            days_left=(row.due_on - on).days if row.due_on else None,
            urgency=urgency(row.due_on, today=on) if row.due_on else None,
            gap=gap_of(row, row.due_on),
            settled_count=papers[row.id][0],
            required_count=papers[row.id][1],
        )
        for row in rows
    )
