"""From Today: everyone whose visa ends within a month and whose dean has not delivered."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from core.rules.steps import MoveFacts
from core.services.case_moves import move_case
from core.services.case_views import cases_of_person
from core.services.house import today
from core.services.person_forms import VisaForm
from core.terms import CaseKind, VisaEntries
from tests.browser.conftest import Visitor
from tests.cast import enrol, passport
from tests.server import Server

Visit = Callable[..., Visitor]

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def three(server: Server) -> dict[str, int]:
    """Three students whose visas end in twenty days; the dean of the last one has delivered."""
    ids = {
        name: enrol(
            server.cast.staff,
            server.cast.medicine,
            passport=passport(number=f"RD{number}", surname=name),
            entered_on=today() - dt.timedelta(days=2),
            visa=VisaForm(
                category="S",
                entries=VisaEntries.MULTIPLE,
                valid_until=today() + dt.timedelta(days=20),
            ),
        )
        for number, name in enumerate(("WAITALPHA", "WAITBETA", "WAITGAMMA"))
    }
    extension = next(
        case
        for case in cases_of_person(server.cast.staff, ids["WAITGAMMA"])
        if case.kind is CaseKind.STUDY_VISA_EXTENSION
    )
    known = MoveFacts(moved_on=today(), reason="brought in person")
    move_case(server.cast.staff, extension.case_id, "department", known, version=extension.version)
    return ids


def test_the_visas_that_end_soon_and_wait_for_the_dean_are_one_list(
    visit: Visit, three: dict[str, int]
) -> None:
    assert len(three) == 3
    sam = visit("sam")
    page = sam.page
    pills = page.get_by_test_id("stButtonGroup")
    visa, dean = re.compile(r"^Visa · \d+"), re.compile(r"^Waits for: the dean's office · \d+")
    every = number_in(pills.get_by_text(visa))
    pills.get_by_text(visa).click()
    expect(page.get_by_text(f"{every} rows")).to_be_visible()
    pills.get_by_text(dean).click()
    waiting = every - 1
    expect(page.get_by_text(f"{waiting} rows")).to_be_visible()
    # The number beside the other choice follows.
    expect(pills.get_by_text(f"Visa · {waiting}")).to_be_visible()
    expect(page).to_have_url(re.compile(r"what=visa.*waits=dean|waits=dean.*what=visa"))
    # The same list by its address alone, on a telephone, and nothing wider than the window.
    phone = visit("sam", width=390, path="/?what=visa&waits=dean")
    expect(phone.page.get_by_text(f"{waiting} rows")).to_be_visible()
    wide = phone.page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not wide
    # Clicked away, the whole radar is there again.
    pills.get_by_text(visa).click()
    pills.get_by_text(dean).click()
    expect(page.get_by_text(f"{waiting} rows")).to_have_count(0)
    assert sam.complaints == phone.complaints == []


def number_in(pill: Locator) -> int:
    """Return the number a choice carries behind its word."""
    return int(pill.inner_text().rsplit("·", 1)[1])
