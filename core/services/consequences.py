"""What follows when the facts of a person change: his name, what is missing or wrong, his cases.

Every use case that changes a fact ends with :func:`follow_up`, inside its own transaction.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import Actor
from core.rules.completeness import KnownFacts, missing_facts
from core.rules.countries import iso2_of
from core.rules.names import fold, name_key, search_text
from core.services.case_rows import place_cases
from core.services.cases import end_study_cases, open_cases_that_follow
from core.services.deadlines import recompute_person, visa_in_force
from core.services.expiries import refresh_expiries
from core.services.lookalikes import refresh_pairs
from core.services.record_facts import contradictions_of
from core.services.rulebook import needs_entry_visa
from core.services.versions import touch
from core.terms import Contradiction, CrossingDirection, PersonFact, Sex
from db.models.documents import Document
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa

#: The kind of document that is a person's picture.
PHOTO = "photo_digital"


def follow_up(session: Session, actor: Actor, person_id: int) -> None:
    """Bring everything that is computed from a person's facts up to date, in this transaction.

    The person counts one more change, so that whoever saw him before is told.
    """
    session.flush()
    person = session.get_one(Person, person_id)
    touch(person, actor)
    refresh_person(session, person)
    end_study_cases(session, actor, person_id)
    open_cases_that_follow(session, actor, person_id)
    place_cases(session, [person_id])
    recompute_person(session, person_id)
    refresh_expiries(session, [person_id])


def refresh_person(session: Session, person: Person) -> None:
    """Repeat on ``person`` what his passports say, what is missing or wrong, who is like him."""
    passports = session.scalars(
        sa.select(Passport)
        .filter_by(person_id=person.id, voided_at=None)
        .order_by(Passport.is_current.desc(), Passport.id.desc())
    ).all()
    if passports and passports[0].is_current:
        repeat_passport(person, passports[0])
    held = contradictions_of(session, [person])[person.id]
    note_facts(person, passports, known_facts(session, person, passports), held)
    refresh_pairs(session, [person.id])


def known_facts(session: Session, person: Person, passports: Iterable[Passport]) -> KnownFacts:
    """Return what the record of ``person`` holds, for the question what is missing."""
    of_person = {"person_id": person.id}
    enrolment = session.scalars(
        sa.select(Enrolment).filter_by(**of_person, is_current=True)
    ).one_or_none()
    residence = session.scalars(
        sa.select(Residence).filter_by(**of_person, until_on=None).order_by(Residence.id.desc())
    ).first()
    today = clock.today(settings.current().time_zone)
    return facts_of(
        person,
        passport=next((passport for passport in passports if passport.is_current), None),
        enrolment=enrolment,
        residence=residence,
        visa=visa_in_force(session, person.id),
        has_entry=_has(session, Crossing, **of_person, direction=CrossingDirection.IN),
        has_photo=_has(session, Document, **of_person, kind=PHOTO),
        needs_visa=needs_entry_visa(session, person.citizenship, today),
    )


def facts_of(  # noqa: PLR0913 - the rows that make a record
    person: Person,
    *,
    passport: Passport | None,
    enrolment: Enrolment | None,
    residence: Residence | None,
    visa: Visa | None,
    has_entry: bool,
    has_photo: bool,
    needs_visa: bool | None,
) -> KnownFacts:
    """Return what the rows of a person's record hold; ``passport`` is the current one."""
    there = {
        PersonFact.NAME: person.surname or person.given_names,
        PersonFact.CITIZENSHIP: person.citizenship,
        PersonFact.BIRTH_DATE: person.birth_date,
        PersonFact.SEX: person.sex not in {None, Sex.UNSPECIFIED},
        PersonFact.PASSPORT_NUMBER: passport,
        PersonFact.PASSPORT_EXPIRY: passport and passport.expires_on,
        PersonFact.FACULTY: enrolment and enrolment.faculty_id,
        PersonFact.COURSE: enrolment and enrolment.course,
        PersonFact.CONTRACT_NUMBER: enrolment and enrolment.contract_number,
        PersonFact.CONTRACT_END: enrolment and enrolment.contract_until,
        PersonFact.ENTRY: has_entry,
        PersonFact.VISA: visa,
        PersonFact.RESIDENCE: residence,
        PersonFact.ADDRESS: residence and residence.address,
        PersonFact.LANDLORD_CONSENT: residence and residence.consent_until,
        PersonFact.PHONE: person.phone or person.email,
        PersonFact.PHOTO: has_photo,
    }
    return KnownFacts(
        known=frozenset(fact for fact, value in there.items() if value),
        status=enrolment.status if enrolment else None,
        residence=residence.kind if residence else None,
        needs_entry_visa=needs_visa,
    )


def repeat_passport(person: Person, passport: Passport) -> None:
    """Write down on ``person`` what his current passport says of him."""
    person.surname, person.given_names = passport.surname, passport.given_names
    person.citizenship = iso2_of(passport.nationality)
    person.birth_date, person.sex = passport.birth_date, passport.sex


def note_facts(
    person: Person,
    passports: Sequence[Passport],
    facts: KnownFacts,
    held: Sequence[Contradiction],
) -> None:
    """Write down on ``person`` by what he is found and told apart, what is missing and is wrong."""
    person.name_key = name_key(person.surname, person.given_names)
    person.search_text = _search_text(person, passports)
    missing = missing_facts(facts)
    person.missing = [fact.value for fact in missing]
    person.missing_count = len(missing)
    person.contradictions = [each.value for each in held]
    person.contradiction_count = len(held)


def _has(session: Session, table: type[Crossing] | type[Document], **values: object) -> bool:
    return session.scalar(sa.select(table.id).filter_by(**values).limit(1)) is not None


def _search_text(person: Person, passports: Iterable[Passport]) -> str:
    """Return every name and number the person is or was known by, folded; telephones as digits."""
    names: list[str] = [person.surname, person.given_names]
    names += [person.native_name, person.name_ru, person.name_ky]
    for passport in passports:
        names += [passport.surname, passport.given_names, passport.number]
    digits = "".join(character for character in person.phone if character.isdecimal())
    return search_text(*names, fold(digits))
