"""A passport scan on the screen of a new student: read, compared, confirmed, or refused."""

import base64
import datetime as dt
import io

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.services.people_list import list_people
from core.services.person_documents import documents_of_person
from tests.cast import Cast
from tests.recognition.pictures import sample
from tests.rules.test_mrz import PAKISTAN
from tests.screens.shown import texts_of
from tests.services.test_passport_scans import no_passport

pytestmark = pytest.mark.xdist_group("recognition")


def screen(username: str) -> AppTest:
    def run(username: str) -> None:
        from core.services.users import actor_named
        from pages.intake.screen import render

        render(actor_named(username))

    return AppTest.from_function(run, kwargs={"username": username}, default_timeout=90).run()


def drop(app: AppTest, content: bytes, name: str = "passport.jpg") -> None:
    app.file_uploader[0].upload(name, content, "image/jpeg").run()
    assert not app.exception


def field(app: AppTest, label: str) -> str:
    return next(each.value for each in app.text_input if each.label.startswith(label))


def test_a_scan_fills_the_form_and_its_lines_are_shown(cast: Cast) -> None:
    app = screen("sam")
    drop(app, sample("skewed", 1).content)
    assert field(app, "Surname") == "JAYAWARDENE"
    assert field(app, "Passport number") == "TD777662"
    assert ":green-badge[read, compare once]" in set(texts_of(app))
    assert not [each.label for each in app.text_input if "compare" in each.label]
    (shown,) = [text for text in texts_of(app) if "data:image/png;base64," in text]
    strip = base64.b64decode(shown.split("base64,")[1].rstrip(")"))
    assert Image.open(io.BytesIO(strip)).width == 1100
    # Nothing is saved until a person confirms.
    assert list_people(cast.staff).total == 0


def test_confirming_saves_and_empties_the_drop_area(cast: Cast) -> None:
    app = screen("sam")
    drop(app, sample("skewed", 1).content)
    next(each for each in app.selectbox if each.label == "Faculty").set_value(cast.medicine)
    next(each for each in app.button if each.label == "Save").click().run()
    assert not app.exception
    assert [row.name for row in list_people(cast.staff).rows] == ["JAYAWARDENE ZAINAB"]
    assert field(app, "Surname") == ""
    assert not [text for text in texts_of(app) if "data:image" in text]
    assert _scans(cast) == [("passport", ["passport.jpg"])]
    assert "The scan is kept among his documents." in set(texts_of(app))


def test_a_scan_that_is_not_to_be_kept_is_not(cast: Cast) -> None:
    app = screen("sam")
    drop(app, sample("skewed", 1).content)
    app.checkbox[0].uncheck()
    next(each for each in app.button if each.label == "Save").click().run()
    assert list_people(cast.staff).total == 1
    assert _scans(cast) == []


def _scans(cast: Cast) -> list[tuple[str, list[str]]]:
    (person,) = list_people(cast.staff).rows
    return [
        (each.kind, [scan.file_name for scan in each.scans])
        for each in documents_of_person(cast.staff, person.person_id)
    ]


def test_doubtful_fields_carry_a_word(cast: Cast) -> None:
    app = screen("sam")
    drop(app, sample("noisy", 2).content)
    assert ":orange-badge[read with doubts]" in set(texts_of(app))
    marked = [each.label.split(" :")[0] for each in app.text_input if "[compare]" in each.label]
    assert "Passport number" in marked


def test_a_photo_of_something_else_leaves_the_form_to_be_typed(cast: Cast) -> None:
    app = screen("sam")
    drop(app, no_passport())
    assert ":red-badge[not read]" in set(texts_of(app))
    assert any(text.startswith("No machine-readable lines were found.") for text in texts_of(app))
    assert field(app, "Surname") == ""
    # It may be of anything, so that it becomes nobody's passport unless somebody wants it to.
    assert app.checkbox[0].value is False


def test_a_damaged_file_is_refused_in_words_that_stay(cast: Cast) -> None:
    app = screen("sam")
    drop(app, b"\xff\xd8\xff and no more")
    sentence = "The file is damaged and cannot be opened"
    assert [sentence in error.value for error in app.error] == [True]
    app.run()
    assert [sentence in error.value for error in app.error] == [True]


def test_pasted_lines_take_the_place_of_a_scan_and_the_other_way_round(cast: Cast) -> None:
    app = screen("sam")
    drop(app, sample("skewed", 1).content)
    app.text_area[0].set_value(PAKISTAN)
    next(each for each in app.button if each.label == "Read the lines").click().run()
    assert field(app, "Surname") == "TESTOV"
    assert not [text for text in texts_of(app) if "data:image" in text]
    drop(app, sample("skewed", 1).content)
    assert field(app, "Surname") == "JAYAWARDENE"


def test_the_lines_of_a_visa_warn_of_its_number(cast: Cast) -> None:
    app = screen("sam")
    drop(app, sample("visa a", 1).content)
    assert ["This is a visa" in warning.value for warning in app.warning] == [True]


def test_the_pasted_lines_of_a_visa_warn_of_it_too(cast: Cast) -> None:
    app = screen("sam")
    app.text_area[0].set_value("\n".join(sample("visa b", 1).identity.lines()))
    press(app, "Read the lines")
    assert ["This is a visa" in warning.value for warning in app.warning] == [True]
    assert field(app, "Surname") != ""


def test_a_state_with_a_code_of_its_own_in_passports_has_its_name(cast: Cast) -> None:
    app = screen("sam")
    app.text_area[0].set_value(
        "P<D<<TESTOV<<KARIM<<<<<<<<<<<<<<<<<<<<<<<<<<\nC01X00T478D<<6408125F2702283<<<<<<<<<<<<<<<4"
    )
    press(app, "Read the lines")
    (state,) = [each for each in app.selectbox if each.label == "Nationality"]
    assert state.value == "D"
    assert state.format_func(state.value) == "Germany"


def press(app: AppTest, label: str) -> None:
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception


def chosen(app: AppTest, label: str) -> object:
    return next(each.value for each in app.selectbox if each.label == label)


def by_hand(app: AppTest) -> None:
    """Fill in somebody whose name and birth date are those of somebody else by then."""
    next(each for each in app.text_input if each.label.startswith("Surname")).set_value("HANDOV")
    next(each for each in app.selectbox if each.label == "Nationality").set_value("IND")
    next(each for each in app.date_input if each.label == "Born").set_value(dt.date(2004, 5, 5))


def asked(app: AppTest) -> list[str]:
    return [error.value for error in app.error if "the same person" in error.value]


def test_the_question_of_one_form_is_not_put_to_another(cast: Cast) -> None:
    app = screen("sam")
    by_hand(app)
    press(app, "Save")
    by_hand(app)
    press(app, "Save")
    assert len(asked(app)) == 1

    # Neither a family member nor the holder of the next passport is meant by it.
    app.segmented_control[0].set_value("other").run()
    assert not app.exception
    assert asked(app) == []
    app.segmented_control[0].set_value("student").run()
    assert len(asked(app)) == 1
    drop(app, sample("skewed", 1).content)
    assert asked(app) == []
    assert "Another person: save" not in [each.label for each in app.button]


def test_the_form_is_empty_for_the_next_but_for_the_place_of_the_one_before(cast: Cast) -> None:
    app = screen("sam")
    next(each for each in app.text_input if each.label.startswith("Surname")).set_value("HANDOV")
    next(each for each in app.selectbox if each.label == "Nationality").set_value("IND")
    next(each for each in app.selectbox if each.label == "Faculty").set_value(cast.dentistry)
    next(each for each in app.text_input if each.label == "Contract number").set_value("К-17")
    next(each for each in app.text_input if each.label == "Programme").set_value("Dentistry")
    press(app, "Save")
    press(app, "Next person")
    assert [field(app, name) for name in ("Surname", "Contract number", "Programme")] == [
        "",
        "",
        "Dentistry",
    ]
    assert chosen(app, "Nationality") is None
    assert chosen(app, "Faculty") == cast.dentistry
    assert "As the student before him had it; correct what differs." in set(texts_of(app))
