"""What may be reminded of: open cases with their dates, and what was reminded of already."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor
from core.rules.reminders import REMINDED_WHILE_WAITING_FOR, reminder_due
from core.services.cards import full_name
from core.services.messages.composing import Matter, wanted_papers
from core.services.messages.plans import load_plans
from core.services.scope import people_in_scope
from db.models.cases import Case, Deadline
from db.models.messages import MessagePerson
from db.models.people import Person
from db.models.reference import RuleRow


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A reminder whose day has come: the case, and how many days before it the plan says."""

    deadline_id: int
    case_id: int
    lead: int


def planned_reminders(
    session: Session, *, today: date, after: int = 0, limit: int | None = None
) -> tuple[list[Planned], int | None]:
    """Return the reminders that are due today, of deadlines with ids above ``after``.

    With them the last id that was looked at, None where nothing is left. Nobody is reminded while
    an authority has the case, nor of what he was reminded of already.
    """
    plans = load_plans(session)
    furthest = max((days for plan in plans.values() for days in plan), default=0)
    last = (
        sa.select(sa.func.max(MessagePerson.reminded_on))
        .where(MessagePerson.case_id == Deadline.case_id, MessagePerson.due_on == Deadline.due_on)
        .correlate(Deadline)
        .scalar_subquery()
    )
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            Deadline.id, Deadline.case_id, Deadline.due_on, RuleRow.code, last.label("last_on")
        )
        .join(RuleRow, RuleRow.id == Deadline.due_rule_id)
        .join(Case, Case.id == Deadline.case_id)
        .where(
            Deadline.id > after,
            Deadline.is_open.is_(True),
            Deadline.due_on.between(today, today + timedelta(days=furthest)),
            Case.waits_for.in_(REMINDED_WHILE_WAITING_FOR),
        )
        .order_by(Deadline.id)
        .limit(limit)
    )
    rows = session.execute(statement).all()
    found = [planned for row in rows if (planned := _planned(row, plans, today))]
    is_over = limit is None or len(rows) < limit
    return found, None if is_over else rows[-1].id


def matters_of(session: Session, actor: Actor, case_ids: Sequence[int]) -> dict[int, Matter]:
    """Return what is due in each case, open ones of people with an open record only."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            Case.id,
            Case.person_id,
            Case.kind,
            Deadline.due_on,
            Person.surname,
            Person.given_names,
        )
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Deadline, sa.and_(Deadline.case_id == Case.id, Deadline.is_open.is_(True)))
        .where(
            Case.id.in_(case_ids),
            Case.closed_at.is_(None),
            Person.closed_at.is_(None),
            people_in_scope(actor, Case.person_id),
        )
        .order_by(Case.id)
    )
    rows = session.execute(statement).all()
    papers = wanted_papers(session, [row.id for row in rows])
    return {
        row.id: Matter(
            case_id=row.id,
            person_id=row.person_id,
            name=full_name(row),
            kind=row.kind,
            due_on=row.due_on,
            papers=papers.get(row.id, ()),
        )
        for row in rows
    }


def reminded_on(session: Session, case_ids: Collection[int], day: date) -> set[int]:
    """Return those of the cases of which somebody was reminded on ``day``."""
    return set(
        session.scalars(
            sa.select(MessagePerson.case_id)
            .where(MessagePerson.case_id.in_(case_ids), MessagePerson.reminded_on == day)
            .order_by(MessagePerson.case_id)
        )
    )


def _planned(row: sa.Row[Any], plans: dict[str, tuple[int, ...]], today: date) -> Planned | None:
    lead = reminder_due(
        plans.get(row.code, ()), due_on=row.due_on, today=today, last_on=row.last_on
    )
    if lead is None:
        return None
    return Planned(deadline_id=row.id, case_id=row.case_id, lead=lead)
