"""How somebody at a browser fills in Streamlit's fields."""

import datetime as dt

from playwright.sync_api import Locator, Page


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a selectbox by its words."""
    pick(page, page.get_by_role("combobox", name=label).first, option)


def pick(page: Page, box: Locator, option: str) -> None:
    """Choose an option of the selectbox ``box`` by typing its words."""
    box.scroll_into_view_if_needed()
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option).first.wait_for()
    page.keyboard.press("Enter")


def enter_date(page: Page, label: str, day: dt.date) -> None:
    """Type a date, segment by segment, into the field ``label``."""
    field = page.get_by_test_id("stDateInput").filter(has_text=label)
    field.get_by_role("spinbutton").first.click()
    page.keyboard.type(f"{day:%d%m%Y}", delay=20)


def tick(page: Page, *rows: int) -> None:
    """Tick rows of the table on the screen, counted from 0; a canvas has no boxes to ask for."""
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    for row in rows:
        table.click(position={"x": _BOX, "y": _HEAD + row * _ROW + _ROW // 2})


#: Where the boxes of a table are: from its left edge, under its head, one in each row; in pixels.
_BOX, _HEAD, _ROW = 16, 36, 35
