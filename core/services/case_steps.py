"""Where cases stand and where each may go from there, with the names of the steps."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.rules.steps import AT_THE_DEPARTMENT, Step, kind_of_move, needs_reason
from core.services.names import Names
from core.services.rulebook import step_of
from core.terms import CaseKind, MoveKind, Party
from db.models.cases import Case
from db.models.reference import StepRow


@dataclass(frozen=True, kw_only=True)
class Way:
    """A step a case may go to, and what a move of the department there demands."""

    code: str
    name: Names
    kind: MoveKind
    needs_reference: bool
    needs_reason: bool


@dataclass(frozen=True)
class StepNames:
    """The steps of every procedure asked for, in their order, with their names."""

    steps: dict[CaseKind, tuple[Step, ...]]
    names: dict[tuple[CaseKind, str], Names]

    def name(self, kind: CaseKind, code: str) -> Names:
        """Return the name of a step; the code itself where the step is gone."""
        return self.names.get((kind, code), Names(en=code, ru="", ky=""))

    def ways(self, case: Case) -> tuple[Way, ...]:
        """Return where an open case may go, in the order of the steps."""
        return () if case.closed_at is not None else self.ways_from(case.kind, case.step)

    def ways_from(self, kind: CaseKind, code: str) -> tuple[Way, ...]:
        """Return where a case of ``kind`` in the step ``code`` may go."""
        steps = self.steps.get(kind, ())
        waited_for = next((step.waits_for for step in steps if step.code == code), None)
        return tuple(
            self._way(kind, code, step, waited_for)
            for step in steps
            if step.is_active and step.code != code
        )

    def _way(self, kind: CaseKind, before: str, step: Step, waited_for: Party | None) -> Way:
        move = kind_of_move(self.steps[kind], before, step.code)
        return Way(
            code=step.code,
            name=self.name(kind, step.code),
            kind=move,
            needs_reference=step.needs_reference and move is not MoveKind.RETURN,
            needs_reason=needs_reason(move, waited_for=waited_for),
        )


def step_names(session: Session, kinds: Collection[CaseKind]) -> StepNames:
    """Return the steps of ``kinds``, those out of use too."""
    rows = session.scalars(
        sa.select(StepRow)
        .where(StepRow.procedure.in_(kinds), StepRow.withdrawn_at.is_(None))
        .order_by(StepRow.position, StepRow.id)
    ).all()
    at_the_department = Names(
        en="With the International Department",
        ru="В Международном отделе",
        ky="Эл аралык бөлүмдө",
    )
    names = {(kind, AT_THE_DEPARTMENT.code): at_the_department for kind in kinds}
    for row in rows:
        names[row.procedure, row.code] = Names(en=row.name_en, ru=row.name_ru, ky=row.name_ky)
    steps = {kind: tuple(step_of(row) for row in rows if row.procedure is kind) for kind in kinds}
    return StepNames(steps, names)
