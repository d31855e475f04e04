"""A dean's list of three hundred, three of them wrong: into the register and back out."""

import io
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from db.engine import reading
from db.models.people import Person
from tests.browser.test_journeys import Visit
from tests.inspection.test_tables import workbook
from tests.server import Server

pytestmark = pytest.mark.xdist_group("browser")

HEADINGS = ("№", "Surname", "Given names", "Sex", "Birth date", "Citizenship", "Passport number")


def name_of(number: int) -> str:
    """Return a surname of letters only, no two of them alike."""
    return "LISTED" + "".join(chr(65 + int(figure)) for figure in f"{number:03d}")


def three_hundred_with_three_wrong() -> bytes:
    rows: list[tuple[object, ...]] = [
        (n, name_of(n), "ALI", "M", f"{n % 28 + 1}.03.2004", "India", f"LI{n:07d}")
        for n in range(1, 301)
    ]
    rows[49] = (50, name_of(50), "ALI", "M", "31.02.2004", "India", "LI0000050")
    rows[149] = (150, name_of(150), "ALI", "M", "10.03.2004", "Atlantis", "LI0000150")
    # Its first letter is Cyrillic.
    rows[249] = (250, "С" + name_of(250), "ALI", "M", "15.03.2004", "India", "LI0000250")
    return workbook([HEADINGS, *rows])


def listed() -> int:
    question = sa.select(sa.func.count()).select_from(Person)
    with reading() as session:
        return (
            session.scalar(
                question.where(Person.surname.like("LISTED%"), Person.closed_at.is_(None))
            )
            or 0
        )


def test_a_list_is_read_checked_taken_over_and_undone(
    visit: Visit, server: Server, tmp_path: Path
) -> None:
    sam = visit("sam", path="/imports")
    page = sam.page
    file = tmp_path / "list.xlsx"
    file.write_bytes(three_hundred_with_three_wrong())
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("297 new, 0 updates, 0 unchanged, 3 errors")).to_be_visible(
        timeout=60_000
    )
    assert listed() == 0

    # A refresh loses nothing, and the three rows come back as Excel with their reasons.
    page.reload()
    expect(page.get_by_role("button", name="Take over 297 good rows")).to_be_visible()
    link = page.get_by_role("link", name="Download these rows").get_attribute("href")
    answer = sam.context.request.get(f"{server.url}{link}")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.body())).active.values)
    assert [row[0] for row in rows[1:]] == ["50", "150", "250"]
    assert [row[1] for row in rows[1:]] == ["LISTEDAFA", "LISTEDBFA", "СLISTEDCFA"]
    assert rows[1][-1] == "Birth date: “31.02.2004” is no date."

    page.get_by_role("button", name="Take over 297 good rows").click()
    undo = page.get_by_role("button", name="Undo the whole import")
    undo.wait_for(timeout=60_000)
    assert listed() == 297
    undo.click()
    page.get_by_role("button", name="Undo it now").click()
    expect(page.get_by_text("undone", exact=True).first).to_be_visible(timeout=60_000)
    assert listed() == 0
    assert sam.complaints == []
    assert sam.foreign == []
