"""Batches of the demonstration: one gathered for SCNB, one submitted to DCS with some answers.

Called by the loader of the demonstration only.
"""

from collections.abc import Sequence
from datetime import date

from core.permissions import SYSTEM_ACTOR
from core.rules.steps import MoveFacts
from core.services.batch_answers import Reply, record_answers
from core.services.batch_gathering import gather
from core.services.batch_views import batch_view
from core.services.batches import submit_batch
from core.services.board import cases_in_step
from core.services.case_moves import move_cases
from core.services.case_views import case_view
from core.services.decisions import mark_seen_on_paper
from core.terms import BatchAnswer, CaseKind

_KIND = CaseKind.STUDY_VISA_EXTENSION

#: How many cases go to each authority, and how many complete ones are left to be gathered.
_TO_SCNB, _TO_DCS, _LEFT = 6, 8, 4


def add_batches(today: date) -> None:
    """Complete some extensions, gather most of them and submit one of the batches."""
    lines = cases_in_step(SYSTEM_ACTOR, _KIND, "dean").rows[: _TO_SCNB + _TO_DCS + _LEFT]
    ids = [line.case_id for line in lines]
    for case_id in ids:
        _complete(case_id)
    _move(ids, "department", MoveFacts(moved_on=today, reason="demonstration"))
    to_dcs, to_scnb = ids[:_TO_DCS], ids[_TO_DCS : _TO_DCS + _TO_SCNB]
    _move(to_dcs, "scnb", MoveFacts(moved_on=today, reference="D-17/26"))
    gather(SYSTEM_ACTOR, _KIND, "scnb", _versions(to_scnb), name="Demonstration: next week")
    batch_id = gather(SYSTEM_ACTOR, _KIND, "dcs", _versions(to_dcs)).batch_id
    known = MoveFacts(moved_on=today, reference="D-2026/15")
    version = batch_view(SYSTEM_ACTOR, batch_id).line.version
    submit_batch(SYSTEM_ACTOR, batch_id, known, version=version)
    approved, returned = to_dcs[:2], to_dcs[2:3]
    _answer(
        batch_id,
        approved,
        Reply(answer=BatchAnswer.APPROVED, answered_on=today, reference="D-77"),
    )
    reason = "Demonstration: the photo has a grey background"
    _answer(
        batch_id,
        returned,
        Reply(answer=BatchAnswer.RETURNED, answered_on=today, reason=reason),
    )


def _complete(case_id: int) -> None:
    for item in case_view(SYSTEM_ACTOR, case_id).required_items:
        mark_seen_on_paper(SYSTEM_ACTOR, item.case_item_id, version=item.version)


def _move(case_ids: Sequence[int], after: str, known: MoveFacts) -> None:
    move_cases(SYSTEM_ACTOR, _versions(case_ids), after, known)


def _answer(batch_id: int, case_ids: Sequence[int], reply: Reply) -> None:
    record_answers(SYSTEM_ACTOR, batch_id, _versions(case_ids), reply)


def _versions(case_ids: Sequence[int]) -> dict[int, int]:
    return {case_id: case_view(SYSTEM_ACTOR, case_id).version for case_id in case_ids}
