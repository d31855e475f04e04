"""The rows that a new person's form stands for; nothing here asks or writes to the database."""

from dataclasses import dataclass

from core import clock
from core.rules.countries import iso2_of
from core.rules.visas import status_in_force
from core.services import audit
from core.services.cards import full_name
from core.services.person_forms import NewPersonForm, PassportForm, StudentForm, VisaForm
from core.terms import CrossingDirection, EnrolmentStatus
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """The rows beside a person and his passport that a form brings."""

    enrolment: Enrolment | None
    entry: Crossing | None
    residence: Residence | None
    visa: Visa | None

    def rows(self) -> list[Enrolment | Crossing | Residence | Visa]:
        """Return the rows that are there."""
        each = (self.enrolment, self.entry, self.residence, self.visa)
        return [row for row in each if row is not None]


def person_row(form: NewPersonForm, *, by: str) -> Person:
    """Return the person a form speaks of, registered now by the user of the name ``by``."""
    passport = form.passport
    return Person(
        surname=passport.surname.strip(),
        given_names=passport.given_names.strip(),
        citizenship=iso2_of(passport.nationality),
        birth_date=passport.birth_date,
        sex=passport.sex,
        native_name=form.native_name.strip(),
        name_ru=form.name_ru.strip(),
        name_ky=form.name_ky.strip(),
        phone=form.phone.strip(),
        email=form.email.strip(),
        agent_id=form.agent_id,
        created_at=clock.utc_now(),
        created_by=by,
    )


def passport_row(person_id: int, form: PassportForm) -> Passport:
    """Return a passport as a form gives it, as the person's current one."""
    return Passport(
        person_id=person_id,
        kind=form.kind,
        number=form.number.strip(),
        issuing_state=form.issuing_state.strip(),
        nationality=form.nationality.strip(),
        surname=form.surname.strip(),
        given_names=form.given_names.strip(),
        birth_date=form.birth_date,
        sex=form.sex,
        issued_on=form.issued_on,
        expires_on=form.expires_on,
        mrz=form.mrz,
    )


def circumstance_rows(
    person_id: int, passport_id: int | None, form: NewPersonForm
) -> Circumstances:
    """Return what a form says of a person's study, entry, residence and visa."""
    entry = residence = None
    if form.entered_on is not None:
        entry = Crossing(
            person_id=person_id,
            passport_id=passport_id,
            direction=CrossingDirection.IN,
            crossed_on=form.entered_on,
        )
    if form.residence is not None:
        residence = Residence(
            person_id=person_id,
            kind=form.residence,
            address=form.address.strip(),
            owner_name=form.owner_name.strip(),
            owner_phone=form.owner_phone.strip(),
            consent_until=form.consent_until,
            from_on=form.entered_on,
        )
    return Circumstances(
        enrolment=_enrolment(person_id, form) if isinstance(form, StudentForm) else None,
        entry=entry,
        residence=residence,
        visa=_visa(person_id, passport_id, form.visa) if form.visa is not None else None,
    )


def registration_entry(person: Person, form: NewPersonForm) -> audit.Entry:
    """Return what the log says of the registration of a person."""
    return audit.Entry(
        action="person.register",
        subject_kind="person",
        subject_id=person.id,
        person_id=person.id,
        clear={
            "faculty_id": form.faculty_id if isinstance(form, StudentForm) else None,
            "fields": _given_fields(form),
        },
        sealed={"name": [None, full_name(person)], "passport": [None, form.passport.number]},
    )


def _enrolment(person_id: int, form: StudentForm) -> Enrolment:
    return Enrolment(
        person_id=person_id,
        faculty_id=form.faculty_id,
        programme=form.programme.strip(),
        group_name=form.group_name.strip(),
        course=form.course,
        funding=form.funding,
        status=EnrolmentStatus.ARRIVED if form.entered_on else EnrolmentStatus.INVITED,
        order_number=form.order_number.strip(),
        order_on=form.order_on,
        contract_number=form.contract_number.strip(),
        contract_from=form.contract_from,
        contract_until=form.contract_until,
        course_until=form.course_until,
    )


def _visa(person_id: int, passport_id: int | None, form: VisaForm) -> Visa:
    return Visa(
        person_id=person_id,
        passport_id=passport_id,
        number=form.number.strip(),
        category=form.category.strip(),
        entries=form.entries,
        valid_from=form.valid_from,
        valid_until=form.valid_until,
        status=status_in_force(form.category.strip()),
    )


def _given_fields(form: NewPersonForm) -> list[str]:
    return sorted(name for name, value in vars(form).items() if value not in (None, "", False))
