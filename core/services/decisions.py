"""The office's decisions about delivered papers, and the queue of those that wait for one."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from core import clock
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.services import audit
from core.services.cards import full_name
from core.services.document_terms import note_last_day
from core.services.guard import requires
from core.services.names import Names
from core.services.page import PAGE_SIZE, Page
from core.services.scope import editable_person, visible_item
from core.services.versions import claim
from core.terms import CaseKind, ItemStatus
from db.engine import reading, writing
from db.models.cases import Case, CaseItem
from db.models.documents import Document
from db.models.people import Enrolment, Person

LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class QueueLine:
    """A delivered paper that waits for a decision."""

    case_item_id: int
    version: int
    case_id: int
    case_kind: CaseKind
    person_id: int
    person_name: str
    faculty_id: int | None
    item_name: Names
    document_id: int
    file_name: str
    page_count: int
    preview_count: int
    version_number: int
    uploaded_at: datetime
    uploaded_by: str


@requires(Permission.DECIDE_DOCUMENT)
def office_queue(
    actor: Actor,  # noqa: ARG001
    *,
    page: int = 1,
    faculty_id: int | None = None,
) -> Page[QueueLine]:
    """Return a page of the papers that wait for a decision, the oldest delivery first.

    A page beyond the last, as the last decision on it leaves behind, is the last one.
    """
    waiting = _waiting()
    if faculty_id is not None:
        waiting = waiting.where(Enrolment.faculty_id == faculty_id)
    with reading() as session:
        counted = waiting.with_only_columns(CaseItem.id).subquery()
        total = session.scalar(sa.select(sa.func.count()).select_from(counted)) or 0
        number = min(page, max(1, -(-total // PAGE_SIZE)))
        rows = session.execute(
            waiting.order_by(Document.uploaded_at, CaseItem.id)
            .offset((number - 1) * PAGE_SIZE)
            .limit(PAGE_SIZE)
        ).all()
    return Page(rows=tuple(_line(*row) for row in rows), total=total, number=number)


@requires(Permission.DECIDE_DOCUMENT)
def waiting_item(actor: Actor, case_item_id: int) -> QueueLine | None:  # noqa: ARG001
    """Return one paper of the queue, or None when it waits no longer."""
    with reading() as session:
        row = session.execute(_waiting().where(CaseItem.id == case_item_id)).one_or_none()
    return None if row is None else _line(*row)


@requires(Permission.DECIDE_DOCUMENT)
def accept_item(
    actor: Actor, case_item_id: int, *, version: int, valid_until: date | None = None
) -> None:
    """Accept the scan delivered for an item, and say until what day it holds, if it runs out.

    Raises ``document.none`` where none was delivered, and as
    :func:`core.services.document_terms.set_last_day` where a day is given.
    """
    with writing() as session:
        item = visible_item(session, actor, case_item_id)
        if valid_until is not None:
            # Before the item, in the order in which whoever delivers holds the two.
            editable_person(session, actor, session.get_one(Case, item.case_id).person_id)
        _decide(session, actor, item, ItemStatus.ACCEPTED, version=version)
        if valid_until is not None:
            document = session.get_one(Document, item.document_id)
            note_last_day(session, actor, document, valid_until)


@requires(Permission.DECIDE_DOCUMENT)
def reject_item(actor: Actor, case_item_id: int, *, reason: str, version: int) -> None:
    """Reject the scan delivered for an item, with the reason the dean's office will read.

    Raises ``document.reason_missing`` without one, ``document.none`` if nothing was delivered.
    """
    if not reason.strip():
        raise DomainError("document.reason_missing")
    cut = reason.strip()[:LONGEST_REASON]
    with writing() as session:
        item = visible_item(session, actor, case_item_id)
        _decide(session, actor, item, ItemStatus.REJECTED, reason=cut, version=version)


@requires(Permission.DECIDE_DOCUMENT)
def mark_seen_on_paper(actor: Actor, case_item_id: int, *, version: int) -> None:
    """Note that the paper itself was seen, by the actor, today; no scan is needed for that."""
    with writing() as session:
        item = visible_item(session, actor, case_item_id)
        _decide(session, actor, item, ItemStatus.SEEN_ON_PAPER, version=version)


@requires(Permission.DECIDE_DOCUMENT)
def reopen_item(actor: Actor, case_item_id: int, *, version: int) -> None:
    """Take a decision back: the item waits again, or is missing where nothing was delivered.

    Raises ``case.closed``, as every decision does.
    """
    with writing() as session:
        item = visible_item(session, actor, case_item_id)
        claim(session, item, actor, seen_version=version)
        _refuse_if_closed(session, item)
        item.status = ItemStatus.PENDING if item.document_id else ItemStatus.MISSING
        item.reason, item.decided_at, item.decided_by = "", None, None
        _record(session, actor, item)


def _decide(
    session: Session,
    actor: Actor,
    item: CaseItem,
    status: ItemStatus,
    *,
    reason: str = "",
    version: int,
) -> None:
    claim(session, item, actor, seen_version=version)
    _refuse_if_closed(session, item)
    if item.document_id is None and status is not ItemStatus.SEEN_ON_PAPER:
        raise DomainError("document.none")
    item.status, item.reason = status, reason
    item.decided_at, item.decided_by = clock.utc_now(), actor.full_name
    _record(session, actor, item)


def _refuse_if_closed(session: Session, item: CaseItem) -> None:
    if session.get_one(Case, item.case_id).closed_at is not None:
        raise DomainError("case.closed")


def _waiting() -> sa.Select[CaseItem, Case, Document, Person, int | None]:
    """Return the rows of the queue, in no order yet; the faculty may be None."""
    # Looked for by themselves first, or SQLite reads through every paper to find the few. Written
    # out: it takes the partial index only for a value it sees.
    pending = sa.literal(ItemStatus.PENDING, CaseItem.status.type, literal_execute=True)
    waiting = aliased(CaseItem)
    return (
        sa.select(CaseItem, Case, Document, Person, Enrolment.faculty_id)
        .join(Case, Case.id == CaseItem.case_id)
        .join(Document, Document.id == CaseItem.document_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current))
        .where(
            CaseItem.id.in_(sa.select(waiting.id).where(waiting.status == pending)),
            Case.closed_at.is_(None),
            Person.closed_at.is_(None),
        )
    )


def _record(session: Session, actor: Actor, item: CaseItem) -> None:
    person_id = session.get_one(Case, item.case_id).person_id
    audit.record(
        session,
        actor,
        action=f"item.{item.status.value}",
        subject_kind="case_item",
        subject_id=item.id,
        person_id=person_id,
        clear={"item": item.item_code, "case": item.case_id},
        sealed={"reason": item.reason} if item.reason else None,
    )


def _line(
    item: CaseItem, case: Case, document: Document, person: Person, faculty_id: int | None
) -> QueueLine:
    return QueueLine(
        case_item_id=item.id,
        version=item.version,
        case_id=case.id,
        case_kind=case.kind,
        person_id=person.id,
        person_name=full_name(person),
        faculty_id=faculty_id,
        item_name=Names(en=item.name_en, ru=item.name_ru, ky=item.name_ky),
        document_id=document.id,
        file_name=document.file_name,
        page_count=document.page_count,
        preview_count=document.preview_count,
        version_number=document.version_number,
        uploaded_at=document.uploaded_at,
        uploaded_by=document.uploaded_by,
    )
