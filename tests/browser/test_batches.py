"""From the tracker to a batch, to the authority, and to three answers, by the screens alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core.services.case_views import case_view
from core.terms import CaseOutcome
from tests.browser.conftest import Visitor
from tests.browser.fields import tick
from tests.server import Server
from tests.services.batch_cases import ready, submitted

Visit = Callable[..., Visitor]

pytestmark = pytest.mark.xdist_group("browser")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).last.click()


def answer(page: Page, row: int, label: str, **fields: str) -> None:
    """Tick a row and record its answer."""
    tick(page, row)
    press(page, f"{label} (1)")
    for field, value in fields.items():
        page.get_by_label(field.capitalize()).last.fill(value)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("1 answer is recorded.")).to_be_visible()


def test_three_extensions_are_gathered_submitted_and_answered(visit: Visit, server: Server) -> None:
    cases = ready(server.cast, "FIRSTMAN", "SECONDMAN", "THIRDMAN", step="scnb")
    sam = visit("sam", path="/tracker?procedure=study_visa_ext&step=scnb")
    page = sam.page
    tick(page, 0, 1, 2)
    press(page, "Gather into a batch")
    expect(page.get_by_text("3 of 3 can go: Package at DCS of the MFA")).to_be_visible()
    page.get_by_label("Name of the new batch (if any)").fill("Journey")
    press(page, "Gather 3 cases")

    # The batch opens; its lists are there for the authority.
    expect(page.locator("h1")).to_contain_text("Journey")
    expect(page.get_by_text("3 cases are gathered.")).to_be_visible()
    link = page.get_by_role("link", name="Русский").first.get_attribute("href")
    assert sam.context.request.get(link or "").headers["content-type"] == "application/pdf"

    press(page, "Submit the batch")
    page.get_by_label("Number given by the authority (if any)").fill("D-15")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_text("The batch is submitted")).to_be_visible()
    expect(page.get_by_text("Answers: 0 of 3")).to_be_visible()

    # An answer without its reason is not taken, and says so where it was pressed.
    tick(page, 1)
    press(page, "Returned (1)")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Say why, so that whoever has the case next")).to_be_visible()
    page.get_by_label("Reason").last.fill("the photo is grey")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("1 answer is recorded.")).to_be_visible()
    answer(page, 0, "Approved")
    expect(page.get_by_text("Answers: 2 of 3")).to_be_visible()
    answer(page, 2, "Refused", reason="not named")
    expect(page.get_by_text("Answers: 3 of 3 · closed")).to_be_visible()

    first, second, third = (case_view(server.cast.staff, each) for each in cases)
    assert (first.step, second.step) == ("issued", "department")
    assert second.returned_reason == "the photo is grey"
    assert third.outcome is CaseOutcome.REFUSED
    assert sam.complaints == []
    assert sam.foreign == []


@pytest.mark.parametrize("width", [1440, 390])
def test_no_batch_is_wider_than_its_window(visit: Visit, server: Server, width: int) -> None:
    batch_id = submitted(server.cast, ready(server.cast, f"WIDEMAN{width}", step="scnb"))
    helen = visit("helen", width=width)
    for path in ("/batches", "/batches?show=closed", f"/batches?batch={batch_id}"):
        helen.open(path)
        wide = helen.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not wide, path
