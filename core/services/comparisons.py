"""Two records side by side, fact by fact, for the question whether they are one person."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.countries import iso2_of
from core.services import audit
from core.services.cards import SAME_VIEW, full_name
from core.services.deadlines import current_visa
from core.services.guard import requires
from core.services.person_forms import NewPersonForm, StudentForm
from core.services.scope import open_person
from core.terms import CrossingDirection, Sex
from db.engine import reading, writing
from db.models.audit import AuditEntry
from db.models.cases import Case
from db.models.documents import Document
from db.models.people import Crossing, Enrolment, Passport, Person, Residence
from db.models.relations import Agent, PersonNote

_VIEW = "person.compare"

#: What a fact may be: a text, a day, a word of the vocabulary, a count or the id of a faculty.
Value = str | date | StrEnum | int | None


class ComparedFact(StrEnum):
    """What is laid side by side, in this order."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    CITIZENSHIP = "citizenship"
    PASSPORT = "passport"
    PASSPORT_EXPIRY = "passport_expiry"
    NATIVE_NAME = "native_name"
    PHONE = "phone"
    EMAIL = "email"
    AGENT = "agent"
    FACULTY = "faculty"
    COURSE = "course"
    STATUS = "status"
    CONTRACT = "contract"
    VISA = "visa"
    VISA_UNTIL = "visa_until"
    ENTRY = "entry"
    RESIDENCE = "residence"
    ADDRESS = "address"
    CASES = "cases"
    DOCUMENTS = "documents"
    NOTES = "notes"


@dataclass(frozen=True, kw_only=True)
class ComparedLine:
    """One fact of both; ``differs`` only where both are known and not the same."""

    fact: ComparedFact
    first: Value
    second: Value

    @property
    def differs(self) -> bool:
        """Whether the two say different things; what one does not say is no difference."""
        both_known = self.first not in {None, ""} and self.second not in {None, ""}
        return both_known and self.first != self.second


@dataclass(frozen=True, kw_only=True)
class ComparedRecord:
    """One of two records laid side by side, as it was when looked at."""

    person_id: int
    version: int
    name: str
    registered_on: date


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two records and their facts; a side that is not saved yet has no record."""

    first: ComparedRecord | None
    second: ComparedRecord
    lines: tuple[ComparedLine, ...]


@requires(Permission.EDIT_PEOPLE)
def compare(actor: Actor, first_id: int, second_id: int) -> Comparison:
    """Return the facts of two people side by side; the view of both is audited.

    Raises ``person.same_record`` where it is one record, ``person.closed``, and NotFound.
    """
    if first_id == second_id:
        raise DomainError("person.same_record")
    with reading() as session:
        first = open_person(session, actor, first_id)
        second = open_person(session, actor, second_id)
        comparison = Comparison(
            first=_record(first),
            second=_record(second),
            lines=_lines(_facts(session, first), _facts(session, second)),
        )
    _record_views(actor, first_id, second_id)
    return comparison


@requires(Permission.EDIT_PEOPLE)
def compare_with_form(actor: Actor, form: NewPersonForm, person_id: int) -> Comparison:
    """Return what is about to be registered beside a person who may be the same.

    The view of the person is audited. Raises as :func:`compare`.
    """
    with reading() as session:
        person = open_person(session, actor, person_id)
        comparison = Comparison(
            first=None,
            second=_record(person),
            lines=_lines(_facts_of_form(session, form), _facts(session, person)),
        )
    _record_views(actor, person_id)
    return comparison


def _lines(
    first: dict[ComparedFact, Value], second: dict[ComparedFact, Value]
) -> tuple[ComparedLine, ...]:
    return tuple(
        ComparedLine(fact=fact, first=first.get(fact), second=second.get(fact))
        for fact in ComparedFact
        if fact in first
    )


def _record(person: Person) -> ComparedRecord:
    return ComparedRecord(
        person_id=person.id,
        version=person.version,
        name=full_name(person),
        registered_on=clock.local_date(person.created_at, time_zone=settings.current().time_zone),
    )


def _record_views(actor: Actor, *person_ids: int) -> None:
    """Note who was looked at; looking on within some minutes is one view."""
    since = clock.utc_now() - SAME_VIEW
    seen = sa.select(AuditEntry.person_id).where(
        AuditEntry.person_id.in_(person_ids),
        AuditEntry.action == _VIEW,
        AuditEntry.actor_id == actor.user_id,
        AuditEntry.recorded_at >= since,
    )
    with reading() as session:
        fresh = set(person_ids) - set(session.scalars(seen.order_by(AuditEntry.sequence)))
    if not fresh:
        return
    with writing() as session:
        for person_id in sorted(fresh):
            audit.record(
                session,
                actor,
                action=_VIEW,
                subject_kind="person",
                subject_id=person_id,
                person_id=person_id,
            )


def _facts(session: Session, person: Person) -> dict[ComparedFact, Value]:
    return _identity(session, person) | _study(session, person.id) | _stay(session, person.id)


def _identity(session: Session, person: Person) -> dict[ComparedFact, Value]:
    passport = session.scalars(
        sa.select(Passport).filter_by(person_id=person.id, is_current=True)
    ).one_or_none()
    return {
        ComparedFact.NAME: full_name(person),
        ComparedFact.BIRTH_DATE: person.birth_date,
        ComparedFact.SEX: _known_sex(person.sex),
        ComparedFact.CITIZENSHIP: person.citizenship,
        ComparedFact.PASSPORT: _printed(passport.issuing_state, passport.number)
        if passport
        else None,
        ComparedFact.PASSPORT_EXPIRY: passport.expires_on if passport else None,
        ComparedFact.NATIVE_NAME: person.native_name,
        ComparedFact.PHONE: person.phone,
        ComparedFact.EMAIL: person.email,
        ComparedFact.AGENT: _agent_name(session, person.agent_id),
    }


def _study(session: Session, person_id: int) -> dict[ComparedFact, Value]:
    enrolment = session.scalars(
        sa.select(Enrolment).filter_by(person_id=person_id, is_current=True)
    ).one_or_none()
    return {
        ComparedFact.FACULTY: enrolment.faculty_id if enrolment else None,
        ComparedFact.COURSE: enrolment.course if enrolment else None,
        ComparedFact.STATUS: enrolment.status if enrolment else None,
        ComparedFact.CONTRACT: enrolment.contract_number if enrolment else None,
    }


def _stay(session: Session, person_id: int) -> dict[ComparedFact, Value]:
    visa = current_visa(session, person_id)
    residence = session.scalars(
        sa.select(Residence)
        .filter_by(person_id=person_id, until_on=None)
        .order_by(Residence.id.desc())
    ).first()
    last_entry = sa.select(sa.func.max(Crossing.crossed_on)).filter_by(
        person_id=person_id, direction=CrossingDirection.IN
    )
    return {
        ComparedFact.VISA: f"{visa.category} {visa.number}".strip() if visa else None,
        ComparedFact.VISA_UNTIL: visa.valid_until if visa else None,
        ComparedFact.ENTRY: session.scalar(last_entry),
        ComparedFact.RESIDENCE: residence.kind if residence else None,
        ComparedFact.ADDRESS: residence.address if residence else None,
        ComparedFact.CASES: _count(session, Case, person_id),
        ComparedFact.DOCUMENTS: _count(session, Document, person_id),
        ComparedFact.NOTES: _count(session, PersonNote, person_id),
    }


def _facts_of_form(session: Session, form: NewPersonForm) -> dict[ComparedFact, Value]:
    passport, visa = form.passport, form.visa
    study = form if isinstance(form, StudentForm) else None
    number = passport.number.strip()
    return {
        ComparedFact.NAME: f"{passport.surname} {passport.given_names}".strip(),
        ComparedFact.BIRTH_DATE: passport.birth_date,
        ComparedFact.SEX: _known_sex(passport.sex),
        ComparedFact.CITIZENSHIP: iso2_of(passport.nationality),
        ComparedFact.PASSPORT: _printed(passport.issuing_state, number) if number else None,
        ComparedFact.PASSPORT_EXPIRY: passport.expires_on,
        ComparedFact.NATIVE_NAME: form.native_name.strip(),
        ComparedFact.PHONE: form.phone.strip(),
        ComparedFact.EMAIL: form.email.strip(),
        ComparedFact.AGENT: _agent_name(session, form.agent_id),
        ComparedFact.FACULTY: study.faculty_id if study else None,
        ComparedFact.COURSE: study.course if study else None,
        ComparedFact.CONTRACT: study.contract_number.strip() if study else None,
        ComparedFact.VISA: f"{visa.category} {visa.number}".strip() if visa else None,
        ComparedFact.VISA_UNTIL: visa.valid_until if visa else None,
        ComparedFact.ENTRY: form.entered_on,
        ComparedFact.RESIDENCE: form.residence,
        ComparedFact.ADDRESS: form.address.strip(),
    }


def _known_sex(sex: Sex | None) -> Sex | None:
    return None if sex is Sex.UNSPECIFIED else sex


def _printed(state: str, number: str) -> str:
    return f"{state} {number}".strip()


def _agent_name(session: Session, agent_id: int | None) -> str | None:
    return (
        None if agent_id is None else session.scalar(sa.select(Agent.name).filter_by(id=agent_id))
    )


def _count(
    session: Session, table: type[Case] | type[Document] | type[PersonNote], person_id: int
) -> int:
    counted = sa.select(sa.func.count()).select_from(table).filter_by(person_id=person_id)
    return session.scalar(counted) or 0
