"""The Excel files of lists over HTTP: who gets which, and that nobody else gets any."""

import io
from datetime import date

import openpyxl
import pytest

from core.rules.custody import HandOver
from core.services.agents import AgentForm, add_agent, list_agents
from core.services.cards import person_card
from core.services.custody import hand_over
from core.services.exports import EXCEL
from core.terms import PassportHolder
from tests.cast import enrol, passport
from tests.server import DENTIST, MEDIC, Server

MEDICS, DENTISTS = f"{MEDIC} KARIM", f"{DENTIST} KARIM"


@pytest.fixture
def agent_id(server: Server) -> int:
    """A representative with one student of medicine."""
    staff, name = server.cast.staff, "Agent of exports"
    known = {agent.form.name: agent.agent_id for agent in list_agents(staff)}
    if name in known:
        return known[name]
    brought = add_agent(staff, AgentForm(name=name))
    form = passport(number="ZZ5550001", surname="EXPORTED")
    enrol(staff, server.cast.medicine, passport=form, agent_id=brought)
    return brought


def names(content: bytes) -> set[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return {str(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True)}


@pytest.mark.parametrize(
    ("username", "seen"),
    [
        ("sam", {MEDICS, DENTISTS}),
        ("rita", {MEDICS, DENTISTS}),
        ("dora", {MEDICS}),
        ("dean-two", {DENTISTS}),
    ],
)
def test_each_role_is_given_the_people_of_its_list(
    server: Server, username: str, seen: set[str]
) -> None:
    browser = server.browser()
    browser.sign_in(username)
    answer = browser.get("/files/people.xlsx?q=canary")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == EXCEL
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].endswith("students.xlsx")
    assert names(answer.content) == seen


def test_the_filter_of_the_address_is_the_filter_of_the_file(server: Server) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    faculty = server.cast.dentistry
    answer = browser.get(f"/files/people.xlsx?q=canary&faculty={faculty}")
    assert names(answer.content) == {DENTISTS}
    nobody = browser.get("/files/people.xlsx?q=canary&citizenship=IN")
    assert names(nobody.content) == set()


def test_a_representatives_students_are_for_who_may_know_of_him(
    server: Server, agent_id: int
) -> None:
    path = f"/files/agents/{agent_id}.xlsx"
    for username, status in (("sam", 200), ("rita", 200), ("dora", 403), ("ada", 403)):
        browser = server.browser()
        browser.sign_in(username)
        answer = browser.get(path)
        assert answer.status_code == status, username
        assert (answer.content[:2] == b"PK") is (status == 200)
        if status == 200:
            assert names(answer.content) == {"EXPORTED KARIM"}


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999"])
def test_a_representative_who_does_not_exist_has_no_file(server: Server, number: str) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    assert browser.get(f"/files/agents/{number}.xlsx").status_code == 404


@pytest.fixture
def receipt_id(server: Server) -> int:
    """A passport that was taken in, by the move that has its receipt."""
    staff = server.cast.staff
    form = passport(number="ZZ5550002", surname="TAKENIN", birth_date=date(2004, 7, 7))
    person_id = enrol(staff, server.cast.medicine, passport=form)
    (held,) = person_card(staff, person_id).passports
    known = HandOver(moved_on=date(2026, 1, 1))
    return hand_over(staff, held.passport_id, PassportHolder.DEPARTMENT, known, version=0)


def test_custody_leaves_to_the_office_and_the_rector_only(server: Server, receipt_id: int) -> None:
    files = {
        f"/letters/receipts.pdf?move={receipt_id}&lang=ru": b"%PDF",
        "/files/passports.xlsx": b"PK",
    }
    for username, status in (("sam", 200), ("rita", 200), ("dora", 403), ("ada", 403)):
        browser = server.browser()
        browser.sign_in(username)
        for path, beginning in files.items():
            answer = browser.get(path)
            assert answer.status_code == status, (username, path)
            assert answer.content.startswith(beginning) is (status == 200)
            assert answer.headers["cache-control"] == "no-store"
    stranger = server.browser()
    assert [stranger.get(path).status_code for path in files] == [401, 401]


@pytest.mark.parametrize("query", ["", "?move=x", "?move=99999999999999", "?move=0"])
def test_a_receipt_that_does_not_exist_is_no_fault(server: Server, query: str) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    answer = browser.get(f"/letters/receipts.pdf{query}")
    assert 400 <= answer.status_code < 500


def test_no_list_leaves_to_it_or_to_whoever_is_signed_out(server: Server, agent_id: int) -> None:
    administrator = server.browser()
    administrator.sign_in("ada")
    assert administrator.get("/files/people.xlsx").status_code == 403
    stranger = server.browser()
    for path in ("/files/people.xlsx", f"/files/agents/{agent_id}.xlsx"):
        assert stranger.get(path).status_code == 401
    leaver = server.browser()
    leaver.sign_in("sam")
    leaver.sign_out()
    assert leaver.get("/files/people.xlsx").status_code == 401
