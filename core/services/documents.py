"""Scans: delivered by a dean's office or the department, opened under audit by whoever may."""

import hashlib
import unicodedata
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, encryption, store
from core.errors import DomainError, NotFound, OutOfScope
from core.inspection.run import Inspected, inspect_scan
from core.permissions import Actor, Permission
from core.services import audit
from core.services.consequences import PHOTO, refresh_person
from core.services.expiries import refresh_expiries
from core.services.guard import requires
from core.services.scope import (
    documents_in_scope,
    people_in_scope,
    visible_item,
    visible_person,
)
from core.services.versions import touch
from core.terms import ItemStatus
from db.engine import reading, writing
from db.models.cases import Case, CaseItem
from db.models.documents import Document
from db.models.people import Person

_LONGEST_NAME = 120
_NEVER_IN_A_NAME = frozenset('/\\:*?"<>|')


@dataclass(frozen=True, kw_only=True)
class OpenedFile:
    """Bytes on their way to a browser."""

    file_name: str
    media_type: str
    content: bytes


@requires(Permission.UPLOAD_DOCUMENT)
def upload_document(actor: Actor, *, case_item_id: int, file_name: str, content: bytes) -> int:
    """Check and keep a scan for an item of a case, and return the document's id.

    Every open item of the person that asks for the same kind of document and is not yet accepted is
    delivered by it, so that one scan serves two cases. Raises the codes ``scan.…`` of
    :func:`inspect_scan`, ``document.same`` for the very scan delivered before, and ``case.closed``.
    """
    with reading() as session:
        visible_item(session, actor, case_item_id)
    return keep_scan(
        file_name=file_name,
        content=content,
        add=lambda session, document: _add(session, actor, case_item_id, document),
    )


def keep_scan(*, file_name: str, content: bytes, add: Callable[[Session, Document], None]) -> int:
    """Check a scan, store it sealed, let ``add`` say whose it is, and return its id.

    The one road of every scan into the house; raises the codes ``scan.…`` of :func:`inspect_scan`.
    """
    inspected = inspect_scan(content)
    key, name = encryption.new_key(), store.new_name()
    document = Document(
        file_name=_clean_name(file_name),
        media_type=inspected.media_type,
        size=len(inspected.content),
        page_count=inspected.page_count,
        preview_count=len(inspected.previews),
        digest=hashlib.sha256(content).hexdigest(),
        store_name=name,
        wrapped_key=encryption.wrap_key(key),
    )
    with ExitStack() as undo:
        undo.callback(_delete_stored, name, len(inspected.previews))
        _store_sealed(inspected, key, name)
        with writing() as session:
            add(session, document)
            # Whether a commit that failed took effect cannot be known here, and a document without
            # its bytes is lost, so from now on only the sweeper may decide.
            undo.pop_all()
    return document.id


@requires(Permission.OPEN_DOCUMENT)
def open_document(actor: Actor, document_id: int) -> OpenedFile:
    """Return a scan as it is kept; the view is audited. Raises :class:`NotFound`."""
    document, key = _authorised(actor, document_id, page=None)
    content = _opened(document, key, part=None)
    return OpenedFile(
        file_name=document.file_name, media_type=document.media_type.value, content=content
    )


@requires(Permission.OPEN_DOCUMENT)
def open_preview(actor: Actor, document_id: int, *, page: int) -> OpenedFile:
    """Return the picture of a page, counted from 1; the view is audited. Raises NotFound."""
    document, key = _authorised(actor, document_id, page=page)
    if not 1 <= page <= document.preview_count:
        raise NotFound
    content = _opened(document, key, part=page)
    return OpenedFile(file_name=f"{page}.png", media_type="image/png", content=content)


@requires(Permission.OPEN_DOCUMENT)
def openable_documents(actor: Actor, document_ids: Collection[int]) -> frozenset[int]:
    """Return those of ``document_ids`` that :func:`open_document` would give the actor."""
    statement = (
        sa.select(Document)
        .join(Person, Person.id == Document.person_id)
        .where(
            Document.id.in_(document_ids),
            Document.wrapped_key.is_not(None),
            people_in_scope(actor),
            documents_in_scope(actor),
        )
        .order_by(Document.id)
    )
    with reading() as session:
        return frozenset(document.id for document in session.scalars(statement))


def _add(session: Session, actor: Actor, case_item_id: int, document: Document) -> None:
    item = visible_item(session, actor, case_item_id)
    person_id = session.get_one(Case, item.case_id).person_id
    served = locked_items(session, person_id, item.document_kind, chosen=item)
    if item not in served:
        raise DomainError("case.closed")
    earlier = session.get(Document, item.document_id) if item.document_id else None
    if earlier is not None and earlier.digest == document.digest:
        raise DomainError("document.same")
    add_version(session, actor, document, person_id=person_id, kind=item.document_kind)
    deliver(session, actor, document, served, item_id=item.id)


def last_version(session: Session, person_id: int, kind: str) -> Document | None:
    """Return the newest scan of a kind, or None."""
    return session.scalars(
        sa.select(Document)
        .filter_by(person_id=person_id, kind=kind)
        .order_by(Document.version_number.desc())
    ).first()


def add_version(
    session: Session, actor: Actor, document: Document, *, person_id: int, kind: str
) -> None:
    """Add a stored scan as the newest version of its kind; the caller holds the person."""
    last = last_version(session, person_id, kind)
    document.person_id, document.kind = person_id, kind
    document.version_number = last.version_number + 1 if last else 1
    document.replaces_id = last.id if last else None
    document.uploaded_at, document.uploaded_by = clock.utc_now(), actor.full_name
    document.uploaded_by_id = actor.user_id
    session.add(document)
    session.flush()
    if kind == PHOTO:
        # A photo is a fact of the person, too: it leaves the list of what is missing.
        refresh_person(session, session.get_one(Person, person_id))
    if last is not None and last.valid_until is not None:
        # What it replaces runs out no more.
        refresh_expiries(session, [person_id])


def deliver(
    session: Session,
    actor: Actor,
    document: Document,
    served: Sequence[CaseItem],
    *,
    item_id: int | None = None,
) -> None:
    """Let ``document`` deliver the items it serves; ``item_id`` is the one it was meant for."""
    _deliver(served, actor, document)
    audit.record(
        session,
        actor,
        action="document.upload",
        subject_kind="document",
        subject_id=document.id,
        person_id=document.person_id,
        clear={"kind": document.kind, "version": document.version_number, "item": item_id},
    )


def locked_items(
    session: Session, person_id: int, kind: str, *, chosen: CaseItem | None = None
) -> Sequence[CaseItem]:
    """Return the items a new scan of ``kind`` serves, held until the transaction ends.

    An item that is settled stays as it is, unless it is the ``chosen`` one. They are read as they
    are now: without the lock a decision committed in between would be kept for a scan nobody has
    seen, and two uploads would give the same version number. SQLite has one writer and needs none.
    """
    session.scalars(
        sa.select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    ).one()
    settled = (ItemStatus.ACCEPTED, ItemStatus.SEEN_ON_PAPER)
    return session.scalars(
        sa.select(CaseItem)
        .join(Case, Case.id == CaseItem.case_id)
        .where(
            Case.person_id == person_id,
            Case.closed_at.is_(None),
            CaseItem.document_kind == kind,
            sa.or_(CaseItem.status.not_in(settled), CaseItem.id == (chosen.id if chosen else None)),
        )
        .order_by(CaseItem.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _deliver(items: Sequence[CaseItem], actor: Actor, document: Document) -> None:
    for item in items:
        item.document_id, item.status = document.id, ItemStatus.PENDING
        item.reason, item.decided_at, item.decided_by = "", None, None
        touch(item, actor)


def _authorised(actor: Actor, document_id: int, *, page: int | None) -> tuple[Document, bytes]:
    with writing() as session:
        document = session.get(Document, document_id)
        if document is None:
            raise NotFound
        visible_person(session, actor, document.person_id)
        open_to = sa.select(Document.id).where(
            Document.id == document_id, documents_in_scope(actor)
        )
        if session.scalar(open_to) is None:
            raise OutOfScope(subject_kind="document", subject_id=document_id)
        if document.wrapped_key is None:
            raise NotFound
        audit.record(
            session,
            actor,
            action="document.open",
            subject_kind="document",
            subject_id=document_id,
            person_id=document.person_id,
            clear={"kind": document.kind, "page": page},
        )
        return document, encryption.unwrap_key(document.wrapped_key)


def _store_sealed(inspected: Inspected, key: bytes, name: str) -> None:
    parts = {name: inspected.content} | {
        f"{name}.{number}": preview for number, preview in enumerate(inspected.previews, start=1)
    }
    for part, content in parts.items():
        store.opened().put(part, encryption.seal(key, content, context=part.encode()))


def _opened(document: Document, key: bytes, *, part: int | None) -> bytes:
    name = document.store_name if part is None else f"{document.store_name}.{part}"
    return encryption.open_sealed(key, store.opened().get(name), context=name.encode())


def _delete_stored(name: str, preview_count: int) -> None:
    for part in (name, *(f"{name}.{number}" for number in range(1, preview_count + 1))):
        store.opened().delete(part)


def _clean_name(file_name: str) -> str:
    """Return the last part of ``file_name`` without what could mislead a reader or a computer.

    Control characters are gone, those too that turn the direction of writing and so show another
    ending than the true one. The end is kept, because it says what the file is.
    """
    bare = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join("_" if _is_misleading(character) else character for character in bare)
    return clean.strip(" .")[-_LONGEST_NAME:] or "scan"


def _is_misleading(character: str) -> bool:
    return character in _NEVER_IN_A_NAME or unicodedata.category(character).startswith("C")
