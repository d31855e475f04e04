"""The partners, the house, faculties and the checklist as use cases."""

import io

import pypdf
import pytest
import sqlalchemy as sa

from core.errors import Conflict, DomainError, NotFound
from core.services.case_views import cases_of_person
from core.services.checklists import checklist_pdf
from core.services.faculties import (
    FacultyForm,
    change_faculty,
    create_faculty,
    faculty_names,
    list_faculties,
)
from core.services.house import House, change_house, house
from core.services.partners import list_partners, partner_countries
from core.services.reference import load_reference_data
from core.terms import CaseKind, InstitutionKind, Language
from db.engine import writing
from db.models.reference import RequirementRow, RuleRow
from tests.cast import Cast, enrol


def test_the_checklist_says_what_the_case_says(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    case = next(
        c for c in cases_of_person(cast.staff, person_id) if c.kind is CaseKind.REGISTRATION
    )
    words = {
        Language.ENGLISH: ("Notarized application", "Due by law: 7 Sept 2026", "0 of 4 accepted"),
        Language.RUSSIAN: ("Нотариально заверенное", "принято 0 из 4", "страница 1 из 1"),
        Language.KYRGYZ: ("күбөлөндүрүлгөн", "Мыйзам боюнча мөөнөт", "жок"),
    }
    for language, expected in words.items():
        made = checklist_pdf(cast.dean, case.case_id, language=language)
        text = pypdf.PdfReader(io.BytesIO(made.content)).pages[0].extract_text()
        assert "TESTOV KARIM" in text
        for words_of_it in expected:
            assert words_of_it in text.replace("\n", " ")
    with pytest.raises(NotFound):
        checklist_pdf(cast.other_dean, case.case_id, language=Language.ENGLISH)


def test_the_partners_of_the_page_are_in_the_register(cast: Cast) -> None:
    assert list_partners(cast.rector).total == 24
    turkish = list_partners(cast.staff, country="TR", kind=InstitutionKind.UNIVERSITY)
    assert [row.name for row in turkish.rows] == [
        "Baskent University",
        "Eskisehir Osmangazi University",
        "Maltepe University",
    ]
    assert list_partners(cast.staff, search="herbrand").rows[0].city == ""
    assert "TR" in partner_countries(cast.staff)


def test_the_head_names_the_university_and_two_heads_do_not_overwrite_each_other(
    cast: Cast,
) -> None:
    assert house(cast.dean) == House()
    change_house(cast.head, House(name_en="Fictitious University", version=0))
    own = house(cast.dean)
    assert (own.name_en, own.version) == ("Fictitious University", 1)
    with pytest.raises(Conflict):
        change_house(cast.head, House(name_en="Another", version=0))
    with pytest.raises(DomainError) as refusal:
        change_house(cast.head, House(name_en=" ", version=1))
    assert refusal.value.code == "house.name_missing"


def test_faculties_have_one_name_each_and_can_leave_use(cast: Cast) -> None:
    with pytest.raises(DomainError) as refusal:
        create_faculty(cast.admin, FacultyForm(name_en=" fictitious MEDICINE "))
    assert refusal.value.code == "faculty.name_taken"
    with pytest.raises(DomainError) as refusal:
        create_faculty(cast.admin, FacultyForm(name_en=" "))
    assert refusal.value.code == "faculty.name_missing"
    view = next(f for f in list_faculties(cast.admin) if f.faculty_id == cast.dentistry)
    form = FacultyForm(name_en="Fictitious Stomatology", is_active=False)
    change_faculty(cast.admin, cast.dentistry, form, version=view.version)
    assert cast.dentistry not in faculty_names(cast.staff, only_active=True)
    assert faculty_names(cast.staff)[cast.dentistry] == "Fictitious Stomatology"
    with pytest.raises(Conflict):
        change_faculty(cast.admin, cast.dentistry, form, version=view.version)


def test_loading_again_changes_nothing_and_keeps_what_the_head_changed(database: str) -> None:
    with writing() as session:
        rule = session.query(RuleRow).filter_by(code="visa.extend.papers").one()
        rule.amount, rule.reference_digest = 25, "an earlier release"
        item = session.query(RequirementRow).filter_by(item_code="duty_receipt").one()
        item.name_en, item.reference_digest = "A receipt of ours", "an earlier release"
        session.execute(sa.text("DELETE FROM house_setting WHERE name = 'reference_digest'"))
    report = load_reference_data()
    assert (report.added, report.updated) == (0, 0)
    assert set(report.differs) == {
        "rule visa.extend.papers 2016-12-26",
        "requirement registration duty_receipt",
    }
    with writing() as session:
        assert session.query(RuleRow).filter_by(code="visa.extend.papers").one().amount == 25
    assert load_reference_data().differs == ()
