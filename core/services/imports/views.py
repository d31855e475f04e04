"""What is seen of a file of people on its way: how far it is, its columns, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.permissions import Actor, Permission
from core.rules.import_columns import DATE_FIELDS
from core.services.guard import requires
from core.services.imports.judging import Namesakes
from core.services.page import PAGE_SIZE, Page
from core.terms import DayOrder, ImportAction, ImportField, ImportStatus, JobStatus
from db.engine import reading
from db.models.imports import ImportBatch, ImportRow
from db.models.jobs import Job

_RECENT = 20

_WORKING = (ImportStatus.CHECKING, ImportStatus.COMMITTING, ImportStatus.UNDOING)


@dataclass(frozen=True, kw_only=True)
class ColumnView:
    """A column of the file: what it is taken for, its first cells, and how its dates are read.

    ``order`` is None for a column without dates; ``is_certain`` says whether a date proves it.
    """

    place: int
    heading: str
    field: ImportField | None
    samples: tuple[str, ...]
    order: DayOrder | None
    is_certain: bool


@dataclass(frozen=True, kw_only=True)
class BatchView:
    """A file on its way; ``done`` of ``total`` tells how far the work on it is.

    ``failed_at`` is the work that has to be begun once more, where ``status`` is ``failed``.
    """

    batch_id: int
    version: int
    file_name: str
    status: ImportStatus
    failed_at: ImportStatus | None
    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    columns: tuple[ColumnView, ...]
    notices: tuple[tuple[str, Mapping[str, Any]], ...]
    faculty_id: int | None
    namesakes: Namesakes
    new_count: int
    update_count: int
    same_count: int
    error_count: int
    done: int
    total: int | None
    created_at: datetime
    created_by: str

    @property
    def is_at_work(self) -> bool:
        """Whether something is being done with the file right now."""
        return self.status in _WORKING


@dataclass(frozen=True, kw_only=True)
class BatchLine:
    """A file in the list of earlier ones."""

    batch_id: int
    file_name: str
    status: ImportStatus
    new_count: int
    update_count: int
    error_count: int
    created_at: datetime
    created_by: str


@dataclass(frozen=True, kw_only=True)
class FaultLine:
    """One thing wrong with a row; ``row`` counts as the sheet does."""

    row: int
    column: str
    value: str
    code: str
    values: Mapping[str, Any]


@requires(Permission.EDIT_PEOPLE)
def batch_view(actor: Actor, batch_id: int) -> BatchView:  # noqa: ARG001
    """Return a file as it stands. Raises :class:`NotFound`."""
    with reading() as session:
        batch = existing_batch(session, batch_id)
        job = session.get(Job, batch.job_id) if batch.job_id else None
        return _view(batch, job)


@requires(Permission.EDIT_PEOPLE)
def recent_batches(actor: Actor) -> tuple[BatchLine, ...]:  # noqa: ARG001
    """Return the last twenty files, the newest first."""
    with reading() as session:
        rows = session.scalars(
            sa.select(ImportBatch).order_by(ImportBatch.id.desc()).limit(_RECENT)
        )
        return tuple(
            BatchLine(
                batch_id=row.id,
                file_name=row.file_name,
                status=row.status,
                new_count=row.new_count,
                update_count=row.update_count,
                error_count=row.error_count,
                created_at=row.created_at,
                created_by=row.created_by,
            )
            for row in rows
        )


@requires(Permission.EDIT_PEOPLE)
def batch_faults(actor: Actor, batch_id: int, *, page: int = 1) -> Page[FaultLine]:  # noqa: ARG001
    """Return what is wrong with the rows of a file, in the order of the file."""
    with reading() as session:
        batch = existing_batch(session, batch_id)
        rows = session.scalars(
            sa.select(ImportRow)
            .filter_by(batch_id=batch_id, action=ImportAction.ERROR)
            .order_by(ImportRow.row_number)
            .limit(PAGE_SIZE)
            .offset((max(1, page) - 1) * PAGE_SIZE)
        ).all()
        lines = tuple(line for row in rows for line in fault_lines(row))
        return Page(rows=lines, total=batch.error_count, number=max(1, page), size=PAGE_SIZE)


def fault_lines(row: ImportRow) -> tuple[FaultLine, ...]:
    """Return what is wrong with a row of a file."""
    return tuple(FaultLine(row=row.row_number, **fault) for fault in row.faults)


def existing_batch(session: Session, batch_id: int) -> ImportBatch:
    """Return a file. Raises :class:`NotFound`."""
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound
    return batch


def has_failed(job: Job | None) -> bool:
    """Return whether the last work on a file ended in a fault."""
    return job is not None and job.status is JobStatus.FAILED


def _view(batch: ImportBatch, job: Job | None) -> BatchView:
    options = batch.options
    is_failed = batch.status in _WORKING and has_failed(job)
    return BatchView(
        batch_id=batch.id,
        version=batch.version,
        file_name=batch.file_name,
        status=ImportStatus.FAILED if is_failed else batch.status,
        failed_at=batch.status if is_failed else None,
        sheet=batch.sheet,
        sheets=tuple(options.get("sheets", ())),
        header_row=batch.header_row,
        columns=tuple(_column(batch, place) for place in range(len(batch.columns))),
        notices=tuple((code, values) for code, values in options.get("notices", ())),
        faculty_id=options.get("faculty_id"),
        namesakes=Namesakes(options.get("namesakes", Namesakes.ASK)),
        new_count=batch.new_count,
        update_count=batch.update_count,
        same_count=batch.same_count,
        error_count=batch.error_count,
        done=job.done if job else 0,
        total=job.total if job else None,
        created_at=batch.created_at,
        created_by=batch.created_by,
    )


def _column(batch: ImportBatch, place: int) -> ColumnView:
    options, key = batch.options, str(place)
    name = batch.mapping.get(key) or None
    guessed, is_certain = options.get("guesses", {}).get(key, (DayOrder.DAY_FIRST, True))
    chosen = options.get("orders", {}).get(key)
    is_date = name is not None and ImportField(name) in DATE_FIELDS
    return ColumnView(
        place=place,
        heading=batch.columns[place],
        field=ImportField(name) if name else None,
        samples=tuple(options.get("samples", [])[place]),
        order=DayOrder(chosen or guessed) if is_date else None,
        is_certain=bool(chosen) or bool(is_certain),
    )
