"""What a card must not let anybody overlook, and who finds a way to do something about it."""

from dataclasses import replace
from datetime import date

from core.permissions import Actor
from core.services.enrolments import change_enrolment
from core.services.passports import add_passport
from core.services.person_forms import VisaForm
from core.services.trips import TripForm, add_trip
from core.services.visas import add_visa
from core.terms import EnrolmentStatus, VisaEntries
from tests.cast import Cast, enrol, passport
from tests.screens.shown import run_screen, texts_of
from tests.services.test_lives import make_step, place_of, step


def card(actor: Actor, person_id: int, tab: str) -> str:
    app = run_screen("students", actor, person=str(person_id), tab=tab)
    assert not app.exception
    return " ".join(texts_of(app)).replace("\\", "")


def exit_visa() -> VisaForm:
    return VisaForm(
        category="L",
        entries=VisaEntries.SINGLE,
        valid_from=date(2026, 8, 30),
        valid_until=date(2026, 9, 10),
    )


def test_an_exit_visa_stands_at_the_head_of_every_part(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_visa(cast.staff, person_id, exit_visa())
    for actor in (cast.staff, cast.dean, cast.rector):
        for tab in ("cases", "study"):
            assert "he must leave the country by 10 Sept 2026" in card(actor, person_id, tab)


def test_the_carry_over_is_offered_to_the_office_and_told_to_everybody(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_passport(cast.staff, person_id, passport(number="ZZ2"))
    for actor, is_offered in ((cast.staff, True), (cast.dean, False), (cast.rector, False)):
        said = card(actor, person_id, "passports")
        assert "it must be carried over into the current one" in said
        assert ("Carried over on…" in said) is is_offered


def test_a_trip_says_why_he_cannot_come_back_on_the_card_of_the_dean_too(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    form = TripForm(leaves_on=date(2026, 10, 1), returns_on=date(2026, 10, 20), note="SECRETNOTE")
    add_trip(cast.staff, person_id, form)
    for actor, sees_note in ((cast.staff, True), (cast.rector, True), (cast.dean, False)):
        said = card(actor, person_id, "crossings")
        assert "The visa does not admit once more after the exit." in said
        assert ("SECRETNOTE" in said) is sees_note
        assert ("Note a planned trip" in said) is (actor is cast.staff)


def test_a_transfer_in_names_the_visa_that_is_to_be_annulled(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    place = place_of(cast, person_id)
    known = replace(place.known, transferred_from="Fictitious Osh")
    change_enrolment(cast.staff, place.enrolment_id, known, version=place.version)
    said = card(cast.dean, person_id, "study")
    assert (
        "Transferred from Fictitious Osh: the visa S of that university is to be annulled" in said
    )


def test_a_notice_without_a_term_is_red_on_card_and_board(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    make_step(cast, person_id, step(EnrolmentStatus.STUDYING))
    make_step(cast, person_id, step(EnrolmentStatus.ON_LEAVE))
    for actor in (cast.staff, cast.dean, cast.rector):
        said = card(actor, person_id, "cases")
        assert "Notice of status change: not done yet, and no term is confirmed for it." in said
        assert "It tells of the change of 1 Sept 2026: on leave." in said
        board = run_screen("tracker", actor, procedure="status_notice")
        assert "no term confirmed" in " ".join(texts_of(board))


def test_only_the_head_sets_a_term_that_nobody_has_set(cast: Cast) -> None:
    for actor in (cast.head, cast.staff, cast.dean):
        app = run_screen("settings", actor, section="rules")
        said = " ".join(texts_of(app))
        assert "Registration after the extension of a visa" in said
        assert ("Set the term" in said) is (actor is cast.head)
