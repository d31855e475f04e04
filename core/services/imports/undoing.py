"""Taking a whole file back out of the register, as long as nobody went on with its people."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
from core.permissions import Actor
from core.services import audit
from core.services.batch_places import leave_batches, wait_again
from core.services.cards import full_name
from core.services.case_rows import parting_by, reopen_row
from core.services.expiries import refresh_expiries
from core.services.follow_ups import follow_up_all
from core.services.imports.acting import acting
from core.services.imports.journal import take_back
from core.services.jobs import ClaimedJob, advance
from core.services.versions import touch
from core.terms import CaseOutcome, ClosedReason, ImportAction, ImportStatus
from db.engine import give_way, writing
from db.models.batches import BatchCase
from db.models.cases import Case, CaseItem, CasePayment, Deadline
from db.models.documents import Document
from db.models.imports import ImportBatch, ImportRow
from db.models.people import Passport, Person
from db.models.relations import PersonNote

#: How many rows one transaction takes back; writers wait no longer than that takes.
CHUNK = 250

#: How many of the people somebody went on with are named.
_MOST_NAMES = 10


def undo_batch(job: ClaimedJob) -> None:
    """Take back the rows of the job's batch in committed chunks, after those that are done.

    If somebody changed one of its people since it was asked for, the batch stays as it was; who is
    changed while the work goes on stays, and the rest of the batch can be undone later.
    """
    batch_id, actor = int(job.payload["batch_id"]), acting(job)
    cursor, done = job.cursor, job.done
    with writing() as session:
        total = done + _count(session, batch_id, after=cursor)
        if not done and _is_refused(session, batch_id):
            session.get_one(ImportBatch, batch_id).status = ImportStatus.COMMITTED
            return
    goes_on = True
    while goes_on:
        with writing() as session:
            rows = _next_rows(session, batch_id, after=cursor)
            _take_back(session, actor, batch_id, rows)
            cursor, done = (rows[-1].id if rows else cursor), done + len(rows)
            if not advance(session, job.job_id, cursor=cursor, done=done, total=total):
                session.rollback()
                return
            goes_on = bool(rows)
            if not goes_on:
                _finish(session, batch_id)
        give_way()


def _is_refused(session: Session, batch_id: int) -> bool:
    try:
        refuse_changed(session, batch_id)
    except DomainError:
        return True
    return False


def _take_back(session: Session, actor: Actor, batch_id: int, rows: Sequence[ImportRow]) -> None:
    changed = set(session.scalars(_changed(batch_id).with_only_columns(Person.id)))
    rows = [row for row in rows if row.person_id not in changed]
    if not rows:
        return
    newcomers = {row.person_id for row in rows if row.person_id and row.action is ImportAction.NEW}
    updates = [row for row in rows if row.action is ImportAction.UPDATE]
    _close_newcomers(session, actor, newcomers)
    _turn_back_cases(session, actor, [row.before or {} for row in updates])
    take_back(session, actor, [row.before for row in updates if row.before])
    follow_up_all(session, actor, {row.person_id for row in updates if row.person_id})
    for row in rows:
        row.is_done = False
    audit.record(
        session,
        actor,
        action="import.undo",
        subject_kind="import",
        subject_id=batch_id,
        clear={"people": [row.person_id for row in rows]},
    )


def _finish(session: Session, batch_id: int) -> None:
    batch = session.get_one(ImportBatch, batch_id)
    if _count(session, batch_id, after=0):
        batch.status = ImportStatus.COMMITTED
        return
    batch.status, batch.undone_at = ImportStatus.UNDONE, clock.utc_now()


def refuse_changed(session: Session, batch_id: int) -> None:
    """Raise ``import.changed_since`` (values ``count``, ``names``) if somebody was changed since.

    Papers delivered for a newcomer, steps of his cases, what was paid for them and notes about him
    count as changes.
    """
    changed = session.scalars(
        _changed(batch_id).order_by(Person.surname, Person.given_names, Person.id)
    ).all()
    if changed:
        names = tuple(full_name(person) for person in changed[:_MOST_NAMES])
        raise DomainError("import.changed_since", count=len(changed), names=names)


def _changed(batch_id: int) -> sa.Select[Any]:
    """Return the question for the people of a batch somebody went on with."""
    return (
        sa.select(Person)
        .join(ImportRow, ImportRow.person_id == Person.id)
        .where(
            ImportRow.batch_id == batch_id,
            ImportRow.is_done,
            sa.or_(Person.version != ImportRow.person_version, _has_gone_on()),
        )
    )


def _has_gone_on() -> sa.ColumnElement[bool]:
    of_person = Case.person_id == Person.id
    return sa.and_(
        ImportRow.action == ImportAction.NEW,
        sa.or_(
            sa.exists().where(Document.person_id == Person.id),
            sa.exists().where(PersonNote.person_id == Person.id, PersonNote.withdrawn_at.is_(None)),
            sa.exists().where(of_person, Case.version > 1),
            sa.exists().where(
                of_person, CasePayment.case_id == Case.id, CasePayment.withdrawn_at.is_(None)
            ),
            sa.exists().where(of_person, CaseItem.case_id == Case.id, CaseItem.version > 1),
        ),
    )


def _count(session: Session, batch_id: int, *, after: int) -> int:
    counted = sa.select(sa.func.count()).select_from(ImportRow)
    return session.scalar(counted.where(*_done(batch_id, after))) or 0


def _next_rows(session: Session, batch_id: int, *, after: int) -> Sequence[ImportRow]:
    return session.scalars(
        sa.select(ImportRow).where(*_done(batch_id, after)).order_by(ImportRow.id).limit(CHUNK)
    ).all()


def _done(batch_id: int, after: int) -> tuple[sa.ColumnElement[bool], ...]:
    return ImportRow.batch_id == batch_id, ImportRow.is_done.is_(True), ImportRow.id > after


def _turn_back_cases(session: Session, actor: Actor, journals: Sequence[Mapping[str, Any]]) -> None:
    """Close the cases that updates opened and open those they closed, unless somebody went on.

    Where somebody went on with a case that was opened, the one before it of its kind stays closed.
    One that is open again waits in the batch it waited in.
    """
    opened = [case_id for kept in journals for case_id in kept["opened"]]
    _withdraw(session, actor, sa.and_(Case.id.in_(opened), Case.version == 1))
    closed = {case_id: version for kept in journals for case_id, version in kept["closed"]}
    cases = sa.select(Case).where(Case.id.in_(closed.keys())).order_by(Case.id)
    reopened = []
    for case in session.scalars(cases).all():
        if case.version == closed[case.id] and not _has_open(session, case):
            reopen_row(session, case)
            touch(case, actor)
            reopened.append(case.id)
    session.flush()
    left = [place_id for kept in journals for place_id in kept.get("left", ())]
    places = sa.select(BatchCase).where(BatchCase.id.in_(left), BatchCase.case_id.in_(reopened))
    wait_again(session, actor, session.scalars(places.order_by(BatchCase.id)).all())


def _has_open(session: Session, like: Case) -> bool:
    """Return whether the person of ``like`` has an open case of its kind."""
    is_open = sa.exists().where(
        Case.person_id == like.person_id, Case.kind == like.kind, Case.closed_at.is_(None)
    )
    return session.scalar(sa.select(is_open)) or False


def _close_newcomers(session: Session, actor: Actor, newcomers: Collection[int]) -> None:
    """Close the people who came with the file; their passports and cases end with them."""
    now = clock.utc_now()
    changed = {"changed_by": actor.full_name, "changed_at": now}
    session.execute(
        sa.update(Person)
        .where(Person.id.in_(newcomers))
        .values(
            closed_at=now,
            closed_reason=ClosedReason.IMPORT_UNDONE,
            version=Person.version + 1,
            **changed,
        )
    )
    session.execute(
        sa.update(Passport)
        .where(Passport.person_id.in_(newcomers))
        .values(voided_at=now, is_current=False, version=Passport.version + 1, **changed)
    )
    _withdraw(session, actor, Case.person_id.in_(newcomers))
    refresh_expiries(session, newcomers)


def _withdraw(session: Session, actor: Actor, condition: sa.ColumnElement[bool]) -> None:
    ids = session.scalars(
        sa.select(Case.id)
        .where(condition, Case.closed_at.is_(None))
        .order_by(Case.id)
        .with_for_update(key_share=True)
    ).all()
    leave_batches(session, actor, ids, parting_by(CaseOutcome.WITHDRAWN))
    session.execute(
        sa.update(Case)
        .where(Case.id.in_(ids))
        .values(
            closed_at=clock.utc_now(),
            outcome=CaseOutcome.WITHDRAWN,
            waits_for=None,
            planned_until=None,
            version=Case.version + 1,
            changed_by=actor.full_name,
            changed_at=clock.utc_now(),
        )
    )
    session.execute(sa.update(Deadline).where(Deadline.case_id.in_(ids)).values(is_open=False))
