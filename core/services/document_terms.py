"""Until what day a scan holds: an insurance, a certificate, whatever runs out by itself."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError, NotFound
from core.permissions import Actor, Permission
from core.services.expiries import refresh_expiries
from core.services.guard import requires
from core.services.house import today
from core.services.person_records import record
from core.services.scope import editable_person
from db.engine import writing
from db.models.documents import Document

#: A last day further away than this many years is a slip of the finger.
_FURTHEST_YEARS = 20


@requires(Permission.DECIDE_DOCUMENT)
def set_last_day(actor: Actor, document_id: int, *, valid_until: date | None) -> None:
    """Say until what day a scan holds, inclusive, or with None that it does not run out.

    Raises :class:`NotFound`, ``person.closed``, ``document.replaced`` where a newer version has
    come, and ``document.last_day.out_of_range``.
    """
    with writing() as session:
        document = session.get(Document, document_id)
        if document is None:
            raise NotFound
        editable_person(session, actor, document.person_id)
        note_last_day(session, actor, document, valid_until)


def note_last_day(
    session: Session, actor: Actor, document: Document, valid_until: date | None
) -> None:
    """Write the last day of a scan down in the caller's transaction; raises as above."""
    if valid_until is not None and abs(valid_until.year - today().year) > _FURTHEST_YEARS:
        raise DomainError("document.last_day.out_of_range", years=_FURTHEST_YEARS)
    newer = sa.select(Document.id).filter_by(replaces_id=document.id)
    if session.scalar(sa.select(newer.exists())):
        raise DomainError("document.replaced")
    if document.valid_until == valid_until:
        return
    before, document.valid_until = document.valid_until, valid_until
    refresh_expiries(session, [document.person_id])
    record(
        session,
        actor,
        "document.last_day",
        document,
        {"valid_until": [before, valid_until]},
        kind=document.kind,
        version=document.version_number,
    )
