"""Batches as screens show them: the list, one of them with its persons, and those of a case."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import Actor, Permission
from core.rules.batches import step_once_approved
from core.services.batch_places import batches_of, known_batch
from core.services.cards import full_name
from core.services.case_steps import StepNames, step_names
from core.services.guard import requires
from core.services.house import today
from core.services.names import Names
from core.services.page import PAGE_SIZE, Page, last_page
from core.services.remembered import remembered
from core.services.scope import people_in_scope, visible_case
from core.terms import CaseKind, Party, PlaceState
from db.engine import reading
from db.models.batches import Batch, BatchCase
from db.models.cases import Case
from db.models.people import Enrolment, Person


@dataclass(frozen=True, kw_only=True)
class BatchLine:
    """A batch in the list.

    ``count`` are the persons in it without those taken out, ``answered`` how many of them have
    their answer. ``waited_days`` counts calendar days since the submission, None before it and once
    the batch is closed.
    """

    batch_id: int
    version: int
    kind: CaseKind
    step: str
    step_name: Names
    authority: Party
    name: str
    gathered_on: date
    gathered_by: str
    submitted_on: date | None
    submitted_by: str | None
    reference: str
    is_closed: bool
    count: int
    answered: int
    waited_days: int | None


@dataclass(frozen=True, kw_only=True)
class BatchPerson:
    """A person of a batch, and what came of his case there; ``on`` is the day of it.

    ``reference`` and ``reason`` are those of the answer, or of taking him out.
    """

    case_id: int
    case_version: int
    person_id: int
    name: str
    citizenship: str | None
    faculty_id: int | None
    state: PlaceState
    on: date | None
    by: str | None
    reference: str
    reason: str

    @property
    def waits(self) -> bool:
        """Whether he still has his place: unanswered and not taken out."""
        return self.state in {PlaceState.GATHERED, PlaceState.WAITING}


@dataclass(frozen=True, kw_only=True)
class BatchView:
    """A batch with its persons by name.

    ``needs_reference`` tells whether submitting it asks for a number, ``approval_needs_reference``
    whether an approval does; ``goes_on`` is False where who is approved waits for the department to
    submit him to the next authority.
    """

    line: BatchLine
    persons: tuple[BatchPerson, ...]
    needs_reference: bool
    approval_needs_reference: bool
    goes_on: bool


@dataclass(frozen=True, kw_only=True)
class CasePlace:
    """A batch a case is or was in, and what came of it; ``on`` is the day of that."""

    place_id: int
    line: BatchLine
    state: PlaceState
    on: date | None
    reference: str
    reason: str


@requires(Permission.READ_BATCHES)
def list_batches(actor: Actor, *, is_closed: bool = False, page: int = 1) -> Page[BatchLine]:  # noqa: ARG001
    """Return a page of the batches in hand, or of the closed ones; the newest first.

    A page beyond the last is the last one.
    """
    condition = Batch.closed_at.is_not(None) if is_closed else Batch.closed_at.is_(None)
    with reading() as session:
        total = session.scalar(sa.select(sa.func.count()).select_from(Batch).where(condition)) or 0
        number = min(page, last_page(total, PAGE_SIZE))
        rows = session.scalars(
            sa.select(Batch)
            .where(condition)
            .order_by(Batch.id.desc())
            .offset((number - 1) * PAGE_SIZE)
            .limit(PAGE_SIZE)
        ).all()
        return Page(rows=_lines(session, rows), total=total, number=number)


@requires(Permission.READ_BATCHES)
def batch_view(actor: Actor, batch_id: int) -> BatchView:
    """Return one batch with its persons. Raises :class:`NotFound`."""
    with reading() as session:
        batch = known_batch(session, batch_id)
        names = step_names(session, [batch.kind])
        step = next((s for s in names.steps[batch.kind] if s.code == batch.step), None)
        after = step_once_approved(names.steps[batch.kind], batch.step)
        return BatchView(
            line=_lines(session, [batch])[0],
            persons=_persons(session, actor, batch_id),
            needs_reference=step is not None and step.needs_reference,
            approval_needs_reference=bool(
                after and after.code != batch.step and after.needs_reference
            ),
            goes_on=after is None or after.code != batch.step,
        )


@requires(Permission.READ_BATCHES)
def places_of_case(actor: Actor, case_id: int) -> tuple[CasePlace, ...]:
    """Return the batches a case is or was in, the last first. Raises :class:`NotFound`."""
    with reading() as session:
        visible_case(session, actor, case_id)
        key = "places", case_id, today()
        return remembered(session, key, lambda: _places(session, case_id))


def _places(session: Session, case_id: int) -> tuple[CasePlace, ...]:
    rows = session.execute(
        sa.select(BatchCase, Batch)
        .join(Batch, Batch.id == BatchCase.batch_id)
        .where(BatchCase.case_id == case_id)
        .order_by(BatchCase.id.desc())
    ).all()
    lines = {line.batch_id: line for line in _lines(session, [batch for _place, batch in rows])}
    return tuple(
        CasePlace(
            place_id=place.id,
            line=lines[place.batch_id],
            state=_state(place),
            on=_day(place),
            reference=place.reference,
            reason=place.reason,
        )
        for place, _batch in rows
    )


@requires(Permission.READ_BATCHES)
def batch_of_each(actor: Actor, case_ids: Collection[int]) -> dict[int, int]:  # noqa: ARG001
    """Return for each case that waits in a batch the number of that batch."""
    with reading() as session:
        key = "batch_of_each", frozenset(case_ids)
        return dict(remembered(session, key, lambda: batches_of(session, case_ids)))


def _lines(session: Session, batches: Sequence[Batch]) -> tuple[BatchLine, ...]:
    counted = _counted(session, [batch.id for batch in batches])
    names = step_names(session, {batch.kind for batch in batches})
    return tuple(_line(batch, names, *counted.get(batch.id, (0, 0))) for batch in batches)


def _counted(session: Session, batch_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    rows = session.execute(
        sa.select(BatchCase.batch_id, sa.func.count(), sa.func.count(BatchCase.answer))
        .where(BatchCase.batch_id.in_(batch_ids), BatchCase.taken_out_at.is_(None))
        .group_by(BatchCase.batch_id)
        .order_by(BatchCase.batch_id)
    )
    return {batch_id: (count, answered) for batch_id, count, answered in rows}


def _line(batch: Batch, names: StepNames, count: int, answered: int) -> BatchLine:
    waits_since = batch.submitted_on if batch.closed_at is None else None
    return BatchLine(
        batch_id=batch.id,
        version=batch.version,
        kind=batch.kind,
        step=batch.step,
        step_name=names.name(batch.kind, batch.step),
        authority=batch.authority,
        name=batch.name,
        gathered_on=_day_of(batch.gathered_at),
        gathered_by=batch.gathered_by,
        submitted_on=batch.submitted_on,
        submitted_by=batch.submitted_by,
        reference=batch.reference,
        is_closed=batch.closed_at is not None,
        count=count,
        answered=answered,
        waited_days=(today() - waits_since).days if waits_since else None,
    )


def _persons(session: Session, actor: Actor, batch_id: int) -> tuple[BatchPerson, ...]:
    rows: sa.Result[Any] = session.execute(
        sa.select(
            BatchCase,
            Case.version,
            Case.person_id,
            Person.surname,
            Person.given_names,
            Person.citizenship,
            Enrolment.faculty_id,
        )
        .join(Case, Case.id == BatchCase.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current))
        .where(BatchCase.batch_id == batch_id, people_in_scope(actor, Case.person_id))
        .order_by(Person.surname, Person.given_names, BatchCase.id)
    )
    return tuple(_person(row) for row in rows)


def _person(row: sa.Row[Any]) -> BatchPerson:
    place: BatchCase = row.BatchCase
    return BatchPerson(
        case_id=place.case_id,
        case_version=row.version,
        person_id=row.person_id,
        name=full_name(row),
        citizenship=row.citizenship,
        faculty_id=row.faculty_id,
        state=_state(place),
        on=_day(place),
        by=place.answered_by or place.taken_out_by,
        reference=place.reference,
        reason=place.reason,
    )


def _state(place: BatchCase) -> PlaceState:
    if place.taken_out_at is not None:
        return PlaceState.TAKEN_OUT
    if place.answer is not None:
        return PlaceState(place.answer.value)
    return PlaceState.GATHERED if place.step_before is None else PlaceState.WAITING


def _day(place: BatchCase) -> date | None:
    return _day_of(place.taken_out_at) if place.taken_out_at else place.answered_on


def _day_of(instant: datetime) -> date:
    return clock.local_date(instant, time_zone=settings.current().time_zone)
