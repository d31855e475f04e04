"""Several readings of one zone: when they make GREEN, when YELLOW, and what is doubtful then."""

from datetime import date

import pytest

from core.rules.mrz import check_digit
from core.rules.mrz_rows import Glyph
from core.rules.mrz_votes import Judgement, judge
from core.terms import ScanStatus
from tests.rules.test_mrz import (
    FIRST,
    INDIA,
    MRV_A,
    MRV_B,
    PAKISTAN,
    SECOND,
    SPECIMEN,
    TD1,
    TD2,
    TODAY,
)

GREEN, YELLOW, RED = ScanStatus.GREEN, ScanStatus.YELLOW, ScanStatus.RED


def sighting(text: str, *, unsure: str = "", certainty: float = 0.99) -> list[list[Glyph]]:
    """Return what a reader sees of the lines; it is half sure of the characters ``unsure``."""
    return [
        [
            _glyph(character, 0.5 if character in unsure else certainty, place / len(line))
            for place, character in enumerate(line)
        ]
        for line in text.splitlines()
    ]


def _glyph(character: str, certainty: float, at: float) -> Glyph:
    return Glyph(character, certainty, certainty, at)


def judged(*texts: str) -> Judgement:
    return judge([sighting(text) for text in texts], today=TODAY)


@pytest.mark.parametrize("text", [SPECIMEN, PAKISTAN, INDIA, TD2, TD1, MRV_A, MRV_B])
def test_two_equal_readings_with_every_check_digit_right_are_green(text: str) -> None:
    found = judged(text, text)
    assert (found.status, found.doubts) == (GREEN, ())
    assert found.reading is not None
    assert found.reading.lines == tuple(text.splitlines())


def test_one_reading_is_never_green() -> None:
    found = judged(SPECIMEN)
    assert found.status is YELLOW
    assert found.doubts == (
        "surname",
        "given_names",
        "document_number",
        "issuing_state",
        "nationality",
        "birth_date",
        "sex",
        "expiry_date",
    )


def test_no_reading_is_red() -> None:
    found = judged()
    assert (found.status, found.reading, found.doubts) == (RED, None, ())


@pytest.mark.parametrize("place", [0, 9, 13, 19, 21, 27, 28, 42, 43])
def test_a_wrong_check_digit_is_red(place: int) -> None:
    other = "7" if SECOND[place] != "7" else "3"
    wrong = f"{FIRST}\n{SECOND[:place]}{other}{SECOND[place + 1 :]}"
    assert judged(wrong, wrong, wrong).status is RED


def test_names_that_differ_are_doubtful() -> None:
    other = SPECIMEN.replace("ANNA", "ANMA")
    found = judged(SPECIMEN, SPECIMEN, other)
    assert (found.status, found.doubts) == (YELLOW, ("surname", "given_names"))
    assert found.reading is not None
    assert found.reading.given_names == "ANNA MARIA"


def test_a_misread_number_is_outvoted_where_two_read_the_whole_line() -> None:
    # The check digit tells which is right.
    other = SPECIMEN.replace("L898902C3", "L898902O3")
    assert judged(SPECIMEN, other, SPECIMEN).status is GREEN


def test_the_sex_is_unprotected_and_asked_about() -> None:
    other = SPECIMEN.replace("2F12", "2M12")
    found = judged(SPECIMEN, SPECIMEN, other)
    assert (found.status, found.doubts) == (YELLOW, ("sex",))


def test_a_vote_by_place_mends_what_each_got_wrong_elsewhere() -> None:
    first = SPECIMEN.replace("L898902C36", "L898902C37")
    second = SPECIMEN.replace("7408122F", "7408123F")
    third = SPECIMEN.replace("1204159", "1204158")
    found = judged(first, second, third)
    assert found.reading is not None
    assert found.reading.lines == (FIRST, SECOND)
    # No reading was whole, so nothing of it is certain.
    assert found.doubts == ("document_number", "birth_date", "expiry_date")


def test_uncertain_letters_of_a_name_are_doubtful() -> None:
    unsure = sighting(SPECIMEN, unsure="K")
    found = judge([unsure, unsure], today=TODAY)
    assert (found.status, found.doubts) == (YELLOW, ("surname", "given_names"))


def test_look_alikes_in_the_number_must_be_very_certain() -> None:
    # ZZ and 22 in the first places have the same check digit: 7 * 35 + 3 * 35 = 350, 14 + 6 = 20.
    assert check_digit("ZZ1234567") == check_digit("221234567") == "8"
    almost = sighting(PAKISTAN, certainty=0.94)
    found = judge([almost, almost], today=TODAY)
    assert (found.status, found.doubts) == (YELLOW, ("document_number",))
    enough = sighting(PAKISTAN, certainty=0.95)
    assert judge([enough, enough], today=TODAY).status is GREEN


def test_two_valid_versions_of_a_number_are_doubtful_however_many_say_one() -> None:
    other = PAKISTAN.replace("ZZ1234567", "221234567")
    found = judged(*[PAKISTAN] * 8, other)
    assert (found.status, found.doubts) == (YELLOW, ("document_number",))


@pytest.mark.parametrize(
    ("names", "doubts"),
    [
        ("ERIKSSON<<ANNA<MARIA", ()),
        ("ERIKSSON", ()),
        ("ERIKSSON<ANNA", ("given_names",)),
        ("ERIKSSON<<ANNA<<MARIA", ("given_names",)),
        ("ERIKSSON<<ANNA<<<K", ("given_names",)),
        ("<ERIKSSON<<ANNA", ("surname",)),
        ("ERIKSSON<<ANNA<MARIA<ELISABETH<VICTORIAA", ("given_names",)),
    ],
)
def test_unlikely_names_are_doubtful_even_when_all_agree(
    names: str, doubts: tuple[str, ...]
) -> None:
    text = f"P<UTO{names}"[:44].ljust(44, "<") + f"\n{SECOND}"
    assert judged(text, text).doubts == doubts


@pytest.mark.parametrize(("line", "doubts"), [(0, ("issuing_state",)), (1, ("nationality",))])
def test_a_state_that_does_not_exist_is_doubtful(line: int, doubts: tuple[str, ...]) -> None:
    lines = [FIRST, SECOND]
    lines[line] = lines[line].replace("UTO", "UTQ")
    text = "\n".join(lines)
    assert judged(text, text).doubts == doubts


def test_a_passport_is_never_read_as_a_visa() -> None:
    # Without the last digits it would be a valid visa, but a first line of P is a passport.
    text = f"{FIRST}\n{SECOND[:43]}7"
    assert judged(text, text).status is RED


def test_an_impossible_date_is_red_though_its_digit_fits() -> None:
    # 740231: 7*7 + 4*3 + 0 + 2*7 + 3*3 + 1 = 85, digit 5.
    second = SECOND.replace("7408122", "7402315")
    covered = second[:10] + second[13:20] + second[21:43]
    text = f"{FIRST}\n{second[:43]}{check_digit(covered)}"
    assert judged(text, text).status is RED


def test_the_day_of_reading_decides_the_century() -> None:
    readings = [sighting(PAKISTAN)] * 2
    born = [
        found.reading.birth_date
        for found in (judge(readings, today=day) for day in (date(2026, 9, 1), date(2003, 9, 1)))
        if found.reading
    ]
    assert born == [date(2004, 2, 29), date(1904, 2, 29)]
