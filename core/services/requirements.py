"""What each procedure asks for: read by everybody, changed by the head from a day on.

The day a case is opened selects its requirements; a case that is open keeps what it was asked.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.checklists import excludes_everybody
from core.rules.names import fold
from core.rules.periods import last_day_before, overlaps
from core.services import dated_rows
from core.services.guard import requires
from core.services.names import Names, note_of
from core.services.versions import claim, touch
from core.terms import CaseKind, Confidence, RequirementCondition
from db.engine import reading
from db.models.reference import Country, RequirementRow

MOST_COPIES = 20
_STEP = 10


@dataclass(frozen=True, kw_only=True)
class RequirementForm(dated_rows.Origin):
    """One document a procedure asks for, from a day on; all ``conditions`` must hold.

    ``citizenships`` (ISO alpha-2) is empty where it does not matter; ``in_force_until`` is
    inclusive. ``replaces`` is the id of the row whose place this one takes, seen at ``version``.
    """

    procedure: CaseKind
    name_en: str
    name_ru: str = ""
    name_ky: str = ""
    is_required: bool = True
    conditions: frozenset[RequirementCondition] = frozenset()
    citizenships: frozenset[str] = frozenset()
    copies: int = 1
    needs_original: bool = False
    needs_translation: bool = False
    confidence: Confidence = Confidence.DEPARTMENT
    in_force_from: date
    replaces: int | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class RequirementView:
    """A requirement as Settings shows it. One that is not active is a proposal, asked of nobody."""

    requirement_id: int
    version: int
    procedure: CaseKind
    item_code: str
    name: Names
    is_required: bool
    conditions: frozenset[RequirementCondition]
    citizenships: frozenset[str]
    copies: int
    needs_original: bool
    needs_translation: bool
    is_active: bool
    is_past: bool
    source: str
    source_url: str
    confidence: Confidence
    note: Names
    in_force_from: date
    in_force_until: date | None
    confirmed_by: str | None
    confirmed_at: datetime | None


@requires(Permission.READ_RULES)
def list_requirements(actor: Actor, procedure: CaseKind) -> tuple[RequirementView, ...]:  # noqa: ARG001
    """Return what a procedure asks for in the order of the package, proposals and past rows too."""
    today = clock.today(settings.current().time_zone)
    with reading() as session:
        return tuple(_view(row, today=today) for row in _rows(session, procedure))


@requires(Permission.EDIT_RULES)
def put_requirement(actor: Actor, form: RequirementForm) -> int:
    """Add a requirement, or let it take the place of ``form.replaces`` from its day on.

    Return its id. Raises ``requirement.name_missing``, ``requirement.copies_out_of_range``,
    ``requirement.unreachable``, ``rule.citizenship.unknown``, ``requirement.taken`` where the same
    is asked of the same people already, what ``dated_rows.put_in_force`` raises, and
    :class:`Conflict`.
    """
    if not form.name_en.strip():
        raise DomainError("requirement.name_missing")
    if not 0 <= form.copies <= MOST_COPIES:
        raise DomainError("requirement.copies_out_of_range", most=MOST_COPIES)
    if excludes_everybody(form.conditions):
        raise DomainError("requirement.unreachable")
    with dated_rows.changing() as session:
        _refuse_unknown_states(session, form)
        old = None
        if form.replaces is not None:
            old = dated_rows.existing(session, RequirementRow, form.replaces)
            dated_rows.refuse_stale(old, seen_version=form.version)
        row = _row(form, old)
        if old is None:
            _refuse_twice(session, form)
            row.item_code, row.position = _place(session, form)
        rivals = _versions(session, row)
        if old is not None and not old.is_active:
            # A proposal was never asked for, so there is no period that this one could cut.
            rivals = [rival for rival in rivals if rival.is_active]
            touch(old, actor)
            dated_rows.take_back(old, by=actor.full_name)
        dated_rows.put_in_force(session, actor, row, rivals)
        dated_rows.record(session, actor, "requirement.change", row, item=row.item_code)
        return row.id


@requires(Permission.EDIT_RULES)
def retire_requirement(actor: Actor, requirement_id: int, *, from_on: date, version: int) -> None:
    """Ask for a document no longer in cases opened on ``from_on`` or later.

    Changes of it that were to begin later are withdrawn. Raises :class:`Conflict`, and
    ``period.reversed`` for a day before this row of it holds.
    """
    with dated_rows.changing() as session:
        row = dated_rows.existing(session, RequirementRow, requirement_id)
        claim(session, row, actor, seen_version=version)
        if from_on < row.in_force_from:
            raise DomainError("period.reversed")
        for each in _versions(session, row):
            if each.withdrawn_at is not None or not overlaps(each, from_on, None):
                continue
            touch(each, actor)
            if each.in_force_from >= from_on:
                dated_rows.take_back(each, by=actor.full_name)
            else:
                each.in_force_until = last_day_before(from_on)
        dated_rows.record(session, actor, "requirement.retire", row, item=row.item_code)


@requires(Permission.EDIT_RULES)
def move_requirement(actor: Actor, requirement_id: int, *, up: bool, version: int) -> None:
    """Move a document one place up or down in the package of cases opened from now on.

    At the end of the list nothing happens. Raises :class:`Conflict`.
    """
    today = clock.today(settings.current().time_zone)
    with dated_rows.changing() as session:
        row = dated_rows.existing(session, RequirementRow, requirement_id)
        claim(session, row, actor, seen_version=version)
        order: list[str] = []
        for other in _rows(session, row.procedure):
            if other.item_code not in order and not _view(other, today=today).is_past:
                order.append(other.item_code)
        place = order.index(row.item_code)
        other_place = place - 1 if up else place + 1
        if not 0 <= other_place < len(order):
            return
        order[place], order[other_place] = order[other_place], order[place]
        for other in _rows(session, row.procedure):
            if other.item_code in order:
                position = (order.index(other.item_code) + 1) * _STEP
                if other.position != position:
                    other.position = position
                    touch(other, actor)
        dated_rows.record(session, actor, "requirement.move", row, item=row.item_code, up=up)


def _refuse_unknown_states(session: Session, form: RequirementForm) -> None:
    known = set(session.scalars(sa.select(Country.iso2).order_by(Country.iso2)))
    if strange := form.citizenships - known:
        raise DomainError("rule.citizenship.unknown", names=tuple(sorted(strange)))


def _refuse_twice(session: Session, form: RequirementForm) -> None:
    """Raise ``requirement.taken`` (value ``name``); a second click must not ask for it twice."""
    for row in _rows(session, form.procedure):
        if (
            row.is_active
            and overlaps(row, form.in_force_from, None)
            and fold(row.name_en) == fold(form.name_en)
            and set(row.conditions) == form.conditions
            and set(row.citizenships) == form.citizenships
        ):
            raise DomainError("requirement.taken", name=row.name_en)


def _rows(session: Session, procedure: CaseKind) -> list[RequirementRow]:
    return list(
        session.scalars(
            sa.select(RequirementRow)
            .filter_by(procedure=procedure, withdrawn_at=None)
            .order_by(RequirementRow.position, RequirementRow.in_force_from, RequirementRow.id)
        )
    )


def _versions(session: Session, row: RequirementRow) -> list[RequirementRow]:
    return list(
        dated_rows.every(session, RequirementRow, procedure=row.procedure, item_code=row.item_code)
    )


def _place(session: Session, form: RequirementForm) -> tuple[str, int]:
    """Return a code nobody has yet for a new requirement, and the last place in the package."""
    rows = session.scalars(
        sa.select(RequirementRow).filter_by(procedure=form.procedure).order_by(RequirementRow.id)
    ).all()
    base = "_".join(fold(form.name_en).split())[:50] or "item"
    taken = {row.item_code for row in rows}
    code = base if base not in taken else f"{base}_{len(rows)}"
    return code, max((row.position for row in rows), default=0) + _STEP


def _row(form: RequirementForm, old: RequirementRow | None) -> RequirementRow:
    return RequirementRow(
        procedure=form.procedure,
        item_code=old.item_code if old else "",
        document_kind=old.document_kind if old else "other",
        name_en=form.name_en.strip(),
        name_ru=form.name_ru.strip(),
        name_ky=form.name_ky.strip(),
        is_required=form.is_required,
        conditions=sorted(condition.value for condition in form.conditions),
        citizenships=sorted(form.citizenships),
        copies=form.copies,
        needs_original=form.needs_original,
        needs_translation=form.needs_translation,
        position=old.position if old else 0,
        is_active=True,
        **form.columns(),
        in_force_from=form.in_force_from,
    )


def _view(row: RequirementRow, *, today: date) -> RequirementView:
    return RequirementView(
        requirement_id=row.id,
        version=row.version,
        procedure=row.procedure,
        item_code=row.item_code,
        name=Names(en=row.name_en, ru=row.name_ru, ky=row.name_ky),
        is_required=row.is_required,
        conditions=frozenset(RequirementCondition(word) for word in row.conditions),
        citizenships=frozenset(row.citizenships),
        copies=row.copies,
        needs_original=row.needs_original,
        needs_translation=row.needs_translation,
        is_active=row.is_active,
        is_past=row.in_force_until is not None and row.in_force_until < today,
        source=row.source,
        source_url=row.source_url,
        confidence=row.confidence,
        note=note_of(row),
        in_force_from=row.in_force_from,
        in_force_until=row.in_force_until,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )
