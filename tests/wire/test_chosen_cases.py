"""What is printed and exported of chosen cases, and the Monday sheet: who gets which over HTTP."""

import io

import openpyxl
import pypdf
import pytest
import sqlalchemy as sa

from core.permissions import SYSTEM_ACTOR
from core.services.case_views import cases_of_person
from core.services.exports import EXCEL
from core.services.page import MOST_CHOSEN
from db.engine import reading
from db.models.people import Person
from tests.server import DENTIST, MEDIC, Server

ROUTES = ("/letters/checklists.pdf?cases={}", "/files/cases.xlsx?cases={}")


def case_of(surname: str) -> int:
    with reading() as session:
        person_id = session.scalars(sa.select(Person.id).filter_by(surname=surname)).one()
    return min(case.case_id for case in cases_of_person(SYSTEM_ACTOR, person_id))


@pytest.fixture
def both(server: Server) -> str:
    """A case of a student of each faculty."""
    return f"{case_of(MEDIC)},{case_of(DENTIST)}"


def text_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


@pytest.mark.parametrize(
    ("username", "status"),
    [("sam", 200), ("helen", 200), ("rita", 200), ("dora", 404), ("dean-two", 404), ("ada", 403)],
)
@pytest.mark.parametrize("route", ROUTES)
def test_whoever_may_know_of_every_chosen_case_gets_the_file_and_nobody_a_part_of_it(
    server: Server, both: str, route: str, username: str, status: int
) -> None:
    browser = server.browser()
    browser.sign_in(username)
    answer = browser.get(route.format(both))
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    if status != 200:
        assert MEDIC not in answer.text
        assert DENTIST not in answer.text


@pytest.mark.parametrize(("username", "own"), [("dora", MEDIC), ("dean-two", DENTIST)])
def test_a_deans_office_gets_those_of_its_own_faculty(
    server: Server, username: str, own: str
) -> None:
    browser = server.browser()
    browser.sign_in(username)
    printed = browser.get(f"/letters/checklists.pdf?cases={case_of(own)}&lang=ru")
    assert printed.headers["content-type"] == "application/pdf"
    assert own in text_of(printed.content)[0]
    exported = browser.get(f"/files/cases.xlsx?cases={case_of(own)}")
    assert exported.headers["content-type"] == EXCEL
    sheet = openpyxl.load_workbook(io.BytesIO(exported.content)).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["Name", f"{own} KARIM"]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "chosen", ["", ",", "x", "-1", "999999", "99999999999999999999", "1;2", "\u0661", "1,,1"]
)
def test_nonsense_chooses_nothing(server: Server, route: str, chosen: str) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    assert browser.get(route.format(chosen)).status_code == 404


@pytest.mark.parametrize("route", ROUTES)
def test_more_than_a_page_is_refused(server: Server, route: str) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    many = ",".join(str(number) for number in range(1, MOST_CHOSEN + 2))
    answer = browser.get(route.format(many))
    assert answer.status_code == 409
    assert "Choose at most 50 cases at once." in answer.text


@pytest.mark.parametrize(
    ("username", "own", "of_sam"),
    [
        ("sam", 200, 403),
        ("helen", 200, 200),
        ("rita", 409, 200),
        ("dora", 200, 403),
        ("ada", 403, 403),
    ],
)
def test_the_monday_sheet_is_for_whose_it_is_and_for_head_and_rector(
    server: Server, username: str, own: int, of_sam: int
) -> None:
    browser = server.browser()
    browser.sign_in(username)
    answers = (
        (browser.get("/letters/monday.pdf"), own),
        (browser.get(f"/letters/monday/{server.cast.staff.user_id}.pdf"), of_sam),
    )
    for answer, status in answers:
        assert answer.status_code == status
        assert answer.headers["cache-control"] == "no-store"
        if status == 200:
            assert answer.headers["content-type"] == "application/pdf"
            assert len(text_of(answer.content)) == 1


def test_a_dean_reads_nothing_of_another_faculty_on_his_sheet(server: Server) -> None:
    browser = server.browser()
    browser.sign_in("dora")
    (page,) = text_of(browser.get("/letters/monday.pdf").content)
    assert MEDIC in page
    assert DENTIST not in page
    assert "ZZ7777777" not in page


def test_nobody_who_is_signed_out_gets_any_of_it(server: Server, both: str) -> None:
    stranger = server.browser()
    for path in (*(route.format(both) for route in ROUTES), "/letters/monday.pdf"):
        assert stranger.get(path).status_code == 401
