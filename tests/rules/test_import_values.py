"""Single cells: what is understood, and what is named as wrong."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.rules import import_values as cells
from core.terms import Funding, ResidenceKind, Sex, VisaEntries

NAMES = {"indiia": "IN", "india": "IN"}


@pytest.mark.parametrize(
    ("reader", "cell", "value"),
    [
        (cells.read_name, "o'brien-khan  ali", "O'BRIEN-KHAN ALI"),
        (cells.read_name, "Md. Karim", "MD. KARIM"),
        (cells.read_name, "José", "JOSÉ"),
        (cells.read_passport_number, 1234567.0, "1234567"),
        (cells.read_passport_number, 1234567, "1234567"),
        (cells.read_passport_number, "ab 12-34 567", "AB1234567"),
        (cells.read_sex, "муж.", Sex.MALE),
        (cells.read_sex, "Ж", Sex.FEMALE),
        (cells.read_sex, "Аял", Sex.FEMALE),
        (cells.read_residence, "Общежитие", ResidenceKind.HOSTEL),
        (cells.read_residence, "flat", ResidenceKind.FLAT),
        (cells.read_funding, "Контракт", Funding.OWN_CONTRACT),
        (cells.read_entries, "многократная", VisaEntries.MULTIPLE),
        (cells.read_course, "2 курс", 2),
        (cells.read_course, 7.0, 7),
        (cells.read_category, "s", "S"),
        (cells.read_email, "a@example.org", "a@example.org"),
    ],
)
def test_a_cell_is_understood(
    reader: Callable[[object], object], cell: object, value: object
) -> None:
    assert reader(cell) == value


@pytest.mark.parametrize(
    ("reader", "cell", "code"),
    [
        (cells.read_name, "KHAN 2", "import.name"),
        (cells.read_name, "=1+1", "import.name"),
        (cells.read_passport_number, "1.23457E+15", "import.passport_number"),
        (cells.read_passport_number, "123", "import.passport_number"),
        (cells.read_sex, "perhaps", "import.word"),
        (cells.read_course, "8", "import.course"),
        (cells.read_course, "0", "import.course"),
        (cells.read_course, "1-2", "import.course"),
        (cells.read_email, "a at example.org", "import.email"),
        (cells.read_category, "STUDENT", "import.too_long"),
    ],
)
def test_a_cell_that_is_not_understood_is_named(
    reader: Callable[[object], object], cell: object, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        reader(cell)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("reader", "text", "letters"),
    [
        # The first letter of each is Cyrillic.
        (cells.read_name, "АHMED", ("А",)),
        (cells.read_passport_number, "АВ1234567", ("А", "В")),
        (cells.read_category, "С", ("С",)),
    ],
)
def test_cyrillic_letters_that_look_latin_are_found(
    reader: Callable[[object], object], text: str, letters: tuple[str, ...]
) -> None:
    with pytest.raises(DomainError) as refused:
        reader(text)
    assert refused.value.code == "import.cyrillic"
    assert refused.value.values["letters"] == letters


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("KHAN ALI AHMED", ("KHAN", "ALI AHMED")),
        ("ABDUL RAHMAN, ALI", ("ABDUL RAHMAN", "ALI")),
        ("SITA", ("SITA", "")),
    ],
)
def test_a_full_name_is_taken_apart(full: str, parts: tuple[str, str]) -> None:
    assert cells.split_name(full) == parts


@pytest.mark.parametrize("text", ["India", "Индия", "IN", "ind"])
def test_a_state_is_known_by_name_and_by_code(text: str) -> None:
    assert cells.read_state(text, NAMES) == "IND"


def test_a_state_nobody_knows_is_named() -> None:
    with pytest.raises(DomainError) as refused:
        cells.read_state("Atlantis", NAMES)
    assert refused.value.code == "import.state"


@given(st.text(min_size=1).filter(str.strip))
def test_a_reader_understands_a_text_or_says_that_it_does_not(text: str) -> None:
    # Any other exception would break a whole file for one cell.
    for reader in (cells.read_name, cells.read_passport_number, cells.read_sex, cells.read_course):
        with suppress(DomainError):
            assert reader(text)
