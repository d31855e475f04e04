"""Intake: how a student is registered, from his passport to the cases that follow."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError, Fault, Invalid
from core.permissions import Actor, Permission
from core.rules.countries import iso2_of
from core.rules.mrz import MrzReading, parse_mrz
from core.rules.names import fold, search_text
from core.services import audit
from core.services.cards import full_name
from core.services.cases import open_cases_that_follow
from core.services.guard import requires
from core.terms import (
    CrossingDirection,
    EnrolmentStatus,
    ResidenceKind,
    Sex,
    VisaEntries,
    VisaStatus,
)
from db.engine import writing
from db.models.access import Faculty
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa

#: A passport is not given to somebody who is not born yet, and nobody is older than this.
OLDEST_AGE_YEARS = 110


@dataclass(frozen=True, kw_only=True)
class PassportForm:
    """A passport as printed; ``mrz`` holds the pasted lines, or nothing if typed by hand.

    ``issuing_state`` and ``nationality`` are ICAO codes of up to three letters.
    """

    number: str
    issuing_state: str
    nationality: str
    surname: str
    given_names: str = ""
    birth_date: date | None
    sex: Sex
    issued_on: date | None = None
    expires_on: date | None
    mrz: str = ""


@dataclass(frozen=True, kw_only=True)
class VisaForm:
    """A visa in the passport; ``valid_until`` is its last day."""

    category: str
    entries: VisaEntries
    valid_until: date | None
    valid_from: date | None = None
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class StudentForm:
    """What the department knows of a new student; everything but passport and faculty may wait.

    ``entered_on`` is the day of the last entry, with the passport given here. ``is_new_person``
    says that a person looked at the namesakes and knows this one to be another.
    """

    passport: PassportForm
    faculty_id: int
    course: int | None = None
    entered_on: date | None = None
    residence: ResidenceKind | None = None
    address: str = ""
    owner_name: str = ""
    contract_number: str = ""
    contract_from: date | None = None
    contract_until: date | None = None
    course_until: date | None = None
    visa: VisaForm | None = None
    native_name: str = ""
    phone: str = ""
    email: str = ""
    is_new_person: bool = False


@requires(Permission.EDIT_PEOPLE)
def read_passport_lines(actor: Actor, text: str) -> MrzReading:  # noqa: ARG001
    """Return what the pasted machine-readable lines say, each check digit judged by name.

    Raises the codes ``mrz.…`` of :func:`core.rules.mrz.parse_mrz` where they cannot be read.
    """
    return parse_mrz(text, today=_today())


@requires(Permission.EDIT_PEOPLE)
def register_student(actor: Actor, form: StudentForm) -> int:
    """Register a new student with passport, entry and contract; return the person's id.

    The cases that follow from the facts are opened in the same transaction. Raises
    :class:`Invalid` with every fault of the form, ``passport.number.taken`` (value ``person_id``)
    where the passport is known, and ``person.maybe_same`` (value ``person_id``) where somebody of
    the same name and birth date exists and ``is_new_person`` does not say otherwise.
    """
    with writing() as session:
        faults = (*_form_faults(form, today=_today()), *_faculty_faults(session, form.faculty_id))
        if faults:
            raise Invalid(faults)
        _refuse_known_passport(session, form.passport)
        if not form.is_new_person:
            _ask_about_namesake(session, form.passport)
        person = _add_person(session, actor, form)
        passport = _add_passport(session, person, form.passport)
        _add_circumstances(session, person, passport, form)
        audit.record(
            session,
            actor,
            action="person.register",
            subject_kind="person",
            subject_id=person.id,
            person_id=person.id,
            clear={"faculty_id": form.faculty_id, "fields": _given_fields(form)},
            sealed={"name": [None, full_name(person)], "passport": [None, passport.number]},
        )
        open_cases_that_follow(session, actor, person.id)
        return person.id


def _today() -> date:
    return clock.today(settings.current().time_zone)


def _form_faults(form: StudentForm, *, today: date) -> tuple[Fault, ...]:
    passport = form.passport
    checks = (
        (not passport.surname.strip(), "surname", "passport.surname.missing"),
        (not passport.number.strip(), "number", "passport.number.missing"),
        (not passport.nationality.strip(), "nationality", "passport.nationality.missing"),
        (_is_after(passport.birth_date, today), "birth_date", "person.birth_date.future"),
        (_is_too_old(passport.birth_date, today), "birth_date", "person.birth_date.too_old"),
        (
            _is_after(passport.issued_on, passport.expires_on),
            "expires_on",
            "passport.expires_before_issue",
        ),
        (_is_after(form.entered_on, today), "entered_on", "crossing.future"),
        (
            _is_after(form.contract_from, form.contract_until),
            "contract_until",
            "contract.reversed",
        ),
        (
            form.visa is not None and _is_after(form.visa.valid_from, form.visa.valid_until),
            "visa_until",
            "visa.reversed",
        ),
        (
            form.visa is not None and not form.visa.category,
            "visa_category",
            "visa.category.missing",
        ),
        (
            form.visa is not None and form.visa.valid_until is None,
            "visa_until",
            "visa.until.missing",
        ),
    )
    return tuple(Fault(field=field, code=code) for is_wrong, field, code in checks if is_wrong)


def _is_after(first: date | None, second: date | None) -> bool:
    return first is not None and second is not None and first > second


def _is_too_old(birth_date: date | None, today: date) -> bool:
    return birth_date is not None and today.year - birth_date.year > OLDEST_AGE_YEARS


def _faculty_faults(session: Session, faculty_id: int) -> tuple[Fault, ...]:
    faculty = session.get(Faculty, faculty_id)
    if faculty is None or not faculty.is_active:
        return (Fault(field="faculty_id", code="faculty.missing"),)
    return ()


def _refuse_known_passport(session: Session, form: PassportForm) -> None:
    known = session.scalars(
        sa.select(Passport).where(
            Passport.number == form.number, Passport.issuing_state == form.issuing_state
        )
    ).one_or_none()
    if known is not None:
        raise DomainError("passport.number.taken", person_id=known.person_id, number=form.number)


def _ask_about_namesake(session: Session, form: PassportForm) -> None:
    if form.birth_date is None:
        return
    wanted = fold(f"{form.surname} {form.given_names}")
    born_that_day = session.scalars(
        sa.select(Person).where(Person.birth_date == form.birth_date).order_by(Person.id)
    )
    for person in born_that_day:
        if fold(f"{person.surname} {person.given_names}") == wanted:
            raise DomainError("person.maybe_same", person_id=person.id, name=full_name(person))


def _add_person(session: Session, actor: Actor, form: StudentForm) -> Person:
    passport = form.passport
    person = Person(
        surname=passport.surname.strip(),
        given_names=passport.given_names.strip(),
        citizenship=iso2_of(passport.nationality),
        birth_date=passport.birth_date,
        sex=passport.sex,
        native_name=form.native_name.strip(),
        phone=form.phone.strip(),
        email=form.email.strip(),
        search_text=search_text(
            passport.surname, passport.given_names, form.native_name, passport.number, form.phone
        ),
        created_at=clock.utc_now(),
        created_by=actor.full_name,
    )
    session.add(person)
    session.flush()
    return person


def _add_passport(session: Session, person: Person, form: PassportForm) -> Passport:
    passport = Passport(
        person_id=person.id,
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
    session.add(passport)
    try:
        session.flush()
    except IntegrityError as clash:
        # Somebody else registered the same passport between our look and our write.
        raise DomainError("passport.number.taken", person_id=None, number=form.number) from clash
    return passport


def _add_circumstances(
    session: Session, person: Person, passport: Passport, form: StudentForm
) -> None:
    session.add(
        Enrolment(
            person_id=person.id,
            faculty_id=form.faculty_id,
            course=form.course,
            status=EnrolmentStatus.ARRIVED if form.entered_on else EnrolmentStatus.INVITED,
            contract_number=form.contract_number.strip(),
            contract_from=form.contract_from,
            contract_until=form.contract_until,
            course_until=form.course_until,
        )
    )
    if form.entered_on is not None:
        session.add(
            Crossing(
                person_id=person.id,
                passport_id=passport.id,
                direction=CrossingDirection.IN,
                crossed_on=form.entered_on,
            )
        )
    if form.residence is not None:
        session.add(
            Residence(
                person_id=person.id,
                kind=form.residence,
                address=form.address.strip(),
                owner_name=form.owner_name.strip(),
                from_on=form.entered_on,
            )
        )
    if form.visa is not None:
        session.add(
            Visa(
                person_id=person.id,
                passport_id=passport.id,
                number=form.visa.number.strip(),
                category=form.visa.category,
                entries=form.visa.entries,
                valid_from=form.visa.valid_from,
                valid_until=form.visa.valid_until,
                status=VisaStatus.ACTIVE,
            )
        )
    session.flush()


def _given_fields(form: StudentForm) -> list[str]:
    return sorted(name for name, value in vars(form).items() if value not in (None, "", False))
