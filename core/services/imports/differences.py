"""What a checked file would change of whom, and who in it may be somebody registered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor, Permission
from core.rules.countries import iso2_of
from core.services.cards import full_name, masked
from core.services.guard import requires
from core.services.imports.forms import Values, from_json
from core.services.imports.judging import MAYBE_SAME, Namesakes
from core.services.imports.views import existing_batch
from core.services.page import PAGE_SIZE, Page
from core.terms import ImportAction, ImportField
from db.engine import reading
from db.models.imports import ImportBatch, ImportRow
from db.models.people import Enrolment, Passport, Person

_F = ImportField

_STATES = frozenset({_F.CITIZENSHIP, _F.ISSUING_STATE})

#: So many pairs are asked about at once.
PAIRS = 20


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """One field of one person that an update writes; ``before`` is None where nothing is said yet.

    ``row`` counts as the sheet does. Passport numbers are masked, states have their two letters,
    faculties and representatives are ids.
    """

    row: int
    person_id: int
    name: str
    field: ImportField
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class PairSide:
    """One of two who may be the same person; the passport number is masked."""

    name: str
    birth_date: date | None
    passport_masked: str
    faculty_id: int | None


@dataclass(frozen=True, kw_only=True)
class NamesakePair:
    """A row of a file and who is registered under its name and birth date, with the answer."""

    row: int
    person_id: int
    in_file: PairSide
    registered: PairSide
    answer: Namesakes


@requires(Permission.EDIT_PEOPLE)
def batch_changes(actor: Actor, batch_id: int, *, page: int = 1) -> Page[ChangeLine]:  # noqa: ARG001
    """Return what the updates of a file overwrite and add, field by field; pages are of people."""
    number = max(1, page)
    with reading() as session:
        batch = existing_batch(session, batch_id)
        rows = session.execute(
            sa.select(ImportRow, Person)
            .join(Person, Person.id == ImportRow.person_id)
            .where(ImportRow.batch_id == batch_id, ImportRow.action == ImportAction.UPDATE)
            .order_by(ImportRow.row_number)
            .limit(PAGE_SIZE)
            .offset((number - 1) * PAGE_SIZE)
        )
        lines = tuple(line for row, person in rows for line in _changes(row, person))
        return Page(rows=lines, total=batch.update_count, number=number)


@requires(Permission.EDIT_PEOPLE)
def batch_namesakes(actor: Actor, batch_id: int, *, page: int = 1) -> Page[NamesakePair]:  # noqa: ARG001
    """Return the rows that may be about somebody registered, answered or not, side by side."""
    number = max(1, page)
    with reading() as session:
        batch = existing_batch(session, batch_id)
        asked = _asked(session, batch)
        shown = asked[(number - 1) * PAIRS : number * PAIRS]
        known = _registered(session, [row.person_id for row in shown])
        answers = batch.options.get("answers", {})
        pairs = tuple(
            NamesakePair(
                row=row.row_number,
                person_id=row.person_id or 0,
                in_file=_in_file(from_json(row.values)),
                registered=known[row.person_id or 0],
                answer=Namesakes(answers.get(str(row.row_number), Namesakes.ASK)),
            )
            for row in shown
        )
        return Page(rows=pairs, total=len(asked), number=number, size=PAIRS)


def _changes(row: ImportRow, person: Person) -> Iterable[ChangeLine]:
    kept: Mapping[str, Any] = row.before or {}
    before, after = from_json(kept.get("said", {})), from_json(row.values)
    for name in map(ImportField, kept.get("changed", ())):
        yield ChangeLine(
            row=row.row_number,
            person_id=person.id,
            name=full_name(person),
            field=name,
            before=_shown(name, before.get(name)),
            after=_shown(name, after[name]),
        )


def _shown(name: ImportField, value: Any) -> Any:
    if name is _F.PASSPORT_NUMBER:
        return masked(value or "")
    return iso2_of(value or "") if name in _STATES else value


def _asked(session: Session, batch: ImportBatch) -> list[ImportRow]:
    answered = {int(number) for number in batch.options.get("answers", {})}
    rows = session.scalars(
        sa.select(ImportRow)
        .where(
            ImportRow.batch_id == batch.id,
            ImportRow.person_id.is_not(None),
            sa.or_(ImportRow.action == ImportAction.ERROR, ImportRow.row_number.in_(answered)),
        )
        .order_by(ImportRow.row_number)
    )
    return [
        row
        for row in rows
        if row.row_number in answered or any(told["code"] == MAYBE_SAME for told in row.faults)
    ]


def _in_file(values: Values) -> PairSide:
    name = f"{values.get(_F.SURNAME, '')} {values.get(_F.GIVEN_NAMES, '')}".strip()
    return PairSide(
        name=name,
        birth_date=values.get(_F.BIRTH_DATE),
        passport_masked=masked(values.get(_F.PASSPORT_NUMBER, "")),
        faculty_id=values.get(_F.FACULTY),
    )


def _registered(session: Session, person_ids: Sequence[int | None]) -> dict[int, PairSide]:
    people = session.execute(
        sa.select(Person, Passport.number, Enrolment.faculty_id)
        .outerjoin(Passport, sa.and_(Passport.person_id == Person.id, Passport.is_current))
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current))
        .where(Person.id.in_(person_ids))
        .order_by(Person.id)
    )
    return {
        person.id: PairSide(
            name=full_name(person),
            birth_date=person.birth_date,
            passport_masked=masked(number or ""),
            faculty_id=faculty_id,
        )
        for person, number, faculty_id in people
    }
