"""What the register knows of the people a handful of rows may be about, read in a few questions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.rules.names import name_key
from core.services.imports.forms import Values
from core.terms import CrossingDirection, ImportField, VisaStatus
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa

_F = ImportField

_NameAndDay = tuple[str, date | None]

#: The columns of the file that are columns of the register under the same name.
OF_PERSON = {_F.NATIVE_NAME, _F.NAME_RU, _F.NAME_KY, _F.PHONE, _F.EMAIL}
OF_PASSPORT = {_F.SURNAME, _F.GIVEN_NAMES, _F.BIRTH_DATE, _F.SEX, _F.ISSUED_ON, _F.EXPIRES_ON}
OF_ENROLMENT = {
    _F.COURSE, _F.PROGRAMME, _F.GROUP, _F.FUNDING, _F.ORDER_NUMBER, _F.ORDER_ON,
    _F.CONTRACT_NUMBER, _F.CONTRACT_FROM, _F.CONTRACT_UNTIL, _F.COURSE_UNTIL,
}  # fmt: skip
OF_RESIDENCE = {_F.ADDRESS, _F.OWNER_NAME, _F.CONSENT_UNTIL}


@dataclass(kw_only=True)
class KnownPerson:
    """A person with the rows an import may change; ``passport`` is the one of the number."""

    person: Person
    passport: Passport
    enrolment: Enrolment | None = None
    residence: Residence | None = None
    visa: Visa | None = None
    entries: set[date] = field(default_factory=set)

    def values(self) -> dict[ImportField, Any]:
        """Return what the register says, by field; what is empty there is not among it."""
        said: dict[ImportField, Any] = {}
        for row, names in (
            (self.person, OF_PERSON),
            (self.passport, OF_PASSPORT),
            (self.enrolment, OF_ENROLMENT),
            (self.residence, OF_RESIDENCE),
        ):
            said |= {name: getattr(row, name.value) for name in names if row is not None}
        said[_F.CITIZENSHIP] = self.passport.nationality
        said[_F.PASSPORT_NUMBER] = self.passport.number
        said[_F.ISSUING_STATE] = self.passport.issuing_state
        said[_F.AGENT] = self.person.agent_id
        said[_F.FACULTY] = self.enrolment.faculty_id if self.enrolment else None
        said[_F.RESIDENCE] = self.residence.kind if self.residence else None
        if self.visa is not None:
            said[_F.VISA_CATEGORY] = self.visa.category
            said[_F.VISA_ENTRIES] = self.visa.entries
            said[_F.VISA_NUMBER] = self.visa.number
            said[_F.VISA_FROM] = self.visa.valid_from
            said[_F.VISA_UNTIL] = self.visa.valid_until
        return {name: value for name, value in said.items() if value not in (None, "")}

    def changes(self, values: Values) -> dict[ImportField, Any]:
        """Return those of ``values`` that the register does not say."""
        said = self.values()
        return {
            name: value
            for name, value in values.items()
            if said.get(name) != value and not (name is _F.ENTERED_ON and value in self.entries)
        }


class KnownPeople:
    """Everybody some rows may be about, by passport number and by birth date."""

    def __init__(self, session: Session, rows: Sequence[Values]) -> None:
        self._by_number = _by_number(session, rows)
        self._namesakes = _namesakes(session, rows)

    def with_passport(self, number: str, issuing_state: str) -> KnownPerson | None:
        """Return whose passport this is: number and state, or the number alone if it is unique."""
        found = self._by_number.get(number, [])
        exact = [known for known in found if known.passport.issuing_state == issuing_state]
        if exact:
            return exact[0]
        return found[0] if len(found) == 1 and not issuing_state else None

    def namesake(self, values: Values) -> Person | None:
        """Return somebody of the same folded name and birth date; the first who was registered."""
        return self._namesakes.get(_name_and_day(values))


def _by_number(session: Session, rows: Iterable[Values]) -> dict[str, list[KnownPerson]]:
    numbers = {row[_F.PASSPORT_NUMBER] for row in rows if row.get(_F.PASSPORT_NUMBER)}
    found = session.execute(
        sa.select(Passport, Person)
        .join(Person, Person.id == Passport.person_id)
        .where(Passport.number.in_(numbers), Passport.voided_at.is_(None))
        .order_by(Passport.id)
    )
    people = [KnownPerson(person=person, passport=passport) for passport, person in found]
    _add_circumstances(session, people)
    by_number: defaultdict[str, list[KnownPerson]] = defaultdict(list)
    for known in people:
        by_number[known.passport.number].append(known)
    return by_number


def _add_circumstances(session: Session, people: Sequence[KnownPerson]) -> None:
    ids = {known.person.id for known in people}
    if not ids:
        return
    enrolments = _first(session, Enrolment, ids, Enrolment.is_current.is_(True))
    residences = _first(session, Residence, ids, Residence.until_on.is_(None))
    visas: dict[int, Visa] = {}
    active = sa.select(Visa).where(Visa.person_id.in_(ids), Visa.status == VisaStatus.ACTIVE)
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


def _namesakes(session: Session, rows: Iterable[Values]) -> dict[_NameAndDay, Person]:
    wanted = {_name_and_day(row) for row in rows if row.get(_F.BIRTH_DATE)}
    people = session.scalars(
        sa.select(Person)
        .where(
            Person.birth_date.in_({day for _name, day in wanted}),
            Person.name_key.in_({name for name, _day in wanted}),
            Person.closed_at.is_(None),
        )
        .order_by(Person.id.desc())
    )
    return {(person.name_key, person.birth_date): person for person in people}


def _name_and_day(values: Values) -> _NameAndDay:
    name = name_key(values.get(_F.SURNAME, ""), values.get(_F.GIVEN_NAMES, ""))
    return name, values.get(_F.BIRTH_DATE)
