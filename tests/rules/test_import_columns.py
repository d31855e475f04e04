"""Headings of lists, as offices write them."""

import pytest

from core.rules.import_columns import guess_field, guess_fields, header_score, repeated_headings
from core.terms import ImportField as F


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Surname", F.SURNAME),
        ("ФАМИЛИЯ", F.SURNAME),
        ("Фамилиясы", F.SURNAME),
        ("Ф.И.О.", F.FULL_NAME),
        ("Date of birth", F.BIRTH_DATE),
        ("Дата рождения", F.BIRTH_DATE),
        ("Туулган күнү", F.BIRTH_DATE),
        ("Passport №", F.PASSPORT_NUMBER),
        ("Номер паспорта", F.PASSPORT_NUMBER),
        ("Дата выдачи паспорта", F.ISSUED_ON),
        ("Срок действия паспорта", F.EXPIRES_ON),
        ("Телефон студента", F.PHONE),
        ("Виза до", F.VISA_UNTIL),
        ("№", None),
        ("Remarks of the rector", None),
    ],
)
def test_a_heading_names_its_field(heading: str, field: F | None) -> None:
    assert guess_field(heading) is field


def test_a_field_goes_to_the_first_column_that_asks_for_it() -> None:
    assert guess_fields(["Surname", "Фамилия"], {}) == (F.SURNAME, None)


def test_what_was_chosen_before_is_stronger_than_the_guess() -> None:
    remembered = {"surname": "", "kod": "contract_number"}
    assert guess_fields(["Surname", "Код"], remembered) == (None, F.CONTRACT_NUMBER)


def test_a_remembered_field_that_is_no_more_is_guessed_anew() -> None:
    assert guess_fields(["Surname"], {"surname": "shoe_size"}) == (F.SURNAME,)


def test_headings_that_stand_twice_are_named_once() -> None:
    assert repeated_headings(["Name", "name", "", "", "Sex"]) == ("name",)
    assert repeated_headings(["Name", "", ""]) == ()


def test_the_row_of_headings_has_the_most_known_ones() -> None:
    assert header_score(["Surname", "Пол", "KHAN"]) == 2
    assert header_score(["KHAN", "ALI"]) == 0
