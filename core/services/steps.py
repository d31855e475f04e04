"""The steps of each procedure: who acts in them, in which order, and how long they should take."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.deadlines import LONGEST_TERM
from core.rules.names import fold
from core.services import dated_rows
from core.services.guard import requires
from core.services.names import Names, note_of
from core.services.versions import claim, touch
from core.terms import CaseKind, Confidence, Party, RuleUnit
from db.engine import reading
from db.models.reference import StepRow

_STEP = 10


@dataclass(frozen=True, kw_only=True)
class StepForm:
    """A step of a procedure; ``planned_days`` is None while nobody has said how long it takes.

    ``needs_reference`` says that whoever brings a case here enters the number it was given.
    """

    procedure: CaseKind
    name_en: str
    name_ru: str = ""
    name_ky: str = ""
    waits_for: Party
    planned_days: int | None = None
    planned_unit: RuleUnit = RuleUnit.WORKING_DAYS
    needs_reference: bool = False
    is_active: bool = True
    source: str


@dataclass(frozen=True, kw_only=True)
class StepView:
    """A step as Settings shows it."""

    step_id: int
    version: int
    procedure: CaseKind
    code: str
    name: Names
    waits_for: Party
    planned_days: int | None
    planned_unit: RuleUnit
    needs_reference: bool
    is_active: bool
    source: str
    confidence: Confidence
    note: Names
    confirmed_by: str | None
    confirmed_at: datetime | None


@requires(Permission.READ_RULES)
def list_steps(actor: Actor, procedure: CaseKind) -> tuple[StepView, ...]:  # noqa: ARG001
    """Return the steps of a procedure in their order, those out of use too."""
    with reading() as session:
        return tuple(_view(row) for row in _rows(session, procedure))


@requires(Permission.EDIT_RULES)
def add_step(actor: Actor, form: StepForm) -> int:
    """Add a step at the end and return its id.

    Raises ``step.name_missing``, ``rule.days.out_of_range``, ``step.taken`` where the
    same office does the same already, and what ``dated_rows.refuse_unfounded`` raises.
    """
    _refuse(form)
    with dated_rows.changing() as session:
        rows = _rows(session, form.procedure)
        base = "_".join(fold(form.name_en).split())[:50] or "step"
        taken = {row.code for row in rows}
        if (form.waits_for, fold(form.name_en)) in {(r.waits_for, fold(r.name_en)) for r in rows}:
            raise DomainError("step.taken", name=form.name_en.strip())
        row = StepRow(
            procedure=form.procedure,
            code=base if base not in taken else f"{base}_{len(rows)}",
            position=max((row.position for row in rows), default=0) + _STEP,
            confidence=Confidence.DEPARTMENT,
            in_force_from=_today(),
        )
        _fill(row, form, actor)
        dated_rows.refuse_unfounded(row)
        session.add(row)
        session.flush()
        dated_rows.record(session, actor, "step.add", row, step=row.code)
        return row.id


@requires(Permission.EDIT_RULES)
def change_step(actor: Actor, step_id: int, form: StepForm, *, version: int) -> None:
    """Change a step at once. Raises as :func:`add_step`, and :class:`Conflict`."""
    _refuse(form)
    with dated_rows.changing() as session:
        row = dated_rows.existing(session, StepRow, step_id)
        claim(session, row, actor, seen_version=version)
        _fill(row, form, actor)
        dated_rows.refuse_unfounded(row)
        dated_rows.record(session, actor, "step.change", row, step=row.code)


@requires(Permission.EDIT_RULES)
def move_step(actor: Actor, step_id: int, *, up: bool, version: int) -> None:
    """Move a step one place up or down; at the end of the list nothing happens."""
    with dated_rows.changing() as session:
        row = dated_rows.existing(session, StepRow, step_id)
        claim(session, row, actor, seen_version=version)
        rows = _rows(session, row.procedure)
        place = rows.index(row)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(rows):
            return
        rows[place], rows[other] = rows[other], rows[place]
        for number, each in enumerate(rows, start=1):
            if each.position != number * _STEP:
                each.position = number * _STEP
                touch(each, actor)
        dated_rows.record(session, actor, "step.move", row, step=row.code, up=up)


def _today() -> date:
    return clock.today(settings.current().time_zone)


def _refuse(form: StepForm) -> None:
    if not form.name_en.strip():
        raise DomainError("step.name_missing")
    if not 0 <= (form.planned_days or 0) <= LONGEST_TERM:
        raise DomainError("rule.days.out_of_range", amount=form.planned_days, longest=LONGEST_TERM)


def _rows(session: Session, procedure: CaseKind) -> list[StepRow]:
    return list(
        session.scalars(
            sa.select(StepRow)
            .filter_by(procedure=procedure, withdrawn_at=None)
            .order_by(StepRow.position, StepRow.id)
        )
    )


def _fill(row: StepRow, form: StepForm, actor: Actor) -> None:
    row.name_en = form.name_en.strip()
    row.name_ru = form.name_ru.strip()
    row.name_ky = form.name_ky.strip()
    row.waits_for = form.waits_for
    row.planned_days = form.planned_days
    row.planned_unit = form.planned_unit
    row.needs_reference = form.needs_reference
    row.is_active = form.is_active
    row.source = form.source.strip()
    row.confirmed_by, row.confirmed_at = actor.full_name, clock.utc_now()


def _view(row: StepRow) -> StepView:
    return StepView(
        step_id=row.id,
        version=row.version,
        procedure=row.procedure,
        code=row.code,
        name=Names(en=row.name_en, ru=row.name_ru, ky=row.name_ky),
        waits_for=row.waits_for,
        planned_days=row.planned_days,
        planned_unit=row.planned_unit,
        needs_reference=row.needs_reference,
        is_active=row.is_active,
        source=row.source,
        confidence=row.confidence,
        note=note_of(row),
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )
