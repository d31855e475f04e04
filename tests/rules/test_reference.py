"""The shipped tables: complete, founded, and in step with the libraries they came from."""

import re
from datetime import date

import holidays
import pytest

from core.rules.countries import ISO2_BY_ISO3
from core.services.shipped import SHIPPED, ShippedTable, rows_of
from tests.rules.shipped import shipped_days, shipped_exemptions, shipped_rules

#: The day on which the shipped tables were last gone through. Raise it at every release.
REVIEWED_ON = date(2026, 11, 24)

ADVICE = (
    "Add the days off of {year} to db/reference/holidays.csv (the holidays package knows them), "
    "check them and the day swaps against the government's order, in three languages."
)


def test_ninety_two_states_are_listed() -> None:
    assert len(shipped_exemptions()) == 92
    assert shipped_exemptions()["IN"] == 30
    assert "PK" not in shipped_exemptions()


def test_every_row_of_law_names_its_source_and_confidence() -> None:
    for file in (
        "rules.csv",
        "requirements.csv",
        "registration_exemptions.csv",
        "visa_free.csv",
        "visa_categories.csv",
        "holidays.csv",
    ):
        for row in rows_of(file):
            assert row["confidence"], row
            assert row["source"] or row["confidence"] == "assumption", row


def test_the_rules_the_product_asks_for_are_shipped() -> None:
    assert {rule.code for rule in shipped_rules()} == {
        "registration.place_of_stay",
        "registration.exempt",
        "registration.target",
        "visa.first.papers",
        "visa.extend.papers",
    }
    assert all(row["text_ru"] and row["text_ky"] for row in rows_of("rules.csv"))


def test_only_what_the_department_page_lists_is_active() -> None:
    active = [row for row in rows_of("requirements.csv") if row["active"] == "Y"]
    assert active
    assert all("DEPT" in row["source"].split() for row in active)
    assert {row["item_code"] for row in active if row["procedure"] == "study_visa"} == {
        "passport",
        "dean_application",
        "contract_copy",
        "photo_digital",
        "study_certificate",
    }


def test_the_partners_of_the_page_are_all_there_and_unknown_cities_stay_unknown() -> None:
    partners = {row["name"]: row for row in rows_of("partners.csv")}
    assert len(partners) == 24
    assert partners["Herbrand Medical Center"]["city"] == ""
    assert partners["Baskent University"]["stage"] == "in_signing"
    assert partners["Korean company (unnamed)"]["stage"] == "on_hold"


def test_the_days_off_agree_with_the_library_they_came_from() -> None:
    library = holidays.country_holidays(
        "KG", years=range(2025, max(day.year for day in shipped_days()) + 1)
    )
    assert set(shipped_days()) == set(library.keys())


def year_to_add(years: set[int], *, on: date) -> int | None:
    """Counts begun at the end of ``on``'s year run into the next one: both must be listed."""
    return next((year for year in (on.year, on.year + 1) if year not in years), None)


@pytest.mark.parametrize(
    ("on", "missing"),
    [(date(2026, 12, 31), None), (date(2027, 1, 1), 2028), (date(2028, 1, 1), 2028)],
)
def test_the_year_to_add_is_named_as_soon_as_a_year_begins(on: date, missing: int | None) -> None:
    assert year_to_add({2025, 2026, 2027}, on=on) == missing


def test_the_days_off_of_the_coming_year_are_shipped() -> None:
    missing = year_to_add({day.year for day in shipped_days()}, on=REVIEWED_ON)
    assert missing is None, ADVICE.format(year=missing)


def test_every_estimated_day_off_says_so() -> None:
    estimated = {day for day, confidence in shipped_days().items() if confidence == "estimated"}
    assert estimated == {date(2027, 3, 9), date(2027, 5, 16)}


@pytest.mark.parametrize(
    "file",
    [
        "rules.csv",
        "requirements.csv",
        "registration_exemptions.csv",
        "visa_free.csv",
        "visa_categories.csv",
    ],
)
def test_every_source_key_leads_to_a_source(file: str) -> None:
    known = {row["key"] for row in rows_of("sources.csv")}
    for row in rows_of(file):
        assert set(row["source"].split()) <= known, row


@pytest.mark.parametrize("file", ["requirements.csv", "holidays.csv", "countries.csv"])
def test_every_text_is_there_in_three_languages(file: str) -> None:
    for row in rows_of(file):
        assert row["name_en"], row
        assert row["name_ru"], row
        assert row["name_ky"], row


@pytest.mark.parametrize("table", SHIPPED, ids=lambda table: table.file)
def test_a_note_says_the_same_figures_in_three_languages(table: ShippedTable) -> None:
    for row in rows_of(table.file):
        figures = [
            sorted(int(figure) for figure in re.findall(r"\d+", row[name]))
            for name in ("note", "note_ru", "note_ky")
        ]
        assert figures[0] == figures[1] == figures[2], row
        assert bool(row["note"]) == bool(row["note_ru"]) == bool(row["note_ky"]), row


def test_the_tables_speak_of_states_of_the_standard() -> None:
    states = {row["iso2"]: row["iso3"] for row in rows_of("countries.csv")}
    assert len(states) == 250
    assert states == {iso2: iso3 for iso3, iso2 in ISO2_BY_ISO3.items()} | {"XK": "XKX"}
    for file in ("registration_exemptions.csv", "visa_free.csv"):
        assert {row["iso2"] for row in rows_of(file)} <= set(states)


def test_the_letters_of_2025_replaced_three_others() -> None:
    letters = {row["code"]: row for row in rows_of("visa_categories.csv")}
    assert len(letters) == 20
    abolished = {code for code, row in letters.items() if row["status"] == "abolished"}
    assert abolished == {"B", "TS", "MT"}
    assert {letters[code]["in_force_until"] for code in abolished} == {"2025-01-21"}
    assert letters["J"]["in_force_from"] == "2025-01-22"
    assert (letters["W"]["aliases"], letters["FF"]["aliases"]) == ("W1", "F")
