"""Journeys in a real browser: few, whole, as people make them."""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from core.services.login_sessions import end_sessions_of
from db.engine import reading, writing
from db.models.access import LoginSession
from db.models.documents import Document
from tests.browser.conftest import Visitor
from tests.browser.fields import choose, enter_date, pick
from tests.recognition.pictures import sample
from tests.rules.test_mrz import PAKISTAN, SPECIMEN
from tests.server import MEDIC, Server
from tests.services.test_documents import picture

Visit = Callable[..., Visitor]

pytestmark = pytest.mark.xdist_group("browser")


def test_the_main_job_from_two_lines_to_a_rejected_photo(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    # The specialist pastes the lines of a passport and completes the form.
    sam = visit("sam", path="/intake")
    page = sam.page
    page.get_by_label("Machine-readable lines").fill(SPECIMEN.replace("C36", "C37"))
    page.get_by_role("button", name="Read the lines").click()
    expect(page.get_by_text("the check digit is 7 but must be 6")).to_be_visible()
    page.get_by_label("Machine-readable lines").fill(PAKISTAN)
    page.get_by_role("button", name="Read the lines").click()
    expect(page.get_by_text("All together: right")).to_be_visible()
    surname = page.get_by_label("Surname as in the passport")
    expect(surname).to_have_count(1)
    expect(surname).to_have_value("TESTOV")
    choose(page, "Faculty", "Fictitious Medicine")
    today = dt.datetime.now(dt.UTC).date()
    enter_date(page, "Entered Kyrgyzstan on", today - dt.timedelta(days=1))
    page.get_by_text("Flat", exact=True).click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("2 cases were opened")).to_be_visible()
    page.get_by_role("button", name="Open the card").click()
    expect(page.locator("h1")).to_have_text("TESTOV KARIM")
    address = page.url
    assert "person=" in address

    # Each date says why.
    case = page.locator("summary").filter(has_text="Registration at the place of stay")
    case.click()
    page.get_by_role("button", name="Why this date?").first.click()
    expect(page.get_by_text("within 5 working days").first).to_be_visible()
    expect(page.get_by_text("Source:").first).to_be_visible()
    page.keyboard.press("Escape")

    # The dean's office delivers a scan for its own student.
    dora = visit("dora", path="/documents?q=testov")
    photo = tmp_path / "photo.png"
    photo.write_bytes(picture("navy"))
    box = dora.page.get_by_test_id("stForm").last
    pick(dora.page, box.get_by_role("combobox"), "Photo in digital format")
    box.locator("input[type=file]").set_input_files(photo)
    expect(box.get_by_text("photo.png")).to_be_visible()
    box.get_by_role("button", name="Deliver").click()
    expect(dora.page.get_by_text("was delivered")).to_be_visible()

    # The specialist looks at the picture and rejects it with a reason.
    sam.open("/documents")
    expect(page.locator("h3", has_text="Photo in digital format")).to_be_visible()
    shown = page.locator("img[src*='/files/']").first
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_role("button", name="Reject").first.click()
    page.get_by_label("Reason").fill("grey background")
    page.get_by_role("button", name="Reject with this reason").click()
    expect(page.get_by_text("Decided:")).to_be_visible()

    # The dean's office sees why, and prints the checklist that says the same.
    dora.open("/documents?q=testov")
    expect(dora.page.get_by_text("grey background").first).to_be_visible()
    link = dora.page.get_by_role("link", name="Русский").first.get_attribute("href")
    answer = dora.context.request.get(link or "")
    assert answer.headers["content-type"] == "application/pdf"
    text = pypdf.PdfReader(io.BytesIO(answer.body())).pages[0].extract_text()
    assert "TESTOV KARIM" in text
    for visitor in (sam, dora):
        assert visitor.complaints == []
        assert visitor.foreign == []


def test_a_passport_by_scan_is_compared_and_saved(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    photo = tmp_path / "passport.jpg"
    photo.write_bytes(sample("telephone", 1).content)
    sam = visit("sam", path="/intake")
    page = sam.page
    page.locator("input[type=file]").first.set_input_files(photo)
    # Reading takes seconds, and more where tests share the processors.
    expect(page.get_by_text("read, compare once")).to_be_visible(timeout=90_000)
    strip = page.get_by_role("img", name="Machine-readable lines")
    expect(strip).to_be_visible()
    assert strip.evaluate("image => image.complete && image.naturalWidth === 1100")
    expect(page.get_by_label("Surname as in the passport")).to_have_value("DJUMABAEV")
    expect(page.get_by_label("Passport number")).to_have_value("RVY266969")
    choose(page, "Faculty", "Fictitious Medicine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The record is kept")).to_be_visible()
    # The drop area is empty for the next passport.
    expect(strip).to_have_count(0)
    expect(page.get_by_text("passport.jpg")).to_have_count(0)
    page.get_by_role("button", name="Open the card").click()
    expect(page.locator("h1")).to_have_text("DJUMABAEV XENIA")
    assert sam.complaints == []
    assert sam.foreign == []


def test_another_dean_sees_nothing_of_it(visit: Visit, server: Server) -> None:
    other = visit("dean-two", path="/students")
    expect(other.page.get_by_text("1 row", exact=True)).to_be_visible()
    with reading() as session:
        known = session.scalars(sa.select(Document.id).order_by(Document.id)).all()
    for document_id in known:
        assert other.context.request.get(f"/files/{document_id}").status == 404
    other.page.goto("/students?person=1")
    expect(other.page.get_by_text("does not exist, or you have no access")).to_be_visible()
    assert MEDIC not in other.page.content()


def test_the_end_of_a_sign_in_empties_the_screen_and_offers_the_way_back(
    visit: Visit, server: Server
) -> None:
    rita = visit("rita", path="/students")
    page = rita.page
    expect(page.get_by_text("rows")).to_be_visible()
    choose(page, "Language", "Русский")
    expect(page.locator("h1")).to_have_text("Студенты")
    with writing() as session:
        end_sessions_of(session, server.cast.rector.user_id or 0, reason="test")
    expect(page.get_by_role("heading", name="Вы вышли")).to_be_visible(timeout=25_000)
    assert "CANARY" not in page.content()
    page.get_by_role("button", name="Войти").click()
    expect(page.locator("#username")).to_be_visible()
    assert page.url.startswith(server.url + "/sign-in")


def test_refresh_keeps_user_page_filter_and_language(visit: Visit, server: Server) -> None:
    helen = visit("helen", path="/students?q=canary")
    page = helen.page
    expect(page.get_by_role("textbox", name="Search")).to_have_value("canary")
    choose(page, "Language", "Кыргызча")
    expect(page.locator("h1")).to_have_text("Студенттер")
    page.reload()
    expect(page.locator("h1")).to_have_text("Студенттер")
    expect(page.get_by_role("textbox", name="Издөө")).to_have_value("canary")
    assert "q=canary" in page.url
    choose(page, "Тил", "English")
    expect(page.locator("h1")).to_have_text("Students")


def test_one_click_signs_out(visit: Visit, server: Server) -> None:
    ada = visit("ada")
    page = ada.page
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#username")).to_be_visible()
    page.goto("/settings")
    expect(page.locator("#username")).to_be_visible()
    with reading() as session:
        last = session.scalars(sa.select(LoginSession).order_by(LoginSession.id.desc())).first()
        assert last is not None
        assert last.ended_reason == "signed_out"


@pytest.mark.parametrize("width", [1440, 390])
def test_no_screen_is_wider_than_its_window(visit: Visit, server: Server, width: int) -> None:
    helen = visit("helen", width=width)
    for path in ("/", "/intake", "/students", "/students?person=1", "/documents", "/partners"):
        helen.open(path)
        wide = helen.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not wide, path
    assert helen.complaints == []
    assert helen.foreign == []
