"""The lines of the radar: each date with its person, and the case that takes care of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.rules.cases import urgency
from core.rules.expiries import TAKEN_CARE_OF_BY
from core.services.cards import full_name
from core.services.papers import papers_settled
from core.terms import CaseKind, Matter, Party, Urgency
from db.models.access import User
from db.models.cases import Case
from db.models.people import Enrolment, Person


@dataclass(frozen=True, kw_only=True)
class CaseInHand:
    """The open case that a line is about, or that takes care of its paper."""

    case_id: int
    version: int
    kind: CaseKind
    step: str
    waits_for: Party | None
    responsible: str | None
    moved_on: date


@dataclass(frozen=True, kw_only=True)
class RadarLine:
    """One thing that is due. ``days_left`` is negative when it is overdue.

    ``record_id`` is the id in the table of its matter. ``due_on`` is None for a case that waits and
    has no date; ``case`` is None for a paper that no case takes care of.
    """

    matter: Matter
    record_id: int
    person_id: int
    name: str
    citizenship: str | None
    faculty_id: int | None
    due_on: date | None
    target_on: date | None
    days_left: int | None
    urgency: Urgency | None
    case: CaseInHand | None
    settled_count: int
    required_count: int


def lines_of(session: Session, rows: Sequence[sa.Row[Any]], *, on: date) -> tuple[RadarLine, ...]:
    """Return the dates in ``rows`` with all that stands beside them, by a question for each table.

    A row has ``matter``, ``record_id``, ``person_id``, ``due_on`` and ``target_on``.
    """
    person_ids = {row.person_id for row in rows}
    people = {row.id: row for row in session.execute(_people(person_ids))}
    cases = session.execute(_cases(person_ids)).all()
    in_hand = [_in_hand(Matter(row.matter), row, cases) for row in rows]
    papers = papers_settled(session, [case.case_id for case in in_hand if case])
    return tuple(
        _line(row, people[row.person_id], case, papers, on)
        for row, case in zip(rows, in_hand, strict=True)
    )


def _line(
    row: sa.Row[Any],
    person: sa.Row[Any],
    case: CaseInHand | None,
    papers: dict[int, tuple[int, int]],
    on: date,
) -> RadarLine:
    settled, required = papers[case.case_id] if case else (0, 0)
    return RadarLine(
        matter=Matter(row.matter),
        record_id=row.record_id,
        person_id=row.person_id,
        name=full_name(person),
        citizenship=person.citizenship,
        faculty_id=person.faculty_id,
        due_on=row.due_on,
        target_on=row.target_on,
        days_left=(row.due_on - on).days if row.due_on else None,
        urgency=urgency(row.due_on, today=on) if row.due_on else None,
        case=case,
        settled_count=settled,
        required_count=required,
    )


def _people(ids: Iterable[int]) -> Any:
    return (
        sa.select(
            Person.id,
            Person.surname,
            Person.given_names,
            Person.citizenship,
            Enrolment.faculty_id,
        )
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current))
        .where(Person.id.in_(ids))
        .order_by(Person.id)
    )


def _cases(person_ids: Iterable[int]) -> Any:
    return (
        sa.select(
            Case.id,
            Case.version,
            Case.person_id,
            Case.kind,
            Case.step,
            Case.waits_for,
            Case.moved_on,
            User.full_name.label("responsible"),
        )
        .outerjoin(User, User.id == Case.responsible_id)
        .where(Case.person_id.in_(person_ids), Case.closed_at.is_(None))
        .order_by(Case.id)
    )


def _in_hand(matter: Matter, row: sa.Row[Any], cases: Sequence[sa.Row[Any]]) -> CaseInHand | None:
    kinds = TAKEN_CARE_OF_BY.get(matter, ())
    found = next(
        (
            case
            for case in cases
            if (
                case.id == row.record_id
                if matter is Matter.CASE
                else case.person_id == row.person_id and case.kind in kinds
            )
        ),
        None,
    )
    if found is None:
        return None
    return CaseInHand(
        case_id=found.id,
        version=found.version,
        kind=found.kind,
        step=found.step,
        waits_for=found.waits_for,
        responsible=found.responsible,
        moved_on=found.moved_on,
    )
