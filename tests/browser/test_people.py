"""Looking for people, taking a list along, and making one record of two, in a real browser."""

import io
from collections.abc import Callable

import openpyxl
import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from db.engine import writing
from db.models.duplicates import NotTheSame
from tests.browser.conftest import Visitor
from tests.browser.fields import choose
from tests.cast import enrol, passport
from tests.server import DENTIST, MEDIC, Server

Visit = Callable[..., Visitor]

pytestmark = pytest.mark.xdist_group("browser")


def look_for(page: Page, text: str) -> None:
    """Begin a search by its key and type."""
    expect(page.get_by_role("button", name="Find", exact=False).first).to_be_visible()
    page.keyboard.press("Control+k")
    field = page.get_by_role("dialog").get_by_role("searchbox")
    expect(field).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_focused()
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.keyboard.type(text)


def test_by_keys_alone_from_any_screen_to_a_card(visit: Visit, server: Server) -> None:
    sam = visit("sam", path="/partners")
    page = sam.page
    expect(page.locator("h1")).to_have_text("Partners")
    look_for(page, "canarym")
    hit = page.get_by_role("dialog").get_by_role("button", name=f"{MEDIC} KARIM")
    expect(hit).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text(f"{MEDIC} KARIM")
    expect(page.get_by_role("dialog")).to_have_count(0)

    # Whoever leaves it finds the field empty; four figures of a passport are enough.
    look_for(page, "canaryd")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    look_for(page, "8888")
    hit = page.get_by_role("dialog").get_by_role("button", name=f"{DENTIST} KARIM")
    expect(hit).to_be_visible()
    hit.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(f"{DENTIST} KARIM")

    # With the mouse the box above the screen does the same, and gives a dean nobody else's people.
    dora = visit("dora", width=390)
    box = dora.page.get_by_role("searchbox").first
    box.click()
    box.press_sequentially("canary")
    expect(dora.page.get_by_role("button", name=f"{MEDIC} KARIM")).to_be_visible()
    assert DENTIST not in dora.page.content()
    dora.page.get_by_role("button", name=f"{MEDIC} KARIM").click()
    expect(dora.page.locator("h1")).to_have_text(f"{MEDIC} KARIM")
    for visitor in (sam, dora):
        assert visitor.complaints == []
        assert visitor.foreign == []


def test_what_a_filter_leaves_is_taken_along_as_excel(visit: Visit, server: Server) -> None:
    sam = visit("sam", path="/students?q=canary")
    page = sam.page
    expect(page.get_by_text("2 rows", exact=True)).to_be_visible()
    choose(page, "Faculty", "Fictitious Dentistry")
    expect(page.get_by_text("1 row", exact=True)).to_be_visible()
    assert f"faculty={server.cast.dentistry}" in page.url
    # In another language it is the same list.
    choose(page, "Language", "Русский")
    expect(page.locator("h1")).to_have_text("Студенты")
    expect(page.get_by_text("1 строка", exact=True)).to_be_visible()
    choose(page, "Язык", "English")
    expect(page.locator("h1")).to_have_text("Students")
    expect(page.get_by_text("1 row", exact=True)).to_be_visible()
    address = page.get_by_role("link", name="This list as Excel").get_attribute("href")
    # The link opens a tab that is gone as soon as the file has come; here it comes into this one.
    with page.expect_download() as taken:
        page.evaluate("address => { window.location.href = address }", address)
    download = taken.value
    assert download.suggested_filename == "students.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(download.path().read_bytes())).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["Name", f"{DENTIST} KARIM"]


def test_two_records_become_one_with_both_histories(visit: Visit, server: Server) -> None:
    staff, medicine = server.cast.staff, server.cast.medicine
    twin = {"surname": "TWINOV", "given_names": "ONE"}
    first = enrol(staff, medicine, passport=passport(number="ZZ5550001", **twin))
    second = enrol(
        staff, medicine, passport=passport(number="ZZ5550002", **twin), is_new_person=True
    )
    with writing() as session:
        session.execute(sa.delete(NotTheSame))
    sam = visit("sam", path="/students?view=duplicates")
    page = sam.page
    expect(page.get_by_text("1 row", exact=True)).to_be_visible()
    sam.open(f"/students?view=duplicates&person={first}&same={second}")
    expect(page.get_by_role("cell", name="PAK ZZ5550001")).to_be_visible()
    expect(page.get_by_role("cell", name="PAK ZZ5550002")).to_be_visible()
    page.get_by_text("I compared both: it is one person").click()
    page.get_by_role("button", name="Merge the records").click()

    # Back on the list, where nothing is left to decide.
    expect(page.get_by_text("The two records are one now.")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Possible duplicates")
    expect(page.get_by_text("No two records look like one person.")).to_be_visible()
    sam.open(f"/students?person={first}&tab=passports")
    expect(page.get_by_text("ZZ5550001").first).to_be_visible()
    expect(page.get_by_text("ZZ5550002")).to_be_visible()
    sam.open(f"/students?person={first}&tab=history")
    expect(page.get_by_text("registered the person", exact=True)).to_be_visible()
    of_other = f"registered the person (record № {second})"
    expect(page.get_by_text(of_other, exact=True)).to_be_visible()
    page.goto(f"/students?person={second}")
    page.get_by_role("button", name="Open the card").click()
    expect(page.locator("h1")).to_have_text("TWINOV ONE")
    assert sam.complaints == []
    assert sam.foreign == []
