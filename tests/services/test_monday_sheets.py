"""The Monday sheet of each: whose cases are on it, in which part, and who may read it."""

import io
from datetime import date

import pypdf
import pytest
import sqlalchemy as sa

from core.errors import DomainError, NotFound, Refused
from core.services.case_views import cases_of_person
from core.services.documents import OpenedFile
from core.services.monday_sheets import monday_sheet_of, own_monday_sheet
from core.services.responsible import assign_case
from core.terms import CaseKind, Language, Party
from db.engine import reading, writing
from db.models.audit import AuditEntry, AuditHead
from db.models.cases import Case
from tests.cast import Cast, enrol, passport

ENGLISH = Language.ENGLISH


def text_of(file: OpenedFile) -> str:
    (page,) = pypdf.PdfReader(io.BytesIO(file.content)).pages
    return " ".join(page.extract_text().split())


def parts_of(file: OpenedFile) -> list[list[str]]:
    """Return the surnames in each part, in their order."""
    text = text_of(file)
    begins = [text.index(f"{part} · ") for part in ("Act", "Wait", "Chase")]
    texts = [text[a:b] for a, b in zip(begins, [*begins[1:], len(text)], strict=True)]
    return [[word for word in part.split() if word.endswith("OV")] for part in texts]


@pytest.fixture
def people(cast: Cast) -> dict[str, int]:
    """Four students: one of Sam, one of Helen, two of nobody; one of these studies dentistry."""
    found = {}
    for number, name in enumerate(("SAMOV", "HELENOV", "NOBODOV", "DENTOV")):
        found[name] = enrol(
            cast.staff,
            cast.dentistry if name == "DENTOV" else cast.medicine,
            passport=passport(number=f"ZZ{number}", surname=name),
            entered_on=date(2026, 8, 28 - number),
        )
    for name, user in (("SAMOV", cast.staff), ("HELENOV", cast.head)):
        for case in cases_of_person(cast.staff, found[name]):
            assign_case(cast.head, case.case_id, user.user_id, version=case.version)
    return found


def put(person_id: int, kind: CaseKind, party: Party, **more: object) -> None:
    values = {"waits_for": party, **more}
    with writing() as session:
        session.execute(sa.update(Case).filter_by(person_id=person_id, kind=kind).values(values))


def test_his_and_nobodys_are_on_it_the_soonest_first(cast: Cast, people: dict[str, int]) -> None:
    act, wait, chase = parts_of(own_monday_sheet(cast.staff, language=ENGLISH))
    # Registration waits for the department, and who entered first has to be registered first.
    assert act == ["DENTOV", "NOBODOV", "SAMOV"]
    assert wait == []
    assert chase == ["SAMOV", "NOBODOV", "DENTOV"]
    text = text_of(own_monday_sheet(cast.staff, language=ENGLISH))
    assert "* DENTOV" in text
    assert "* SAMOV" not in text
    assert "ZZ" not in text


def test_what_is_with_an_authority_is_waited_for_and_the_late_one_stands_first(
    cast: Cast, people: dict[str, int]
) -> None:
    kind = CaseKind.STUDY_VISA_EXTENSION
    put(people["SAMOV"], kind, Party.DCS, planned_until=date(2026, 9, 1))
    put(people["NOBODOV"], kind, Party.SCNB, planned_until=date(2026, 8, 31))
    put(people["DENTOV"], kind, Party.STUDENT, moved_on=date(2026, 8, 1))
    file = own_monday_sheet(cast.staff, language=ENGLISH)
    assert parts_of(file)[1:] == [["NOBODOV", "SAMOV"], ["DENTOV"]]
    text = text_of(file)
    assert "‼ 31/08/2026" in text
    assert "‼ 01/09/2026" not in text
    assert "the student 01/08/2026 31" in text


def test_a_deans_office_has_its_faculty_and_its_own_work_first(
    cast: Cast, people: dict[str, int]
) -> None:
    put(people["SAMOV"], CaseKind.STUDY_VISA_EXTENSION, Party.STUDENT)
    act, wait, chase = parts_of(own_monday_sheet(cast.dean, language=ENGLISH))
    assert act == ["HELENOV", "NOBODOV"]
    assert wait == ["SAMOV", "HELENOV", "NOBODOV"]
    assert chase == ["SAMOV"]
    other = own_monday_sheet(cast.other_dean, language=ENGLISH)
    assert parts_of(other) == [["DENTOV"], ["DENTOV"], []]
    assert "Monday sheet: Fictitious Dentistry" in text_of(other)
    assert "*" not in text_of(other)


def test_head_and_rector_read_anybodys_and_nobody_else_does(
    cast: Cast, people: dict[str, int]
) -> None:
    for actor in (cast.head, cast.rector):
        sheet = monday_sheet_of(actor, cast.staff.user_id or 0, language=ENGLISH)
        assert "Monday sheet: Sam" in text_of(sheet)
        assert parts_of(sheet)[0] == ["DENTOV", "NOBODOV", "SAMOV"]
        for user_id in (cast.dean.user_id, cast.rector.user_id, 999):
            with pytest.raises(NotFound):
                monday_sheet_of(actor, user_id or 0, language=ENGLISH)
    for actor in (cast.staff, cast.dean, cast.admin):
        with pytest.raises(Refused):
            monday_sheet_of(actor, cast.head.user_id or 0, language=ENGLISH)
    with pytest.raises(DomainError) as nothing:
        own_monday_sheet(cast.rector, language=ENGLISH)
    assert nothing.value.code == "case.not_responsible"
    with pytest.raises(Refused):
        own_monday_sheet(cast.admin, language=ENGLISH)


def test_a_print_is_noted_and_makes_no_list_count_anew(cast: Cast, people: dict[str, int]) -> None:
    with reading() as session:
        before = session.scalars(sa.select(AuditHead.last_change)).one()
    own_monday_sheet(cast.staff, language=Language.KYRGYZ)
    with reading() as session:
        entry = session.scalars(sa.select(AuditEntry).filter_by(action="cases.print_sheet")).one()
        assert session.scalars(sa.select(AuditHead.last_change)).one() == before
    assert (entry.actor_name, entry.subject_id) == ("sam", cast.staff.user_id)
    assert entry.clear == {"language": "ky", "count": 6}
