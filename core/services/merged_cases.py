"""How a merge moves cases with their papers and dates, and the scans themselves."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor
from core.services.batch_places import with_an_authority
from core.services.cases import supersede_case
from core.services.versions import touch
from core.terms import CaseKind
from db.models.cases import Case, Deadline
from db.models.documents import Document
from db.models.people import Crossing


def move_cases(session: Session, actor: Actor, *, keep_id: int, drop_id: int) -> None:
    """Move the cases; of a kind that is open in both records, one is closed as superseded.

    The kept record's goes on; but the registration that goes on is that of the later entry, because
    each entry starts its own clock and the earlier one's is over, and of any other kind the one
    that an authority has before it with a batch.
    """
    kept, dropped = (_open_cases(session, person_id) for person_id in (keep_id, drop_id))
    for kind in sorted(set(kept) & set(dropped)):
        kept_gives_way = _gives_way(session, kept[kind], dropped[kind])
        supersede_case(session, actor, keep_id if kept_gives_way else drop_id, kind)
    for case in session.scalars(sa.select(Case).filter_by(person_id=drop_id).order_by(Case.id)):
        case.person_id = keep_id
        touch(case, actor)
    session.flush()
    session.execute(
        sa.update(Deadline).where(Deadline.person_id == drop_id).values(person_id=keep_id)
    )


def move_documents(session: Session, *, keep_id: int, drop_id: int) -> None:
    """Move the scans; of a kind that both records have, versions count on in order of delivery."""
    kinds = set()
    for document in _documents(session, drop_id):
        document.person_id = keep_id
        kinds.add(document.kind)
    session.flush()
    last: dict[str, int] = {}
    for document in _documents(session, keep_id):
        if document.kind in kinds:
            last[document.kind] = last.get(document.kind, 0) + 1
            document.version_number = last[document.kind]
    session.flush()


def _open_cases(session: Session, person_id: int) -> dict[CaseKind, Case]:
    rows = session.scalars(
        sa.select(Case).filter_by(person_id=person_id, closed_at=None).order_by(Case.id)
    )
    return {case.kind: case for case in rows}


def _gives_way(session: Session, kept: Case, dropped: Case) -> bool:
    if kept.kind is CaseKind.REGISTRATION:
        return _entered(session, dropped) > _entered(session, kept)
    return with_an_authority(session, {kept.id, dropped.id}) == {dropped.id}


def _entered(session: Session, case: Case) -> date:
    """Return the day of the entry the case answers; the earliest of days where there is none."""
    crossing = session.get(Crossing, case.crossing_id) if case.crossing_id else None
    return crossing.crossed_on if crossing else date.min


def _documents(session: Session, person_id: int) -> list[Document]:
    return list(
        session.scalars(
            sa.select(Document)
            .filter_by(person_id=person_id)
            .order_by(Document.uploaded_at, Document.id)
        )
    )
