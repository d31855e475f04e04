"""An update out of a file: what it writes, and how each of its writes is taken back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor
from core.services.imports.forms import Values, residence_of
from core.services.imports.known import (
    OF_ENROLMENT,
    OF_PASSPORT,
    OF_PERSON,
    OF_RESIDENCE,
    KnownPerson,
)
from core.services.versions import touch
from core.terms import CrossingDirection, EnrolmentStatus, ImportField, VisaEntries, VisaStatus
from db.base import Base
from db.models.cases import Case
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa

_F = ImportField

_TABLES: Mapping[str, type[Any]] = {
    table.__tablename__: table for table in (Person, Passport, Enrolment, Residence, Visa, Crossing)
}

_VISA = {
    _F.VISA_CATEGORY: "category",
    _F.VISA_ENTRIES: "entries",
    _F.VISA_NUMBER: "number",
    _F.VISA_FROM: "valid_from",
    _F.VISA_UNTIL: "valid_until",
}


class Journal:
    """What an update overwrote and added, so that it can be taken back."""

    def __init__(self) -> None:
        self._overwritten: list[list[Any]] = []
        self._added: list[list[Any]] = []

    def write(self, row: Any, actor: Actor, values: Mapping[str, Any]) -> None:
        """Write ``values`` into ``row`` and note what was there."""
        if not values:
            return
        before = {name: _plain(getattr(row, name)) for name in values}
        self._overwritten.append([row.__tablename__, row.id, before])
        for name, value in values.items():
            setattr(row, name, value)
        if not isinstance(row, Person):
            touch(row, actor)

    def add(self, session: Session, row: Any) -> None:
        """Add ``row`` and note that it was not there."""
        session.add(row)
        session.flush()
        self._added.append([row.__tablename__, row.id])

    def to_json(self) -> dict[str, Any]:
        """Return the journal as it is kept with the row of the file."""
        return {"overwritten": self._overwritten, "added": self._added}


def apply_changes(
    session: Session, actor: Actor, known: KnownPerson, changes: Values
) -> dict[str, Any]:
    """Write ``changes`` to the rows of a person; return what :func:`take_back` needs."""
    journal = Journal()
    person = _named(changes, OF_PERSON)
    if _F.AGENT in changes:
        person["agent_id"] = changes[_F.AGENT]
    passport = _named(changes, OF_PASSPORT)
    if _F.CITIZENSHIP in changes:
        passport["nationality"] = changes[_F.CITIZENSHIP]
    journal.write(known.person, actor, person)
    journal.write(known.passport, actor, passport)
    _enrol(session, actor, known, changes, journal)
    _house(session, actor, known, changes, journal)
    _admit(session, actor, known, changes, journal)
    return journal.to_json()


def take_back(session: Session, actor: Actor, kept: Mapping[str, Any]) -> None:
    """Put back what an update overwrote and remove what it added."""
    for table_name, row_id, before in kept["overwritten"]:
        table = _TABLES[table_name]
        row = session.get_one(table, row_id)
        for name, value in before.items():
            setattr(row, name, _typed(table, name, value))
        if not isinstance(row, Person):
            touch(row, actor)
    for table_name, row_id in reversed(kept["added"]):
        table = _TABLES[table_name]
        for link, column in ((Crossing, Case.crossing_id), (Visa, Case.visa_id)):
            if table is link:
                session.execute(sa.update(Case).where(column == row_id).values({column.key: None}))
        session.execute(sa.delete(table).where(table.id == row_id))
    session.flush()


def _enrol(
    session: Session, actor: Actor, known: KnownPerson, changes: Values, journal: Journal
) -> None:
    values = _named(changes, OF_ENROLMENT)
    if _F.FACULTY in changes:
        values["faculty_id"] = changes[_F.FACULTY]
    if not values:
        return
    if known.enrolment is not None:
        journal.write(known.enrolment, actor, values)
        return
    status = EnrolmentStatus.ARRIVED if known.entries else EnrolmentStatus.INVITED
    journal.add(session, Enrolment(person_id=known.person.id, status=status, **values))


def _house(
    session: Session, actor: Actor, known: KnownPerson, changes: Values, journal: Journal
) -> None:
    values = _named(changes, OF_RESIDENCE)
    kind = changes.get(_F.RESIDENCE)
    if known.residence is not None and kind in (None, known.residence.kind):
        journal.write(known.residence, actor, values)
        return
    kind = kind or residence_of(changes)
    if kind is None:
        return
    if known.residence is not None:
        # A file says where somebody lives now, and not since when.
        journal.write(known.residence, actor, {"kind": kind, **values})
        return
    journal.add(session, Residence(person_id=known.person.id, kind=kind, **values))


def _admit(
    session: Session, actor: Actor, known: KnownPerson, changes: Values, journal: Journal
) -> None:
    """Write the visa and the entry; another number is another visa beside the earlier one."""
    ids = {"person_id": known.person.id, "passport_id": known.passport.id}
    if _F.ENTERED_ON in changes:
        entry = Crossing(**ids, direction=CrossingDirection.IN, crossed_on=changes[_F.ENTERED_ON])
        journal.add(session, entry)
    values = {column: changes[name] for name, column in _VISA.items() if name in changes}
    if not values:
        return
    is_same = known.visa is not None and (_F.VISA_NUMBER not in changes or not known.visa.number)
    if is_same:
        journal.write(known.visa, actor, values)
    elif "valid_until" in values:
        earlier = known.visa.category if known.visa else ""
        defaults = {"category": earlier, "entries": VisaEntries.SINGLE}
        journal.add(session, Visa(**ids, status=VisaStatus.ACTIVE, **(defaults | values)))


def _named(changes: Values, names: set[ImportField]) -> dict[str, Any]:
    return {name.value: changes[name] for name in sorted(names) if name in changes}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(table: type[Base], name: str, value: Any) -> Any:
    kind = sa.inspect(table).columns[name].type
    if value is None:
        return None
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    return value
