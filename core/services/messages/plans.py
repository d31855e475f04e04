"""When people are reminded: for each deadline rule, how many days before its date."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.permissions import Actor, Permission
from core.rules.reminders import checked_plan
from core.services import dated_rows
from core.services.guard import requires
from core.services.names import Names, note_of
from core.services.versions import claim
from core.terms import Confidence
from db.engine import reading
from db.models.messages import ReminderPlan
from db.models.reference import RuleRow


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """The plan of the rule ``code``; ``rule_text`` is what the newest row of the rule says."""

    plan_id: int
    version: int
    code: str
    rule_text: Names
    days_before: tuple[int, ...]
    is_active: bool
    source: str
    confidence: Confidence
    note: Names
    confirmed_by: str | None
    confirmed_at: datetime | None


@requires(Permission.READ_MESSAGES)
def list_plans(actor: Actor) -> tuple[PlanView, ...]:  # noqa: ARG001
    """Return the plan of every rule that makes due dates, in the order they were shipped."""
    with reading() as session:
        texts = {
            row.code: Names(en=row.text_en, ru=row.text_ru, ky=row.text_ky)
            for row in session.scalars(
                sa.select(RuleRow)
                .filter_by(withdrawn_at=None)
                .order_by(RuleRow.in_force_from, RuleRow.id)
            )
        }
        return tuple(_view(row, texts) for row in _rows(session))


@requires(Permission.EDIT_RULES)
def change_plan(actor: Actor, plan_id: int, *, days: str, is_active: bool, version: int) -> None:
    """Put other days in force, or nobody is reminded of this rule any more.

    Raises ``plan.unreadable`` and :class:`Conflict`.
    """
    days_before = list(checked_plan(days))
    with dated_rows.changing() as session:
        row = dated_rows.existing(session, ReminderPlan, plan_id)
        claim(session, row, actor, seen_version=version)
        row.days_before, row.is_active = days_before, is_active
        row.confirmed_by, row.confirmed_at = actor.full_name, clock.utc_now()
        dated_rows.record(
            session, actor, "plan.change", row, code=row.code, days=days_before, is_active=is_active
        )


def load_plans(session: Session) -> dict[str, tuple[int, ...]]:
    """Return the days of each rule of which people are reminded, by its code."""
    return {row.code: tuple(row.days_before) for row in _rows(session) if row.is_active}


def _rows(session: Session) -> list[ReminderPlan]:
    return list(
        session.scalars(
            sa.select(ReminderPlan).filter_by(withdrawn_at=None).order_by(ReminderPlan.id)
        )
    )


def _view(row: ReminderPlan, texts: dict[str, Names]) -> PlanView:
    return PlanView(
        plan_id=row.id,
        version=row.version,
        code=row.code,
        rule_text=texts.get(row.code, Names(en=row.code, ru="", ky="")),
        days_before=tuple(row.days_before),
        is_active=row.is_active,
        source=row.source,
        confidence=row.confidence,
        note=note_of(row),
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )
