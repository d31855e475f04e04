"""Data quality on Today, on the card and in the list: two numbers, and what to check."""

from datetime import date

from tests.cast import Cast, enrol
from tests.screens.shown import run_screen, texts_of

OVER = {"contract_from": date(2025, 9, 1), "contract_until": date(2026, 8, 31)}
SENTENCE = "The contract has ended, the status says he studies: check the contract and the status."


def labels(cast: Cast, username: str) -> list[str]:
    actor = getattr(cast, username)
    buttons = run_screen("home", actor).button
    return [each.label for each in buttons if str(each.key).startswith("home_quality_")]


def test_today_counts_what_is_incomplete_and_what_contradicts_itself(cast: Cast) -> None:
    assert labels(cast, "staff") == []
    enrol(cast.staff, cast.medicine, **OVER)
    told = ["1 record incomplete", "1 contradicts itself"]
    assert labels(cast, "staff") == told
    assert labels(cast, "dean") == told
    assert labels(cast, "rector") == told
    assert labels(cast, "other_dean") == []


def test_the_card_says_what_to_check(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, **OVER)
    card = run_screen("students", cast.dean, person=str(person_id))
    (warning,) = card.warning
    assert SENTENCE in warning.value.replace("\\", "")


def test_the_list_says_it_beside_each_name(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine, **OVER)
    assert SENTENCE in set(texts_of(run_screen("students", cast.staff, contradicting="1")))
    assert SENTENCE not in set(texts_of(run_screen("students", cast.staff)))
