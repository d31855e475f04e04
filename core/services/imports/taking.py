"""Taking the good rows of a checked file over into the register, in committed chunks."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import Actor
from core.rules.names import fold
from core.services import audit
from core.services.duplicates import note_not_the_same
from core.services.follow_ups import CaseChanges, follow_up_all
from core.services.imports.acting import acting
from core.services.imports.changing import Update
from core.services.imports.checking import answer_for, count_rows, fault_to_json
from core.services.imports.forms import Values, from_json, student_form, to_json
from core.services.imports.judging import Verdict, judge
from core.services.imports.known import KnownPeople
from core.services.imports.reading import RowFault
from core.services.jobs import ClaimedJob, advance
from core.services.newcomers import add_students
from core.services.person_forms import StudentForm
from core.terms import ImportAction, ImportField, ImportStatus
from db.engine import give_way, reading, writing
from db.models.access import Faculty
from db.models.cases import Case
from db.models.imports import ImportBatch, ImportHeading, ImportRow
from db.models.relations import Agent

#: How many rows one transaction takes over; writers wait no longer than that takes.
CHUNK = 250

#: Chunks that met a passport registered at the same moment, before something else must be wrong.
_MOST_CLASHES = 20

_TAKEN = (ImportAction.NEW, ImportAction.UPDATE)


def take_batch(job: ClaimedJob) -> None:
    """Take over the good rows of the job's batch, after those that are done already.

    A row that became wrong since the check turns into an error with its reason.
    """
    batch_id, actor = int(job.payload["batch_id"]), acting(job)
    with reading() as session:
        total = _count(session, batch_id)
    done, goes_on, clashes = job.done, True, 0
    while goes_on:
        try:
            done, goes_on = _take_chunk(job, actor, batch_id, done=done, total=total)
        except IntegrityError:
            # Somebody registered one of the passports while this chunk was on its way; the next
            # look finds him.
            clashes += 1
            if clashes > _MOST_CLASHES:
                raise
        give_way()


def _take_chunk(
    job: ClaimedJob, actor: Actor, batch_id: int, *, done: int, total: int
) -> tuple[int, bool]:
    """Take over one chunk in its own transaction; return how many are done, and if to go on."""
    with writing() as session:
        batch = session.get_one(ImportBatch, batch_id)
        rows = _next_rows(session, batch_id)
        _take_rows(session, actor, batch, rows)
        done += len(rows)
        if not advance(session, job.job_id, cursor=done, done=done, total=total):
            session.rollback()
            return done, False
        if not rows:
            _finish(session, actor, batch)
    return done, bool(rows)


def _count(session: Session, batch_id: int) -> int:
    counted = sa.select(sa.func.count()).select_from(ImportRow)
    return session.scalar(counted.where(*_good_rows(batch_id))) or 0


def _good_rows(batch_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (ImportRow.batch_id == batch_id, ImportRow.action.in_(_TAKEN))


def _next_rows(session: Session, batch_id: int) -> Sequence[ImportRow]:
    return session.scalars(
        sa.select(ImportRow)
        .where(*_good_rows(batch_id), ImportRow.is_done.is_(False))
        .order_by(ImportRow.row_number)
        .limit(CHUNK)
    ).all()


def _take_rows(
    session: Session, actor: Actor, batch: ImportBatch, rows: Sequence[ImportRow]
) -> None:
    headings = _headings_by_field(batch)
    values = {row.id: from_json(row.values) for row in rows}
    people = KnownPeople(session, list(values.values()))
    today = clock.today(settings.current().time_zone)
    unknown_places = _unknown_places(session, headings)
    newcomers: list[tuple[ImportRow, Verdict, StudentForm]] = []
    updates: list[tuple[ImportRow, Update]] = []
    for row in rows:
        verdict = judge(
            values[row.id],
            people,
            today=today,
            namesakes=answer_for(batch, row.row_number),
            heading=lambda name: headings.get(name, ""),
        )
        form = student_form(values[row.id])
        faults = verdict.faults or _overtaken(row, verdict, headings) or unknown_places(form)
        if faults:
            row.action, row.faults = ImportAction.ERROR, [fault_to_json(each) for each in faults]
        elif verdict.known is None:
            newcomers.append((row, verdict, form))
        elif verdict.action is ImportAction.SAME:
            row.action = ImportAction.SAME
        else:
            updates.append((row, _update_of(session, actor, verdict, values[row.id], today)))
    _take_newcomers(session, actor, newcomers)
    _take_updates(session, actor, updates)
    session.flush()


def _take_newcomers(
    session: Session, actor: Actor, newcomers: Sequence[tuple[ImportRow, Verdict, StudentForm]]
) -> None:
    added = add_students(session, actor, [form for _row, _verdict, form in newcomers])
    for (row, verdict, _form), person in zip(newcomers, added, strict=True):
        if verdict.namesake is not None:
            note_not_the_same(session, actor, person.id, verdict.namesake.person.id)
        row.person_id, row.person_version, row.is_done = person.id, person.version, True


def _update_of(
    session: Session, actor: Actor, verdict: Verdict, values: Values, today: date
) -> Update:
    assert verdict.known is not None  # noqa: S101 - what is judged an update is about somebody
    return Update(
        session=session,
        actor=actor,
        known=verdict.known,
        values=values,
        changes=verdict.changes,
        today=today,
    )


def _take_updates(
    session: Session, actor: Actor, updates: Sequence[tuple[ImportRow, Update]]
) -> None:
    for _row, update in updates:
        update.apply()
    followed = follow_up_all(session, actor, {update.known.person.id for _row, update in updates})
    for row, update in updates:
        person = update.known.person
        row.before = {
            **(row.before or {}),
            **update.journal.to_json(),
            **_cases_to_json(session, followed.get(person.id, CaseChanges()), update.ended),
        }
        row.person_id, row.person_version, row.is_done = person.id, person.version, True
    audit.record_all(session, actor, [_audit_entry(row, update) for row, update in updates])


def _cases_to_json(session: Session, changes: CaseChanges, ended: list[int]) -> dict[str, Any]:
    ids = [*ended, *changes.closed]
    closed = [[case_id, session.get_one(Case, case_id).version] for case_id in ids]
    return {"opened": changes.opened, "closed": closed, "left": changes.left}


def _audit_entry(row: ImportRow, update: Update) -> audit.Entry:
    person_id = update.known.person.id
    before, after = (row.before or {}).get("said", {}), to_json(update.changes)
    return audit.Entry(
        action="person.change",
        subject_kind="person",
        subject_id=person_id,
        person_id=person_id,
        clear={"fields": sorted(after), "by": "import"},
        sealed={name: [before.get(name), value] for name, value in after.items()},
    )


def _overtaken(
    row: ImportRow, verdict: Verdict, headings: dict[ImportField, str]
) -> tuple[RowFault, ...]:
    """Return a fault where the row comes to something else than when the operator looked at it."""
    is_new, is_known = row.action is ImportAction.NEW, verdict.known is not None
    seen = (row.before or {}).get("said", {})
    is_as_seen = all(seen.get(name) == value for name, value in to_json(verdict.said).items())
    if is_new is not is_known and is_as_seen:
        return ()
    return (
        RowFault(
            column=headings.get(ImportField.PASSPORT_NUMBER, ""),
            value=str(row.values.get(ImportField.PASSPORT_NUMBER.value, "")),
            code="import.overtaken",
        ),
    )


def _unknown_places(
    session: Session, headings: dict[ImportField, str]
) -> Callable[[StudentForm], tuple[RowFault, ...]]:
    """Return the question for faculties and representatives of a form that are no more."""
    faculties = set(session.scalars(sa.select(Faculty.id).filter_by(is_active=True)))
    agents = set(session.scalars(sa.select(Agent.id)))

    def faults_of(form: StudentForm) -> tuple[RowFault, ...]:
        checks = (
            (form.faculty_id, faculties, ImportField.FACULTY, "faculty.missing"),
            (form.agent_id, agents, ImportField.AGENT, "agent.missing"),
        )
        return tuple(
            RowFault(column=headings.get(name, ""), value="", code=code)
            for given, known, name, code in checks
            if given is not None and given not in known
        )

    return faults_of


def _headings_by_field(batch: ImportBatch) -> dict[ImportField, str]:
    return {
        ImportField(name): batch.columns[int(place)]
        for place, name in batch.mapping.items()
        if name
    }


def _finish(session: Session, actor: Actor, batch: ImportBatch) -> None:
    count_rows(session, batch)
    batch.status, batch.committed_at = ImportStatus.COMMITTED, clock.utc_now()
    _remember_headings(session, batch)
    audit.record(
        session,
        actor,
        action="import.commit",
        subject_kind="import",
        subject_id=batch.id,
        clear={
            "new": batch.new_count,
            "updates": batch.update_count,
            "errors": batch.error_count,
        },
    )


def _remember_headings(session: Session, batch: ImportBatch) -> None:
    for place, heading in enumerate(batch.columns):
        key = fold(heading)[:200]
        if not key:
            continue
        row = session.get(ImportHeading, key)
        if row is None:
            row = ImportHeading(heading_key=key)
            session.add(row)
        row.field = batch.mapping.get(str(place)) or ""
        row.used_at = clock.utc_now()
