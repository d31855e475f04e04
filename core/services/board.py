"""The board of a procedure: how many cases stand at each step, for how long, and which ones."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor, Permission
from core.services.case_lines import CaseLine, ask_for_cases, case_lines
from core.services.case_steps import StepNames, Way, step_names
from core.services.guard import requires
from core.services.house import today
from core.services.names import Names
from core.services.page import PAGE_SIZE, Page, last_page
from core.services.remembered import remembered
from core.services.responsible import is_responsible
from core.services.scope import office_in_scope, people_in_scope, scope_key
from core.terms import CaseKind, Party
from db.engine import reading
from db.models.cases import Case


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
class BoardFilter:
    """Whose cases are looked at: of a faculty, of who is responsible; None does not matter."""

    faculty_id: int | None = None
    responsible_id: int | None = None


EVERY_CASE = BoardFilter()


@requires(Permission.READ_CASES)
def board(actor: Actor, kind: CaseKind, wanted: BoardFilter = EVERY_CASE) -> tuple[BoardStep, ...]:
    """Return the steps of ``kind`` in their order; one out of use only while a case is in it."""
    with reading() as session:
        names = _steps(session, kind)
        counted = _every_count(session, actor, kind, wanted)
    known = {step.code: step for step in names.steps[kind]}
    listed = [code for code, step in known.items() if step.is_active or code in counted]
    listed += [code for code in counted if code not in known]
    return tuple(
        _step(names, kind, code, known[code].waits_for if code in known else None, counted)
        for code in listed
    )


@requires(Permission.READ_CASES)
def cases_in_step(
    actor: Actor, kind: CaseKind, step: str, wanted: BoardFilter = EVERY_CASE, *, page: int = 1
) -> Page[CaseLine]:
    """Return a page of the open cases in a step, the longest there first.

    A page beyond the last, as moving its cases on leaves behind, is the last one.
    """
    with reading() as session:
        counted = _every_count(session, actor, kind, wanted)
        total = counted[step].count if step in counted else 0
        number = min(page, last_page(total, PAGE_SIZE))
        asked = (
            ask_for_cases(
                *_conditions(actor, kind, wanted),
                Case.step == step,
                people_in_scope(actor, Case.person_id),
            )
            .order_by(Case.moved_on, Case.id)
            .offset((number - 1) * PAGE_SIZE)
            .limit(PAGE_SIZE)
        )
        lines = remembered(
            session,
            ("in_step", scope_key(actor), kind, step, wanted, number, today()),
            lambda: case_lines(session, asked, on=today()),
        )
    return Page(rows=lines, total=total, number=number)


@requires(Permission.EDIT_CASES)
def ways_from(actor: Actor, kind: CaseKind, step: str) -> tuple[Way, ...]:  # noqa: ARG001
    """Return where the cases of ``kind`` in ``step`` may go, and what that demands."""
    with reading() as session:
        return _steps(session, kind).ways_from(kind, step)


def _steps(session: Session, kind: CaseKind) -> StepNames:
    return remembered(session, ("steps", kind), lambda: step_names(session, [kind]))


def _conditions(actor: Actor, kind: CaseKind, wanted: BoardFilter) -> list[sa.ColumnElement[bool]]:
    conditions = [
        Case.kind == kind,
        Case.closed_at.is_(None),
        office_in_scope(actor, Case.faculty_id),
        is_responsible(wanted.responsible_id),
    ]
    if wanted.faculty_id is not None:
        conditions.append(Case.faculty_id == wanted.faculty_id)
    return conditions


@dataclass(frozen=True)
class _Counted:
    count: int
    late: int
    oldest: date
    median: date


def _every_count(
    session: Session, actor: Actor, kind: CaseKind, wanted: BoardFilter
) -> dict[str, _Counted]:
    return remembered(
        session,
        ("board", scope_key(actor), kind, wanted, today()),
        lambda: _counted(session, _conditions(actor, kind, wanted)),
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
