"""Duplicates on the screens: asked at intake, listed, compared, merged, and led on."""

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from core.permissions import Role
from core.services.cards import person_card
from core.services.duplicates import possible_duplicates
from core.services.people_list import list_people
from core.terms import Language
from db.engine import writing
from db.models.duplicates import NotTheSame
from tests.cast import Cast, enrol, passport
from tests.rules.test_mrz import PAKISTAN
from tests.screens.shown import run_screen, texts_of


def two(cast: Cast) -> tuple[int, int]:
    """Return two records of one name and birth date that nobody has decided about."""
    first = enrol(cast.staff, cast.medicine, passport=passport(number="ZZ7777777"))
    second = enrol(cast.staff, cast.medicine, is_new_person=True)
    with writing() as session:
        session.execute(sa.delete(NotTheSame))
    return first, second


def press(app: AppTest, label: str) -> AppTest:
    button = next(button for button in app.button if label in button.label.replace("\\", ""))
    app = button.click().run(timeout=30)
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(texts_of(app)).replace("\\", "")


def paste_and_save(cast: Cast) -> AppTest:
    app = run_screen("intake", cast.staff)
    app.text_area(key="intake_lines").input(PAKISTAN)
    return press(press(app, "Read the lines"), "Save")


def test_a_namesake_is_shown_beside_the_form_and_saved_as_another(cast: Cast) -> None:
    known = enrol(cast.staff, cast.medicine, passport=passport(number="ZZ7777777"))
    app = paste_and_save(cast)
    assert "Is it the same person?" in said(app)
    table = next(each.value for each in app.markdown if "The record that is here" in each.value)
    assert "PAK ZZ1234567" in table
    assert "PAK ZZ7777777" in table
    app = press(app, "Another person: save")
    assert "The record is kept" in said(app)
    assert list_people(cast.staff).total == 2
    assert possible_duplicates(cast.staff).total == 0
    assert person_card(cast.staff, known).passports[0].number == "ZZ7777777"


def test_a_known_passport_leads_to_its_card_only(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    app = paste_and_save(cast)
    assert "is registered already" in said(app)
    labels = [button.label for button in app.button]
    assert "Open the card" in labels
    assert "Another person: save" not in labels
    assert list_people(cast.staff).total == 1


def test_a_pair_is_found_compared_and_made_one(cast: Cast) -> None:
    first, second = two(cast)
    app = press(run_screen("students", cast.staff), "Possible duplicates")
    assert app.dataframe[0].value["first"][0].startswith("TESTOV KARIM")
    app = run_screen("students", cast.staff, person=str(second))
    app = press(app, f"№ {first}")
    assert "Is this the same person?" in said(app)
    merging = next(button for button in app.button if "Merge" in button.label)
    assert merging.disabled
    next(box for box in app.checkbox if "one person" in box.label).check().run(timeout=30)
    app = press(app, "Merge the records")
    assert "The two records are one now." in said(app)
    # Unless somebody chooses otherwise, the record that was here first stays.
    assert [line.person_id for line in list_people(cast.staff).rows] == [first]
    old = run_screen("students", cast.staff, person=str(second))
    assert "merged into another one" in said(old)
    assert "TESTOV KARIM" in said(press(old, "Open the card"))


def test_two_people_are_told_apart(cast: Cast) -> None:
    first, second = two(cast)
    app = run_screen("students", cast.staff, person=str(first), same=str(second))
    app = press(app, "They are two people")
    assert "Remembered" in said(app)
    assert list_people(cast.staff).total == 2
    assert possible_duplicates(cast.staff).total == 0


def test_a_number_names_the_other_record(cast: Cast) -> None:
    first = enrol(cast.staff, cast.medicine)
    other = passport(number="ZZ9999999", surname="OTHER")
    enrol(cast.staff, cast.medicine, passport=other)
    app = run_screen("students", cast.staff, person=str(first))
    app.text_input(key=f"students_same_as_{first}_number").input("nobody")
    app = press(app, "Compare")
    assert "has the number nobody" in said(app)
    app.text_input(key=f"students_same_as_{first}_number").input("zz9999999")
    assert "OTHER KARIM" in said(press(app, "Compare"))


@pytest.mark.parametrize("role", [Role.DEAN, Role.RECTOR])
def test_who_may_not_merge_is_shown_no_way_and_refused_by_address(cast: Cast, role: Role) -> None:
    first, second = two(cast)
    actor = cast.everybody()[role]
    labels = [
        button.label
        for address in ({}, {"person": str(first)})
        for button in run_screen("students", actor, **address).button
    ]
    assert not [label for label in labels if "Compare" in label or "duplicates" in label]
    for address in ({"view": "duplicates"}, {"person": str(first), "same": str(second)}):
        app = run_screen("students", actor, **address)
        assert not app.exception
        assert "Your role does not allow this" in said(app)
        assert "TESTOV" not in said(app)


@pytest.mark.parametrize("same", ["999999", "0", "abc", "self"])
def test_nonsense_for_the_other_record_is_told_or_ignored(cast: Cast, same: str) -> None:
    first = enrol(cast.staff, cast.medicine)
    other = str(first) if same == "self" else same
    app = run_screen("students", cast.staff, person=str(first), same=other)
    assert not app.exception


@pytest.mark.parametrize("language", [Language.RUSSIAN, Language.KYRGYZ])
def test_the_screens_of_duplicates_speak_one_language(cast: Cast, language: Language) -> None:
    first, second = two(cast)
    for address in (
        {"view": "duplicates"},
        {"person": str(first)},
        {"person": str(first), "same": str(second)},
    ):
        app = run_screen("students", cast.staff, language=language, **address)
        assert not app.exception
        for english in ("record", "person", "duplicates", "Compare", "differs"):
            assert english not in said(app), (address, english)
