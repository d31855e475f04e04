"""Checklists and the Excel file of chosen cases: all of them in their order, or none."""

import io
from datetime import date, datetime

import openpyxl
import pypdf
import pytest
import sqlalchemy as sa

from core.errors import DomainError, NotFound
from core.services.case_exports import export_cases
from core.services.case_views import CaseView, cases_of_person
from core.services.checklists import checklists_pdf
from core.services.page import MOST_CHOSEN
from core.services.responsible import assign_case
from core.terms import AuditOutcome, CaseKind, Language
from db.engine import reading
from db.models.audit import AuditEntry, AuditHead
from tests.cast import Cast, enrol, passport


@pytest.fixture
def chosen(cast: Cast) -> list[CaseView]:
    """The extension of a student of dentistry, and the registration of one of medicine."""
    medic = enrol(cast.staff, cast.medicine)
    other = passport(number="ZZ2", surname="=SECONDOV()")
    dentist = enrol(cast.staff, cast.dentistry, passport=other)
    wanted = ((dentist, CaseKind.STUDY_VISA_EXTENSION), (medic, CaseKind.REGISTRATION))
    return [
        next(case for case in cases_of_person(cast.staff, person_id) if case.kind is kind)
        for person_id, kind in wanted
    ]


def ids_of(cases: list[CaseView]) -> list[int]:
    return [case.case_id for case in cases]


def entries(action: str) -> list[AuditEntry]:
    with reading() as session:
        found = sa.select(AuditEntry).filter_by(action=action).order_by(AuditEntry.sequence)
        return list(session.scalars(found))


def test_each_checklist_has_its_own_pages_in_the_order_of_the_choice(
    cast: Cast, chosen: list[CaseView]
) -> None:
    twice = [*ids_of(chosen), chosen[0].case_id]
    file = checklists_pdf(cast.staff, twice, language=Language.RUSSIAN)
    pages = [
        " ".join(page.extract_text().split())
        for page in pypdf.PdfReader(io.BytesIO(file.content)).pages
    ]
    assert len(pages) == 2
    for page, name in zip(pages, ("=SECONDOV() KARIM", "TESTOV KARIM"), strict=True):
        assert name in page
        assert "страница 1 из 1" in page
    printed = entries("case.print_checklist")
    assert [entry.subject_id for entry in printed] == ids_of(chosen)
    assert [entry.person_id for entry in printed] == [case.person_id for case in chosen]


def test_the_file_says_what_the_lists_say(cast: Cast, chosen: list[CaseView]) -> None:
    case = chosen[0]
    assign_case(cast.head, case.case_id, cast.staff.user_id, version=case.version)
    with reading() as session:
        before = session.scalars(sa.select(AuditHead.last_change)).one()
    file = export_cases(cast.staff, ids_of(chosen))
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
    assert sheet is not None
    head, first, second = (
        [cell.date() if isinstance(cell, datetime) else cell for cell in row]
        for row in sheet.iter_rows(values_only=True)
    )
    assert dict(zip(head, first, strict=True)) == {
        "Name": "=SECONDOV() KARIM",
        "Citizenship": "Pakistan",
        "Faculty": "Fictitious Dentistry",
        "Procedure": "Study visa extension",
        "Step": "Application of the dean's office",
        "Waits for": "the dean's office",
        "Responsible": "Sam",
        "Since": date(2026, 9, 1),
        "Days here": 0,
        "Planned until": None,
        "Due": date(2026, 10, 27),
        "Urgency": "later",
        "Papers": "0 of 5",
    }
    assert sheet["A2"].data_type == "s"
    assert second[0] == "TESTOV KARIM"
    (entry,) = entries("cases.export")
    assert entry.clear == {"cases": ids_of(chosen)}
    with reading() as session:
        assert session.scalars(sa.select(AuditHead.last_change)).one() == before


def test_of_a_case_of_another_faculty_there_is_no_file_at_all(
    cast: Cast, chosen: list[CaseView]
) -> None:
    for attempt in (
        lambda ids: export_cases(cast.dean, ids),
        lambda ids: checklists_pdf(cast.dean, ids, language=Language.ENGLISH),
    ):
        assert attempt([chosen[1].case_id]).content
        for ids in (ids_of(chosen), [chosen[0].case_id], [999], []):
            with pytest.raises(NotFound):
                attempt(ids)
    refused = [entry for name in ("export_cases", "checklists_pdf") for entry in entries(name)]
    assert {(entry.outcome, entry.subject_id) for entry in refused} == {
        (AuditOutcome.REFUSED, chosen[0].case_id)
    }
    assert len(refused) == 4


def test_nobody_chooses_more_than_a_page(cast: Cast) -> None:
    with pytest.raises(DomainError) as refusal:
        export_cases(cast.staff, range(1, MOST_CHOSEN + 2))
    assert refusal.value.code == "cases.too_many"
    with pytest.raises(NotFound):
        export_cases(cast.staff, range(1, MOST_CHOSEN + 1))
