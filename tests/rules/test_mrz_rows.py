"""Lines fitted to the formats: what measuring finds, and what a place allows."""

from dataclasses import replace

import pytest

from core.rules.mrz import TD1, TD2, TD3
from core.rules.mrz_rows import Glyph, fit_row, is_upside_down
from tests.rules.test_mrz import FIRST, PAKISTAN, SECOND, TD1_LONG
from tests.rules.test_mrz import TD2 as TD2_LINES


def seen(text: str, *, certainty: float = 0.9) -> list[Glyph]:
    """Return the line as a perfect reader sees it: one character at each step."""
    return [
        Glyph(character, certainty, certainty, place / 44) for place, character in enumerate(text)
    ]


def fitted(glyphs: list[Glyph], line: int = 1) -> tuple[str, bool] | None:
    row = fit_row(glyphs, TD3, line)
    return None if row is None else (row.text, row.is_corrected)


@pytest.mark.parametrize(("line", "text"), [(0, FIRST), (1, SECOND)])
def test_a_line_seen_as_it_is_stays_as_it_is(line: int, text: str) -> None:
    assert fitted(seen(text), line) == (text, False)


@pytest.mark.parametrize("line", [0, 1, 2])
def test_the_lines_of_a_card_fit_a_card(line: int) -> None:
    text = TD1_LONG.splitlines()[line]
    row = fit_row(seen(text), TD1, line)
    assert row is not None
    assert (row.text, row.is_corrected) == (text, False)


def test_a_line_of_36_is_none_of_44() -> None:
    second = TD2_LINES.splitlines()[1]
    assert fit_row(seen(second), TD2, 1) is not None
    assert fitted(seen(second)) is None


def test_a_filler_lost_among_fillers_comes_back_without_a_correction() -> None:
    glyphs = seen(SECOND)
    assert SECOND[37:42] == "<<<<<"
    del glyphs[38]
    assert fitted(glyphs) == (SECOND, False)


def test_a_filler_lost_between_the_names_comes_back_as_a_correction() -> None:
    # Without measuring, ERIKSSON<ANNA would be one name.
    glyphs = seen(FIRST)
    assert FIRST[13:15] == "<<"
    del glyphs[14]
    assert fitted(glyphs, 0) == (FIRST, True)


def test_a_letter_seen_twice_counts_once() -> None:
    glyphs = seen(FIRST)
    glyphs.insert(6, replace(glyphs[5], character="F", certainty=0.3, at=5.3 / 44))
    assert fitted(glyphs, 0) == (FIRST, True)


def test_fillers_lost_at_the_end_of_the_names_are_no_correction() -> None:
    assert fitted(seen(FIRST[:-8]), 0) == (FIRST, False)


def test_nine_fillers_lost_at_the_end_are_too_many() -> None:
    assert fitted(seen(FIRST[:-9]), 0) is None


def test_fillers_lost_at_the_end_of_the_other_line_are_not_made_up() -> None:
    assert fitted(seen(SECOND[:-1])) is None


def test_a_speck_beside_the_line_is_cut_off() -> None:
    glyphs = [Glyph("1", 0.2, 0.2, -1 / 44), *seen(SECOND)]
    assert fitted(glyphs) == (SECOND, True)


def test_three_specks_are_too_many() -> None:
    specks = [Glyph("1", 0.2, 0.2, place / 44) for place in (-3, -2, -1)]
    assert fitted([*specks, *seen(SECOND)]) is None


@pytest.mark.parametrize(
    ("line", "place", "as_seen", "is_corrected"),
    [
        (0, 4, "0", False),  # UTO: a state has letters only
        (0, 7, "1", False),  # ERIKSSON
        (0, 9, "5", True),  # ERIKSSON, but 5 and S are told apart by their shape
        (1, 21, "I", False),  # 120415: a date has digits only
        (1, 22, "Z", True),
        (1, 23, "O", False),
    ],
)
def test_a_place_of_one_kind_settles_what_looks_alike(
    line: int, place: int, as_seen: str, is_corrected: bool
) -> None:
    right = (FIRST, SECOND)[line]
    text = right[:place] + as_seen + right[place + 1 :]
    assert fitted(seen(text), line) == (right, is_corrected)


@pytest.mark.parametrize("as_seen", ["LB98902C3", "L8989O2C3", "L898902C3"])
def test_nothing_in_the_document_number_is_replaced(as_seen: str) -> None:
    text = as_seen + SECOND[9:]
    assert fitted(seen(text)) == (text, False)


def test_a_digit_no_letter_looks_like_makes_the_names_unusable() -> None:
    assert fitted(seen(FIRST.replace("ANNA", "A77A")), 0) is None


def test_more_fillers_that_point_backwards_show_a_page_upside_down() -> None:
    assert is_upside_down([seen(">>>>>8Z<")])
    assert not is_upside_down([seen(FIRST), seen(SECOND)])
    assert not is_upside_down([seen(line) for line in PAKISTAN.splitlines()])


def test_o_or_0_is_no_doubt_where_only_one_of_them_may_stand() -> None:
    # The reader cannot tell them apart (0.5), but is sure that it is one of the two (0.98).
    torn = [replace(glyph, certainty=0.5, shape_certainty=0.98) for glyph in seen(SECOND)]
    row = fit_row(torn, TD3, 1)
    assert row is not None
    number, birth = row.certainties[0], row.certainties[13]
    assert (number, birth) == (0.5, 0.98)
