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
from core.rules.names import fold
from core.services import audit
from core.services.cards import full_name
from core.services.consequences import follow_up
from core.services.guard import requires
from core.services.person_forms import PassportForm, StudentForm, VisaForm, student_faults
from core.terms import CrossingDirection, EnrolmentStatus, VisaStatus
from db.engine import writing
from db.models.access import Faculty
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa
from db.models.relations import Agent


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """The rows beside a person and his passport that a form brings."""

    enrolment: Enrolment
    entry: Crossing | None
    residence: Residence | None
    visa: Visa | None

    def rows(self) -> list[Enrolment | Crossing | Residence | Visa]:
        """Return the rows that are there."""
        each = (self.enrolment, self.entry, self.residence, self.visa)
        return [row for row in each if row is not None]


@requires(Permission.EDIT_PEOPLE)
def read_passport_lines(actor: Actor, text: str) -> MrzReading:  # noqa: ARG001
    """Return what the pasted machine-readable lines say, each check digit judged by name.

    Raises the codes ``mrz.…`` of :func:`core.rules.mrz.parse_mrz` where they cannot be read.
    """
    return parse_mrz(text, today=_today())


@requires(Permission.EDIT_PEOPLE)
def register_student(actor: Actor, form: StudentForm) -> int:
    """Register a new student with what is known of him; return the person's id.

    The cases that follow from the facts are opened in the same transaction. Raises
    :class:`Invalid` with every fault of the form, ``passport.number.taken`` (value ``person_id``)
    where the passport is known, and ``person.maybe_same`` (value ``person_id``) where somebody of
    the same name and birth date exists and ``is_new_person`` does not say otherwise.
    """
    with writing() as session:
        refuse_faults(session, form)
        refuse_known_passport(session, form.passport)
        if not form.is_new_person:
            _ask_about_namesake(session, form.passport)
        return add_student(session, actor, form)


def add_student(session: Session, actor: Actor, form: StudentForm) -> int:
    """Add a student whose form was found right, in the caller's transaction; return the id."""
    person = person_row(form, by=actor.full_name)
    session.add(person)
    session.flush()
    passport = None
    if form.passport.number.strip():
        passport = add_passport_row(session, person.id, form.passport)
    circumstances = circumstance_rows(person.id, passport.id if passport else None, form)
    session.add_all(circumstances.rows())
    session.flush()
    audit.record_all(session, actor, (registration_entry(person, form),))
    follow_up(session, actor, person.id)
    return person.id


def registration_entry(person: Person, form: StudentForm) -> audit.Entry:
    """Return what the log says of the registration of a person."""
    return audit.Entry(
        action="person.register",
        subject_kind="person",
        subject_id=person.id,
        person_id=person.id,
        clear={"faculty_id": form.faculty_id, "fields": _given_fields(form)},
        sealed={"name": [None, full_name(person)], "passport": [None, form.passport.number]},
    )


def refuse_faults(session: Session, form: StudentForm) -> None:
    """Raise :class:`Invalid` with everything that is wrong with the form of a student."""
    faults = [*student_faults(form, today=_today())]
    if form.faculty_id is not None:
        faculty = session.get(Faculty, form.faculty_id)
        if faculty is None or not faculty.is_active:
            faults.append(Fault(field="faculty_id", code="faculty.missing"))
    if form.agent_id is not None and session.get(Agent, form.agent_id) is None:
        faults.append(Fault(field="agent_id", code="agent.missing"))
    if faults:
        raise Invalid(tuple(faults))


def refuse_known_passport(
    session: Session, form: PassportForm, *, besides: int | None = None
) -> None:
    """Raise ``passport.number.taken`` (value ``person_id``) where the passport is known already.

    ``besides`` is the passport that may have the number, because it is the one being changed.
    """
    if not form.number.strip():
        return
    known = session.scalars(
        sa.select(Passport).where(
            Passport.number == form.number.strip(),
            Passport.issuing_state == form.issuing_state.strip(),
            Passport.voided_at.is_(None),
            Passport.id != (besides or 0),
        )
    ).one_or_none()
    if known is not None:
        raise DomainError("passport.number.taken", person_id=known.person_id, number=form.number)


def namesakes(session: Session, form: PassportForm) -> tuple[Person, ...]:
    """Return the people of the same folded name and birth date; none where no date is known."""
    if form.birth_date is None:
        return ()
    wanted = fold(f"{form.surname} {form.given_names}")
    born_that_day = session.scalars(
        sa.select(Person)
        .where(Person.birth_date == form.birth_date, Person.closed_at.is_(None))
        .order_by(Person.id)
    )
    return tuple(
        person
        for person in born_that_day
        if fold(f"{person.surname} {person.given_names}") == wanted
    )


def add_passport_row(session: Session, person_id: int, form: PassportForm) -> Passport:
    """Add a passport as the person's current one; raises ``passport.number.taken`` after a race."""
    passport = passport_row(person_id, form)
    session.add(passport)
    try:
        session.flush()
    except IntegrityError as clash:
        # Somebody else registered the same passport between our look and our write.
        raise DomainError("passport.number.taken", person_id=None, number=form.number) from clash
    return passport


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


def _today() -> date:
    return clock.today(settings.current().time_zone)


def _ask_about_namesake(session: Session, form: PassportForm) -> None:
    for person in namesakes(session, form):
        raise DomainError("person.maybe_same", person_id=person.id, name=full_name(person))


def person_row(form: StudentForm, *, by: str) -> Person:
    """Return the person a form speaks of, entered by the user of the name ``by``."""
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


def circumstance_rows(person_id: int, passport_id: int | None, form: StudentForm) -> Circumstances:
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
        enrolment=_enrolment(person_id, form),
        entry=entry,
        residence=residence,
        visa=_visa(person_id, passport_id, form.visa) if form.visa is not None else None,
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
        status=VisaStatus.ACTIVE,
    )


def _given_fields(form: StudentForm) -> list[str]:
    return sorted(name for name, value in vars(form).items() if value not in (None, "", False))
