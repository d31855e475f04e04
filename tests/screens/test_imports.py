"""A checked list on its screen: what it would change, and who in it may be somebody registered."""

from core.jobs.work import work_until_nothing_waits
from core.services.imports.judging import Namesakes
from core.services.imports.views import batch_view
from tests.cast import Cast, enrol, passport
from tests.screens.shown import run_screen, texts_of
from tests.screens.test_duplicates import press, said
from tests.services.test_imports import HEADINGS, checked, counts

HEAD = (*HEADINGS, "Course")
OWN = ("Testov", "Karim", "M", "29.02.2004", "Pakistan", "ZZ1234567", 3)
TWIN = ("Novak", "Karim", "M", "29.02.2004", "Pakistan", "PK7777777", 2)


def test_what_changes_is_shown_field_by_field(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    batch = checked(cast.staff, HEAD, OWN)
    app = run_screen("imports", cast.staff, batch=str(batch.batch_id))
    assert "What changes of 1 person" in [expander.label for expander in app.expander]
    texts = list(texts_of(app))
    place = texts.index("TESTOV KARIM")
    assert texts[place : place + 4] == ["TESTOV KARIM", "Course", "1", "3"]


def test_a_namesake_is_shown_side_by_side_and_answered(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine, passport=passport(surname="NOVAK"))
    batch = checked(cast.staff, HEAD, TWIN)
    app = run_screen("imports", cast.staff, batch=str(batch.batch_id))
    table = next(each.value for each in app.markdown if "The record that is here" in each.value)
    assert "PK•••••77" in table
    assert "ZZ•••••67" in table
    assert "ZZ1234567" not in said(app)
    app.radio(key=f"import_{batch.batch_id}_pairs_2").set_value(Namesakes.SAME)
    press(app, "Save the answers")
    work_until_nothing_waits()
    assert counts(batch_view(cast.staff, batch.batch_id)) == (0, 1, 0, 0)


def test_without_namesakes_nothing_is_asked(cast: Cast) -> None:
    batch = checked(cast.staff, HEAD, TWIN)
    app = run_screen("imports", cast.staff, batch=str(batch.batch_id))
    assert "Save the answers and check again" not in [button.label for button in app.button]
