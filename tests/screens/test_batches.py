"""The screen of batches, and what a case's panel says of them, by who looks."""

import pytest

from core.permissions import Actor
from core.services.batch_answers import Reply, record_answers
from core.terms import BatchAnswer, Language
from tests.cast import TODAY, Cast
from tests.screens.shown import run_screen, texts_of
from tests.screens.test_screens import catalogue
from tests.services.batch_cases import case_of, gathered, ready, seen, submitted


def said_to(actor: Actor, name: str, **address: str) -> str:
    app = run_screen(name, actor, **address)
    assert not app.exception
    return " ".join(texts_of(app)).replace("\\", "")


def test_a_batch_shows_how_it_stands(cast: Cast) -> None:
    first, second = ready(cast, "ALFA", "BETA", step="scnb")
    batch_id = submitted(cast, [first, second])
    reply = Reply(answer=BatchAnswer.RETURNED, answered_on=TODAY, reason="the photo is grey")
    record_answers(cast.head, batch_id, seen(cast, [first]), reply)
    listed = said_to(cast.staff, "batches")
    assert "1 of 2" in listed
    assert "DCS of the MFA" in listed
    said = said_to(cast.staff, "batches", batch=str(batch_id))
    for part in ("Answers: 1 of 2", "ALFA KARIM", "the photo is grey", "no answer yet", "Helen"):
        assert part in said


def test_the_rector_reads_a_batch_and_is_offered_no_paper_and_no_act(cast: Cast) -> None:
    batch_id = gathered(cast, ready(cast, "ALFA"))
    office = run_screen("batches", cast.staff, batch=str(batch_id))
    rector = run_screen("batches", cast.rector, batch=str(batch_id))
    links = [element.proto.url for element in office.get("link_button")]
    assert f"/letters/batches/{batch_id}/persons.pdf?lang=ky" in links
    assert f"/files/batches/{batch_id}/scnb.xlsx" in links
    assert rector.get("link_button") == []
    assert [button.label for button in rector.button] == ["All batches"]
    assert "ALFA KARIM" in " ".join(texts_of(rector))


def test_a_case_tells_its_batch_to_the_office_and_not_to_the_dean(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA")
    batch_id = gathered(cast, [case_id])
    address = {"person": str(case_of(cast, case_id).person_id), "case": str(case_id)}
    told = f"Batch {batch_id}, not submitted yet: SCNB (GKNB)"
    assert told in said_to(cast.staff, "students", **address)
    assert told in said_to(cast.rector, "students", **address)
    assert "Batch" not in said_to(cast.dean, "students", **address)


def test_the_tracker_tells_which_batch_a_case_waits_in_but_not_to_the_dean(cast: Cast) -> None:
    gathered(cast, ready(cast, "ALFA"))
    address = {"procedure": "study_visa_ext", "step": "department"}
    assert "Batch" in said_to(cast.staff, "tracker", **address)
    assert "Batch" not in said_to(cast.dean, "tracker", **address)


@pytest.mark.parametrize("language", [Language.RUSSIAN, Language.KYRGYZ])
def test_no_english_is_left_on_a_batch(cast: Cast, language: Language) -> None:
    english = {
        text
        for text, translated in catalogue(language).items()
        if "%(" not in text and len(text) > 3 and text != translated
    }
    first, second = ready(cast, "ALFA", "BETA", step="scnb")
    for batch_id in (submitted(cast, [first]), gathered(cast, [second], "dcs")):
        app = run_screen("batches", cast.staff, language=language, batch=str(batch_id))
        assert not app.exception
        assert english & set(texts_of(app)) == set()
    app = run_screen("batches", cast.staff, language=language, show="closed")
    assert english & set(texts_of(app)) == set()


def test_a_batch_that_is_not_there_is_told_so(cast: Cast) -> None:
    app = run_screen("batches", cast.staff, batch="999999")
    assert [error.value.replace("\\", "") for error in app.error] == [
        "This does not exist, or you have no access to it."
    ]
