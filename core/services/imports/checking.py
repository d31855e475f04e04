"""The dry run: every row read and judged, and nothing of it taken over."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.rules.names import fold
from core.services.imports.forms import Values, to_json
from core.services.imports.judging import Namesakes, Verdict, judge
from core.services.imports.known import KnownPeople
from core.services.imports.reading import ReadRow, RowFault, RowReader
from core.services.imports.source import Layout, lay_out, opened
from core.services.jobs import ClaimedJob, advance
from core.terms import ImportAction, ImportField, ImportStatus
from db.engine import give_way, reading, writing
from db.models.imports import ImportBatch, ImportRow

_F = ImportField

#: How many rows one transaction judges and keeps.
CHUNK = 500


def check_batch(job: ClaimedJob) -> None:
    """Judge every row of the job's batch; a killed check begins again from the first row."""
    batch_id = int(job.payload["batch_id"])
    with reading() as session:
        batch = session.get_one(ImportBatch, batch_id)
        content = opened(batch)
        layout = lay_out(content, sheet=batch.sheet, header_row=batch.header_row)
        reader = RowReader(session, batch, layout)
    rows = _read_all(reader, layout)
    seen: dict[int, int] = {}
    with writing() as session:
        session.execute(sa.delete(ImportRow).where(ImportRow.batch_id == batch_id))
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        with writing() as session:
            session.execute(sa.insert(ImportRow), _judged(session, batch, reader, chunk, seen))
            done = start + len(chunk)
            if not advance(session, job.job_id, cursor=done, done=done, total=len(rows)):
                session.rollback()
                return
        give_way()
    with writing() as session:
        batch = session.get_one(ImportBatch, batch_id)
        count_rows(session, batch)
        batch.status = ImportStatus.CHECKED


def count_rows(session: Session, batch: ImportBatch) -> None:
    """Write down how many rows of the batch come to what."""
    question = (
        sa.select(ImportRow.action, sa.func.count())
        .filter_by(batch_id=batch.id)
        .group_by(ImportRow.action)
        .order_by(ImportRow.action)
    )
    counted: dict[ImportAction, int] = dict(session.execute(question).all())
    batch.new_count = counted.get(ImportAction.NEW, 0)
    batch.update_count = counted.get(ImportAction.UPDATE, 0)
    batch.same_count = counted.get(ImportAction.SAME, 0)
    batch.error_count = counted.get(ImportAction.ERROR, 0)


def fault_to_json(fault: RowFault) -> dict[str, Any]:
    """Return a fault as it is kept with its row."""
    return {
        "column": fault.column,
        "value": fault.value,
        "code": fault.code,
        "values": {
            name: ", ".join(value) if isinstance(value, tuple) else value
            for name, value in fault.values.items()
        },
    }


def _read_all(reader: RowReader, layout: Layout) -> list[ReadRow]:
    """Return every row as read; one that repeats an earlier row's person is at fault."""
    rows: list[ReadRow] = []
    seen: dict[object, int] = {}
    for source in layout.rows:
        row = reader(source)
        if not row.values and not row.faults:
            # Only a running number, or a column nobody asked for.
            continue
        identity = _identity(row)
        if identity is not None and identity in seen and not row.faults:
            column, _place = reader.heading_of(_F.PASSPORT_NUMBER)
            fault = RowFault(
                column=column,
                value=str(row.values.get(_F.PASSPORT_NUMBER, "")),
                code="import.row_twice",
                values={"row": seen[identity]},
            )
            row = ReadRow(number=row.number, values=row.values, faults=(fault,))
        if identity is not None:
            seen.setdefault(identity, row.number)
        rows.append(row)
    return rows


def _identity(row: ReadRow) -> object:
    """Return by what two rows are of the same person; None where that cannot be told."""
    values = row.values
    if number := values.get(_F.PASSPORT_NUMBER):
        return number, values.get(_F.ISSUING_STATE) or values.get(_F.CITIZENSHIP)
    if birth_date := values.get(_F.BIRTH_DATE):
        return fold(f"{values.get(_F.SURNAME)} {values.get(_F.GIVEN_NAMES)}"), birth_date
    return None


def answer_for(batch: ImportBatch, row_number: int) -> Namesakes:
    """Return what the operator said of the namesake of a row, or else of all the others."""
    answers, for_all = batch.options.get("answers", {}), batch.options.get("namesakes")
    return Namesakes(answers.get(str(row_number)) or for_all or Namesakes.ASK)


def _judged(
    session: Session,
    batch: ImportBatch,
    reader: RowReader,
    rows: Sequence[ReadRow],
    seen: dict[int, int],
) -> list[dict[str, Any]]:
    """Return the rows as they are kept; ``seen`` remembers in which row a known person was met."""
    people = KnownPeople(session, [row.values for row in rows])
    today = clock.today(settings.current().time_zone)
    kept = []
    for row in rows:
        verdict = judge(
            row.values,
            people,
            today=today,
            namesakes=answer_for(batch, row.number),
            heading=lambda name: reader.heading_of(name)[0],
        )
        faults = row.faults or verdict.faults or _met_before(row, verdict, reader, seen)
        who = verdict.known or verdict.namesake
        kept.append(
            {
                "batch_id": batch.id,
                "row_number": row.number,
                "action": ImportAction.ERROR if faults else verdict.action,
                "values": to_json(_with_defaults(batch, row.values, verdict.action)),
                "faults": [fault_to_json(fault) for fault in faults],
                "person_id": who.person.id if who else None,
                "before": _difference(verdict) if verdict.changes else None,
                "is_done": False,
            }
        )
    return kept


def _difference(verdict: Verdict) -> dict[str, Any]:
    """Return which fields an update would write, and what the register says of them now."""
    changed = [name.value for name in ImportField if name in verdict.changes]
    return {"changed": changed, "said": to_json(verdict.said)}


def _met_before(
    row: ReadRow, verdict: Verdict, reader: RowReader, seen: dict[int, int]
) -> tuple[RowFault, ...]:
    """Return a fault where an earlier row is about the same person, by another passport perhaps."""
    if verdict.known is None:
        return ()
    first = seen.setdefault(verdict.known.person.id, row.number)
    if first == row.number:
        return ()
    column, _place = reader.heading_of(_F.PASSPORT_NUMBER)
    number = str(row.values.get(_F.PASSPORT_NUMBER, ""))
    return (RowFault(column=column, value=number, code="import.row_twice", values={"row": first}),)


def _with_defaults(
    batch: ImportBatch, values: Values, action: ImportAction
) -> dict[ImportField, Any]:
    """Return ``values`` with the faculty chosen for the whole file, where a newcomer has none."""
    given = dict(values)
    faculty_id = batch.options.get("faculty_id")
    if action is ImportAction.NEW and faculty_id is not None:
        given.setdefault(_F.FACULTY, faculty_id)
    return given
