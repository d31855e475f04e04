"""Passports we hold, on their own screen and on the card: who sees what, and what can be done."""

from datetime import date

from core.rules.custody import HandOver
from core.services.cards import person_card
from core.services.custody import custody_of_person, hand_over
from core.terms import PassportHolder
from tests.cast import Cast, enrol
from tests.screens.shown import run_screen, texts_of


def taken_in(cast: Cast) -> int:
    person_id = enrol(cast.staff, cast.medicine)
    (held,) = person_card(cast.staff, person_id).passports
    known = HandOver(moved_on=date(2026, 8, 1), expected_back_on=date(2026, 8, 31))
    hand_over(cast.staff, held.passport_id, PassportHolder.DEPARTMENT, known, version=0)
    return person_id


def test_the_list_masks_the_number_and_the_rector_changes_nothing(cast: Cast) -> None:
    taken_in(cast)
    for reader in (cast.staff, cast.rector):
        app = run_screen("custody", reader)
        said = " ".join(texts_of(app))
        assert "ZZ•••••67" in said
        assert "ZZ1234567" not in said
        offers = [button.label for button in app.button]
        assert ("Take passports in" in offers) is (reader is cast.staff)


def test_passports_are_taken_in_by_number_and_the_others_say_why_not(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    app = run_screen("custody", cast.staff)
    next(each for each in app.button if each.label == "Take passports in").click().run()
    app.text_area[0].input("zz1234567\nUNKNOWN")
    next(each for each in app.button if each.label == "Take them in").click().run()
    said = " ".join(texts_of(app))
    assert "1 passport has changed hands" in said.replace("\\", "")
    assert "UNKNOWN: No passport has this number" in said.replace("\\", "")
    (now,) = custody_of_person(cast.staff, person_id).values()
    assert now.holder is PassportHolder.DEPARTMENT


def test_the_card_tells_the_office_and_the_rector_and_never_the_dean(cast: Cast) -> None:
    person_id = taken_in(cast)
    told = {}
    for actor in (cast.staff, cast.rector, cast.dean):
        app = run_screen("students", actor, person=str(person_id), tab="passports")
        assert not app.exception
        told[actor.username] = " ".join(texts_of(app)).replace("\\", "")
    for name in ("sam", "rita"):
        assert "In whose hands: the International Department" in told[name]
        assert "1 day overdue" in told[name]
    assert "In whose hands" not in told["dora"]
    assert "overdue" not in told["dora"]
