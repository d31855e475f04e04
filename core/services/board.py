"""The board of a procedure: how many cases stand at each step, for how long, and which ones."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor, Permission
from core.rules.cases import urgency
from core.services.cards import full_name
from core.services.case_gaps import gap_of
from core.services.case_steps import StepNames, Way, step_names
from core.services.guard import requires
from core.services.house import today
from core.services.names import Names
from core.services.page import PAGE_SIZE, Page, last_page
from core.services.papers import papers_settled
from core.services.remembered import remembered
from core.services.scope import office_in_scope, people_in_scope, scope_key
from core.terms import CaseKind, DueGap, Party, Urgency
from db.engine import reading
from db.models.cases import Case, Deadline
from db.models.people import Enrolment, Person


@dataclass(frozen=True, kw_only=True)
class BoardStep:
    """A step of a procedure and the open cases in it.

    ``median_days`` and ``oldest_days`` count calendar days since the case came there, None where
    there is none; ``late_count`` is how many are past the planned end of the step.
    """

    code: str
    name: Names
    waits_for: Party
    count: int
    late_count: int
    median_days: int | None
    oldest_days: int | None


@dataclass(frozen=True, kw_only=True)
class BoardLine:
    """An open case in a step."""

    case_id: int
    version: int
    person_id: int
    name: str
    citizenship: str | None
    faculty_id: int | None
    waits_for: Party | None
    moved_on: date
    days_in_step: int
    planned_until: date | None
    is_late: bool
    due_on: date | None
    urgency: Urgency | None
    gap: DueGap | None
    settled_count: int
    required_count: int


@requires(Permission.READ_CASES)
def board(actor: Actor, kind: CaseKind, *, faculty_id: int | None = None) -> tuple[BoardStep, ...]:
    """Return the steps of ``kind`` in their order; one out of use only while a case is in it."""
    with reading() as session:
        names = _steps(session, kind)
        counted = _every_count(session, actor, kind, faculty_id)
    known = {step.code: step for step in names.steps[kind]}
    listed = [code for code, step in known.items() if step.is_active or code in counted]
    listed += [code for code in counted if code not in known]
    return tuple(
        _step(names, kind, code, known[code].waits_for if code in known else None, counted)
        for code in listed
    )


@requires(Permission.READ_CASES)
def cases_in_step(
    actor: Actor, kind: CaseKind, step: str, *, faculty_id: int | None = None, page: int = 1
) -> Page[BoardLine]:
    """Return a page of the open cases in a step, the longest there first.

    A page beyond the last, as moving its cases on leaves behind, is the last one.
    """
    with reading() as session:
        counted = _every_count(session, actor, kind, faculty_id)
        total = counted[step].count if step in counted else 0
        number = min(page, last_page(total, PAGE_SIZE))
        conditions = [
            *_conditions(actor, kind, faculty_id),
            Case.step == step,
            people_in_scope(actor, Case.person_id),
        ]
        lines = remembered(
            session,
            ("in_step", scope_key(actor), kind, step, faculty_id, number, today()),
            lambda: _lines_of(session, conditions, skipped=(number - 1) * PAGE_SIZE),
        )
    return Page(rows=lines, total=total, number=number)


@requires(Permission.EDIT_CASES)
def ways_from(actor: Actor, kind: CaseKind, step: str) -> tuple[Way, ...]:  # noqa: ARG001
    """Return where the cases of ``kind`` in ``step`` may go, and what that demands."""
    with reading() as session:
        return _steps(session, kind).ways_from(kind, step)


def _steps(session: Session, kind: CaseKind) -> StepNames:
    return remembered(session, ("steps", kind), lambda: step_names(session, [kind]))


def _lines_of(
    session: Session, conditions: list[sa.ColumnElement[bool]], *, skipped: int
) -> tuple[BoardLine, ...]:
    rows = session.execute(_lines(conditions, skipped=skipped)).all()
    papers = papers_settled(session, [row.id for row in rows])
    on = today()
    return tuple(_line(row, papers[row.id], on=on) for row in rows)


def _conditions(
    actor: Actor, kind: CaseKind, faculty_id: int | None
) -> list[sa.ColumnElement[bool]]:
    conditions = [
        Case.kind == kind,
        Case.closed_at.is_(None),
        office_in_scope(actor, Case.faculty_id),
    ]
    if faculty_id is not None:
        conditions.append(Case.faculty_id == faculty_id)
    return conditions


@dataclass(frozen=True)
class _Counted:
    count: int
    late: int
    oldest: date
    median: date


def _every_count(
    session: Session, actor: Actor, kind: CaseKind, faculty_id: int | None
) -> dict[str, _Counted]:
    return remembered(
        session,
        ("board", scope_key(actor), kind, faculty_id, today()),
        lambda: _counted(session, _conditions(actor, kind, faculty_id)),
    )


def _counted(session: Session, conditions: list[sa.ColumnElement[bool]]) -> dict[str, _Counted]:
    is_late = sa.case((Case.planned_until < today(), 1), else_=0)
    rows = session.execute(
        sa.select(Case.step, sa.func.count(), sa.func.sum(is_late), sa.func.min(Case.moved_on))
        .where(*conditions)
        .group_by(Case.step)
        .order_by(Case.step)
    ).all()
    return {
        step: _Counted(count, int(late), oldest, _median(session, conditions, step, count))
        for step, count, late, oldest in rows
    }


def _median(
    session: Session, conditions: list[sa.ColumnElement[bool]], step: str, count: int
) -> date:
    """Return the middle day; of an even number the earlier of both, which is the longer wait."""
    middle = (
        sa.select(Case.moved_on)
        .where(*conditions, Case.step == step)
        .order_by(Case.moved_on, Case.id)
        .offset((count - 1) // 2)
        .limit(1)
    )
    return session.scalars(middle).one()


def _step(
    names: StepNames,
    kind: CaseKind,
    code: str,
    waits_for: Party | None,
    counted: dict[str, _Counted],
) -> BoardStep:
    found, on = counted.get(code), today()
    return BoardStep(
        code=code,
        name=names.name(kind, code),
        waits_for=waits_for or Party.DEPARTMENT,
        count=found.count if found else 0,
        late_count=found.late if found else 0,
        median_days=(on - found.median).days if found else None,
        oldest_days=(on - found.oldest).days if found else None,
    )


def _lines(
    conditions: list[sa.ColumnElement[bool]], *, skipped: int
) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Case.id,
            Case.version,
            Case.person_id,
            Case.waits_for,
            Case.moved_on,
            Case.planned_until,
            Case.kind,
            Case.closed_at,
            Case.crossing_id,
            Case.visa_id,
            Case.status_change_id,
            Deadline.due_on,
            Person.surname,
            Person.given_names,
            Person.citizenship,
            Enrolment.faculty_id,
        )
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Deadline, Deadline.case_id == Case.id)
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current))
        .where(*conditions)
        .order_by(Case.moved_on, Case.id)
        .offset(skipped)
        .limit(PAGE_SIZE)
    )


def _line(row: sa.Row[Any], papers: tuple[int, int], *, on: date) -> BoardLine:
    return BoardLine(
        case_id=row.id,
        version=row.version,
        person_id=row.person_id,
        name=full_name(row),
        citizenship=row.citizenship,
        faculty_id=row.faculty_id,
        waits_for=row.waits_for,
        moved_on=row.moved_on,
        days_in_step=(on - row.moved_on).days,
        planned_until=row.planned_until,
        is_late=row.planned_until is not None and row.planned_until < on,
        due_on=row.due_on,
        urgency=urgency(row.due_on, today=on) if row.due_on else None,
        gap=gap_of(row, row.due_on),
        settled_count=papers[0],
        required_count=papers[1],
    )
