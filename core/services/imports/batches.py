"""Files of people: received, laid out by headings, checked, taken over, and undone."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
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
from core.services.imports.views import existing_batch, has_failed
from core.services.jobs import enqueue
from core.services.versions import claim
from core.terms import DayOrder, ImportField, ImportStatus, JobKind
from db.engine import reading, writing
from db.models.imports import ImportBatch, ImportHeading
from db.models.jobs import Job

_LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class ImportChoices:
    """What the operator decides: the field of each column, and what holds for the whole file."""

    fields: Mapping[int, ImportField | None]
    orders: Mapping[int, DayOrder]
    faculty_id: int | None = None
    namesakes: Namesakes = Namesakes.ASK


#: Without one of these nobody is named, neither a newcomer nor somebody known.
_NAMES_SOMEBODY = frozenset(
    {
        ImportField.SURNAME,
        ImportField.GIVEN_NAMES,
        ImportField.FULL_NAME,
        ImportField.PASSPORT_NUMBER,
    }
)


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
        content = opened(existing_batch(session, batch_id))
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
def answer_namesakes(
    actor: Actor,
    batch_id: int,
    answers: Mapping[int, Namesakes],
    *,
    others: Namesakes,
    version: int,
) -> None:
    """Note by row whether it is about its namesake, and begin the dry run under the answers.

    ``others`` holds for every row without an answer of its own.
    """
    with writing() as session:
        batch = _unread(session, actor, batch_id, version)
        given = batch.options.get("answers", {}) | {
            str(row): answer.value for row, answer in answers.items()
        }
        batch.options = {
            **batch.options,
            "answers": {row: answer for row, answer in given.items() if answer != Namesakes.ASK},
            "namesakes": others.value,
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
    batch = existing_batch(session, batch_id)
    claim(session, batch, actor, seen_version=version)
    job = session.get(Job, batch.job_id) if batch.job_id else None
    if batch.status not in ready and not (batch.status is again and has_failed(job)):
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
    return "" if cell is None else text_of(cell)
