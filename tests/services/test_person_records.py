"""What is changed on a card: passports, visas, registrations, addresses, names and contacts."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from core.errors import Conflict, DomainError, Invalid, NotFound
from core.services.cards import PersonCard, person_card
from core.services.case_views import cases_of_person
from core.services.contacts import (
    ContactForm,
    add_contact,
    change_contact,
    contacts_of_person,
    end_contact,
)
from core.services.crossings import crossings_of_person
from core.services.passports import add_passport, change_passport, make_current
from core.services.person_forms import VisaForm
from core.services.person_identity import (
    IdentityForm,
    SaidForm,
    change_identity,
    change_said,
)
from core.services.registrations import (
    RegistrationForm,
    add_registration,
    change_registration,
    registrations_of_person,
)
from core.services.residences import (
    ResidenceForm,
    change_residence,
    move,
    residences_of_person,
)
from core.services.visas import add_visa, annul_visa, change_visa
from core.terms import (
    CaseKind,
    CaseOutcome,
    ClosedReason,
    PersonFact,
    ResidenceKind,
    Sex,
    VisaEntries,
    VisaStatus,
)
from db.engine import reading, writing
from db.models.audit import AuditEntry
from db.models.people import Person
from tests.cast import TODAY, Cast, enrol, passport
from tests.services.test_rule_changes import refusal_of


def faults_of(call: object, *arguments: object, **words: object) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        call(*arguments, **words)
    return [fault.code for fault in refusal.value.faults]


def half_known(cast: Cast) -> int:
    """Register a student of whom only a name and a state were said."""
    said = passport(number="", given_names="", birth_date=None, expires_on=None)
    return enrol(cast.staff, cast.medicine, passport=said, visa=None)


def card_of(cast: Cast, person_id: int) -> PersonCard:
    return person_card(cast.staff, person_id)


def last_entry_of_log(action: str) -> AuditEntry:
    with reading() as session:
        entry = session.scalars(
            sa.select(AuditEntry).filter_by(action=action).order_by(AuditEntry.sequence.desc())
        ).first()
        assert entry is not None
        return entry


# Passports


def test_a_new_passport_takes_over_and_the_old_one_stays(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_passport(cast.staff, person_id, passport(number="ZZ2", surname="TESTOV-NEW"))
    card = card_of(cast, person_id)
    assert [(each.number, each.is_current) for each in card.passports] == [
        ("ZZ2", True),
        ("ZZ1234567", False),
    ]
    assert card.name == "TESTOV-NEW KARIM"
    # The entry was made with the earlier one and keeps it.
    assert [each.passport_number for each in crossings_of_person(cast.staff, person_id)] == [
        "ZZ1234567"
    ]


def test_the_first_passport_adopts_what_was_noted_without_one(cast: Cast) -> None:
    person_id = half_known(cast)
    assert PersonFact.PASSPORT_NUMBER in card_of(cast, person_id).missing
    add_passport(cast.staff, person_id, passport())
    assert [each.passport_number for each in crossings_of_person(cast.staff, person_id)] == [
        "ZZ1234567"
    ]
    assert PersonFact.PASSPORT_NUMBER not in card_of(cast, person_id).missing


def test_a_passport_of_somebody_else_is_refused_and_names_him(cast: Cast) -> None:
    first = enrol(cast.staff, cast.medicine)
    second = enrol(cast.staff, cast.medicine, passport=passport(number="ZZ2", surname="OTHEROV"))
    with pytest.raises(DomainError) as refusal:
        add_passport(cast.staff, second, passport())
    assert refusal.value.code == "passport.number.taken"
    assert refusal.value.values["person_id"] == first
    (own,) = card_of(cast, second).passports
    assert refusal_of(
        change_passport, cast.staff, own.passport_id, passport(), version=own.version
    ) == ("passport.number.taken")
    assert card_of(cast, second).passports[0].number == "ZZ2"


def test_a_corrected_passport_renames_the_person_and_two_do_not_overwrite(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    (seen,) = card_of(cast, person_id).passports
    form = replace(seen.known, surname=" TESTOW ", expires_on=date(2031, 1, 1))
    change_passport(cast.staff, seen.passport_id, form, version=seen.version)
    assert card_of(cast, person_id).name == "TESTOW KARIM"
    with pytest.raises(Conflict):
        change_passport(cast.head, seen.passport_id, seen.known, version=seen.version)
    entry = last_entry_of_log("passport.change")
    assert entry.clear == {"fields": ["expires_on", "surname"]}
    assert entry.sealed is not None
    assert b"TESTOW" not in entry.sealed


def test_what_no_passport_can_be_is_refused(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    wrong = passport(number=" ", nationality="QQQ", issued_on=date(2031, 1, 1))
    assert faults_of(add_passport, cast.staff, person_id, wrong) == [
        "passport.nationality.unknown",
        "passport.expires_before_issue",
        "passport.number.missing",
    ]
    assert len(card_of(cast, person_id).passports) == 1


def test_an_earlier_passport_can_be_the_current_one_again(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_passport(cast.staff, person_id, passport(number="ZZ2", surname="MARRIED"))
    earlier = card_of(cast, person_id).passports[1]
    make_current(cast.staff, earlier.passport_id, version=earlier.version)
    card = card_of(cast, person_id)
    assert (card.name, card.passports[0].number) == ("TESTOV KARIM", "ZZ1234567")
    with pytest.raises(Conflict):
        make_current(cast.staff, earlier.passport_id, version=earlier.version)


# Visas


def visa(category: str = "S", until: date = date(2027, 8, 1)) -> VisaForm:
    return VisaForm(category=category, entries=VisaEntries.MULTIPLE, valid_until=until)


def test_a_new_visa_replaces_the_one_in_force_and_moves_the_due_date(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_visa(cast.staff, person_id, visa())
    assert [(each.valid_until, each.status) for each in card_of(cast, person_id).visas] == [
        (date(2027, 8, 1), VisaStatus.ACTIVE),
        (date(2026, 11, 26), VisaStatus.REPLACED),
    ]
    case = next(
        each
        for each in cases_of_person(cast.staff, person_id)
        if each.kind is CaseKind.STUDY_VISA_EXTENSION
    )
    assert case.due is not None
    # Thirty days before 1 August 2027.
    assert case.due.on == date(2027, 7, 2)


def test_a_visa_is_corrected_and_annulled_with_a_reason(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    (seen,) = card_of(cast, person_id).visas
    change_visa(cast.staff, seen.visa_id, visa("J"), version=seen.version)
    (changed,) = card_of(cast, person_id).visas
    assert (changed.category, changed.valid_until) == ("J", date(2027, 8, 1))
    assert (
        refusal_of(annul_visa, cast.staff, seen.visa_id, reason=" ", version=changed.version)
        == "visa.reason_missing"
    )
    annul_visa(cast.staff, seen.visa_id, reason="Left the course", version=changed.version)
    (annulled,) = card_of(cast, person_id).visas
    assert annulled.status is VisaStatus.ANNULLED
    assert PersonFact.VISA in card_of(cast, person_id).missing
    assert (
        refusal_of(annul_visa, cast.staff, seen.visa_id, reason="x", version=annulled.version)
        == "visa.not_active"
    )


def test_a_letter_no_visa_has_is_refused(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert faults_of(add_visa, cast.staff, person_id, visa("ZZ9")) == ["visa.category.unknown"]
    assert faults_of(
        add_visa,
        cast.staff,
        person_id,
        VisaForm(category="", entries=VisaEntries.SINGLE, valid_until=None),
    ) == ["visa.category.missing", "visa.until.missing"]


# Registrations


def registration(day: date | None, **changes: object) -> RegistrationForm:
    return replace(RegistrationForm(registered_on=day, number="R-1"), **changes)


def open_registration_cases(cast: Cast, person_id: int) -> list[CaseOutcome | None]:
    return [
        case.outcome
        for case in cases_of_person(cast.staff, person_id)
        if case.kind is CaseKind.REGISTRATION
    ]


def test_a_registration_closes_the_case_of_its_entry(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert open_registration_cases(cast, person_id) == [None]
    add_registration(cast.staff, person_id, registration(date(2026, 8, 31)))
    assert open_registration_cases(cast, person_id) == [CaseOutcome.DONE]
    (only,) = registrations_of_person(cast.dean, person_id)
    assert (only.registered_on, only.is_current) == (date(2026, 8, 31), True)


def test_a_registration_from_before_the_entry_closes_nothing(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_registration(cast.staff, person_id, registration(date(2026, 8, 27)))
    assert open_registration_cases(cast, person_id) == [None]


def test_a_later_registration_takes_over_and_an_earlier_one_does_not(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_registration(cast.staff, person_id, registration(date(2026, 8, 30)))
    add_registration(cast.staff, person_id, registration(date(2026, 8, 31)))
    add_registration(cast.staff, person_id, registration(date(2025, 9, 1)))
    assert [
        (each.registered_on, each.is_current)
        for each in registrations_of_person(cast.staff, person_id)
    ] == [
        (date(2026, 8, 31), True),
        (date(2026, 8, 30), False),
        (date(2025, 9, 1), False),
    ]


def test_what_no_registration_can_be_is_refused(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add = (add_registration, cast.staff, person_id)
    assert faults_of(*add, registration(None)) == ["registration.day.missing"]
    assert faults_of(*add, registration(date(2026, 9, 2))) == ["registration.future"]
    reversed_ = registration(TODAY, valid_until=date(2026, 8, 31))
    assert faults_of(*add, reversed_) == ["registration.reversed"]
    row_id = add_registration(cast.staff, person_id, registration(TODAY))
    change_registration(cast.staff, row_id, registration(TODAY, number="R-2"), version=1)
    assert registrations_of_person(cast.staff, person_id)[0].number == "R-2"
    with pytest.raises(Conflict):
        change_registration(cast.staff, row_id, registration(TODAY), version=1)


# Addresses


def hostel(day: date | None) -> ResidenceForm:
    return ResidenceForm(kind=ResidenceKind.HOSTEL, address="Room 7", from_on=day)


def test_a_move_ends_the_present_address_the_day_before(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    move(cast.staff, person_id, hostel(date(2026, 8, 31)))
    assert [
        (each.kind, each.from_on, each.until_on)
        for each in residences_of_person(cast.staff, person_id)
    ] == [
        (ResidenceKind.HOSTEL, date(2026, 8, 31), None),
        (ResidenceKind.FLAT, date(2026, 8, 28), date(2026, 8, 30)),
    ]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (None, "residence.from.missing"),
        (date(2026, 8, 28), "residence.not_after"),
        (date(2026, 9, 2), "residence.future"),
    ],
)
def test_a_move_on_an_impossible_day_is_refused(cast: Cast, day: date | None, code: str) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert faults_of(move, cast.staff, person_id, hostel(day)) == [code]
    assert len(residences_of_person(cast.staff, person_id)) == 1


def test_the_consent_of_the_owner_leaves_the_list_of_what_is_missing(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert PersonFact.LANDLORD_CONSENT in card_of(cast, person_id).missing
    (row,) = residences_of_person(cast.staff, person_id)
    form = ResidenceForm(
        kind=ResidenceKind.FLAT, address="1 Street", consent_until=date(2027, 8, 1)
    )
    change_residence(cast.staff, row.residence_id, form, version=row.version)
    missing = card_of(cast, person_id).missing
    assert PersonFact.LANDLORD_CONSENT not in missing
    assert PersonFact.ADDRESS not in missing


# Names and contacts


def test_names_and_contact_are_changed_searched_and_audited(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    seen = card_of(cast, person_id)
    form = IdentityForm(name_ru=" Тестов Карим ", phone="+996 555 123456")
    change_identity(cast.staff, person_id, form, version=seen.version)
    card = card_of(cast, person_id)
    assert (card.name_ru, card.phone) == ("Тестов Карим", "+996 555 123456")
    assert PersonFact.PHONE not in card.missing
    entry = last_entry_of_log("person.change")
    assert entry.clear == {"fields": ["name_ru", "phone"]}
    with pytest.raises(Conflict):
        change_identity(cast.head, person_id, IdentityForm(), version=seen.version)
    strange = IdentityForm(agent_id=999_999)
    assert (
        refusal_of(change_identity, cast.staff, person_id, strange, version=card.version)
        == "agent.missing"
    )


def test_what_was_said_is_corrected_until_a_passport_says_it(cast: Cast) -> None:
    person_id = half_known(cast)
    form = SaidForm(surname="SAIDOV", nationality="IND", birth_date=date(2005, 1, 31), sex=Sex.MALE)
    change_said(cast.staff, person_id, form, version=card_of(cast, person_id).version)
    card = card_of(cast, person_id)
    assert (card.name, card.citizenship, card.birth_date) == ("SAIDOV", "IN", date(2005, 1, 31))
    later = SaidForm(surname=" ", nationality="QQQ", birth_date=date(2026, 9, 2))
    assert faults_of(change_said, cast.staff, person_id, later, version=card.version) == [
        "passport.surname.missing",
        "passport.nationality.unknown",
        "person.birth_date.future",
    ]
    add_passport(cast.staff, person_id, passport())
    version = card_of(cast, person_id).version
    assert (
        refusal_of(change_said, cast.staff, person_id, form, version=version)
        == "person.has_passport"
    )


def test_a_contact_needs_a_name_and_a_way(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert faults_of(add_contact, cast.staff, person_id, ContactForm(name=" ")) == [
        "contact.name.missing",
        "contact.way.missing",
    ]
    contact_id = add_contact(
        cast.staff, person_id, ContactForm(name="Mother", phone="+92 300 0000000")
    )
    change_contact(
        cast.staff, contact_id, ContactForm(name="Mother", email="m@example.org"), version=1
    )
    (contact,) = contacts_of_person(cast.dean, person_id)
    assert (contact.known.phone, contact.known.email) == ("", "m@example.org")
    end_contact(cast.staff, contact_id, version=contact.version)
    assert contacts_of_person(cast.staff, person_id) == ()


# Of every part


def test_a_closed_record_is_not_changed(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    (row,) = residences_of_person(cast.staff, person_id)
    with writing() as session:
        person = session.get_one(Person, person_id)
        person.closed_at = person.created_at
        person.closed_reason = ClosedReason.IMPORT_UNDONE
    version = card_of(cast, person_id).version
    for call in (
        lambda: add_passport(cast.staff, person_id, passport(number="ZZ2")),
        lambda: add_visa(cast.staff, person_id, visa()),
        lambda: add_registration(cast.staff, person_id, registration(TODAY)),
        lambda: move(cast.staff, person_id, hostel(TODAY)),
        lambda: change_residence(cast.staff, row.residence_id, hostel(None), version=row.version),
        lambda: change_identity(cast.staff, person_id, IdentityForm(), version=version),
        lambda: add_contact(cast.staff, person_id, ContactForm(name="A", phone="1")),
    ):
        assert refusal_of(call) == "person.closed"


def test_what_does_not_exist_is_not_found(cast: Cast) -> None:
    for call in (
        lambda: add_visa(cast.staff, 999_999, visa()),
        lambda: change_visa(cast.staff, 999_999, visa(), version=1),
        lambda: make_current(cast.staff, 999_999, version=1),
        lambda: residences_of_person(cast.other_dean, enrol(cast.staff, cast.medicine)),
    ):
        with pytest.raises(NotFound):
            call()
