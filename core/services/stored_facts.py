"""What is stored of people because it follows from their facts, brought up to date for many.

Each change of a person does so for him at once; this is for what no change has touched: people
registered before a fact was asked for, a day on which a state's entry terms changed, and a day
that made two facts contradict each other.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.services.case_rows import place_cases
from core.services.consequences import PHOTO, facts_of, note_facts
from core.services.expiries import refresh_expiries
from core.services.lookalikes import refresh_pairs
from core.services.record_facts import contradictions_of
from core.services.rulebook import needs_entry_visa
from core.terms import VISA_STATUSES_IN_FORCE, CrossingDirection
from db.models.documents import Document
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa

Row = TypeVar("Row", Passport, Enrolment, Residence, Visa)


def refresh_chunk(session: Session, *, after_person_id: int, limit: int) -> tuple[int, int]:
    """Refresh up to ``limit`` open records with ids above ``after_person_id``.

    Return the last id done and how many there were; none left is ``(after_person_id, 0)``.
    """
    people = _locked(session, after_person_id, limit)
    if not people:
        return after_person_id, 0
    ids = [person.id for person in people]
    passports = _by_person(session, Passport, ids, Passport.voided_at.is_(None))
    facts = _facts_question(session, ids)
    held = contradictions_of(session, people)
    for person in people:
        of_person = sorted(passports.get(person.id, ()), key=lambda row: not row.is_current)
        current = of_person[0] if of_person and of_person[0].is_current else None
        note_facts(person, of_person, facts(person, current), held[person.id])
    refresh_pairs(session, ids)
    place_cases(session, ids)
    refresh_expiries(session, ids)
    return ids[-1], len(ids)


def _locked(session: Session, after_person_id: int, limit: int) -> Sequence[Person]:
    """Return the people as they are now, held, so that no change comes in between."""
    return session.scalars(
        sa.select(Person)
        .where(Person.id > after_person_id, Person.closed_at.is_(None))
        .order_by(Person.id)
        .limit(limit)
        .with_for_update(key_share=True)
    ).all()


def _facts_question(session: Session, ids: Sequence[int]) -> Callable[..., Any]:
    """Return the question what the record of a person holds; each table is read once for all."""
    enrolments = _by_person(session, Enrolment, ids, Enrolment.is_current.is_(True))
    residences = _by_person(session, Residence, ids, Residence.until_on.is_(None))
    visas = _by_person(session, Visa, ids, Visa.status.in_(VISA_STATUSES_IN_FORCE))
    arrived = _who(session, Crossing, ids, Crossing.direction == CrossingDirection.IN)
    pictured = _who(session, Document, ids, Document.kind == PHOTO)
    today = clock.today(settings.current().time_zone)
    needs_visa = cache(lambda iso2: needs_entry_visa(session, iso2, today))

    def facts(person: Person, passport: Passport | None) -> Any:
        return facts_of(
            person,
            passport=passport,
            enrolment=next(iter(enrolments.get(person.id, ())), None),
            residence=next(iter(residences.get(person.id, ())), None),
            visa=next(iter(visas.get(person.id, ())), None),
            has_entry=person.id in arrived,
            has_photo=person.id in pictured,
            needs_visa=needs_visa(person.citizenship),
        )

    return facts


def _by_person(
    session: Session, table: type[Row], ids: Sequence[int], condition: sa.ColumnElement[bool]
) -> dict[int, list[Row]]:
    """Return the rows of each person, the latest first."""
    found: dict[int, list[Row]] = {}
    rows = session.scalars(
        sa.select(table).where(table.person_id.in_(ids), condition).order_by(table.id.desc())
    )
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found


def _who(
    session: Session,
    table: type[Crossing] | type[Document],
    ids: Sequence[int],
    condition: sa.ColumnElement[bool],
) -> set[int]:
    return set(
        session.scalars(
            sa.select(table.person_id)
            .distinct()
            .where(table.person_id.in_(ids), condition)
            .order_by(table.person_id)
        )
    )
