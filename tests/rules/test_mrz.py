"""The machine-readable zone: ICAO samples, made-up passports, and what pasting does to them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.rules.mrz import MrzReading, check_digit, parse_mrz
from core.terms import Sex

TODAY = date(2026, 11, 24)

SPECIMEN = """P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L898902C36UTO7408122F1204159ZE184226B<<<<<10"""
FIRST, SECOND = SPECIMEN.splitlines()
OLDER = """P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L898902C<3UTO6908061F9406236ZE184226B<<<<<14"""
TD2 = """I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<
D231458907UTO7408122F1204159<<<<<<<6"""
MRV_A = """V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L8988901C4XXX4009078F96121096ZE184226B<<<<<<"""
MRV_B = """V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<
L8988901C4XXX4009078F9612109<<<<<<<<"""
TD1 = """I<UTOD231458907<<<<<<<<<<<<<<<
7408122F1204159UTO<<<<<<<<<<<6
ERIKSSON<<ANNA<MARIA<<<<<<<<<<"""
# Document numbers of more than nine characters go on in the optional field (Doc 9303 part 5).
TD1_LONG = """I<UTOD23145890<7349<<<<<<<<<<<
3407127M9507122UTO<<<<<<<<<<<2
STEVENSON<<PETER<JOHN<<<<<<<<<"""

# Made up. Number ZZ1234567: 7*35+3*35+1*1+7*2+3*3+1*4+7*5+3*6+1*7 = 438, digit 8.
# Birth 040229: 0+12+0+14+6+9 = 41, digit 1. Expiry 300514: 21+0+0+35+3+4 = 63, digit 3.
# Personal number empty, fourteen fillers, digit 0. Composite: number and 8 fill places 1-10 and
# add 438 + 8*7 = 494; birth and 1 stand under weights 3 1 7 3 1 7 3: 0+4+0+6+2+63+3 = 78; expiry
# and 3 under 1 7 3 1 7 3 1: 3+0+0+5+7+12+3 = 30; fillers and 0 add nothing. 602: digit 2.
PAKISTAN = """P<PAKTESTOV<<KARIM<<<<<<<<<<<<<<<<<<<<<<<<<<
ZZ12345678PAK0402291M3005143<<<<<<<<<<<<<<02"""
# Made up, all in the surname. Number Z0000001<: 35*7+0+...+1*3 (eighth place) = 248, digit 8.
# Birth 010101: 0+3+0+7+0+1 = 11, digit 1. Expiry 310101: 21+3+0+7+0+1 = 32, digit 2. Personal
# number empty, its digit left out. Composite: 248 + 8*7 = 304; birth and 1 under 3 1 7 3 1 7 3:
# 0+1+0+3+0+7+3 = 14; expiry and 2 under 1 7 3 1 7 3 1: 3+7+0+1+0+3+2 = 16. 334: digit 4.
INDIA = """P<INDSINGLENAME<<<<<<<<<<<<<<<<<<<<<<<<<<<<<
Z0000001<8IND0101011F3101012<<<<<<<<<<<<<<<4"""


def read(text: str) -> MrzReading:
    return parse_mrz(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (SPECIMEN, "TD3"),
        (OLDER, "TD3"),
        (TD2, "TD2"),
        (MRV_A, "MRV-A"),
        (MRV_B, "MRV-B"),
        (TD1, "TD1"),
    ],
)
def test_every_icao_sample_is_read_and_valid(text: str, kind: str) -> None:
    reading = read(text)
    assert (reading.kind, reading.is_valid) == (kind, True)
    assert (reading.surname, reading.given_names) == ("ERIKSSON", "ANNA MARIA")


def test_the_specimen_says_what_it_says() -> None:
    reading = read(SPECIMEN)
    assert reading.document_number == "L898902C3"
    assert (reading.issuing_state, reading.nationality) == ("UTO", "UTO")
    assert reading.birth_date == date(1974, 8, 12)
    assert reading.expiry_date == date(2012, 4, 15)
    assert reading.sex is Sex.FEMALE
    assert [(check.name, check.given) for check in reading.checks] == [
        ("document_number", "6"),
        ("birth_date", "2"),
        ("expiry_date", "9"),
        ("personal_number", "1"),
        ("composite", "0"),
    ]


def test_a_long_document_number_is_put_together() -> None:
    reading = read(TD1_LONG)
    assert reading.document_number == "D23145890734"
    assert reading.is_valid, reading.wrong_checks


def test_a_made_up_pakistani_passport_is_valid() -> None:
    reading = read(PAKISTAN)
    assert reading.is_valid, reading.wrong_checks
    assert (reading.surname, reading.given_names) == ("TESTOV", "KARIM")
    assert reading.document_number == "ZZ1234567"
    assert reading.birth_date == date(2004, 2, 29)
    assert reading.expiry_date == date(2030, 5, 14)


def test_a_single_name_leaves_the_given_names_empty() -> None:
    reading = read(INDIA)
    assert reading.is_valid, reading.wrong_checks
    assert (reading.surname, reading.given_names) == ("SINGLENAME", "")
    assert reading.document_number == "Z0000001"


@pytest.mark.parametrize(
    ("place", "names"),
    [
        (8, ["document_number", "composite"]),
        (14, ["birth_date", "composite"]),
        (22, ["expiry_date", "composite"]),
        (30, ["personal_number", "composite"]),
        (43, ["composite"]),
    ],
)
def test_one_changed_character_names_the_field(place: int, names: list[str]) -> None:
    first, second = SPECIMEN.split("\n")
    digit = second[place]
    changed = "1" if digit != "1" else "2"
    wrong = read(f"{first}\n{second[:place]}{changed}{second[place + 1 :]}").wrong_checks
    assert [check.name for check in wrong] == names


@pytest.mark.parametrize(
    "text",
    [
        SPECIMEN.lower(),
        SPECIMEN.replace("\n", "\r\n"),
        "\n\n  " + SPECIMEN.replace("\n", "  \n  ") + "\n\n",
        SPECIMEN.replace("<", "«"),
        SPECIMEN.replace("\n", ""),
        TD1.replace("\n", " "),
        SPECIMEN.replace("ERIKSSON<<", "ERIKSSON << "),
    ],
    ids=[
        "lower case",
        "windows",
        "spaces",
        "look-alikes",
        "one line",
        "card in one line",
        "inner spaces",
    ],
)
def test_what_pasting_does_to_the_lines_is_forgiven(text: str) -> None:
    assert read(text).is_valid


def test_a_second_line_without_fillers_is_read() -> None:
    second = "E12345678" + check_digit("E12345678") + "CHN" + "0001011M3001019"
    personal = "12345678901234"
    second += personal + check_digit(personal)
    covered = second[0:10] + second[13:20] + second[21:43]
    reading = read("P<CHNZHENG<<JIANYANG<<<<<<<<<<<<<<<<<<<<<<<<\n" + second + check_digit(covered))
    assert "<" not in reading.lines[1]
    assert reading.document_number == "E12345678"
    assert {check.name: check.is_valid for check in reading.checks}["composite"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "mrz.lines"),
        ("P<UTO", "mrz.lines"),
        ("A\nB\nC\nD", "mrz.lines"),
        (SPECIMEN[:-1], "mrz.line_length"),
        (SPECIMEN + "<", "mrz.line_length"),
        (SPECIMEN.replace("E", "Е"), "mrz.characters"),  # a Cyrillic look-alike
        (SPECIMEN.replace("6", "б"), "mrz.characters"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        read(text)
    assert refusal.value.code == code


def test_the_refusal_names_the_line_and_its_length() -> None:
    with pytest.raises(DomainError) as refusal:
        read(SPECIMEN[:-1])
    assert refusal.value.values == {"line": 2, "length": 43, "expected": 44}


@pytest.mark.parametrize(
    ("digits", "born"),
    [("261124", date(2026, 11, 24)), ("261125", date(1926, 11, 25)), ("000229", date(2000, 2, 29))],
)
def test_a_birth_lies_in_the_past(digits: str, born: date) -> None:
    second = "L898902C36UTO" + digits + check_digit(digits) + "F1204159ZE184226B<<<<<10"
    assert read(FIRST + "\n" + second).birth_date == born


def test_an_impossible_date_is_a_doubt_and_no_crash() -> None:
    second = "L898902C36UTO" + "743112" + check_digit("743112") + "F1204159ZE184226B<<<<<10"
    reading = read(FIRST + "\n" + second)
    assert reading.birth_date is None
    assert "birth_date" in reading.doubts


def test_a_name_that_fills_its_line_is_a_doubt() -> None:
    first = "P<UTO" + "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONGKRASUANG"[:39]
    assert "names_truncated" in read(f"{first}\n{SECOND}").doubts


def test_a_card_whose_name_fills_its_line_is_a_doubt_too() -> None:
    full = TD1.replace("ERIKSSON<<ANNA<MARIA<<<<<<<<<<", "ERIKSSON<<ANNA<MARIA<CHRISTINE")
    assert "names_truncated" in read(full).doubts
    assert read(TD1).doubts == ()


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<", min_size=1, max_size=40))
def test_a_check_digit_is_one_digit(text: str) -> None:
    assert check_digit(text) in set("0123456789")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    try:
        outcome = read(text).kind
    except DomainError as refusal:
        outcome = refusal.code
    assert outcome in {"TD3", "TD2", "TD1", "MRV-A", "MRV-B"} or outcome.startswith("mrz.")
