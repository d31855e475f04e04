"""Taking a whole file back out of the register, as long as nobody went on with its people."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
from core.permissions import Actor
from core.services import audit
from core.services.cards import full_name
from core.services.consequences import follow_up
from core.services.imports.acting import acting
from core.services.imports.changing import take_back
from core.services.jobs import ClaimedJob, advance
from core.terms import CaseOutcome, ClosedReason, ImportAction, ImportStatus
from db.engine import writing
from db.models.cases import Case, CaseItem, Deadline
from db.models.documents import Document
from db.models.imports import ImportBatch, ImportRow
from db.models.people import Passport, Person

#: How many of the people somebody went on with are named.
_MOST_NAMES = 10


def undo_batch(job: ClaimedJob) -> None:
    """Take back every row of the job's batch in one transaction, or none of them.

    If somebody changed one of its people since it was asked for, the batch stays as it was.
    """
    batch_id, actor = int(job.payload["batch_id"]), acting(job)
    with writing() as session:
        batch = session.get_one(ImportBatch, batch_id)
        try:
            refuse_changed(session, batch_id)
        except DomainError:
            batch.status = ImportStatus.COMMITTED
            return
        rows = _rows(session, batch_id)
        _close_newcomers(session, actor, batch_id)
        for row in rows:
            if row.action is ImportAction.UPDATE and row.before is not None:
                take_back(session, actor, row.before)
                follow_up(session, actor, row.person_id or 0)
        batch.status, batch.undone_at = ImportStatus.UNDONE, clock.utc_now()
        audit.record(
            session,
            actor,
            action="import.undo",
            subject_kind="import",
            subject_id=batch_id,
            clear={"people": [row.person_id for row in rows]},
        )
        if not advance(session, job.job_id, cursor=1, done=len(rows), total=len(rows)):
            session.rollback()


def refuse_changed(session: Session, batch_id: int) -> None:
    """Raise ``import.changed_since`` (values ``count``, ``names``) if somebody was changed since.

    Papers delivered for a newcomer and steps of his cases count as changes.
    """
    changed = session.scalars(
        sa.select(Person)
        .join(ImportRow, ImportRow.person_id == Person.id)
        .where(
            ImportRow.batch_id == batch_id,
            ImportRow.is_done,
            sa.or_(Person.version != ImportRow.person_version, _has_gone_on()),
        )
        .order_by(Person.surname, Person.given_names, Person.id)
    ).all()
    if changed:
        names = tuple(full_name(person) for person in changed[:_MOST_NAMES])
        raise DomainError("import.changed_since", count=len(changed), names=names)


def _has_gone_on() -> sa.ColumnElement[bool]:
    of_person = Case.person_id == Person.id
    return sa.and_(
        ImportRow.action == ImportAction.NEW,
        sa.or_(
            sa.exists().where(Document.person_id == Person.id),
            sa.exists().where(of_person, Case.version > 1),
            sa.exists().where(of_person, CaseItem.case_id == Case.id, CaseItem.version > 1),
        ),
    )


def _rows(session: Session, batch_id: int) -> Sequence[ImportRow]:
    return session.scalars(
        sa.select(ImportRow)
        .where(ImportRow.batch_id == batch_id, ImportRow.is_done)
        .order_by(ImportRow.row_number)
    ).all()


def _close_newcomers(session: Session, actor: Actor, batch_id: int) -> None:
    """Close the people who came with the file; their passports and cases end with them."""
    now = clock.utc_now()
    newcomers = sa.select(ImportRow.person_id).where(
        ImportRow.batch_id == batch_id, ImportRow.is_done, ImportRow.action == ImportAction.NEW
    )
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
    session.execute(
        sa.update(Case)
        .where(Case.person_id.in_(newcomers), Case.closed_at.is_(None))
        .values(closed_at=now, outcome=CaseOutcome.WITHDRAWN, version=Case.version + 1, **changed)
    )
    session.execute(
        sa.update(Deadline).where(Deadline.person_id.in_(newcomers)).values(is_open=False)
    )
