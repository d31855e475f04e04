"""Deadlines: what each open case must keep, computed from facts and rules and stored.

Every list reads the stored rows. They are computed anew for one case when its facts change, and
for all of them, in committed chunks, when rules or holidays change.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from core import clock
from core.rules import explanation
from core.rules.book import CaseDates, RuleBook, deadlines_of
from core.rules.deadlines import DeadlinePair
from core.services.rulebook import note_computing, open_rule_book
from core.terms import VISA_STATUSES_IN_FORCE, VisaStatus
from db.engine import reading
from db.models.cases import Case, Deadline
from db.models.people import (
    Crossing,
    Enrolment,
    Passport,
    Person,
    Residence,
    StatusChange,
    Visa,
)

#: The visa a case was opened under, which another one may have replaced since.
_CAUSE = aliased(Visa)

#: What a stored deadline says, besides whose it is and when it was computed.
_COLUMNS = (
    "id",
    "faculty_id",
    "due_on",
    "due_rule_id",
    "due_explanation",
    "target_on",
    "target_rule_id",
    "target_explanation",
    "is_open",
    "revision",
)


class Computation:
    """The due dates under one rule book; equal facts are counted once."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._done: dict[CaseDates, DeadlinePair | None] = {}

    def __call__(self, known: CaseDates) -> DeadlinePair | None:
        """Return the dates for what is known of a case."""
        if known not in self._done:
            self._done[known] = deadlines_of(known, self._book)
        return self._done[known]


def store_deadline(session: Session, case: Case) -> date | None:
    """Compute the deadline of ``case``, store it and return its due date.

    A case that is closed, or has no dated fact, has none.
    """
    session.flush()
    _lock(session, Case.id == case.id)
    _store(session, [case.id], Computation(open_rule_book(session)))
    return session.scalar(sa.select(Deadline.due_on).filter_by(case_id=case.id, is_open=True))


def recompute_person(session: Session, person_id: int) -> None:
    """Compute anew the deadlines of a person's open cases, after his facts were changed."""
    session.flush()
    case_ids = _lock(session, Case.person_id == person_id, Case.closed_at.is_(None))
    _store(session, case_ids, Computation(open_rule_book(session)))


def recompute_people(session: Session, person_ids: Collection[int]) -> None:
    """Compute anew the deadlines of many people's cases; those of closed ones are closed."""
    session.flush()
    case_ids = _lock(session, Case.person_id.in_(person_ids))
    _store(session, case_ids, Computation(open_rule_book(session)))


def open_case_count() -> int:
    """Return how many cases are open."""
    counted = sa.select(sa.func.count()).select_from(Case).where(Case.closed_at.is_(None))
    with reading() as session:
        return session.scalar(counted) or 0


def recompute_chunk(session: Session, *, after_case_id: int, limit: int) -> tuple[int, int]:
    """Recompute up to ``limit`` open cases with ids above ``after_case_id``.

    Return the last id done and how many there were; none left is ``(after_case_id, 0)``.
    """
    case_ids = _lock(session, Case.id > after_case_id, Case.closed_at.is_(None), limit=limit)
    if not case_ids:
        return after_case_id, 0
    _store(session, case_ids, Computation(open_rule_book(session)))
    return case_ids[-1], len(case_ids)


def known_dates(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Return the question for a case's id, its person's and faculty's, and the values of its dates.

    The values stand in the order of :class:`CaseDates`; :func:`case_dates` reads them.
    """
    visa = (
        sa.select(Visa.id)
        .where(Visa.person_id == Case.person_id, Visa.status == VisaStatus.ACTIVE)
        .order_by(Visa.valid_until.desc(), Visa.id.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    residence = (
        sa.select(Residence.kind)
        .where(Residence.person_id == Case.person_id, Residence.until_on.is_(None))
        .order_by(Residence.id.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    return (
        sa.select(
            Case.id,
            Case.person_id,
            Case.faculty_id,
            Case.kind,
            Person.citizenship,
            residence,
            Visa.category,
            Crossing.crossed_on,
            Visa.valid_until,
            Passport.expires_on,
            Enrolment.contract_until,
            _CAUSE.valid_from,
            StatusChange.happened_on,
        )
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Visa, Visa.id == visa)
        .outerjoin(Crossing, Crossing.id == Case.crossing_id)
        .outerjoin(Passport, sa.and_(Passport.person_id == Case.person_id, Passport.is_current))
        # Only what no entry asks for counts from the visa that called for it.
        .outerjoin(_CAUSE, sa.and_(_CAUSE.id == Case.visa_id, Case.crossing_id.is_(None)))
        .outerjoin(StatusChange, StatusChange.id == Case.status_change_id)
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Case.person_id, Enrolment.is_current))
        .where(*conditions)
    )


def case_dates(values: Sequence[Any]) -> CaseDates:
    """Return what the values of :func:`known_dates` after the three ids say."""
    return CaseDates(*values)


def current_visa(session: Session, person_id: int) -> Visa | None:
    """Return the person's active visa that ends last, or None."""
    return session.scalars(
        sa.select(Visa)
        .filter_by(person_id=person_id, status=VisaStatus.ACTIVE)
        .order_by(Visa.valid_until.desc(), Visa.id.desc())
    ).first()


def visa_in_force(session: Session, person_id: int) -> Visa | None:
    """Return the person's visa in force that ends last, an exit visa too, or None."""
    return session.scalars(
        sa.select(Visa)
        .where(Visa.person_id == person_id, Visa.status.in_(VISA_STATUSES_IN_FORCE))
        .order_by(Visa.valid_until.desc(), Visa.id.desc())
    ).first()


def _lock(
    session: Session, *conditions: sa.ColumnElement[bool], limit: int | None = None
) -> list[int]:
    """Take the cases for this transaction and return their ids, in order.

    Whoever computes must hold the case first and read its facts after that, or the later of two
    would store what the earlier one had overtaken.
    """
    note_computing(session)
    statement = sa.select(Case.id).where(*conditions).order_by(Case.id).limit(limit)
    return list(session.scalars(statement.with_for_update()))


def _store(session: Session, case_ids: Sequence[int], computation: Computation) -> None:
    stored = _stored(session, case_ids)
    closed = _closed(session, case_ids)
    now = clock.utc_now()
    new, changed = [], []
    for case_id, person_id, faculty_id, *values in session.execute(
        known_dates(Case.id.in_(case_ids)).order_by(Case.id)
    ):
        pair = None if case_id in closed else computation(case_dates(values))
        place = {"faculty_id": faculty_id}
        row = stored.get(case_id)
        if row is None:
            if pair is not None:
                whose = {"case_id": case_id, "person_id": person_id, "computed_at": now}
                new.append({**columns_of(pair), **place, **whose})
            continue
        after = row | place | ({"is_open": False} if pair is None else columns_of(pair))
        if after != row:
            revision = row["revision"] + (after["due_on"] != row["due_on"])
            changed.append({**after, "revision": revision, "computed_at": now})
    if new:
        session.execute(sa.insert(Deadline).execution_options(render_nulls=True), new)
    if changed:
        session.execute(sa.update(Deadline), changed)


def _stored(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the ids and columns of the stored deadlines, by case."""
    columns = [getattr(Deadline, name) for name in _COLUMNS]
    rows = session.execute(
        sa.select(Deadline.case_id, *columns)
        .where(Deadline.case_id.in_(case_ids))
        .order_by(Deadline.case_id)
    )
    return {case_id: dict(zip(_COLUMNS, values, strict=True)) for case_id, *values in rows}


def _closed(session: Session, case_ids: Sequence[int]) -> set[int]:
    return set(
        session.scalars(
            sa.select(Case.id)
            .where(Case.id.in_(case_ids), Case.closed_at.is_not(None))
            .order_by(Case.id)
        )
    )


def columns_of(pair: DeadlinePair) -> dict[str, Any]:
    """Return what a stored deadline says of ``pair``, by column."""
    due, target = pair
    return {
        "due_on": due.due_on,
        "due_rule_id": due.rule.rule_id,
        "due_explanation": explanation.to_json(due.explanation),
        "target_on": target.due_on if target else None,
        "target_rule_id": target.rule.rule_id if target else None,
        "target_explanation": explanation.to_json(target.explanation) if target else [],
        "is_open": True,
    }
