"""What was done to a person's record, by whom and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.permissions import Actor, Permission
from core.services import audit
from core.services.guard import requires
from core.services.page import PAGE_SIZE, Page
from core.services.scope import visible_person
from core.terms import AuditOutcome
from db.engine import reading
from db.models.audit import AuditEntry

#: What was looked at and not changed.
VIEWS = ("person.view", "document.open")


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """One thing done: ``clear`` tells nothing personal, ``values`` what it was before and after.

    ``values`` is empty for whoever may not change people, and after the person's erasure.
    """

    sequence: int
    recorded_at: datetime
    actor_name: str
    action: str
    outcome: AuditOutcome
    clear: dict[str, Any]
    values: dict[str, Any]


@requires(Permission.READ_HISTORY)
def person_history(
    actor: Actor, person_id: int, *, with_views: bool = False, page: int = 1
) -> Page[HistoryLine]:
    """Return a page of what was done to a person's record, the newest first.

    Personal values are opened only for those who may change people. ``with_views`` tells who
    looked, too.
    """
    conditions = [AuditEntry.person_id == person_id]
    if not with_views:
        conditions.append(AuditEntry.action.not_in(VIEWS))
    opens = actor.can(Permission.EDIT_PEOPLE)
    with reading() as session:
        visible_person(session, actor, person_id)
        total = session.scalar(
            sa.select(sa.func.count()).select_from(AuditEntry).where(*conditions)
        )
        rows = session.scalars(
            sa.select(AuditEntry)
            .where(*conditions)
            .order_by(AuditEntry.sequence.desc())
            .offset((page - 1) * PAGE_SIZE)
            .limit(PAGE_SIZE)
        )
        lines = tuple(
            HistoryLine(
                sequence=row.sequence,
                recorded_at=row.recorded_at,
                actor_name=row.actor_name,
                action=row.action,
                outcome=row.outcome,
                clear=row.clear,
                values=audit.unsealed(session, row) if opens else {},
            )
            for row in rows
        )
    return Page(rows=lines, total=total or 0, number=page)
