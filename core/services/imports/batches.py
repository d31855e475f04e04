"""Files of people: received, laid out by headings, checked, taken over, and undone."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError, NotFound
from core.permissions import Actor, Permission
from core.rules.import_columns import DATE_FIELDS, guess_fields
from core.rules.import_values import text_of
from core.rules.names import fold
from core.services import audit
from core.services.guard import requires
from core.services.imports.judging import Namesakes
from core.services.imports.reading import date_orders
from core.services.imports.source import SAMPLES, Layout, cell_at, keep, lay_out, opened
from core.services.imports.undoing import refuse_changed
from core.services.jobs import enqueue
from core.services.page import PAGE_SIZE, Page
from core.services.versions import claim
from core.terms import DayOrder, ImportAction, ImportField, ImportStatus, JobKind, JobStatus
from db.engine import reading, writing
from db.models.imports import ImportBatch, ImportHeading, ImportRow
from db.models.jobs import Job

_RECENT = 20
_LONGEST_NAME = 200


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


@dataclass(frozen=True, kw_only=True)
class ImportChoices:
    """What the operator decides: the field of each column, and what holds for the whole file."""

    fields: Mapping[int, ImportField | None]
    orders: Mapping[int, DayOrder]
    faculty_id: int | None = None
    namesakes: Namesakes = Namesakes.ASK


_WORKING = (ImportStatus.CHECKING, ImportStatus.COMMITTING, ImportStatus.UNDOING)


@requires(Permission.EDIT_PEOPLE)
def receive_file(actor: Actor, *, file_name: str, content: bytes) -> int:
    """Keep a file of people and guess what its columns hold; return the id of the batch.

    Raises the codes ``table.…`` of :func:`inspect_table`, and ``import.no_people``.
    """
    layout = lay_out(content)
    name, wrapped = keep(content)
    with writing() as session:
        batch = ImportBatch(
            file_name=file_name.replace("\\", "/").rsplit("/", 1)[-1][-_LONGEST_NAME:],
            digest=hashlib.sha256(content).hexdigest(),
            store_name=name,
            wrapped_key=wrapped,
            status=ImportStatus.UPLOADED,
            options={},
            created_at=clock.utc_now(),
            created_by=actor.full_name,
            created_by_id=actor.user_id,
        )
        _put_layout(session, batch, layout)
        session.add(batch)
        session.flush()
        audit.record(
            session,
            actor,
            action="import.receive",
            subject_kind="import",
            subject_id=batch.id,
            clear={"rows": len(layout.rows), "columns": len(layout.headings)},
        )
        return batch.id


@requires(Permission.EDIT_PEOPLE)
def choose_sheet(
    actor: Actor, batch_id: int, *, sheet: str, header_row: int | None, version: int
) -> None:
    """Read another sheet of the file, or take another row for its headings."""
    with reading() as session:
        content = opened(_existing(session, batch_id))
    layout = lay_out(content, sheet=sheet, header_row=header_row)
    with writing() as session:
        batch = _unread(session, actor, batch_id, version)
        _put_layout(session, batch, layout)


@requires(Permission.EDIT_PEOPLE)
def start_check(actor: Actor, batch_id: int, choices: ImportChoices, *, version: int) -> None:
    """Begin the dry run under ``choices``.

    Raises ``import.field_twice`` (value ``field``) and ``import.no_name_column``.
    """
    chosen = [name for name in choices.fields.values() if name is not None]
    for name in chosen:
        if chosen.count(name) > 1:
            raise DomainError("import.field_twice", field=name)
    if not set(chosen) & _NAMES_SOMEBODY:
        raise DomainError("import.no_name_column")
    with writing() as session:
        batch = _unread(session, actor, batch_id, version)
        batch.mapping = {str(place): name or "" for place, name in choices.fields.items()}
        batch.options = {
            **batch.options,
            "orders": {str(place): order.value for place, order in choices.orders.items()},
            "faculty_id": choices.faculty_id,
            "namesakes": choices.namesakes.value,
        }
        _begin(session, actor, batch, ImportStatus.CHECKING, JobKind.IMPORT_CHECK)


@requires(Permission.EDIT_PEOPLE)
def start_commit(actor: Actor, batch_id: int, *, version: int) -> None:
    """Begin to take over the good rows of a checked file. Raises ``import.not_checked``."""
    with writing() as session:
        batch = _claimed(
            session,
            actor,
            batch_id,
            version,
            ready=(ImportStatus.CHECKED,),
            again=ImportStatus.COMMITTING,
            code="import.not_checked",
        )
        _begin(session, actor, batch, ImportStatus.COMMITTING, JobKind.IMPORT_COMMIT)


@requires(Permission.EDIT_PEOPLE)
def start_undo(actor: Actor, batch_id: int, *, version: int) -> None:
    """Begin to take a whole file back out.

    Raises ``import.not_committed``, and ``import.changed_since`` (values ``count``, ``names``).
    """
    with writing() as session:
        batch = _claimed(
            session,
            actor,
            batch_id,
            version,
            ready=(ImportStatus.COMMITTED,),
            again=ImportStatus.UNDOING,
            code="import.not_committed",
        )
        refuse_changed(session, batch_id)
        _begin(session, actor, batch, ImportStatus.UNDOING, JobKind.IMPORT_UNDO)


@requires(Permission.EDIT_PEOPLE)
def batch_view(actor: Actor, batch_id: int) -> BatchView:  # noqa: ARG001
    """Return a file as it stands. Raises :class:`NotFound`."""
    with reading() as session:
        batch = _existing(session, batch_id)
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
        batch = _existing(session, batch_id)
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


#: Without one of these nobody is named, neither a newcomer nor somebody known.
_NAMES_SOMEBODY = frozenset(
    {
        ImportField.SURNAME,
        ImportField.GIVEN_NAMES,
        ImportField.FULL_NAME,
        ImportField.PASSPORT_NUMBER,
    }
)


def _existing(session: Session, batch_id: int) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound
    return batch


def _claimed(
    session: Session,
    actor: Actor,
    batch_id: int,
    version: int,
    *,
    ready: Collection[ImportStatus],
    again: ImportStatus,
    code: str,
) -> ImportBatch:
    """Take a batch for a change: one that is ``ready``, or whose work ``again`` had failed.

    Raises ``code`` for any other, and :class:`Conflict`.
    """
    batch = _existing(session, batch_id)
    claim(session, batch, actor, seen_version=version)
    job = session.get(Job, batch.job_id) if batch.job_id else None
    if batch.status not in ready and not (batch.status is again and _has_failed(job)):
        raise DomainError(code)
    return batch


def _unread(session: Session, actor: Actor, batch_id: int, version: int) -> ImportBatch:
    return _claimed(
        session,
        actor,
        batch_id,
        version,
        ready=(ImportStatus.UPLOADED, ImportStatus.CHECKED),
        again=ImportStatus.CHECKING,
        code="import.busy",
    )


def _begin(
    session: Session, actor: Actor, batch: ImportBatch, status: ImportStatus, kind: JobKind
) -> None:
    batch.status = status
    payload = {"batch_id": batch.id, "username": actor.username}
    batch.job_id = enqueue(session, actor, kind, payload)


def _put_layout(session: Session, batch: ImportBatch, layout: Layout) -> None:
    remembered = {
        row.heading_key: row.field
        for row in session.scalars(
            sa.select(ImportHeading)
            .where(ImportHeading.heading_key.in_([fold(name)[:200] for name in layout.headings]))
            .order_by(ImportHeading.heading_key)
        )
    }
    fields = guess_fields(layout.headings, remembered)
    batch.sheet, batch.header_row = layout.sheet, layout.header_row
    batch.columns = list(layout.headings)
    batch.mapping = {str(place): name or "" for place, name in enumerate(fields)}
    batch.status = ImportStatus.UPLOADED
    batch.options = {
        "sheets": list(layout.sheets),
        "notices": [[code, dict(values)] for code, values in layout.notices],
        "samples": [
            [_shown(cell_at(row, place)) for row in layout.rows[:SAMPLES]]
            for place in range(len(layout.headings))
        ],
    }
    batch.options["guesses"] = _guesses(batch, layout)


def _guesses(batch: ImportBatch, layout: Layout) -> dict[str, list[Any]]:
    """Return for each column how its dates would be read, whatever it is taken for now."""
    everything = ImportBatch(
        options={},
        mapping={str(place): next(iter(DATE_FIELDS)) for place in range(len(batch.columns))},
    )
    return {
        str(place): [guess.order.value, guess.is_certain]
        for place, guess in date_orders(everything, layout).items()
    }


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else text_of(cell)


def _has_failed(job: Job | None) -> bool:
    return job is not None and job.status is JobStatus.FAILED


def _view(batch: ImportBatch, job: Job | None) -> BatchView:
    options = batch.options
    has_failed = batch.status in _WORKING and _has_failed(job)
    return BatchView(
        batch_id=batch.id,
        version=batch.version,
        file_name=batch.file_name,
        status=ImportStatus.FAILED if has_failed else batch.status,
        failed_at=batch.status if has_failed else None,
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
