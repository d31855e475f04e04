"""A person as his card shows him, within the scope of whoever looks."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import Actor, Permission
from core.rules.completeness import KnownFacts, asked_facts, share_known
from core.services import audit
from core.services.guard import requires
from core.services.person_forms import PassportForm
from core.services.remembered import remembered
from core.services.rulebook import needs_entry_visa
from core.services.scope import refuse_merged, visible_person
from core.terms import (
    VISA_STATUSES_IN_FORCE,
    ClosedReason,
    Contradiction,
    EnrolmentStatus,
    Language,
    PersonFact,
    ResidenceKind,
    Sex,
    VisaEntries,
    VisaStatus,
)
from db.engine import reading, writing
from db.models.audit import AuditEntry
from db.models.people import Enrolment, Passport, Person, Residence, Visa

#: A screen asks for the card at every click; looking on within this time is one view.
SAME_VIEW = timedelta(minutes=10)

_VIEW = "person.view"


@dataclass(frozen=True, kw_only=True)
class PassportView:
    """A passport on the card, in full."""

    passport_id: int
    version: int
    known: PassportForm
    is_current: bool

    @property
    def number(self) -> str:
        """The number, in full."""
        return self.known.number

    @property
    def expires_on(self) -> date | None:
        """The last day of the passport."""
        return self.known.expires_on

    @property
    def name(self) -> str:
        """Surname and given names as printed."""
        return f"{self.known.surname} {self.known.given_names}".strip()


@dataclass(frozen=True, kw_only=True)
class VisaView:
    """A visa on the card."""

    visa_id: int
    version: int
    category: str
    entries: VisaEntries
    valid_from: date | None
    valid_until: date
    status: VisaStatus
    number: str
    passport_id: int | None
    carried_over_on: date | None


@dataclass(frozen=True, kw_only=True)
class PersonCard:
    """Everything the card shows of a person beside his cases.

    ``missing`` are the facts still to be asked for, ``share_known`` is in whole per cent,
    ``contradictions`` is what does not fit together. The visas begin with those in force.
    """

    person_id: int
    version: int
    name: str
    surname: str
    given_names: str
    native_name: str
    name_ru: str
    name_ky: str
    citizenship: str | None
    birth_date: date | None
    sex: Sex | None
    phone: str
    email: str
    language: Language | None
    agent_id: int | None
    missing: tuple[PersonFact, ...]
    share_known: int
    contradictions: tuple[Contradiction, ...]
    closed_at: datetime | None
    closed_reason: ClosedReason | None
    merged_into_id: int | None
    faculty_id: int | None
    course: int | None
    status: EnrolmentStatus | None
    contract_number: str
    contract_from: date | None
    contract_until: date | None
    course_until: date | None
    transferred_from: str
    former_visa_id: int | None
    residence: ResidenceKind | None
    address: str
    owner_name: str
    passports: tuple[PassportView, ...]
    visas: tuple[VisaView, ...]

    @property
    def visa_in_force(self) -> VisaView | None:
        """The visa in force that ends last."""
        return next((each for each in self.visas if each.status in VISA_STATUSES_IN_FORCE), None)

    @property
    def visa_to_annul(self) -> VisaView | None:
        """The visa held through another university, until it is annulled or replaced."""
        in_force = [each for each in self.visas if each.status in VISA_STATUSES_IN_FORCE]
        return next((each for each in in_force if each.visa_id == self.former_visa_id), None)

    @property
    def visa_to_carry_over(self) -> VisaView | None:
        """The visa in force, if it stands in another passport than the current one."""
        visa = self.visa_in_force
        current = next((each for each in self.passports if each.is_current), None)
        if visa is None or current is None or visa.passport_id in {None, current.passport_id}:
            return None
        return visa


@requires(Permission.READ_PEOPLE)
def person_card(actor: Actor, person_id: int) -> PersonCard:
    """Return the card of a person, passport numbers in full; the view is audited.

    Who may not know of representatives is not told that there is one.

    Raises :class:`NotFound` outside the actor's scope, and ``person.merged`` (value ``person_id``)
    where the record was merged into another one.
    """
    with reading() as session:
        person = visible_person(session, actor, person_id)
        refuse_merged(session, person)
        key = "card", person_id, clock.today(settings.current().time_zone)
        card = remembered(session, key, lambda: _card(session, person))
        is_seen = _was_seen_by(session, actor, person_id, since=clock.utc_now() - SAME_VIEW)
    if not is_seen:
        _record_view(actor, person_id)
    return card if actor.can(Permission.READ_AGENTS) else replace(card, agent_id=None)


def masked(number: str) -> str:
    """Return a document number with its middle hidden: two characters at each end at most."""
    if len(number) <= 4:
        return "•" * len(number)
    return f"{number[:2]}{'•' * (len(number) - 4)}{number[-2:]}"


def full_name(named: Person | Passport | sa.Row[Any]) -> str:
    """Return surname and given names in the passport's order; the given names may be empty."""
    return f"{named.surname} {named.given_names}".strip()


def _was_seen_by(session: Session, actor: Actor, person_id: int, *, since: datetime) -> bool:
    entry = sa.select(AuditEntry.sequence).where(
        AuditEntry.person_id == person_id,
        AuditEntry.action == _VIEW,
        AuditEntry.actor_id == actor.user_id,
        AuditEntry.recorded_at >= since,
    )
    return session.scalar(sa.select(entry.exists())) or False


def _record_view(actor: Actor, person_id: int) -> None:
    with writing() as session:
        audit.record(
            session,
            actor,
            action=_VIEW,
            subject_kind="person",
            subject_id=person_id,
            person_id=person_id,
        )


def _card(session: Session, person: Person) -> PersonCard:
    of_person = {"person_id": person.id}
    enrolment = session.scalars(
        sa.select(Enrolment).filter_by(**of_person, is_current=True)
    ).one_or_none()
    residence = session.scalars(
        sa.select(Residence).filter_by(**of_person, until_on=None).order_by(Residence.id.desc())
    ).first()
    passports = session.scalars(
        sa.select(Passport)
        .filter_by(**of_person, voided_at=None)
        .order_by(Passport.is_current.desc(), Passport.id.desc())
    )
    is_past = Visa.status.not_in(VISA_STATUSES_IN_FORCE)
    visas = session.scalars(
        sa.select(Visa)
        .filter_by(**of_person)
        .order_by(is_past, Visa.valid_until.desc(), Visa.id.desc())
    )
    return PersonCard(
        person_id=person.id,
        version=person.version,
        name=full_name(person),
        surname=person.surname,
        given_names=person.given_names,
        native_name=person.native_name,
        name_ru=person.name_ru,
        name_ky=person.name_ky,
        citizenship=person.citizenship,
        birth_date=person.birth_date,
        sex=person.sex,
        phone=person.phone,
        email=person.email,
        language=person.language,
        agent_id=person.agent_id,
        missing=tuple(PersonFact(name) for name in person.missing),
        share_known=_share_known(session, person, enrolment, residence),
        contradictions=tuple(Contradiction(each) for each in person.contradictions or ()),
        closed_at=person.closed_at,
        closed_reason=person.closed_reason,
        merged_into_id=person.merged_into_id,
        faculty_id=enrolment.faculty_id if enrolment else None,
        course=enrolment.course if enrolment else None,
        status=enrolment.status if enrolment else None,
        contract_number=enrolment.contract_number if enrolment else "",
        contract_from=enrolment.contract_from if enrolment else None,
        contract_until=enrolment.contract_until if enrolment else None,
        course_until=enrolment.course_until if enrolment else None,
        transferred_from=enrolment.transferred_from if enrolment else "",
        former_visa_id=enrolment.former_visa_id if enrolment else None,
        residence=residence.kind if residence else None,
        address=residence.address if residence else "",
        owner_name=residence.owner_name if residence else "",
        passports=tuple(_passport_view(passport) for passport in passports),
        visas=tuple(_visa_view(visa) for visa in visas),
    )


def _share_known(
    session: Session, person: Person, enrolment: Enrolment | None, residence: Residence | None
) -> int:
    if person.missing_count == 0:
        return 100
    today = clock.today(settings.current().time_zone)
    facts = KnownFacts(
        known=frozenset(),
        status=enrolment.status if enrolment else None,
        residence=residence.kind if residence else None,
        needs_entry_visa=needs_entry_visa(session, person.citizenship, today),
    )
    return share_known(missing=person.missing_count, asked=len(asked_facts(facts)))


def _passport_view(passport: Passport) -> PassportView:
    return PassportView(
        passport_id=passport.id,
        version=passport.version,
        known=PassportForm(
            **{name: getattr(passport, name) for name in PassportForm.__dataclass_fields__}
        ),
        is_current=passport.is_current,
    )


def _visa_view(visa: Visa) -> VisaView:
    return VisaView(
        visa_id=visa.id,
        version=visa.version,
        category=visa.category,
        entries=visa.entries,
        valid_from=visa.valid_from,
        valid_until=visa.valid_until,
        status=visa.status,
        number=visa.number,
        passport_id=visa.passport_id,
        carried_over_on=visa.carried_over_on,
    )
