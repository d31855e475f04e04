"""An update out of a file: what it writes, and where a history keeps what was there before."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor
from core.rules.countries import iso2_of
from core.rules.visas import status_in_force
from core.services.cases import complete_exit
from core.services.imports.forms import Values, residence_of
from core.services.imports.journal import Journal
from core.services.imports.known import (
    OF_ENROLMENT,
    OF_IDENTITY,
    OF_PASSPORT,
    OF_PERSON,
    OF_RESIDENCE,
    OF_VISA,
    KnownPerson,
)
from core.terms import (
    CrossingDirection,
    EnrolmentStatus,
    ImportField,
    Sex,
    VisaEntries,
    VisaStatus,
)
from db.models.people import Crossing, Enrolment, Passport, Residence, Visa

_F = ImportField


def is_another_passport(known: KnownPerson, values: Values) -> bool:
    """Return whether a row names another passport of the person than the one known."""
    number = values.get(_F.PASSPORT_NUMBER)
    if not number or known.passport is None:
        return bool(number)
    state = values.get(_F.ISSUING_STATE) or values.get(_F.CITIZENSHIP)
    is_elsewhere = state is not None and state != known.passport.issuing_state
    return number != known.passport.number or is_elsewhere


@dataclass(kw_only=True)
class Update:
    """One row about somebody known; ``changes`` are those of its ``values`` that are new.

    Nothing else follows from it before :func:`core.services.follow_ups.follow_up_all` is called,
    after which ``journal`` can be kept. ``ended`` are the cases whose purpose the row reached.
    """

    session: Session
    actor: Actor
    known: KnownPerson
    values: Values
    changes: Values
    today: date
    journal: Journal = field(default_factory=Journal)
    ended: list[int] = field(default_factory=list)

    def apply(self) -> None:
        """Write the changes to the rows of the person."""
        person = self._changed(OF_PERSON)
        if _F.AGENT in self.changes:
            person["agent_id"] = self.changes[_F.AGENT]
        self._write(self.known.person, person)
        if is_another_passport(self.known, self.values):
            self._add_passport()
        else:
            self._identify()
        self._enrol()
        self._house()
        self._admit()

    def _identify(self) -> None:
        known, said = self.known, self._changed(OF_IDENTITY)
        state = self.changes.get(_F.CITIZENSHIP)
        if known.passport is None:
            self._write(known.person, said | ({"citizenship": iso2_of(state)} if state else {}))
            return
        said |= self._changed(OF_PASSPORT) | ({"nationality": state} if state else {})
        self._write(known.passport, said)

    def _add_passport(self) -> None:
        """Add a passport, as the current one unless the present one is valid for longer."""
        earlier, ends = self.known.passport, self.values.get(_F.EXPIRES_ON)
        row = self._passport()
        is_older = bool(earlier and earlier.expires_on and ends and ends < earlier.expires_on)
        row.is_current = not is_older
        if earlier is not None and not is_older:
            self._write(earlier, {"is_current": False})
            self.session.flush()
        self._add(row)
        self.session.flush()
        if earlier is None:
            self._adopt(row)
        self.known.passport = row

    def _passport(self) -> Passport:
        told = {**self.known.values(), **self.values}
        nationality = told.get(_F.CITIZENSHIP, "")
        return Passport(
            person_id=self.known.person.id,
            number=self.values[_F.PASSPORT_NUMBER],
            issuing_state=self.values.get(_F.ISSUING_STATE) or nationality,
            nationality=nationality,
            surname=told.get(_F.SURNAME, ""),
            given_names=told.get(_F.GIVEN_NAMES, ""),
            birth_date=told.get(_F.BIRTH_DATE),
            sex=told.get(_F.SEX, Sex.UNSPECIFIED),
            issued_on=self.values.get(_F.ISSUED_ON),
            expires_on=self.values.get(_F.EXPIRES_ON),
        )

    def _adopt(self, passport: Passport) -> None:
        """Give the first passport the crossings and visas noted while none was known."""
        for table in (Crossing, Visa):
            self.session.execute(
                sa.update(table)
                .where(table.person_id == passport.person_id, table.passport_id.is_(None))
                .values(passport_id=passport.id)
            )

    def _enrol(self) -> None:
        said = self._changed(OF_ENROLMENT)
        if _F.FACULTY in self.changes:
            said["faculty_id"] = self.changes[_F.FACULTY]
        if not said:
            return
        if self.known.enrolment is not None:
            self._write(self.known.enrolment, said)
            return
        status = EnrolmentStatus.ARRIVED if self.known.entries else EnrolmentStatus.INVITED
        self._add(Enrolment(person_id=self.known.person.id, status=status, **said))

    def _house(self) -> None:
        """Write where somebody lives; who moved between hostel and flat keeps the earlier place."""
        present, said = self.known.residence, self._changed(OF_RESIDENCE)
        kind = self.changes.get(_F.RESIDENCE) or (None if present else residence_of(self.changes))
        if kind is None:
            if present is not None:
                self._write(present, said)
            return
        if present is not None and present.from_on is not None and present.from_on >= self.today:
            # He has not lived there for a day, so it is put right.
            self._write(present, {"kind": kind, **said})
            return
        if present is not None:
            self._write(present, {"until_on": self.today - timedelta(days=1)})
        since = self.today if present is not None else None
        whole = _named(self.values, OF_RESIDENCE)
        self._add(Residence(person_id=self.known.person.id, kind=kind, from_on=since, **whole))

    def _admit(self) -> None:
        """Write the visa and the entry; another number is another visa beside the earlier one."""
        known = self.known
        ids = {
            "person_id": known.person.id,
            "passport_id": known.passport.id if known.passport else None,
        }
        if _F.ENTERED_ON in self.changes:
            day = self.changes[_F.ENTERED_ON]
            self._add(Crossing(**ids, direction=CrossingDirection.IN, crossed_on=day))
        said = _visa_columns(self.changes)
        if known.visa is not None and not is_another_visa(known, self.values):
            self._write(known.visa, said | self._status(known.visa, said))
        elif said:
            defaults = {"category": "", "entries": VisaEntries.SINGLE}
            if known.visa is not None:
                defaults["category"] = known.visa.category
                self._write(known.visa, {"status": VisaStatus.REPLACED})
            whole = defaults | _visa_columns(self.values)
            self._add(Visa(**ids, **self._status(None, whole), **whole))

    def _status(self, earlier: Visa | None, said: dict[str, Any]) -> dict[str, VisaStatus]:
        """Return the status that the letter in ``said`` gives; a new exit visa ends its case."""
        if "category" not in said:
            return {}
        status = status_in_force(said["category"])
        was_exit = earlier is not None and earlier.status is VisaStatus.EXIT
        if status is VisaStatus.EXIT and not was_exit:
            ended = complete_exit(self.session, self.actor, self.known.person.id)
            self.ended += [] if ended is None else [ended]
        return {"status": status}

    def _changed(self, names: set[ImportField]) -> dict[str, Any]:
        return _named(self.changes, names)

    def _write(self, row: Any, values: dict[str, Any]) -> None:
        self.journal.write(row, self.actor, values)

    def _add(self, row: Any) -> None:
        self.journal.add(self.session, row)


def is_another_visa(known: KnownPerson, values: Values) -> bool:
    """Return whether a row names a visa of another number, and says until when it is valid."""
    earlier, number = known.visa.number if known.visa else "", values.get(_F.VISA_NUMBER)
    return bool(earlier and number) and number != earlier and _F.VISA_UNTIL in values


def _named(said: Values, names: set[ImportField]) -> dict[str, Any]:
    return {name.value: said[name] for name in sorted(names) if name in said}


def _visa_columns(said: Values) -> dict[str, Any]:
    return {column: said[name] for name, column in OF_VISA.items() if name in said}
