"""Registering a student: what is refused, what is asked, and which cases follow."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from core import clock
from core.errors import DomainError, Invalid, NotFound
from core.services.cards import person_card
from core.services.case_views import cases_of_person
from core.services.cases import open_cases_that_follow
from core.services.people import read_passport_lines, register_student
from core.services.people_list import PeopleFilter, list_people
from core.services.person_forms import PassportForm, StudentForm, VisaForm
from core.services.users import actor_named
from core.terms import (
    CaseKind,
    CaseOutcome,
    CrossingDirection,
    Party,
    ResidenceKind,
    Sex,
    VisaEntries,
)
from db.engine import reading, writing
from db.models.audit import AuditEntry
from db.models.people import Crossing, Enrolment, Passport, Person
from tests.cast import Cast, enrol, passport, student
from tests.rules.test_mrz import SPECIMEN

VISA_ITEMS = [
    "passport",
    "dean_application",
    "contract_copy",
    "study_certificate",
    "photo_digital",
]


def test_the_cases_that_follow_are_open_with_their_dates(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    cases = {case.kind: case for case in cases_of_person(cast.staff, person_id)}
    assert set(cases) == {CaseKind.REGISTRATION, CaseKind.STUDY_VISA_EXTENSION}
    registration = cases[CaseKind.REGISTRATION]
    assert registration.due is not None
    assert registration.target is not None
    # Entered Friday 28 August 2026; 31 August is Independence Day: 1 2 3 4 7 September.
    assert registration.due.on == date(2026, 9, 7)
    assert registration.target.on == date(2026, 9, 2)
    assert registration.due.rule_code == "registration.place_of_stay"
    assert registration.due.confirmed_by is None
    assert "[S40]" in registration.due.source
    assert registration.waits_for is Party.DEPARTMENT
    extension = cases[CaseKind.STUDY_VISA_EXTENSION]
    assert extension.due is not None
    assert extension.due.on == date(2026, 10, 27)
    assert extension.waits_for is Party.DEAN
    assert [item.item_code for item in extension.items] == VISA_ITEMS


def test_the_landlord_is_asked_for_a_flat_only(cast: Cast) -> None:
    flat = enrol(cast.staff, cast.medicine)
    hostel = enrol(
        cast.staff,
        cast.medicine,
        passport=passport(number="ZZ2", surname="HOSTELOV"),
        residence=ResidenceKind.HOSTEL,
    )

    def asked(person_id: int) -> list[str]:
        cases = cases_of_person(cast.staff, person_id)
        case = next(case for case in cases if case.kind is CaseKind.REGISTRATION)
        return [item.item_code for item in case.items]

    assert asked(flat) == ["passport", "passport_copy", "duty_receipt", "landlord_consent"]
    assert asked(hostel) == ["passport", "passport_copy", "duty_receipt"]


def test_an_indian_has_thirty_calendar_days(cast: Cast) -> None:
    form = student(cast.medicine, passport=passport(nationality="IND", issuing_state="IND"))
    person_id = register_student(cast.staff, form)
    case = next(
        case
        for case in cases_of_person(cast.staff, person_id)
        if case.kind is CaseKind.REGISTRATION
    )
    assert case.due is not None
    assert case.due.on == date(2026, 9, 27)
    assert case.due.rule_code == "registration.exempt"


def test_a_student_abroad_has_no_registration_yet(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, entered_on=None, visa=None)
    cases = cases_of_person(cast.staff, person_id)
    assert [case.kind for case in cases] == [CaseKind.STUDY_VISA]
    assert cases[0].due is None


def test_each_entry_starts_its_own_clock(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with writing() as session:
        first = session.scalars(sa.select(Crossing).filter_by(person_id=person_id)).one()
        for direction, day in (
            (CrossingDirection.OUT, date(2026, 8, 29)),
            (CrossingDirection.IN, date(2026, 9, 1)),
        ):
            crossing = Crossing(
                person_id=person_id,
                passport_id=first.passport_id,
                direction=direction,
                crossed_on=day,
            )
            session.add(crossing)
        session.flush()
        assert len(open_cases_that_follow(session, cast.staff, person_id)) == 1
        assert open_cases_that_follow(session, cast.staff, person_id) == ()
    cases = [
        case
        for case in cases_of_person(cast.staff, person_id)
        if case.kind is CaseKind.REGISTRATION
    ]
    assert cases[0].due is not None
    assert cases[0].due.on == date(2026, 9, 8)
    assert cases[1].outcome is CaseOutcome.SUPERSEDED


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"passport": passport(surname=" ", given_names="")}, ["passport.surname.missing"]),
        ({"passport": passport(nationality="QQQ")}, ["passport.nationality.unknown"]),
        ({"passport": passport(issuing_state="QQQ")}, ["passport.issuer.unknown"]),
        ({"passport": passport(nationality="")}, ["passport.nationality.missing"]),
        ({"passport": passport(birth_date=date(2026, 9, 2))}, ["person.birth_date.future"]),
        ({"passport": passport(birth_date=date(1915, 9, 1))}, ["person.birth_date.too_old"]),
        (
            {"passport": passport(issued_on=date(2030, 5, 15))},
            ["passport.expires_before_issue"],
        ),
        ({"entered_on": date(2026, 9, 2)}, ["crossing.future"]),
        ({"contract_until": date(2026, 8, 31)}, ["contract.reversed"]),
        (
            {
                "visa": VisaForm(
                    category="",
                    entries=VisaEntries.SINGLE,
                    valid_from=date(2026, 9, 2),
                    valid_until=date(2026, 9, 1),
                )
            },
            ["visa.reversed", "visa.category.missing"],
        ),
        (
            {"visa": VisaForm(category="S", entries=VisaEntries.SINGLE, valid_until=None)},
            ["visa.until.missing"],
        ),
        ({"faculty_id": 0}, ["faculty.missing"]),
    ],
)
def test_every_fault_of_the_form_is_named_and_nothing_is_saved(
    cast: Cast, changes: dict[str, object], codes: list[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        register_student(cast.staff, replace(student(cast.medicine), **changes))
    assert [fault.code for fault in refusal.value.faults] == codes
    assert list_people(cast.staff).total == 0


def test_an_entry_and_an_issue_today_are_possible(cast: Cast) -> None:
    form = student(cast.medicine, entered_on=date(2026, 9, 1))
    assert register_student(cast.staff, form)


def test_a_known_passport_leads_to_its_person(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with pytest.raises(DomainError) as refusal:
        enrol(cast.staff, cast.dentistry, is_new_person=True)
    assert refusal.value.code == "passport.number.taken"
    assert refusal.value.values["person_id"] == person_id


def test_a_namesake_of_the_same_birth_date_is_asked_about(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    other = passport(number="ZZ7654321", surname="Testov")
    with pytest.raises(DomainError) as refusal:
        enrol(cast.staff, cast.medicine, passport=other)
    assert refusal.value.code == "person.maybe_same"
    assert refusal.value.values["person_id"] == person_id
    assert enrol(cast.staff, cast.medicine, passport=other, is_new_person=True) != person_id


def test_a_namesake_born_another_day_is_another_person(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    other = passport(number="ZZ7654321", birth_date=date(2004, 3, 1))
    assert enrol(cast.staff, cast.medicine, passport=other)


@pytest.mark.parametrize("typed", ["testov", "ТЕСТОВ", "kar test", "1234567", "рим", "zz12"])
def test_a_part_of_a_name_or_number_finds_the_person(cast: Cast, typed: str) -> None:
    enrol(cast.staff, cast.medicine)
    enrol(
        cast.staff,
        cast.medicine,
        passport=passport(number="YY9", surname="OTHER", given_names="PERSON"),
    )
    found = list_people(cast.staff, PeopleFilter(search=typed))
    assert [line.name for line in found.rows] == ["TESTOV KARIM"]
    assert found.total == 1


@pytest.mark.parametrize("typed", ["%", "_", "nobody", "testov nobody"])
def test_what_matches_nobody_finds_nobody(cast: Cast, typed: str) -> None:
    enrol(cast.staff, cast.medicine)
    expected = 1 if typed in {"%", "_"} else 0  # folded away: an empty question
    assert list_people(cast.staff, PeopleFilter(search=typed)).total == expected


def test_lists_mask_the_passport_and_the_card_shows_it_under_audit(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert list_people(cast.staff).rows[0].passport_masked == "ZZ•••••67"
    assert person_card(cast.staff, person_id).passports[0].number == "ZZ1234567"
    person_card(cast.staff, person_id)
    person_card(cast.rector, person_id)
    with reading() as session:
        views = session.scalars(
            sa.select(AuditEntry.actor_name)
            .filter_by(action="person.view", person_id=person_id)
            .order_by(AuditEntry.sequence)
        ).all()
    assert views == ["sam", "rita"]


def test_a_dean_knows_only_the_students_now_enrolled_with_him(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert list_people(cast.dean).total == 1
    assert person_card(cast.dean, person_id).name == "TESTOV KARIM"
    assert list_people(cast.other_dean).total == 0
    with pytest.raises(NotFound) as refusal:
        person_card(cast.other_dean, person_id)
    with pytest.raises(NotFound) as missing:
        person_card(cast.other_dean, 999_999)
    assert str(refusal.value) == str(missing.value)


def test_a_student_who_changes_faculty_changes_dean_at_once(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with writing() as session:
        enrolment = session.scalars(sa.select(Enrolment).filter_by(person_id=person_id)).one()
        enrolment.faculty_id = cast.dentistry
    assert list_people(cast.dean).total == 0
    assert person_card(cast.other_dean, person_id).faculty_id == cast.dentistry
    with pytest.raises(NotFound):
        person_card(actor_named("dora"), person_id)


def test_a_look_beyond_the_scope_is_audited(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with pytest.raises(NotFound):
        person_card(cast.other_dean, person_id)
    with reading() as session:
        last = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
        assert last is not None
        assert (last.actor_name, last.action, last.outcome.value, last.subject_id) == (
            "dean-two",
            "person_card",
            "refused",
            person_id,
        )


def test_personal_values_are_nowhere_in_the_clear_part_of_the_log(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    with reading() as session:
        for entry in session.scalars(sa.select(AuditEntry).order_by(AuditEntry.sequence)):
            assert "TESTOV" not in str(entry.clear)
            assert "ZZ1234567" not in str(entry.clear)


def test_the_lines_of_the_specimen_are_read_for_staff(cast: Cast) -> None:
    assert read_passport_lines(cast.staff, SPECIMEN).surname == "ERIKSSON"


def test_a_name_and_a_state_are_enough_to_save_and_the_rest_is_asked_for(cast: Cast) -> None:
    known = PassportForm(
        number="",
        issuing_state="",
        nationality="PAK",
        surname="HALFKNOWN",
        birth_date=None,
        sex=Sex.UNSPECIFIED,
        expires_on=None,
    )
    person_id = register_student(cast.staff, StudentForm(passport=known))
    with reading() as session:
        person = session.get_one(Person, person_id)
        passports = session.scalars(sa.select(Passport).filter_by(person_id=person_id)).all()
    assert passports == []
    assert person.citizenship == "PK"
    assert person.missing == [
        "birth_date",
        "sex",
        "passport_number",
        "passport_expiry",
        "faculty",
        "course",
        "contract_number",
        "contract_end",
        "phone",
        "photo",
    ]
    assert person.missing_count == 10


def test_a_passport_of_a_closed_record_may_be_registered_again(cast: Cast) -> None:
    first = enrol(cast.staff, cast.medicine)
    with writing() as session:
        held = session.scalars(sa.select(Passport).filter_by(person_id=first)).one()
        held.voided_at, held.is_current = clock.utc_now(), False
    assert enrol(cast.staff, cast.medicine, is_new_person=True) != first
