"""The persons of a batch with all that an authority asks of them, by a question for each table."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor
from core.rules.cases import STUDY_CATEGORY
from core.rules.limits import VisaPlan, study_visa_end
from core.services.house import today
from core.services.scope import people_in_scope
from core.services.visa_limits import load_margin
from core.terms import CaseKind, ResidenceKind, VisaStatus
from db.models.batches import BatchCase
from db.models.cases import Case
from db.models.people import Enrolment, Passport, Person, Residence, Visa

#: The cases that ask for a study visa, whose end the limits tell.
_STUDY_VISAS = (CaseKind.STUDY_VISA, CaseKind.STUDY_VISA_EXTENSION)


@dataclass(frozen=True, kw_only=True)
class SubmittedPerson:
    """A person as a list for an authority names him; what is not known is None or empty.

    ``wanted_until`` is the last day that the nearest limit leaves, None for what is no study visa.
    """

    case_id: int
    person_id: int
    surname: str
    given_names: str
    native_name: str
    citizenship: str | None
    birth_date: date | None
    passport_number: str
    passport_until: date | None
    visa_category: str
    visa_number: str
    visa_until: date | None
    faculty_id: int | None
    course: int | None
    residence: ResidenceKind | None
    address: str
    wanted_until: date | None

    @property
    def name(self) -> str:
        """Surname and given names as in the passport."""
        return f"{self.surname} {self.given_names}".strip()


def submitted_persons(
    session: Session, actor: Actor, batch_id: int, kind: CaseKind
) -> tuple[SubmittedPerson, ...]:
    """Return the persons of a batch by name, without those taken out of it."""
    rows = session.execute(
        sa.select(BatchCase.case_id, Person)
        .join(Case, Case.id == BatchCase.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(
            BatchCase.batch_id == batch_id,
            BatchCase.taken_out_at.is_(None),
            people_in_scope(actor, Case.person_id),
        )
        .order_by(Person.surname, Person.given_names, BatchCase.id)
    ).all()
    around = _Around(session, {person.id for _case_id, person in rows})
    return tuple(
        around.person(case_id, person, asks_for_visa=kind in _STUDY_VISAS)
        for case_id, person in rows
    )


class _Around:
    """The papers and the place of many people, by person."""

    def __init__(self, session: Session, ids: Collection[int]) -> None:
        passports = sa.select(Passport).where(Passport.person_id.in_(ids), Passport.is_current)
        enrolments = sa.select(Enrolment).where(Enrolment.person_id.in_(ids), Enrolment.is_current)
        residences = sa.select(Residence).where(
            Residence.person_id.in_(ids), Residence.until_on.is_(None)
        )
        visas = sa.select(Visa).where(Visa.person_id.in_(ids), Visa.status == VisaStatus.ACTIVE)
        # Of several the last row stays.
        self._passports = {
            row.person_id: row for row in session.scalars(passports.order_by(Passport.id))
        }
        self._enrolments = {
            row.person_id: row for row in session.scalars(enrolments.order_by(Enrolment.id))
        }
        self._residences = {
            row.person_id: row for row in session.scalars(residences.order_by(Residence.id))
        }
        self._visas = {
            row.person_id: row for row in session.scalars(visas.order_by(Visa.valid_until, Visa.id))
        }
        firsts = session.execute(
            sa.select(Visa.person_id, sa.func.min(Visa.valid_from))
            .where(Visa.person_id.in_(ids), Visa.category == STUDY_CATEGORY)
            .group_by(Visa.person_id)
            .order_by(Visa.person_id)
        )
        self._first_visas = {row[0]: row[1] for row in firsts}
        self._margin = load_margin(session).months

    def person(self, case_id: int, person: Person, *, asks_for_visa: bool) -> SubmittedPerson:
        """Return what an authority asks of ``person``."""
        passport, visa = self._passports.get(person.id), self._visas.get(person.id)
        enrolment, residence = self._enrolments.get(person.id), self._residences.get(person.id)
        return SubmittedPerson(
            case_id=case_id,
            person_id=person.id,
            surname=person.surname,
            given_names=person.given_names,
            native_name=person.native_name,
            citizenship=person.citizenship,
            birth_date=person.birth_date,
            passport_number=passport.number if passport else "",
            passport_until=passport.expires_on if passport else None,
            visa_category=visa.category if visa else "",
            visa_number=visa.number if visa else "",
            visa_until=visa.valid_until if visa else None,
            faculty_id=enrolment.faculty_id if enrolment else None,
            course=enrolment.course if enrolment else None,
            residence=residence.kind if residence else None,
            address=residence.address if residence else "",
            wanted_until=self._wanted_until(person.id) if asks_for_visa else None,
        )

    def _wanted_until(self, person_id: int) -> date:
        visa, on = self._visas.get(person_id), today()
        enrolment, passport = self._enrolments.get(person_id), self._passports.get(person_id)
        plan = VisaPlan(
            starts_on=max(on, visa.valid_until + timedelta(days=1)) if visa else on,
            contract_until=enrolment.contract_until if enrolment else None,
            course_until=enrolment.course_until if enrolment else None,
            passport_until=passport.expires_on if passport else None,
            first_visa_on=self._first_visas.get(person_id),
            passport_margin_months=self._margin,
        )
        return study_visa_end(plan).binding.until
