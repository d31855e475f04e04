"""What the list of people says of each: his place, his passport, and what is due next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import Actor, Permission
from core.rules.cases import urgency
from core.services.cards import full_name, masked
from core.terms import Contradiction, EnrolmentStatus, ItemStatus, PersonFact, Urgency
from db.models.cases import Case, CaseItem, Deadline
from db.models.people import Enrolment, Passport, Person
from db.models.relations import Agent


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """A person in a list; the passport number is masked.

    ``papers_missing`` counts what his open cases ask for and is missing or rejected, None where
    the list does not ask.
    ``due_on`` is the nearest date an open case must keep, None where none has one. ``agent`` is
    empty for whoever may not know of representatives.
    """

    person_id: int
    name: str
    citizenship: str | None
    birth_date: date | None
    faculty_id: int | None
    status: EnrolmentStatus | None
    course: int | None
    passport_masked: str
    agent: str
    missing: tuple[PersonFact, ...]
    contradictions: tuple[Contradiction, ...]
    due_on: date | None
    urgency: Urgency | None
    papers_missing: int | None


def lines_of(
    session: Session, actor: Actor, ids: Sequence[int], *, counts_papers: bool
) -> tuple[PersonLine, ...]:
    """Return what a list says of the people ``ids``, in their order."""
    rows = session.execute(_lines(ids))
    today = clock.today(settings.current().time_zone)
    knows_agents = actor.can(Permission.READ_AGENTS)
    due = _nearest_due(session, ids)
    papers = _papers_missing(session, ids) if counts_papers else None
    lines = {
        row.id: _line(
            row,
            agent=row.name if knows_agents else None,
            due=due.get(row.id),
            papers=None if papers is None else papers.get(row.id, 0),
            today=today,
        )
        for row in rows
    }
    return tuple(lines[each] for each in ids)


def _lines(ids: Sequence[int]) -> sa.Select[Any]:
    return (
        sa.select(
            Person.id,
            Person.surname,
            Person.given_names,
            Person.citizenship,
            Person.birth_date,
            Person.missing,
            Person.contradictions,
            Enrolment.faculty_id,
            Enrolment.status,
            Enrolment.course,
            Passport.number,
            Agent.name,
        )
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current))
        .outerjoin(Passport, sa.and_(Passport.person_id == Person.id, Passport.is_current))
        .outerjoin(Agent, Agent.id == Person.agent_id)
        .where(Person.id.in_(ids))
        .order_by(Person.id)
    )


def _nearest_due(session: Session, ids: Sequence[int]) -> dict[int, date]:
    """Return the nearest date an open case of each of these people must keep."""
    rows = session.execute(
        sa.select(Deadline.person_id, Deadline.due_on, Deadline.is_open)
        .where(Deadline.person_id.in_(ids))
        .order_by(Deadline.due_on.desc(), Deadline.id)
    )
    return {person_id: due_on for person_id, due_on, is_open in rows if is_open}


def _papers_missing(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return how many required papers the open cases of each of these people still wait for."""
    rows = session.execute(
        sa.select(Case.person_id, sa.func.count())
        .join(CaseItem, CaseItem.case_id == Case.id)
        .where(
            Case.person_id.in_(ids),
            Case.closed_at.is_(None),
            CaseItem.is_required,
            CaseItem.status.in_((ItemStatus.MISSING, ItemStatus.REJECTED)),
        )
        .group_by(Case.person_id)
        .order_by(Case.person_id)
    )
    return {row[0]: row[1] for row in rows}


def _line(
    row: sa.Row[Any], *, agent: str | None, due: date | None, papers: int | None, today: date
) -> PersonLine:
    return PersonLine(
        person_id=row.id,
        name=full_name(row),
        citizenship=row.citizenship,
        birth_date=row.birth_date,
        faculty_id=row.faculty_id,
        status=row.status,
        course=row.course,
        passport_masked=masked(row.number or ""),
        agent=agent or "",
        missing=tuple(PersonFact(fact) for fact in row.missing),
        contradictions=tuple(Contradiction(each) for each in row.contradictions or ()),
        due_on=due,
        urgency=urgency(due, today=today) if due else None,
        papers_missing=papers,
    )
