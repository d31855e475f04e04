"""How far the papers of cases are."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.terms import ItemStatus
from db.models.cases import CaseItem


def papers_settled(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return for each case how many required items are settled, and how many there are."""
    is_settled = CaseItem.status.in_((ItemStatus.ACCEPTED, ItemStatus.SEEN_ON_PAPER))
    rows = session.execute(
        sa.select(
            CaseItem.case_id,
            sa.func.sum(sa.case((is_settled, 1), else_=0)),
            sa.func.count(),
        )
        .where(CaseItem.case_id.in_(case_ids), CaseItem.is_required)
        .group_by(CaseItem.case_id)
        .order_by(CaseItem.case_id)
    )
    counted = {case_id: (int(settled), required) for case_id, settled, required in rows}
    return {case_id: counted.get(case_id, (0, 0)) for case_id in case_ids}
