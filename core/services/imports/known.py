"""What the register knows of the people a handful of rows may be about, read in a few questions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.rules.countries import iso3_of
from core.rules.names import name_key
from core.services.imports.forms import Values
from core.terms import VISA_STATUSES_IN_FORCE, CrossingDirection, ImportField
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa

_F = ImportField

_NameAndDay = tuple[str, date | None]

#: The columns of the file that are columns of the register under the same name.
OF_PERSON = {_F.NATIVE_NAME, _F.NAME_RU, _F.NAME_KY, _F.PHONE, _F.EMAIL}
OF_IDENTITY = {_F.SURNAME, _F.GIVEN_NAMES, _F.BIRTH_DATE, _F.SEX}
OF_PASSPORT = {_F.ISSUED_ON, _F.EXPIRES_ON}
OF_ENROLMENT = {
    _F.COURSE, _F.PROGRAMME, _F.GROUP, _F.FUNDING, _F.ORDER_NUMBER, _F.ORDER_ON,
    _F.CONTRACT_NUMBER, _F.CONTRACT_FROM, _F.CONTRACT_UNTIL, _F.COURSE_UNTIL,
}  # fmt: skip
OF_RESIDENCE = {_F.ADDRESS, _F.OWNER_NAME, _F.CONSENT_UNTIL}

#: The columns of a visa, which have other names in the register.
OF_VISA = {
    _F.VISA_CATEGORY: "category",
    _F.VISA_ENTRIES: "entries",
    _F.VISA_NUMBER: "number",
    _F.VISA_FROM: "valid_from",
    _F.VISA_UNTIL: "valid_until",
}


@dataclass(kw_only=True)
class KnownPerson:
    """A person with the rows an import may change.

    ``passport`` is the one of the number in the file, or the current one of a namesake; None where
    no passport is known yet.
    """

    person: Person
    passport: Passport | None
    enrolment: Enrolment | None = None
    residence: Residence | None = None
    visa: Visa | None = None
    entries: set[date] = field(default_factory=set)

    def values(self) -> dict[ImportField, Any]:
        """Return what the register says, by field; what is empty there is not among it."""
        said: dict[ImportField, Any] = {}
        for row, names in (
            (self.person, OF_PERSON),
            (self.passport or self.person, OF_IDENTITY),
            (self.passport, OF_PASSPORT),
            (self.enrolment, OF_ENROLMENT),
            (self.residence, OF_RESIDENCE),
        ):
            said |= {name: getattr(row, name.value) for name in names if row is not None}
        if self.passport is not None:
            said[_F.CITIZENSHIP] = self.passport.nationality
            said[_F.PASSPORT_NUMBER] = self.passport.number
            said[_F.ISSUING_STATE] = self.passport.issuing_state
        else:
            said[_F.CITIZENSHIP] = iso3_of(self.person.citizenship)
        said[_F.AGENT] = self.person.agent_id
        said[_F.FACULTY] = self.enrolment.faculty_id if self.enrolment else None
        said[_F.RESIDENCE] = self.residence.kind if self.residence else None
        if self.visa is not None:
            said |= {name: getattr(self.visa, column) for name, column in OF_VISA.items()}
        return {name: value for name, value in said.items() if value not in (None, "")}


class KnownPeople:
    """Everybody some rows may be about, by passport number, and by name and birth date."""

    def __init__(self, session: Session, rows: Sequence[Values]) -> None:
        self._by_number = _by_number(session, rows)
        strangers = [row for row in rows if self.with_passport(row) is None]
        self._namesakes = _namesakes(session, strangers)

    def with_passport(self, values: Values) -> KnownPerson | None:
        """Return whose passport a row names: number and state, or the number alone if unique."""
        state = values.get(_F.ISSUING_STATE) or values.get(_F.CITIZENSHIP, "")
        found = self._by_number.get(values.get(_F.PASSPORT_NUMBER, ""), [])
        exact = [
            known for known in found if known.passport and known.passport.issuing_state == state
        ]
        if exact:
            return exact[0]
        return found[0] if len(found) == 1 and not state else None

    def namesake(self, values: Values) -> KnownPerson | None:
        """Return somebody of the same folded name and birth date; the first who was registered."""
        return self._namesakes.get(_name_and_day(values))


def _by_number(session: Session, rows: Iterable[Values]) -> dict[str, list[KnownPerson]]:
    numbers = {row[_F.PASSPORT_NUMBER] for row in rows if row.get(_F.PASSPORT_NUMBER)}
    if not numbers:
        return {}
    found = session.execute(
        sa.select(Passport, Person)
        .join(Person, Person.id == Passport.person_id)
        .where(Passport.number.in_(numbers), Passport.voided_at.is_(None))
        .order_by(Passport.id)
    )
    by_number: defaultdict[str, list[KnownPerson]] = defaultdict(list)
    for passport, person in found:
        by_number[passport.number].append(KnownPerson(person=person, passport=passport))
    _add_circumstances(session, [known for each in by_number.values() for known in each])
    return by_number


def _add_circumstances(session: Session, people: Sequence[KnownPerson]) -> None:
    ids = {known.person.id for known in people}
    if not ids:
        return
    enrolments = _first(session, Enrolment, ids, Enrolment.is_current.is_(True))
    residences = _first(session, Residence, ids, Residence.until_on.is_(None))
    visas: dict[int, Visa] = {}
    active = sa.select(Visa).where(Visa.person_id.in_(ids), Visa.status.in_(VISA_STATUSES_IN_FORCE))
    for visa in session.scalars(active.order_by(Visa.valid_until.desc(), Visa.id.desc())):
        visas.setdefault(visa.person_id, visa)
    entries: defaultdict[int, set[date]] = defaultdict(set)
    crossed = sa.select(Crossing).where(
        Crossing.person_id.in_(ids), Crossing.direction == CrossingDirection.IN
    )
    for crossing in session.scalars(crossed.order_by(Crossing.id)):
        entries[crossing.person_id].add(crossing.crossed_on)
    for known in people:
        known.enrolment = enrolments.get(known.person.id)
        known.residence = residences.get(known.person.id)
        known.visa = visas.get(known.person.id)
        known.entries = entries[known.person.id]


def _first(
    session: Session, table: type[Any], ids: set[int], condition: sa.ColumnElement[bool]
) -> dict[int, Any]:
    """Return the newest row of each person for which ``condition`` holds."""
    rows = session.scalars(
        sa.select(table).where(table.person_id.in_(ids), condition).order_by(table.id)
    )
    return {row.person_id: row for row in rows}


def _namesakes(session: Session, rows: Iterable[Values]) -> dict[_NameAndDay, KnownPerson]:
    wanted = {_name_and_day(row) for row in rows if row.get(_F.BIRTH_DATE)}
    if not wanted:
        return {}
    found = session.execute(
        sa.select(Person, Passport)
        .outerjoin(Passport, sa.and_(Passport.person_id == Person.id, Passport.is_current))
        .where(
            Person.birth_date.in_({day for _name, day in wanted}),
            Person.name_key.in_({name for name, _day in wanted}),
            Person.closed_at.is_(None),
        )
        .order_by(Person.id.desc())
    )
    people = [KnownPerson(person=person, passport=passport) for person, passport in found]
    _add_circumstances(session, people)
    return {(known.person.name_key, known.person.birth_date): known for known in people}


def _name_and_day(values: Values) -> _NameAndDay:
    name = name_key(values.get(_F.SURNAME, ""), values.get(_F.GIVEN_NAMES, ""))
    return name, values.get(_F.BIRTH_DATE)
