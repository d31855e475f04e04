"""The stored reference rows as the pure rules want them; withdrawn rows are not among them."""

import time
from collections import defaultdict
from datetime import date
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.rules.book import Exemption, RuleBook
from core.rules.calendar import DayOff, WorkCalendar
from core.rules.checklists import Requirement
from core.rules.deadlines import Rule
from core.rules.stay import StayTerm
from core.rules.steps import Step
from core.services.shipped import rows_of
from core.terms import CaseKind, RequirementCondition
from db.engine import is_sqlite, writing
from db.models.reference import (
    Founded,
    Holiday,
    RegistrationExemption,
    RequirementRow,
    RuleRow,
    StepRow,
    VisaFreeTerm,
)

#: Any constants will do, as long as every process of the product uses the same ones.
_CHANGING, _COMPUTING = 7_214_003, 7_214_004

_TRY_AGAIN_SECONDS = 0.05


def change_alone(session: Session) -> None:
    """Wait for whoever changes the rules, and keep the others waiting until the end."""
    _lock_on_postgres(session, f"SELECT pg_advisory_xact_lock({_CHANGING})")


def note_computing(session: Session) -> None:
    """Let :func:`await_computations` wait for this transaction, which is to read the rules now."""
    _lock_on_postgres(session, f"SELECT pg_advisory_xact_lock_shared({_COMPUTING})")


def await_computations() -> None:
    """Return once no transaction is left that may have read the rules before this call.

    It asks again and again instead of queueing, because those who came later would queue behind it
    with locks that the ones it waits for may need.
    """
    while True:
        with writing() as session:
            if _lock_on_postgres(session, f"SELECT pg_try_advisory_xact_lock({_COMPUTING})"):
                return
        time.sleep(_TRY_AGAIN_SECONDS)


def _lock_on_postgres(session: Session, statement: str) -> bool:
    # On SQLite whoever writes is alone anyway.
    return is_sqlite() or session.scalar(sa.text(statement)) is not False


def open_rule_book(session: Session) -> RuleBook:
    """Return the rules, the working days and the exempt states as they stand now."""
    return RuleBook(
        rules=load_rules(session),
        calendar=load_calendar(session),
        exemptions=load_exemptions(session),
    )


def load_rules(session: Session) -> tuple[Rule, ...]:
    """Return every deadline rule, past and future ones too."""
    rows = session.scalars(sa.select(RuleRow).filter_by(withdrawn_at=None).order_by(RuleRow.id))
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
        holidays={
            row.day: DayOff(row.name_en, row.name_ru, row.name_ky)
            for row in days
            if not row.is_working
        },
        working_weekends=frozenset(row.day for row in days if row.is_working),
    )


def load_exemptions(session: Session) -> dict[str, tuple[Exemption, ...]]:
    """Return the exempt days of every state that has or had any, by its ISO alpha-2."""
    rows = session.scalars(
        sa.select(RegistrationExemption)
        .filter_by(withdrawn_at=None)
        .order_by(RegistrationExemption.id)
    )
    found: defaultdict[str, list[Exemption]] = defaultdict(list)
    for row in rows:
        found[row.iso2].append(
            Exemption(
                days=row.exempt_days,
                in_force_from=row.in_force_from,
                in_force_until=row.in_force_until,
            )
        )
    return {iso2: tuple(exemptions) for iso2, exemptions in found.items()}


def load_requirements(session: Session, procedure: CaseKind) -> tuple[Requirement, ...]:
    """Return what ``procedure`` asks for, in order, inactive rows too."""
    rows = session.scalars(
        sa.select(RequirementRow)
        .filter_by(procedure=procedure, withdrawn_at=None)
        .order_by(RequirementRow.position, RequirementRow.id)
    )
    return tuple(requirement_of(row) for row in rows)


def requirement_of(row: RequirementRow) -> Requirement:
    """Return a stored requirement as the rules read it."""
    return Requirement(
        item_code=row.item_code,
        document_kind=row.document_kind,
        name_en=row.name_en,
        name_ru=row.name_ru,
        name_ky=row.name_ky,
        is_required=row.is_required,
        conditions=frozenset(RequirementCondition(word) for word in row.conditions),
        citizenships=frozenset(row.citizenships),
        copies=row.copies,
        needs_original=row.needs_original,
        needs_translation=row.needs_translation,
        position=row.position,
        in_force_from=row.in_force_from,
        in_force_until=row.in_force_until,
        is_active=row.is_active,
    )


def load_steps(session: Session, procedure: CaseKind) -> tuple[Step, ...]:
    """Return the steps of ``procedure`` in their order, those out of use too."""
    rows = session.scalars(
        sa.select(StepRow)
        .filter_by(procedure=procedure, withdrawn_at=None)
        .order_by(StepRow.position, StepRow.id)
    )
    return tuple(step_of(row) for row in rows)


def step_of(row: StepRow) -> Step:
    """Return a stored step as the rules read it."""
    return Step(**{name: getattr(row, name) for name in Step.__dataclass_fields__})


def load_stay_terms(session: Session, iso2: str) -> tuple[StayTerm, ...]:
    """Return the visa-free terms of a state that count days in a window, past ones too."""
    rows = session.scalars(
        sa.select(VisaFreeTerm)
        .where(
            VisaFreeTerm.iso2 == iso2,
            VisaFreeTerm.withdrawn_at.is_(None),
            VisaFreeTerm.stay_days > 0,
            VisaFreeTerm.window_days.is_not(None),
        )
        .order_by(VisaFreeTerm.in_force_from, VisaFreeTerm.id)
    )
    return tuple(
        StayTerm(
            stay_days=row.stay_days or 0,
            window_days=row.window_days or 0,
            in_force_from=row.in_force_from,
            in_force_until=row.in_force_until,
        )
        for row in rows
    )


def needs_entry_visa(session: Session, iso2: str | None, on: date) -> bool | None:
    """Return whether citizens of ``iso2`` need a visa to enter; None where no source tells."""
    if iso2 is None:
        return None
    term = session.scalars(
        sa.select(VisaFreeTerm)
        .where(VisaFreeTerm.iso2 == iso2, in_force(VisaFreeTerm, on))
        .order_by(VisaFreeTerm.in_force_from.desc(), VisaFreeTerm.id.desc())
        .limit(1)
    ).one_or_none()
    if term is None or term.stay_days is None:
        return None
    return term.stay_days == 0


def in_force(table: type[Founded], on: date) -> sa.ColumnElement[bool]:
    """Return the condition under which a row of ``table`` holds on the day ``on``."""
    return sa.and_(
        table.withdrawn_at.is_(None),
        table.in_force_from <= on,
        sa.or_(table.in_force_until.is_(None), table.in_force_until >= on),
    )


@cache
def letters_abolished() -> dict[str, date]:
    """Return the letters that no visa is given any more, each with the last day it was."""
    return {
        row["code"]: date.fromisoformat(row["in_force_until"])
        for row in rows_of("visa_categories.csv")
        if row["in_force_until"]
    }


@cache
def visa_categories() -> tuple[str, ...]:
    """Return the letters of visas, abolished ones too, as the shipped table names them."""
    return tuple(row["code"] for row in rows_of("visa_categories.csv"))
