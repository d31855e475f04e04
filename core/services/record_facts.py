"""What contradicts itself in the records of people, read by one question for each table.

One person or a thousand, it is the same road, so that whoever is changed alone, imported with many
or swept at night is judged alike.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.rules.contradictions import RecordFacts, VisaFacts, contradictions
from core.services.house import today
from core.terms import Contradiction, CrossingDirection, VisaStatus
from db.models.people import Crossing, Enrolment, Passport, Person, Registration, Residence, Visa

_Rows = Mapping[int, sa.Row[Any]]

#: What is asked of each table, the row that counts last.
_ENROLMENTS = (
    sa.select(Enrolment.person_id, Enrolment.status, Enrolment.contract_until)
    .where(Enrolment.is_current.is_(True))
    .order_by(Enrolment.id)
)
_VISAS = (
    sa.select(Visa.person_id, Visa.valid_until, Visa.passport_id)
    .where(Visa.status == VisaStatus.ACTIVE)
    .order_by(Visa.valid_until, Visa.id)
)
_REGISTRATIONS = (
    sa.select(Registration.person_id, Registration.registered_on)
    .where(Registration.is_current.is_(True))
    .order_by(Registration.id)
)
_CROSSINGS = sa.select(
    Crossing.person_id, Crossing.direction, Crossing.crossed_on, Crossing.passport_id
).order_by(Crossing.crossed_on, Crossing.id)
_HOMES = (
    sa.select(Residence.person_id, Residence.kind, Residence.consent_until)
    .where(Residence.until_on.is_(None))
    .order_by(Residence.id)
)
_PASSPORTS = (
    sa.select(
        Passport.person_id,
        Passport.id,
        Passport.issued_on,
        Passport.expires_on,
        Passport.is_current,
    )
    .where(Passport.voided_at.is_(None))
    .order_by(Passport.id)
)


@dataclass(frozen=True, kw_only=True)
class _Tables:
    """What the tables say, by person; ``passports`` by their own id."""

    enrolments: _Rows
    visas: _Rows
    registrations: _Rows
    crossings: _Rows
    entries: _Rows
    homes: _Rows
    home_counts: Mapping[int, int]
    passports: _Rows
    current_passports: _Rows


def contradictions_of(
    session: Session, people: Iterable[Person]
) -> dict[int, tuple[Contradiction, ...]]:
    """Return by person what of each record contradicts itself today; the caller has flushed.

    Citizenship and birth date are those of ``people`` as they stand, stored or not yet.
    """
    by_id = {person.id: person for person in people}
    tables = _read(session, list(by_id))
    day = today()
    return {
        person_id: contradictions(_facts(person, tables, day))
        for person_id, person in by_id.items()
    }


def _facts(person: Person, tables: _Tables, day: date) -> RecordFacts:
    enrolment, home = tables.enrolments.get(person.id), tables.homes.get(person.id)
    registration, crossing = tables.registrations.get(person.id), tables.crossings.get(person.id)
    entry = tables.entries.get(person.id)
    shown = tables.passports.get(entry.passport_id) if entry else None
    has_left = crossing is not None and crossing.direction is CrossingDirection.OUT
    return RecordFacts(
        today=day,
        citizenship=person.citizenship,
        birth_date=person.birth_date,
        status=enrolment.status if enrolment else None,
        contract_until=enrolment.contract_until if enrolment else None,
        visa=_visa_facts(person.id, tables),
        registered_on=registration.registered_on if registration else None,
        left_on=crossing.crossed_on if crossing and has_left else None,
        entered_on=entry.crossed_on if entry else None,
        entry_passport_issued_on=shown.issued_on if shown else None,
        residence=home.kind if home else None,
        consent_until=home.consent_until if home else None,
        home_count=tables.home_counts.get(person.id, 0),
    )


def _visa_facts(person_id: int, tables: _Tables) -> VisaFacts | None:
    visa = tables.visas.get(person_id)
    if visa is None:
        return None
    if visa.passport_id is None:
        passport = tables.current_passports.get(person_id)
    else:
        passport = tables.passports.get(visa.passport_id)
    return VisaFacts(
        valid_until=visa.valid_until,
        passport_until=passport.expires_on if passport else None,
        is_passport_replaced=passport is not None and not passport.is_current,
    )


def _read(session: Session, ids: Sequence[int]) -> _Tables:
    crossings = _rows(session, ids, _CROSSINGS)
    homes = _rows(session, ids, _HOMES)
    passports = _rows(session, ids, _PASSPORTS)
    return _Tables(
        enrolments=_last(_rows(session, ids, _ENROLMENTS)),
        visas=_last(_rows(session, ids, _VISAS)),
        registrations=_last(_rows(session, ids, _REGISTRATIONS)),
        crossings=_last(crossings),
        entries=_last(row for row in crossings if row.direction is CrossingDirection.IN),
        homes=_last(homes),
        home_counts=Counter(row.person_id for row in homes),
        passports={row.id: row for row in passports},
        current_passports=_last(row for row in passports if row.is_current),
    )


def _rows(
    session: Session, ids: Sequence[int], question: sa.Select[*tuple[Any, ...]]
) -> Sequence[sa.Row[Any]]:
    return session.execute(question.where(sa.column("person_id").in_(ids))).all()


def _last(rows: Iterable[sa.Row[Any]]) -> dict[int, sa.Row[Any]]:
    """Return the last row of each person."""
    return {row.person_id: row for row in rows}
