"""A record from a name and a state to the end of the studies, in a real browser."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from db.engine import reading
from db.models.people import Person
from tests.browser.conftest import Visitor
from tests.browser.test_journeys import choose, enter_date

Visit = Callable[..., Visitor]

pytestmark = pytest.mark.xdist_group("browser")


def part(page: Page, name: str) -> None:
    """Go to a part of the card."""
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name)).first.click()


def test_a_half_known_student_is_completed_and_expelled(visit: Visit) -> None:
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    sam = visit("sam", path="/intake")
    page = sam.page
    page.get_by_label("Surname as in the passport").fill("halfknown")
    choose(page, "Nationality", "India")
    choose(page, "Faculty", "Fictitious Medicine")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Open the card").click()
    expect(page.locator("h1")).to_have_text("HALFKNOWN")
    expect(page.get_by_text("Still missing:")).to_contain_text("passport number")
    expect(page.get_by_text("invited").first).to_be_visible()

    # The passport comes later, and the entry after that: he has arrived.
    part(page, "Passports and visas")
    page.get_by_role("button", name="Add a passport").click()
    page.get_by_label("Given names").fill("arjun")
    page.get_by_label("Passport number").fill("z7654321")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("it is the current one now")).to_be_visible()
    expect(page.locator("h1")).to_have_text("HALFKNOWN ARJUN")
    expect(page.get_by_text("Z7654321")).to_be_visible()
    part(page, "Border crossings")
    page.get_by_role("button", name="Note a crossing").click()
    enter_date(page, "Day", yesterday)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The crossing is noted.")).to_be_visible()
    expect(page.get_by_text("arrived").first).to_be_visible()
    expect(page.get_by_text("Due next: Registration")).to_be_visible()

    # He studies, and is expelled: not without a reason, and with what follows.
    part(page, "Contract and study")
    change_status(page, "studying", order="1-K")
    expect(page.get_by_text("order 1-K")).to_be_visible()
    change_status(page, "expelled", order="2-K")
    expect(page.get_by_text("Say why the status changes.")).to_be_visible()
    page.get_by_label("Reason").fill("Did not come back")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The status is changed.")).to_be_visible()
    address = page.url
    part(page, "Cases")
    expect(page.get_by_text("Notice of status change").first).to_be_visible()
    part(page, "History")
    expect(page.get_by_text("The log cannot be changed")).to_be_visible()

    # The address brings back the part of the card; the dean's office has lost him.
    sam.open(address)
    expect(page.get_by_text("Did not come back")).to_be_visible()
    dora = visit("dora", path="/students")
    dora.page.goto(address)
    expect(dora.page.get_by_text("does not exist, or you have no access")).to_be_visible()
    for visitor in (sam, dora):
        assert visitor.complaints == []
        assert visitor.foreign == []


def change_status(page: Page, status: str, *, order: str) -> None:
    page.get_by_role("button", name="Change the status").click()
    choose(page, "New status", status)
    page.get_by_label("Number of the order").fill(order)
    page.get_by_role("button", name="Save").click()


def records_named(surname: str) -> int:
    with reading() as session:
        named = sa.select(sa.func.count()).select_from(Person).where(Person.surname == surname)
        return session.scalar(named) or 0


def test_a_button_pressed_twice_does_one_thing(visit: Visit) -> None:
    page = visit("sam", path="/intake").page
    page.get_by_label("Surname as in the passport").fill("twiceover")
    choose(page, "Nationality", "India")
    page.get_by_role("button", name="Save").dblclick()
    expect(page.get_by_text("The record is kept")).to_be_visible()
    expect(page.get_by_label("Surname as in the passport")).to_have_value("")
    assert records_named("TWICEOVER") == 1

    page.get_by_role("button", name="Open the card").click()
    part(page, "Notes")
    page.get_by_role("button", name="Write a note").click()
    page.get_by_label("Note").fill("Came with his uncle")
    page.get_by_role("button", name="Save").dblclick()
    expect(page.get_by_role("button", name="Write a note")).to_be_visible()
    expect(page.get_by_text("Came with his uncle")).to_have_count(1)
