"""Folding: a name is found in Latin or Cyrillic, with or without accents."""

import pytest

from core.rules.countries import ISO2_BY_ISO3, is_known_code, iso2_of
from core.rules.names import fold, search_text
from core.rules.usernames import is_acceptable, username_key


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("KARIMOV Ali", "karimov ali"),
        ("Каримов Али", "karimov ali"),
        ("Өмүрбек Ңурлан", "omurbek nurlan"),
        ("Müller-Öz  d'Arc", "muller oz d arc"),
        ("Nguyễn", "nguyen"),
        ("  ", ""),
        ("ZZ1234567", "zz1234567"),
    ],
)
def test_names_fold_to_bare_latin(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_the_search_text_holds_each_part_once() -> None:
    assert search_text("KARIMOV", "Ali", "Каримов", "", "ZZ1") == "karimov ali zz1"


@pytest.mark.parametrize(
    ("icao", "iso2"),
    [
        ("IND", "IN"),
        ("PAK", "PK"),
        ("D", "DE"),
        ("D<<", "DE"),
        ("RKS", "XK"),
        ("GBN", "GB"),
        ("UTO", None),
        ("XXA", None),
        ("???", None),
    ],
)
def test_icao_codes_name_states(icao: str, iso2: str | None) -> None:
    assert iso2_of(icao) == iso2


def test_every_state_of_the_standard_is_known() -> None:
    assert len(ISO2_BY_ISO3) == len(set(ISO2_BY_ISO3.values())) == 249
    assert all(is_known_code(code) for code in ("XXB", "XCE", "UTO", "D<<", " ind "))
    assert not is_known_code("QQQ")


@pytest.mark.parametrize(
    ("username", "is_good"),
    [("айгүл.т", True), ("ab", True), ("a", False), ("with space", False), ("a" * 151, False)],
)
def test_user_names_of_any_script_are_accepted(username: str, is_good: bool) -> None:
    assert is_acceptable(username) is is_good


def test_user_names_differ_not_by_case_or_composition() -> None:
    assert username_key(" ADMIN ") == username_key("admin")
    assert username_key("e\u0301va") == username_key("\u00c9VA")
