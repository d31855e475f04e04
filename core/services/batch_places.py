"""The places of cases in batches, and how a case leaves one.

Whoever changes a place holds its case first and the batch after it, so that of two answers to one
case one wins, and the last answer of all closes the batch.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError, NotFound
from core.permissions import Actor
from core.rules.steps import refuse_day
from core.services import audit
from core.services.house import today
from core.services.scope import held_cases
from core.services.versions import overtaken, touch
from core.terms import BatchAnswer
from db.models.batches import Batch, BatchCase
from db.models.cases import Case

#: Why cases stayed as they are, by case.
Stayed = dict[int, DomainError]


@dataclass(frozen=True, kw_only=True)
class Parting:
    """How a case leaves its batch: with the answer of the authority, or taken out for None."""

    answer: BatchAnswer | None
    on: date
    reference: str = ""
    reason: str = ""


def waiting_places(session: Session, *conditions: sa.ColumnElement[bool]) -> list[BatchCase]:
    """Return the places in which a case waits, those that fulfil ``conditions``."""
    return list(
        session.scalars(
            sa.select(BatchCase)
            .where(BatchCase.answer.is_(None), BatchCase.taken_out_at.is_(None), *conditions)
            .order_by(BatchCase.id)
        )
    )


def batches_of(session: Session, case_ids: Collection[int]) -> dict[int, int]:
    """Return for each case that waits in a batch the id of that batch."""
    places = waiting_places(session, BatchCase.case_id.in_(case_ids))
    return {place.case_id: place.batch_id for place in places}


def with_an_authority(session: Session, case_ids: Collection[int]) -> frozenset[int]:
    """Return which of the cases were submitted with a batch and have no answer yet."""
    places = waiting_places(
        session, BatchCase.case_id.in_(case_ids), BatchCase.step_before.is_not(None)
    )
    return frozenset(place.case_id for place in places)


def leave_batches(
    session: Session,
    actor: Actor,
    case_ids: Collection[int],
    parting: Parting,
    *,
    but_of: int | None = None,
) -> None:
    """Let the cases leave the batches they wait in, except ``but_of``, the batch they go with.

    A batch that was not submitted has no answer to give: the case is taken out of it.
    """
    places = [
        place
        for place in waiting_places(session, BatchCase.case_id.in_(case_ids))
        if place.batch_id != but_of
    ]
    settle(session, actor, [place for place in places if place.step_before is not None], parting)
    gathered = [place for place in places if place.step_before is None]
    settle(session, actor, gathered, Parting(answer=None, on=parting.on, reason=parting.reason))


def settle(session: Session, actor: Actor, places: Collection[BatchCase], parting: Parting) -> None:
    """Write down how the cases of ``places`` left; a batch nobody waits in any more is closed."""
    if not places:
        return
    batches = held_batches(session, {place.batch_id for place in places})
    for place in places:
        _part(place, actor, parting)
    session.flush()
    waiting = set(
        session.scalars(
            sa.select(BatchCase.batch_id)
            .where(
                BatchCase.batch_id.in_(batches),
                BatchCase.answer.is_(None),
                BatchCase.taken_out_at.is_(None),
            )
            .distinct()
            .order_by(BatchCase.batch_id)
        )
    )
    for batch in batches.values():
        touch(batch, actor)
        batch.closed_at = None if batch.id in waiting else clock.utc_now()
    left = {place.case_id: place.batch_id for place in places}
    record_places(session, actor, _deed(parting), left)


def wait_again(session: Session, actor: Actor, places: Collection[BatchCase]) -> None:
    """Let cases that are open again wait in ``places``, as if they had not left; batches go on.

    A batch that was submitted meanwhile without the case goes on without it.
    """
    batches = held_batches(session, {place.batch_id for place in places})
    back = [
        place
        for place in places
        if place.step_before is not None or batches[place.batch_id].submitted_on is None
    ]
    for place in back:
        place.answer = place.answered_on = place.answered_by = None
        place.taken_out_at = place.taken_out_by = None
        place.reference = place.reason = ""
    for batch_id in {place.batch_id for place in back}:
        touch(batches[batch_id], actor)
        batches[batch_id].closed_at = None
    session.flush()
    record_places(session, actor, "case.batch.in", {each.case_id: each.batch_id for each in back})


def known_batch(session: Session, batch_id: int) -> Batch:
    """Return the batch. Raises :class:`NotFound`."""
    batch = session.get(Batch, batch_id)
    if batch is None:
        raise NotFound
    return batch


def held_batches(session: Session, batch_ids: Collection[int]) -> dict[int, Batch]:
    """Return the batches, as they are now, held until the transaction ends."""
    rows = session.scalars(
        sa.select(Batch)
        .where(Batch.id.in_(batch_ids))
        .order_by(Batch.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {batch.id: batch for batch in rows}


def waiting_among(
    session: Session, actor: Actor, batch_id: int, seen: Mapping[int, int]
) -> tuple[dict[int, BatchCase], dict[int, Case], Stayed]:
    """Return the places of cases in the batch, those that wait there, held, and why others stay."""
    held = held_cases(session, actor, seen)
    conditions = BatchCase.batch_id == batch_id, BatchCase.case_id.in_(held)
    places = {place.case_id: place for place in waiting_places(session, *conditions)}
    stayed: Stayed = {}
    for case in held.values():
        conflict = overtaken(case, seen_version=seen[case.id])
        if conflict is not None:
            stayed[case.id] = conflict
        elif case.id not in places:
            stayed[case.id] = DomainError("batch.waits_no_more")
    cases = {case.id: case for case in held.values() if case.id not in stayed}
    return places, cases, stayed


def too_early(cases: Mapping[int, Case], day: date) -> Stayed:
    """Return which cases came to their step after ``day``, or that the day lies ahead."""
    found: Stayed = {}
    for case in cases.values():
        try:
            refuse_day(day, last_moved_on=case.moved_on, today=today())
        except DomainError as error:
            found[case.id] = error
    return found


def record_batch(
    session: Session, actor: Actor, batch: Batch, action: str, **clear: object
) -> None:
    """Write down that ``actor`` did ``action`` with the batch."""
    audit.record(
        session,
        actor,
        action=action,
        subject_kind="batch",
        subject_id=batch.id,
        clear={"kind": batch.kind.value, "step": batch.step, **clear},
    )


def record_places(session: Session, actor: Actor, action: str, batches: Mapping[int, int]) -> None:
    """Write down for the person of each case, with its batch, that ``actor`` did ``action``."""
    people = session.execute(
        sa.select(Case.id, Case.person_id).where(Case.id.in_(batches)).order_by(Case.id)
    )
    audit.record_all(
        session,
        actor,
        [
            audit.Entry(
                action=action,
                subject_kind="case",
                subject_id=case_id,
                person_id=person_id,
                clear={"batch": batches[case_id]},
            )
            for case_id, person_id in people
        ],
    )


def _part(place: BatchCase, actor: Actor, parting: Parting) -> None:
    if parting.answer is None:
        place.taken_out_at, place.taken_out_by = clock.utc_now(), actor.full_name
    else:
        place.answer, place.answered_on = parting.answer, parting.on
        place.answered_by, place.reference = actor.full_name, parting.reference
    place.reason = parting.reason


def _deed(parting: Parting) -> str:
    return f"case.batch.{parting.answer.value}" if parting.answer else "case.batch.out"
