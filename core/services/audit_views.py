"""The audit log as the administrator reads it: who did what, without anything personal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.permissions import Actor, Permission
from core.services.audit import ChainReport, verify
from core.services.guard import requires
from core.services.page import PAGE_SIZE, Page
from core.terms import AuditOutcome
from db.engine import reading
from db.models.audit import AuditEntry


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """One entry; sealed values are not part of it."""

    sequence: int
    recorded_at: datetime
    actor_name: str
    action: str
    outcome: AuditOutcome
    subject: str
    clear: dict[str, Any]


@requires(Permission.READ_AUDIT)
def read_audit(
    actor: Actor,  # noqa: ARG001
    *,
    actor_name: str = "",
    action: str = "",
    page: int = 1,
) -> Page[AuditLine]:
    """Return a page of the log, the newest first; the filters are parts of the two texts."""
    conditions = [
        column.icontains(text.strip(), autoescape=True)
        for column, text in ((AuditEntry.actor_name, actor_name), (AuditEntry.action, action))
        if text.strip()
    ]
    with reading() as session:
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
    return Page(rows=tuple(_line(row) for row in rows), total=total or 0, number=page)


@requires(Permission.READ_AUDIT)
def verify_audit(actor: Actor) -> ChainReport:  # noqa: ARG001
    """Read the whole log and return every changed or missing row."""
    return verify()


def _line(row: AuditEntry) -> AuditLine:
    subject = row.subject_kind if row.subject_id is None else f"{row.subject_kind} {row.subject_id}"
    return AuditLine(
        sequence=row.sequence,
        recorded_at=row.recorded_at,
        actor_name=row.actor_name,
        action=row.action,
        outcome=row.outcome,
        subject=subject,
        clear=row.clear,
    )
