"""What was done to a person's record, by whom and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor, Permission
from core.services import audit
from core.services.guard import requires
from core.services.merging import records_of
from core.services.names import Names
from core.services.page import PAGE_SIZE, Page
from core.services.person_documents import kind_names
from core.services.scope import visible_person
from core.terms import AuditOutcome, CaseKind
from db.engine import reading
from db.models.audit import AuditEntry
from db.models.cases import Case

#: What was looked at and not changed.
VIEWS = (
    "person.view",
    "person.compare",
    "document.open",
    "case.print_checklist",
    "case.batch.print",
)


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """One thing done: ``clear`` tells nothing personal, ``values`` what it was before and after.

    ``values`` is empty for whoever may not change people, and after the person's erasure.
    ``record_id`` is the record it was done to, the person's own or one merged into it;
    ``case_kind`` and ``paper`` say which case or paper it was about, if any.
    """

    sequence: int
    record_id: int
    recorded_at: datetime
    actor_name: str
    action: str
    outcome: AuditOutcome
    clear: dict[str, Any]
    values: dict[str, Any]
    case_kind: CaseKind | None
    paper: Names | None


@requires(Permission.READ_HISTORY)
def person_history(
    actor: Actor, person_id: int, *, with_views: bool = False, page: int = 1
) -> Page[HistoryLine]:
    """Return a page of what was done to a person's record, the newest first.

    What was done to records that were merged into it belongs to it. Personal values are opened
    only for those who may change people. ``with_views`` tells who looked, too.
    """
    with reading() as session:
        visible_person(session, actor, person_id)
        conditions = [AuditEntry.person_id.in_(records_of(session, person_id))]
        if not with_views:
            conditions.append(AuditEntry.action.not_in(VIEWS))
        total = session.scalar(
            sa.select(sa.func.count()).select_from(AuditEntry).where(*conditions)
        )
        rows = session.scalars(
            sa.select(AuditEntry)
            .where(*conditions)
            .order_by(AuditEntry.sequence.desc())
            .offset((page - 1) * PAGE_SIZE)
            .limit(PAGE_SIZE)
        ).all()
        lines = _lines(session, rows, opens=actor.can(Permission.EDIT_PEOPLE))
    return Page(rows=lines, total=total or 0, number=page)


def _lines(session: Session, rows: Sequence[AuditEntry], *, opens: bool) -> tuple[HistoryLine, ...]:
    kinds, papers = _case_kinds(session, rows), kind_names(session)
    return tuple(
        HistoryLine(
            sequence=row.sequence,
            record_id=row.person_id or 0,
            recorded_at=row.recorded_at,
            actor_name=row.actor_name,
            action=row.action,
            outcome=row.outcome,
            clear=row.clear,
            values=audit.unsealed(session, row) if opens else {},
            case_kind=kinds.get(_case_of(row) or 0),
            paper=papers.get(row.clear.get("kind") or row.clear.get("item") or ""),
        )
        for row in rows
    )


def _case_kinds(session: Session, rows: Sequence[AuditEntry]) -> dict[int, CaseKind]:
    ids = {_case_of(row) for row in rows} - {None}
    cases = session.execute(sa.select(Case.id, Case.kind).where(Case.id.in_(ids)).order_by(Case.id))
    return {row[0]: row[1] for row in cases}


def _case_of(row: AuditEntry) -> int | None:
    return row.subject_id if row.subject_kind == "case" else row.clear.get("case")
