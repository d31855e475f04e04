"""The card: its parts by role, forms that lose nothing, and the entry of new people."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core.permissions import Actor, Role
from core.services.cards import person_card
from core.services.contacts import ContactForm
from core.services.enrolments import EnrolmentForm, change_enrolment, enrolments_of_person
from core.services.passports import change_passport
from core.services.people_list import PeopleFilter, list_people
from core.services.person_forms import (
    EngagementForm,
    OtherPersonForm,
    PassportForm,
    StudentForm,
    VisaForm,
)
from core.services.person_identity import IdentityForm, SaidForm, change_identity
from core.services.person_notes import add_note
from core.services.registrations import RegistrationForm
from core.services.residences import ResidenceForm, move
from core.terms import ClosedReason, ImportField, Language, ResidenceKind, Sex
from db.engine import writing
from db.models.cases import Case, CaseItem
from db.models.people import Person
from pages.students.deeds import FIELDS
from tests.cast import Cast, enrol, passport
from tests.screens.shown import run_screen, texts_of

#: The parts of the card each role is offered. Written by hand.
OFFICE_PARTS = "cases passports living crossings study contacts documents notes history".split()
PARTS = {
    Role.STAFF: OFFICE_PARTS,
    Role.HEAD: OFFICE_PARTS,
    Role.RECTOR: OFFICE_PARTS,
    Role.DEAN: [part for part in OFFICE_PARTS if part not in {"notes", "history"}],
}

#: What only a screen says that lets its reader change something.
CHANGES = ("Correct", "Add a", "Note a", "Note whom", "Note work", "Change", "Write", "Withdraw")


@pytest.mark.parametrize("part", OFFICE_PARTS)
def test_every_part_of_the_card_is_for_its_roles_and_changed_by_the_office(
    cast: Cast, part: str
) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_note(cast.staff, person_id, "SECRETNOTE")
    for role, actor in cast.everybody().items():
        app = run_screen("students", actor, person=str(person_id), tab=part)
        assert not app.exception, (role, app.exception)
        if role not in PARTS:
            assert len(app.error) == 1
            continue
        assert [error.value for error in app.error] == []
        # A part that is not for the role falls back to the first.
        assert "".join(app.query_params["tab"]) == (part if part in PARTS[role] else "cases")
        offered = [b.label for b in app.button if b.label.startswith(CHANGES)]
        if role in {Role.DEAN, Role.RECTOR}:
            assert offered == [], role
        if role is Role.DEAN:
            assert "SECRETNOTE" not in " ".join(texts_of(app))


def test_a_form_on_the_card_keeps_what_was_typed_when_somebody_was_faster(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    app = run_screen("students", cast.staff, person=str(person_id), tab="contacts")
    app = button(app, "Correct names").click().run(timeout=30)
    seen = person_card(cast.staff, person_id).version
    change_identity(cast.head, person_id, IdentityForm(phone="111"), version=seen)
    next(field for field in app.text_input if field.label == "Telephone").input("222")
    app = button(app, "Save").click().run(timeout=30)
    assert "Helen changed this" in app.error[0].value
    assert person_card(cast.staff, person_id).phone == "111"
    assert next(f for f in app.text_input if f.label == "Telephone").value == "222"
    # Told of the other's change, he may put his own over it.
    app = button(app, "Save").click().run(timeout=30)
    assert not app.error
    assert person_card(cast.staff, person_id).phone == "222"


def test_leaving_a_form_changes_nothing(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    app = run_screen("students", cast.staff, person=str(person_id), tab="study")
    app = button(app, "Correct the place").click().run(timeout=30)
    next(field for field in app.text_input if field.label == "Group").input("7")
    app = button(app, "Leave it").click().run(timeout=30)
    assert not app.exception
    assert "Group" not in [field.label for field in app.text_input]
    assert enrolments_of_person(cast.staff, person_id)[0].known.group_name == ""


def test_a_closed_record_says_so_and_offers_no_change(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with writing() as session:
        person = session.get_one(Person, person_id)
        person.closed_at, person.closed_reason = person.created_at, ClosedReason.MERGED
    for part in OFFICE_PARTS:
        app = run_screen("students", cast.staff, person=str(person_id), tab=part)
        assert not app.exception
        assert "merged" in app.warning[0].value
        assert [b.label for b in app.button if b.label.startswith(CHANGES)] == []


def test_a_person_who_is_no_student_is_entered_with_name_and_state_alone(cast: Cast) -> None:
    address = {"as": "other"}
    app = run_screen("intake", cast.staff, **address)
    assert not app.exception
    next(f for f in app.text_input if f.label == "Surname as in the passport").input("guestov")
    next(f for f in app.selectbox if f.label == "Nationality").set_value("TUR")
    app = button(app, "Save").click().run(timeout=30)
    assert not app.exception
    assert not app.error
    (line,) = list_people(cast.staff, PeopleFilter(search="guestov")).rows
    assert (line.name, line.citizenship, line.status) == ("GUESTOV", "TR", None)


def button(app: AppTest, label: str) -> Button:
    """Return the first button whose words begin with ``label``."""
    return next(each for each in app.button if each.label.startswith(label))


def test_the_history_has_words_for_every_field_of_every_form() -> None:
    forms = (
        StudentForm,
        OtherPersonForm,
        VisaForm,
        EngagementForm,
        IdentityForm,
        SaidForm,
        PassportForm,
        RegistrationForm,
        ResidenceForm,
        EnrolmentForm,
        ContactForm,
    )
    names = {name for form in forms for name in form.__dataclass_fields__}
    names |= {field.value for field in ImportField}
    assert names - set(FIELDS) == set()


def test_the_history_is_told_in_the_words_of_its_reader(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    moved = ResidenceForm(kind=ResidenceKind.HOSTEL, address="12", from_on=date(2026, 9, 1))
    move(cast.staff, person_id, moved)
    (held,) = person_card(cast.staff, person_id).passports
    form = passport(sex=Sex.FEMALE, expires_on=date(2031, 1, 2))
    change_passport(cast.staff, held.passport_id, form, version=held.version)
    (place,) = enrolments_of_person(cast.staff, person_id)
    elsewhere = replace(place.known, faculty_id=cast.dentistry)
    change_enrolment(cast.staff, place.enrolment_id, elsewhere, version=place.version)

    told = history_of(cast.staff, person_id, Language.ENGLISH)
    assert "Kind: University hostel" in told
    assert "From: 1 Sept 2026" in told
    assert "Sex: male → female" in told
    assert "Passport ends: 14 May 2030 → 2 Jan 2031" in told
    assert "Faculty: Fictitious Medicine → Fictitious Dentistry" in told
    assert "opened a case: Registration at the place of stay" in told
    told = history_of(cast.staff, person_id, Language.RUSSIAN)
    assert "Общежитие университета" in told
    assert "мужской → женский" in told
    assert "14 мая 2030" in told
    # The rector reads what was changed and not what it was.
    told = history_of(cast.rector, person_id, Language.ENGLISH)
    assert "corrected a passport" in told
    assert "Passport ends; Sex" in told
    assert "female" not in told


def history_of(actor: Actor, person_id: int, language: Language) -> str:
    app = run_screen("students", actor, language=language, person=str(person_id), tab="history")
    assert not app.exception
    return " ".join(texts_of(app)).replace("\\", "")


def test_a_search_is_narrowed_by_a_second_filter(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    other = passport(number="ZZ2", given_names="ANNA")
    enrol(cast.staff, cast.dentistry, passport=other)
    app = run_screen("students", cast.staff, q="testov")
    assert list(app.dataframe[0].value["name"]) == ["TESTOV ANNA", "TESTOV KARIM"]
    faculty = next(field for field in app.selectbox if field.label == "Faculty")
    app = faculty.set_value(cast.dentistry).run(timeout=30)
    assert not app.exception
    assert list(app.dataframe[0].value["name"]) == ["TESTOV ANNA"]
    address = {name: "".join(app.query_params[name]) for name in ("q", "faculty")}
    assert address == {"q": "testov", "faculty": str(cast.dentistry)}


def test_a_procedure_that_asks_for_no_paper_counts_none(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with writing() as session:
        opened = sa.select(Case.id).where(Case.person_id == person_id)
        session.execute(sa.delete(CaseItem).where(CaseItem.case_id.in_(opened)))
    app = run_screen("students", cast.staff, person=str(person_id), tab="cases")
    headings = [each.label for each in app.expander]
    assert headings
    assert not [label for label in headings if "accepted" in label]
