"""Scans: delivered by a dean's office or the department, opened under audit by whoever may."""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, encryption, store
from core.errors import DomainError, NotFound, OutOfScope
from core.inspection.run import Inspected, inspect_scan
from core.permissions import Actor, Permission
from core.services import audit
from core.services.guard import requires
from core.services.scope import visible_item, visible_person
from core.services.versions import touch
from core.terms import ItemStatus
from db.engine import reading, writing
from db.models.access import UserFaculty
from db.models.cases import Case, CaseItem
from db.models.documents import Document

#: A stored file no row names, older than this, was left by a process that died between the two.
ORPHAN_AGE = timedelta(hours=1)

_LONGEST_NAME = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")


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
    inspected = inspect_scan(content)
    key, name = encryption.new_key(), store.new_name()
    _store_sealed(inspected, key, name)
    try:
        with writing() as session:
            return _add(
                session,
                actor,
                case_item_id,
                Document(
                    file_name=_clean_name(file_name),
                    media_type=inspected.media_type,
                    size=len(inspected.content),
                    page_count=inspected.page_count,
                    preview_count=len(inspected.previews),
                    digest=hashlib.sha256(content).hexdigest(),
                    store_name=name,
                    wrapped_key=encryption.wrap_key(key),
                ),
            )
    except DomainError:
        _delete_stored(name, len(inspected.previews))
        raise


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


def sweep_orphans() -> int:
    """Delete stored files that no document names; return how many there were."""
    limit = (clock.utc_now() - ORPHAN_AGE).timestamp()
    old = [name for name, written_at in store.names() if written_at < limit]
    with reading() as session:
        known = set(session.scalars(sa.select(Document.store_name).order_by(Document.id)))
    orphans = [name for name in old if name.split(".")[0] not in known or name.endswith(".new")]
    for name in orphans:
        store.remove_file(name)
    return len(orphans)


def _add(session: Session, actor: Actor, case_item_id: int, document: Document) -> int:
    item = visible_item(session, actor, case_item_id)
    case = session.get_one(Case, item.case_id)
    if case.closed_at is not None:
        raise DomainError("case.closed")
    earlier = session.get(Document, item.document_id) if item.document_id else None
    if earlier is not None and earlier.digest == document.digest:
        raise DomainError("document.same")
    last = session.scalars(
        sa.select(Document)
        .filter_by(person_id=case.person_id, kind=item.document_kind)
        .order_by(Document.version_number.desc())
    ).first()
    document.person_id, document.kind = case.person_id, item.document_kind
    document.version_number = last.version_number + 1 if last else 1
    document.replaces_id = last.id if last else None
    document.uploaded_at, document.uploaded_by = clock.utc_now(), actor.full_name
    document.uploaded_by_id = actor.user_id
    session.add(document)
    session.flush()
    _deliver(session, actor, item, document)
    audit.record(
        session,
        actor,
        action="document.upload",
        subject_kind="document",
        subject_id=document.id,
        person_id=case.person_id,
        clear={"kind": document.kind, "version": document.version_number, "item": item.id},
    )
    return document.id


def _deliver(session: Session, actor: Actor, chosen: CaseItem, document: Document) -> None:
    settled = (ItemStatus.ACCEPTED, ItemStatus.SEEN_ON_PAPER)
    items = session.scalars(
        sa.select(CaseItem)
        .join(Case, Case.id == CaseItem.case_id)
        .where(
            Case.person_id == document.person_id,
            Case.closed_at.is_(None),
            CaseItem.document_kind == document.kind,
            sa.or_(CaseItem.status.not_in(settled), CaseItem.id == chosen.id),
        )
        .order_by(CaseItem.id)
    )
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
        if actor.is_bound_to_faculties and not _is_of_own_office(session, actor, document):
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


def _is_of_own_office(session: Session, actor: Actor, document: Document) -> bool:
    """Return whether the scan was delivered by the actor, or by an office sharing a faculty."""
    if document.uploaded_by_id == actor.user_id:
        return True
    shared = sa.select(UserFaculty.user_id).where(
        UserFaculty.user_id == document.uploaded_by_id,
        UserFaculty.faculty_id.in_(actor.faculty_ids),
    )
    return session.scalar(sa.select(shared.exists())) or False


def _store_sealed(inspected: Inspected, key: bytes, name: str) -> None:
    parts = {name: inspected.content} | {
        f"{name}.{number}": preview for number, preview in enumerate(inspected.previews, start=1)
    }
    for part, content in parts.items():
        store.put(part, encryption.seal(key, content, context=part.encode()))


def _opened(document: Document, key: bytes, *, part: int | None) -> bytes:
    name = document.store_name if part is None else f"{document.store_name}.{part}"
    return encryption.open_sealed(key, store.get(name), context=name.encode())


def _delete_stored(name: str, preview_count: int) -> None:
    for part in (name, *(f"{name}.{number}" for number in range(1, preview_count + 1))):
        store.delete(part)


def _clean_name(file_name: str) -> str:
    bare = _CONTROL.sub("_", file_name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    return bare[-_LONGEST_NAME:] or "scan"
