"""The Monday sheet: one page, whatever there is to do, in three languages."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pypdf
import pytest

from core.letters.monday import ROOM, MondayLetter, SheetLine, render_monday_sheet, rooms
from core.terms import Language, SheetPart

DAY = date(2026, 8, 31)

LINE = SheetLine(
    name="TESTOV KARIM",
    citizenship="Pakistan",
    procedure="First study visa",
    whom="DCS of the MFA",
    due_on=date(2026, 9, 7),
    days_left=7,
    moved_on=date(2026, 8, 1),
    days_here=30,
    planned_until=date(2026, 8, 30),
    is_late=True,
    is_nobodys=False,
)


def letter(act: int = 1, wait: int = 1, chase: int = 1, *, line: SheetLine = LINE) -> MondayLetter:
    counts = {SheetPart.ACT: act, SheetPart.WAIT: wait, SheetPart.CHASE: chase}
    return MondayLetter(
        language=Language.ENGLISH,
        university="Fictitious University",
        department="International Department",
        whose="Sam",
        counts=counts,
        lines={part: (line,) * min(count, ROOM) for part, count in counts.items()},
        printed_on=DAY,
        printed_by="Helen",
    )


def page_of(asked: MondayLetter) -> str:
    (page,) = pypdf.PdfReader(io.BytesIO(render_monday_sheet(asked))).pages
    return " ".join(page.extract_text().split())


def test_the_sheet_says_everything() -> None:
    page = page_of(letter())
    for words in (
        "Fictitious University · International Department",
        "Monday sheet: Sam",
        "Mon 31 August 2026",
        "Act · 1 case",
        "TESTOV KARIM Pakistan First study visa 07/09/2026 7 days",
        "Wait · 1 case",
        "07/09/2026 DCS of the MFA 01/08/2026 30 ‼ 30/08/2026",
        "Chase · 1 case",
        "Whom to remind",
        "‼ The step is past its plan.",
        "Printed on 31 Aug 2026 by Helen",
        "page 1 of 1",
    ):
        assert words in page
    assert "Nobody is responsible" not in page
    assert "more" not in page


def test_a_step_within_its_plan_or_without_one_is_not_marked() -> None:
    soon = replace(LINE, is_late=False, planned_until=DAY + timedelta(days=1))
    page = page_of(letter(line=soon))
    assert "30 01/09/2026" in page
    assert "‼" not in page
    unknown = replace(LINE, is_late=False, planned_until=None, due_on=None, days_left=None)
    page = page_of(letter(line=unknown))
    assert "30 —" in page
    assert "First study visa — —" in page


def test_a_case_of_nobody_is_marked_and_explained() -> None:
    page = page_of(letter(line=replace(LINE, is_nobodys=True)))
    assert "* TESTOV KARIM" in page
    assert "* Nobody is responsible for this case yet." in page


@pytest.mark.parametrize(
    ("counts", "room", "given"),
    [
        ([1, 2, 3], 6, [1, 2, 3]),
        ([10, 10, 10], 6, [2, 2, 2]),
        ([1, 100, 100], 11, [1, 5, 5]),
        ([100, 0, 100], 11, [6, 0, 5]),
        ([100, 0, 0], 11, [11, 0, 0]),
        ([0, 0, 0], 11, [0, 0, 0]),
    ],
)
def test_the_room_goes_to_who_needs_it(counts: list[int], room: int, given: list[int]) -> None:
    shared = rooms(counts, room=room)
    assert sorted(shared) == sorted(given)
    assert sum(shared) == min(sum(counts), room)
    assert all(has <= needs for has, needs in zip(shared, counts, strict=True))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("counts", [(500, 500, 500), (500, 0, 0), (0, 500, 2), (0, 0, 0)])
def test_it_is_one_page_however_much_there_is(
    language: Language, counts: tuple[int, int, int]
) -> None:
    line = replace(LINE, name="W" * 200, procedure="W" * 200, whom="W" * 200, is_nobodys=True)
    content = render_monday_sheet(replace(letter(*counts, line=line), language=language))
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1


def test_what_has_no_room_is_counted() -> None:
    # 37 lines: one case to act on, two to wait for, so 34 of those to chase.
    page = page_of(letter(1, 2, 57))
    assert "Chase · 57 cases" in page
    assert "and 23 more; the list is on Today" in page
    assert page.count("TESTOV KARIM") == 37


def test_a_name_the_font_lacks_spoils_no_sheet() -> None:
    page = page_of(letter(line=replace(LINE, name="KARIM 李")))
    assert "KARIM ?" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.RUSSIAN, ("План на неделю: Sam", "Сделать · 1 дело", "Кому напомнить")),
        (Language.KYRGYZ, ("Жумалык план: Sam", "Аткаруу · 1 иш", "Кимге эскертүү")),
    ],
)
def test_it_speaks_the_language_asked_for(language: Language, words: tuple[str, ...]) -> None:
    page = page_of(replace(letter(), language=language))
    for each in words:
        assert each in page
