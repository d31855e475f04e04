"""Intake: how a student is registered, from his passport to the cases that follow."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError, Fault, Invalid
from core.permissions import Actor, Permission
from core.rules.mrz import MrzReading, parse_mrz
from core.rules.names import name_key
from core.services import audit
from core.services.cards import full_name
from core.services.consequences import follow_up
from core.services.duplicates import note_not_the_same
from core.services.engagements import engage
from core.services.families import link_relative
from core.services.guard import requires
from core.services.person_forms import (
    NewPersonForm,
    OtherPersonForm,
    PassportForm,
    StudentForm,
    other_person_faults,
    student_faults,
)
from core.services.person_records import held_person, refuse_all
from core.services.person_rows import (
    circumstance_rows,
    passport_row,
    person_row,
    registration_entry,
)
from db.engine import writing
from db.models.access import Faculty
from db.models.people import Passport, Person
from db.models.relations import Agent


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
    where the passport is known, and ``person.maybe_same`` (values ``person_id`` and, of everybody
    alike, ``person_ids``) where somebody of the same name and birth date exists and
    ``is_new_person`` does not say otherwise; where it does, that is remembered of each of them.
    """
    with writing() as session:
        refuse_faults(session, form)
        refuse_known_passport(session, form.passport)
        alike = namesakes(session, form.passport)
        if not form.is_new_person:
            _ask_about(alike)
        person_id = add_student(session, actor, form)
        for other in alike:
            note_not_the_same(session, actor, person_id, other.id)
        return person_id


@requires(Permission.EDIT_PEOPLE)
def register_person(actor: Actor, form: OtherPersonForm) -> int:
    """Register a teacher, clinic staff, a visitor or a relative of somebody; return the id.

    Raises as :func:`register_student`, and ``person.part.missing`` where the form does not say
    what he is to the university or to whom he belongs.
    """
    with writing() as session:
        refuse_all(other_person_faults(form, today=_today()))
        refuse_known_passport(session, form.passport)
        alike = namesakes(session, form.passport)
        if not form.is_new_person:
            _ask_about(alike)
        if form.relative_id is not None:
            held_person(session, actor, form.relative_id)
        person = _add(session, actor, form)
        if form.engagement is not None:
            engage(session, actor, person.id, form.engagement)
        if form.relative_id is not None:
            link_relative(session, actor, form.relative_id, person.id, relation=form.relation)
        follow_up(session, actor, person.id)
        for other in alike:
            note_not_the_same(session, actor, person.id, other.id)
        return person.id


def add_student(session: Session, actor: Actor, form: StudentForm) -> int:
    """Add a student whose form was found right, in the caller's transaction; return the id."""
    person = _add(session, actor, form)
    follow_up(session, actor, person.id)
    return person.id


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
    found = session.scalars(
        sa.select(Person)
        .where(
            Person.birth_date == form.birth_date,
            Person.name_key == name_key(form.surname, form.given_names),
            Person.closed_at.is_(None),
        )
        .order_by(Person.id)
    )
    return tuple(found)


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


def _today() -> date:
    return clock.today(settings.current().time_zone)


def _ask_about(alike: Sequence[Person]) -> None:
    if alike:
        raise DomainError(
            "person.maybe_same",
            person_id=alike[0].id,
            person_ids=tuple(person.id for person in alike),
            name=full_name(alike[0]),
        )


def _add(session: Session, actor: Actor, form: NewPersonForm) -> Person:
    """Add a person with everything the form says of him, his place at a faculty included."""
    person = person_row(form, by=actor.full_name)
    session.add(person)
    session.flush()
    passport = None
    if form.passport.number.strip():
        passport = add_passport_row(session, person.id, form.passport)
    session.add_all(circumstance_rows(person.id, passport.id if passport else None, form).rows())
    session.flush()
    audit.record_all(session, actor, (registration_entry(person, form),))
    return person
