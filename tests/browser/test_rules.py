"""The head changes a deadline and a checklist from a day on, with nothing but the screens."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from playwright.sync_api import Page, expect

from core.services.case_views import cases_of_person
from core.services.person_forms import VisaForm
from core.services.users import change_own_language
from core.terms import CaseKind, Language, VisaEntries
from tests.browser.conftest import Visitor
from tests.browser.fields import choose, enter_date
from tests.cast import enrol, passport
from tests.server import Server

Visit = Callable[..., Visitor]

pytestmark = pytest.mark.xdist_group("browser")

PAPER = "Fictitious receipt"


def a_student(server: Server, number: int, visa_until: dt.date) -> int:
    """Enrol somebody who came yesterday, with a study visa until ``visa_until``."""
    today = dt.datetime.now(dt.UTC).date()
    return enrol(
        server.cast.staff,
        server.cast.medicine,
        passport=passport(number=f"RR{number}", surname=f"RULEMAN{number}"),
        entered_on=today - dt.timedelta(days=1),
        visa=VisaForm(category="S", entries=VisaEntries.MULTIPLE, valid_until=visa_until),
    )


def open_extension(server: Server, page: Page, person_id: int) -> None:
    """Open the card of a student with the panel of his extension unfolded."""
    cases = cases_of_person(server.cast.head, person_id)
    case = next(each for each in cases if each.kind is CaseKind.STUDY_VISA_EXTENSION)
    page.goto(f"/students?person={person_id}&case={case.case_id}")
    page.locator("h1").first.wait_for()


def test_the_head_changes_a_deadline_and_a_paper_and_finds_both_on_cases_before_and_after(
    visit: Visit, server: Server
) -> None:
    before = a_student(server, 1, dt.date(2035, 5, 31))
    after = a_student(server, 2, dt.date(2035, 6, 1))
    helen = visit("helen", path="/settings")
    page = helen.page

    # "30 days before expiry" becomes "25 working days" for visas that end from 1 June 2035 on.
    page.get_by_text("Rules", exact=True).click()
    page.get_by_text("A due date follows the rule in force").wait_for()
    page.goto("/settings?section=rules&rule=5")
    page.get_by_text("Change from a day on").click()
    page.get_by_label("Days", exact=True).fill("25")
    choose(page, "Counted in", "working days")
    enter_date(page, "In force from", dt.date(2035, 6, 1))
    source = page.get_by_label("Source: the act, its number and date")
    page.get_by_role("button", name="Show what would move").click()
    expect(page.get_by_text("A rule needs its source.")).to_be_visible()
    source.fill("Fictitious order 12")
    page.get_by_role("button", name="Show what would move").click()
    expect(page.get_by_text("1 open case of")).to_be_visible()
    page.get_by_role("button", name="Put in force").first.click()
    expect(page.get_by_text("The change is in force")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Recomputing due dates")).to_have_count(0, timeout=30_000)

    # A paper that is asked for in cases opened from tomorrow on.
    page.goto("/settings?section=checklists&procedure=study_visa_ext")
    page.get_by_text("Add a document").click()
    page.get_by_label("Name in English").fill(PAPER)
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    enter_date(page, "In force from", tomorrow)
    page.get_by_label("Source: the act, its number and date").fill("Fictitious order 13")
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("The checklist is changed")).to_be_visible()
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=2)):
        later = a_student(server, 3, dt.date(2035, 6, 1))

    # The visa that ends on 31 May keeps thirty days, that of 1 June has five weeks of weekdays.
    open_extension(server, page, before)
    expect(page.get_by_text("1 May 2035", exact=True)).to_be_visible()
    open_extension(server, page, after)
    expect(page.get_by_text("27 Apr 2035", exact=True)).to_be_visible()
    expect(page.get_by_text("Application from the dean's office")).to_be_visible()
    expect(page.get_by_text(PAPER)).to_have_count(0)
    page.get_by_role("button", name="Why this date?").first.click()
    expect(page.get_by_text("Source: Fictitious order 12")).to_be_visible()
    expect(page.get_by_text("Confirmed by Helen")).to_be_visible()
    page.keyboard.press("Escape")

    # The case opened the day after tomorrow asks for the new paper, the earlier one does not.
    open_extension(server, page, later)
    expect(page.get_by_text(PAPER)).to_be_visible()
    assert helen.complaints == []
    assert helen.foreign == []


def test_of_two_heads_the_second_is_told_and_loses_nothing(visit: Visit, server: Server) -> None:
    pages = [visit("helen", path="/settings?section=rules&rule=4").page for _head in range(2)]
    for page, days in zip(pages, ("35", "20"), strict=True):
        page.get_by_role("button", name="Change from a day on").click()
        page.get_by_label("Days", exact=True).fill(days)
        enter_date(page, "In force from", dt.date(2035, int(days[0]), 1))
        page.get_by_label("Source: the act, its number and date").fill(f"Order on {days} days")
        page.get_by_role("button", name="Show what would move").click()
        expect(page.get_by_text("get another due date").first).to_be_visible()
    first, second = pages
    first.get_by_role("button", name="Put in force").click()
    expect(first.get_by_text("The change is in force")).to_be_visible()
    # The rule that was put in force is the one that is open now.
    expect(first.get_by_text("Source: Order on 35 days")).to_be_visible()
    second.get_by_role("button", name="Put in force").click()
    expect(second.get_by_text("Helen changed this on")).to_be_visible()
    expect(second.get_by_label("Days", exact=True)).to_have_value("20")
    expect(second.get_by_label("Source: the act")).to_have_value("Order on 20 days")


def test_a_date_on_today_says_why_it_is_that_date(visit: Visit, server: Server) -> None:
    sam = visit("sam")
    page = sam.page
    table = page.get_by_test_id("stDataFrame").first
    table.wait_for()
    box = table.bounding_box()
    assert box is not None
    # The second column of the first row: the table is a canvas, so it is clicked by its place.
    page.mouse.click(box["x"] + 170, box["y"] + 52)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Why this date?")).to_be_visible()
    expect(dialog.get_by_text("In force since")).to_be_visible()
    expect(dialog.get_by_text("unconfirmed")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert sam.complaints == []


def test_what_runs_by_itself_speaks_the_heads_language_and_ends(
    visit: Visit, server: Server
) -> None:
    change_own_language(server.cast.head, Language.RUSSIAN)
    try:
        helen = visit("helen")
        page = helen.page
        asked: list[object] = []

        def note(frame: object) -> None:
            asked.append(frame)

        page.on("websocket", lambda socket: socket.on("framesent", note))
        helen.open("/settings?section=holidays&year=2027")
        page.get_by_role("button", name="Вычеркнуть").click()
        page.get_by_role("button", name="Ввести в действие").click()
        expect(page.get_by_text("Сроки пересчитаны.")).to_be_visible(timeout=30_000)
        # Nothing asks the server any more, though nobody has clicked.
        before = len(asked)
        page.wait_for_timeout(2_500)
        assert before > 0
        assert len(asked) == before
    finally:
        change_own_language(server.cast.head, Language.ENGLISH)


@pytest.mark.parametrize("width", [1440, 390])
def test_no_section_is_wider_than_its_window(visit: Visit, server: Server, width: int) -> None:
    helen = visit("helen", width=width)
    sections = ("rules&rule=5", "checklists&item=4", "countries&state=KZ", "holidays", "steps")
    for section in (*sections, "charges", "release"):
        helen.open(f"/settings?section={section}")
        wide = helen.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not wide, section
    assert helen.complaints == []
    assert helen.foreign == []
