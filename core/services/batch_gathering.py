"""Gathering cases into a batch for an authority: who can go, who cannot and why."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.batches import Candidate, authority_ahead, hindrance
from core.services.batch_places import (
    batches_of,
    held_batches,
    known_batch,
    record_batch,
    record_places,
)
from core.services.case_steps import step_names
from core.services.guard import requires
from core.services.names import Names, name_of
from core.services.rulebook import load_steps
from core.services.scope import held_cases, people_in_scope
from core.services.versions import overtaken, touch
from core.terms import CaseKind, ItemStatus, Party
from db.engine import reading, writing
from db.models.batches import Batch, BatchCase
from db.models.cases import Case, CaseItem

#: The longest name of a batch.
NAME_LENGTH = 200

#: A required paper in one of these states holds its case back.
_UNSETTLED = (ItemStatus.MISSING, ItemStatus.PENDING, ItemStatus.REJECTED)


@dataclass(frozen=True, kw_only=True)
class OpenBatch:
    """A batch that still takes in cases, and how many are in it."""

    batch_id: int
    name: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """What gathering would come to: the step of the authority, why some cannot go, and the batches
    that could take the others in.
    """

    step: str
    step_name: Names
    authority: Party
    refused: dict[int, DomainError]
    batches: tuple[OpenBatch, ...]


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """How many cases went into the batch ``batch_id``, and why those that stayed were refused."""

    batch_id: int
    count: int
    refused: dict[int, DomainError]


@requires(Permission.EDIT_CASES)
def prospect(actor: Actor, kind: CaseKind, step: str, case_ids: Collection[int]) -> Prospect | None:
    """Return what gathering cases that stand in ``step`` would come to.

    None where no step of an authority follows.
    """
    with reading() as session:
        ahead = authority_ahead(load_steps(session, kind), step)
        if ahead is None:
            return None
        conditions = Case.id.in_(case_ids), people_in_scope(actor, Case.person_id)
        cases = session.scalars(sa.select(Case).where(*conditions).order_by(Case.id))
        return Prospect(
            step=ahead.code,
            step_name=step_names(session, [kind]).name(kind, ahead.code),
            authority=ahead.waits_for,
            refused=hindrances(session, kind, ahead.code, {case.id: case for case in cases}),
            batches=_open_batches(session, kind, ahead.code),
        )


@requires(Permission.EDIT_CASES)
def gather(
    actor: Actor, kind: CaseKind, to: str, seen: Mapping[int, int], *, name: str = ""
) -> Gathered:
    """Gather cases of ``kind`` into a new batch for the step ``to``; ``seen`` gives their versions.

    Raises ``batch.nobody`` where none of them can go.
    """
    with writing() as session:
        fit, refused = _fitting(session, actor, kind, to, seen)
        step = next(step for step in load_steps(session, kind) if step.code == to)
        batch = Batch(
            kind=kind,
            step=to,
            authority=step.waits_for,
            name=name.strip()[:NAME_LENGTH],
            gathered_at=clock.utc_now(),
            gathered_by=actor.full_name,
        )
        session.add(batch)
        session.flush()
        _put_in(session, actor, batch, fit)
        return Gathered(batch_id=batch.id, count=len(fit), refused=refused)


@requires(Permission.EDIT_CASES)
def add_to_batch(actor: Actor, batch_id: int, seen: Mapping[int, int]) -> Gathered:
    """Add cases to a batch that was not submitted yet; ``seen`` gives their versions.

    Raises ``batch.nobody``, ``batch.submitted`` and ``batch.closed``.
    """
    with writing() as session:
        known = known_batch(session, batch_id)
        fit, refused = _fitting(session, actor, known.kind, known.step, seen)
        batch = held_batches(session, [batch_id])[batch_id]
        refuse_submitted(batch)
        touch(batch, actor)
        _put_in(session, actor, batch, fit)
        return Gathered(batch_id=batch_id, count=len(fit), refused=refused)


def refuse_submitted(batch: Batch) -> None:
    """Raise where a batch is gathered no more: ``batch.closed`` and ``batch.submitted``."""
    if batch.closed_at is not None:
        raise DomainError("batch.closed")
    if batch.submitted_on is not None:
        raise DomainError("batch.submitted")


def hindrances(
    session: Session,
    kind: CaseKind,
    to: str,
    cases: Mapping[int, Case],
    *,
    batch_id: int | None = None,
) -> dict[int, DomainError]:
    """Return why cases cannot go to the step ``to`` with the batch ``batch_id``, or with a new one.

    A case that can is not in the answer.
    """
    steps = load_steps(session, kind)
    missing, places = _missing_papers(session, cases), batches_of(session, cases)
    found = {}
    for case in cases.values():
        place = places.get(case.id)
        candidate = Candidate(
            step=case.step if case.kind is kind else "",
            waits_for=case.waits_for if case.closed_at is None else None,
            missing=tuple(missing[case.id]),
            batch_id=place if place != batch_id else None,
        )
        error = hindrance(steps, candidate, to=to)
        if error is not None:
            found[case.id] = error
    return found


def _fitting(
    session: Session, actor: Actor, kind: CaseKind, to: str, seen: Mapping[int, int]
) -> tuple[list[Case], dict[int, DomainError]]:
    """Return the cases that can go, held, and why the others cannot."""
    cases = held_cases(session, actor, seen)
    refused: dict[int, DomainError] = {}
    for case in cases.values():
        conflict = overtaken(case, seen_version=seen[case.id])
        if conflict is not None:
            refused[case.id] = conflict
    refused = hindrances(session, kind, to, cases) | refused
    fit = [case for case in cases.values() if case.id not in refused]
    if not fit:
        raise DomainError("batch.nobody")
    return fit, refused


def _put_in(session: Session, actor: Actor, batch: Batch, cases: Collection[Case]) -> None:
    for case in cases:
        touch(case, actor)
    common = {
        "batch_id": batch.id,
        "gathered_at": clock.utc_now(),
        "gathered_by": actor.full_name,
        "reference": "",
        "reason": "",
    }
    session.execute(sa.insert(BatchCase), [{**common, "case_id": case.id} for case in cases])
    record_batch(session, actor, batch, "batch.gather", count=len(cases))
    record_places(session, actor, "case.batch.in", dict.fromkeys((c.id for c in cases), batch.id))


def _missing_papers(session: Session, case_ids: Collection[int]) -> defaultdict[int, list[str]]:
    rows = session.scalars(
        sa.select(CaseItem)
        .where(
            CaseItem.case_id.in_(case_ids),
            CaseItem.is_required,
            CaseItem.status.in_(_UNSETTLED),
        )
        .order_by(CaseItem.case_id, CaseItem.position)
    )
    missing: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        name = Names(en=row.name_en, ru=row.name_ru, ky=row.name_ky)
        missing[row.case_id].append(name_of(name))
    return missing


def _open_batches(session: Session, kind: CaseKind, to: str) -> tuple[OpenBatch, ...]:
    rows = session.execute(
        sa.select(Batch.id, Batch.name, sa.func.count(BatchCase.id))
        .outerjoin(
            BatchCase, sa.and_(BatchCase.batch_id == Batch.id, BatchCase.taken_out_at.is_(None))
        )
        .where(
            Batch.kind == kind,
            Batch.step == to,
            Batch.closed_at.is_(None),
            Batch.submitted_on.is_(None),
        )
        .group_by(Batch.id, Batch.name)
        .order_by(Batch.id.desc())
    )
    return tuple(OpenBatch(batch_id=row[0], name=row[1], count=row[2]) for row in rows)
