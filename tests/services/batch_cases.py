"""Cases that are ready for an authority, and what tests ask of their batches."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from core.rules.steps import MoveFacts
from core.services.batch_gathering import gather
from core.services.batch_views import BatchPerson, BatchView, batch_view
from core.services.batches import submit_batch
from core.services.case_views import CaseView, case_view
from core.terms import CaseKind, ItemStatus, Party
from db.engine import writing
from db.models.cases import Case, CaseItem
from tests.cast import TODAY, Cast, enrol, passport

EXTENSION = CaseKind.STUDY_VISA_EXTENSION

#: The day the cases of the tests came to the department.
CAME = date(2026, 8, 20)


def ready(cast: Cast, *surnames: str, step: str = "department") -> list[int]:
    """Register students whose extension is complete and with the department; return its id."""
    people = [
        enrol(cast.staff, cast.medicine, passport=passport(number=f"ZZ{name}", surname=name))
        for name in surnames
    ]
    with writing() as session:
        found = session.execute(
            sa.select(Case.person_id, Case.id).where(
                Case.person_id.in_(people), Case.kind == EXTENSION
            )
        )
        cases = {person_id: case_id for person_id, case_id in found}  # noqa: C416 - rows
        waits_for = Party.SCNB if step == "scnb" else Party.DEPARTMENT
        session.execute(
            sa.update(Case)
            .where(Case.id.in_(cases.values()))
            .values(step=step, waits_for=waits_for, moved_on=CAME)
        )
        session.execute(
            sa.update(CaseItem)
            .where(CaseItem.case_id.in_(cases.values()))
            .values(status=ItemStatus.ACCEPTED)
        )
    return [cases[person_id] for person_id in people]


def seen(cast: Cast, case_ids: Sequence[int]) -> dict[int, int]:
    """Return the cases with their versions, as a screen shows them now."""
    return {case_id: case_of(cast, case_id).version for case_id in case_ids}


def case_of(cast: Cast, case_id: int) -> CaseView:
    return case_view(cast.staff, case_id)


def gathered(cast: Cast, case_ids: Sequence[int], to: str = "scnb") -> int:
    """Gather the cases into a batch and return its number."""
    return gather(cast.staff, EXTENSION, to, seen(cast, case_ids)).batch_id


def submitted(cast: Cast, case_ids: Sequence[int], to: str = "dcs", on: date = TODAY) -> int:
    """Gather the cases and submit them; return the number of their batch."""
    batch_id = gathered(cast, case_ids, to)
    version = view(cast, batch_id).line.version
    submit_batch(cast.staff, batch_id, MoveFacts(moved_on=on), version=version)
    return batch_id


def view(cast: Cast, batch_id: int) -> BatchView:
    return batch_view(cast.staff, batch_id)


def person(cast: Cast, batch_id: int, case_id: int) -> BatchPerson:
    """Return the last place of a case in the batch."""
    places = [each for each in view(cast, batch_id).persons if each.case_id == case_id]
    return places[-1]
