"""Batches on their way: submitted as a whole or not at all, and some of it taken out again."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError
from core.messages import describe
from core.permissions import Actor, Permission
from core.rules.batches import step_once_taken_out
from core.rules.steps import MoveFacts, Step, refuse_incomplete
from core.services.batch_gathering import hindrances, refuse_submitted
from core.services.batch_places import (
    Parting,
    Stayed,
    known_batch,
    record_batch,
    settle,
    too_early,
    waiting_among,
    waiting_places,
)
from core.services.cards import full_name
from core.services.guard import requires
from core.services.house import today
from core.services.rulebook import load_steps
from core.services.scope import held_cases
from core.services.transitions import (
    REASON_LENGTH,
    REFERENCE_LENGTH,
    take_along,
    take_to_step,
)
from core.services.versions import claim, touch
from core.terms import MoveKind
from db.engine import writing
from db.models.batches import Batch, BatchCase
from db.models.cases import Case
from db.models.people import Person


@requires(Permission.EDIT_CASES)
def submit_batch(actor: Actor, batch_id: int, known: MoveFacts, *, version: int) -> None:
    """Submit a batch: every case in it goes to the step of the authority, or none does.

    Raises ``batch.hindered`` (value ``people``: who cannot go, and why), ``batch.empty``,
    ``batch.step_gone``, :class:`Conflict`, and what :func:`refuse_incomplete` raises.
    """
    with writing() as session:
        batch = known_batch(session, batch_id)
        places = waiting_places(session, BatchCase.batch_id == batch_id)
        cases = held_cases(session, actor, [place.case_id for place in places])
        claim(session, batch, actor, seen_version=version)
        refuse_submitted(batch)
        step = _step_to(session, batch)
        _refuse_facts(step, known, is_empty=not cases)
        _refuse_hindered(session, batch, cases, known)
        for place in places:
            place.step_before = cases[place.case_id].step
            touch(cases[place.case_id], actor)
        batch.submitted_on, batch.submitted_by = known.moved_on, actor.full_name
        batch.reference = known.reference.strip()[:REFERENCE_LENGTH]
        record_batch(session, actor, batch, "batch.submit", count=len(cases))
        moving = list(cases.values())
        take_to_step(session, actor, moving, step, MoveKind.ADVANCE, known, batch_id=batch_id)


@requires(Permission.EDIT_CASES)
def take_out(
    actor: Actor, batch_id: int, seen: Mapping[int, int], known: MoveFacts | None = None
) -> Stayed:
    """Take cases out of a batch; ``seen`` gives their versions. Return why some stayed, by case.

    Before the submission they stay in their step, and nothing needs to be said. After it each goes
    back to the step it came from. Raises ``case.reason_missing``.
    """
    with writing() as session:
        batch = known_batch(session, batch_id)
        is_submitted = batch.submitted_on is not None
        known = known if known and is_submitted else MoveFacts(moved_on=today())
        if is_submitted and not known.reason.strip():
            raise DomainError("case.reason_missing")
        places, cases, stayed = waiting_among(session, actor, batch_id, seen)
        stayed |= too_early(cases, known.moved_on) if is_submitted else {}
        leaving = [case for case in cases.values() if case.id not in stayed]
        for case in leaving:
            touch(case, actor)
        parting = Parting(
            answer=None, on=known.moved_on, reason=known.reason.strip()[:REASON_LENGTH]
        )
        settle(session, actor, [places[case.id] for case in leaving], parting)
        if is_submitted:
            came_from = {case_id: place.step_before or "" for case_id, place in places.items()}
            _send_back(session, actor, batch, leaving, came_from, known)
    return stayed


def _step_to(session: Session, batch: Batch) -> Step:
    steps = load_steps(session, batch.kind)
    found = next((step for step in steps if step.code == batch.step and step.is_active), None)
    if found is None:
        raise DomainError("batch.step_gone")
    return found


def _refuse_facts(step: Step, known: MoveFacts, *, is_empty: bool) -> None:
    """Raise where the submission itself lacks something, whoever is in it."""
    if is_empty:
        raise DomainError("batch.empty")
    refuse_incomplete(
        MoveKind.ADVANCE,
        known,
        waited_for=None,
        after=step,
        last_moved_on=known.moved_on,
        today=today(),
    )


def _refuse_hindered(
    session: Session, batch: Batch, cases: Mapping[int, Case], known: MoveFacts
) -> None:
    early = too_early(cases, known.moved_on)
    found = early | hindrances(session, batch.kind, batch.step, cases, batch_id=batch.id)
    if not found:
        return
    people: sa.Result[Any] = session.execute(
        sa.select(Case.id, Person.surname, Person.given_names)
        .join(Person, Person.id == Case.person_id)
        .where(Case.id.in_(found))
        .order_by(Case.id)
    )
    told = tuple(f"{full_name(row)} ({describe(found[row.id])})" for row in people)
    raise DomainError("batch.hindered", people=told)


def _send_back(
    session: Session,
    actor: Actor,
    batch: Batch,
    cases: Collection[Case],
    came_from: Mapping[int, str],
    known: MoveFacts,
) -> None:
    """Take cases back to where each came from, or to the department where that is out of use."""
    steps = load_steps(session, batch.kind)
    groups: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[came_from[case.id]].append(case)
    for code, together in groups.items():
        back = step_once_taken_out(steps, code, batch.step)
        take_along(session, actor, steps, together, back, known)
