"""The stored reference rows as the pure rules want them."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.rules.calendar import WorkCalendar
from core.rules.checklists import Requirement
from core.rules.deadlines import Rule
from core.terms import CaseKind
from db.models.reference import (
    Founded,
    Holiday,
    RegistrationExemption,
    RequirementRow,
    RuleRow,
    VisaFreeTerm,
)


def load_rules(session: Session) -> tuple[Rule, ...]:
    """Return every deadline rule, past and future ones too."""
    rows = session.scalars(sa.select(RuleRow).order_by(RuleRow.id))
    return tuple(rule_of(row) for row in rows)


def rule_of(row: RuleRow) -> Rule:
    """Return a stored rule as the engine reads it."""
    return Rule(
        rule_id=row.id,
        code=row.code,
        purpose=row.purpose,
        anchor=row.anchor,
        side=row.side,
        amount=row.amount,
        unit=row.unit,
        in_force_from=row.in_force_from,
        in_force_until=row.in_force_until,
        citizenships=frozenset(row.citizenships),
        visa_categories=frozenset(row.visa_categories),
        residence=row.residence,
        source=row.source,
        confidence=row.confidence,
    )


def load_calendar(session: Session) -> WorkCalendar:
    """Return the days off and the working weekends, without the days the head struck."""
    days = session.scalars(
        sa.select(Holiday).filter_by(is_struck=False).order_by(Holiday.day)
    ).all()
    return WorkCalendar(
        holidays={row.day: row.name_en for row in days if not row.is_working},
        working_weekends=frozenset(row.day for row in days if row.is_working),
    )


def load_requirements(session: Session, procedure: CaseKind) -> tuple[Requirement, ...]:
    """Return what ``procedure`` asks for, in order, inactive rows too."""
    rows = session.scalars(
        sa.select(RequirementRow)
        .filter_by(procedure=procedure)
        .order_by(RequirementRow.position, RequirementRow.id)
    )
    return tuple(
        Requirement(
            item_code=row.item_code,
            document_kind=row.document_kind,
            name_en=row.name_en,
            name_ru=row.name_ru,
            name_ky=row.name_ky,
            is_required=row.is_required,
            condition=row.condition,
            position=row.position,
            in_force_from=row.in_force_from,
            in_force_until=row.in_force_until,
            is_active=row.is_active,
        )
        for row in rows
    )


def exempt_days(session: Session, iso2: str, on: date) -> int | None:
    """Return for how many calendar days citizens of ``iso2`` entering on ``on`` are exempt.

    None where the state is not on the list: the general term holds.
    """
    return session.scalar(
        sa.select(RegistrationExemption.exempt_days)
        .where(RegistrationExemption.iso2 == iso2, _in_force(RegistrationExemption, on))
        .order_by(RegistrationExemption.in_force_from.desc(), RegistrationExemption.id.desc())
        .limit(1)
    )


def needs_entry_visa(session: Session, iso2: str | None, on: date) -> bool | None:
    """Return whether citizens of ``iso2`` need a visa to enter; None where no source tells."""
    if iso2 is None:
        return None
    term = session.scalars(
        sa.select(VisaFreeTerm)
        .where(VisaFreeTerm.iso2 == iso2, _in_force(VisaFreeTerm, on))
        .order_by(VisaFreeTerm.in_force_from.desc(), VisaFreeTerm.id.desc())
        .limit(1)
    ).one_or_none()
    if term is None or term.stay_days is None:
        return None
    return term.stay_days == 0


def _in_force(table: type[Founded], on: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.in_force_from <= on,
        sa.or_(table.in_force_until.is_(None), table.in_force_until >= on),
    )
