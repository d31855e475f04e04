"""Every scan of a person by kind, and the way in for one that no case asked for."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError
from core.permissions import Actor, Permission
from core.services.consequences import PHOTO
from core.services.documents import (
    add_version,
    deliver,
    keep_scan,
    last_version,
    locked_items,
)
from core.services.guard import requires
from core.services.names import Names
from core.services.person_records import held_person
from core.services.remembered import remembered
from core.services.scope import documents_in_scope, open_person, scope_key, visible_person
from db.engine import reading
from db.models.documents import Document
from db.models.reference import RequirementRow

#: The kind of document that a scan of the passport's page is.
PASSPORT = "passport"


@dataclass(frozen=True, kw_only=True)
class ScanView:
    """One version of a scan; ``is_openable`` says that the actor may look at its pages.

    ``valid_until`` is its last day, None where it does not run out or nobody has said.
    """

    document_id: int
    version_number: int
    file_name: str
    page_count: int
    preview_count: int
    uploaded_at: datetime
    uploaded_by: str
    valid_until: date | None
    is_openable: bool


@dataclass(frozen=True, kw_only=True)
class KindOfScans:
    """The scans of one kind, the newest first."""

    kind: str
    name: Names
    scans: tuple[ScanView, ...]


@requires(Permission.READ_PEOPLE)
def documents_of_person(actor: Actor, person_id: int) -> tuple[KindOfScans, ...]:
    """Return every scan of a person by kind. Raises :class:`NotFound` outside the scope."""
    with reading() as session:
        visible_person(session, actor, person_id)
        names = kind_names(session)
        rows = session.execute(
            sa.select(Document, documents_in_scope(actor))
            .where(Document.person_id == person_id)
            .order_by(Document.kind, Document.version_number.desc())
        )
        found: dict[str, list[ScanView]] = {}
        for document, is_open in rows:
            found.setdefault(document.kind, []).append(_view(document, is_open=bool(is_open)))
    return tuple(
        KindOfScans(
            kind=kind,
            name=names.get(kind, Names(en=kind, ru="", ky="")),
            scans=tuple(scans),
        )
        for kind, scans in found.items()
    )


@requires(Permission.OPEN_DOCUMENT)
def photo_of_person(actor: Actor, person_id: int) -> int | None:
    """Return the id of the newest photo that the actor may open, or None."""
    statement = (
        sa.select(Document.id)
        .where(
            Document.person_id == person_id,
            Document.kind == PHOTO,
            Document.wrapped_key.is_not(None),
            Document.preview_count > 0,
            documents_in_scope(actor),
        )
        .order_by(Document.version_number.desc())
    )
    with reading() as session:
        visible_person(session, actor, person_id)
        return remembered(
            session,
            ("photo", person_id, scope_key(actor), actor.user_id),
            lambda: session.scalars(statement).first(),
        )


@requires(Permission.EDIT_PEOPLE)
def document_kinds(actor: Actor) -> dict[str, Names]:  # noqa: ARG001
    """Return the kinds of document the house knows, by code, each with its name."""
    with reading() as session:
        return kind_names(session)


@requires(Permission.EDIT_PEOPLE)
def add_document(actor: Actor, person_id: int, *, kind: str, file_name: str, content: bytes) -> int:
    """Check and keep a scan of a person and return its id; open items of the kind are delivered.

    Raises the codes ``scan.…`` of the inspection, ``document.same`` for the very scan of before,
    ``document.kind.unknown`` and ``person.closed``.
    """
    with reading() as session:
        open_person(session, actor, person_id)
        if kind not in kind_names(session):
            raise DomainError("document.kind.unknown")
    return keep_scan(
        file_name=file_name,
        content=content,
        add=lambda session, document: _add(session, actor, person_id, kind, document),
    )


def _add(session: Session, actor: Actor, person_id: int, kind: str, document: Document) -> None:
    held_person(session, actor, person_id)
    served = locked_items(session, person_id, kind)
    last = last_version(session, person_id, kind)
    if last is not None and last.digest == document.digest:
        raise DomainError("document.same")
    add_version(session, actor, document, person_id=person_id, kind=kind)
    deliver(session, actor, document, served)


def kind_names(session: Session) -> dict[str, Names]:
    """Return the name of each kind of paper as the first requirement that asks for it has it."""
    rows = session.scalars(sa.select(RequirementRow).order_by(RequirementRow.id.desc()))
    return {
        row.document_kind: Names(en=row.name_en, ru=row.name_ru, ky=row.name_ky) for row in rows
    }


def _view(document: Document, *, is_open: bool) -> ScanView:
    return ScanView(
        document_id=document.id,
        version_number=document.version_number,
        file_name=document.file_name,
        page_count=document.page_count,
        preview_count=document.preview_count,
        uploaded_at=document.uploaded_at,
        uploaded_by=document.uploaded_by,
        valid_until=document.valid_until,
        is_openable=is_open and document.wrapped_key is not None,
    )
