"""Visas as records: which takes the place of which, and what each asks to be done."""

from dataclasses import replace
from datetime import date

import pytest

from core.errors import Conflict, NotFound
from core.services.cards import PersonCard, person_card
from core.services.case_gaps import gaps_of_person
from core.services.case_views import CaseView, cases_of_person
from core.services.cases import open_by_hand
from core.services.passports import add_passport
from core.services.people import register_student
from core.services.person_forms import VisaForm
from core.services.registrations import RegistrationForm, add_registration
from core.services.rule_changes import RuleChange, change_rule
from core.services.rule_views import unset_terms
from core.services.trips import TripForm, add_trip, trips_of_person, withdraw_trip
from core.services.visas import (
    add_earlier_visa,
    add_visa,
    annul_visa,
    carry_over_visa,
    change_visa,
)
from core.terms import (
    CaseKind,
    CaseOutcome,
    DueGap,
    PersonFact,
    RuleAnchor,
    RuleUnit,
    TripWarning,
    VisaEntries,
    VisaStatus,
)
from tests.cast import TODAY, Cast, enrol, passport, student
from tests.services.test_crossings import IN, OUT, cross
from tests.services.test_person_records import faults_of
from tests.services.test_rule_changes import refusal_of

REGISTRATION, EXTENSION = CaseKind.REGISTRATION, CaseKind.STUDY_VISA_EXTENSION
ISSUED = date(2026, 8, 31)


def visa(category: str = "S", **changes: object) -> VisaForm:
    form = VisaForm(
        category=category,
        entries=VisaEntries.MULTIPLE,
        valid_from=ISSUED,
        valid_until=date(2027, 8, 30),
    )
    return replace(form, **changes)


def card(cast: Cast, person_id: int) -> PersonCard:
    return person_card(cast.staff, person_id)


def open_cases(cast: Cast, person_id: int) -> dict[CaseKind, CaseView]:
    cases = cases_of_person(cast.staff, person_id)
    return {case.kind: case for case in cases if case.closed_at is None}


def registered(cast: Cast, person_id: int, day: str) -> None:
    add_registration(cast.staff, person_id, RegistrationForm(registered_on=date.fromisoformat(day)))


def extended(cast: Cast, person_id: int) -> int:
    """Register the entry of a student, then give him a study visa in the place of his first."""
    registered(cast, person_id, "2026-08-30")
    return add_visa(cast.staff, person_id, visa())


# Exit visas and letters of the past


def test_an_exit_visa_replaces_the_active_one_and_ends_the_extension(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert EXTENSION in open_cases(cast, person_id)
    add_visa(cast.staff, person_id, visa("L", valid_until=date(2026, 9, 10)))
    statuses = {each.category: each.status for each in card(cast, person_id).visas}
    assert statuses == {"S": VisaStatus.REPLACED, "L": VisaStatus.EXIT}
    assert set(open_cases(cast, person_id)) == {REGISTRATION}
    (extension,) = (c for c in cases_of_person(cast.staff, person_id) if c.kind is EXTENSION)
    assert extension.outcome is CaseOutcome.WITHDRAWN
    assert PersonFact.VISA not in card(cast, person_id).missing
    # Whoever is given a study visa after all is asked for its extension again.
    add_visa(cast.staff, person_id, visa())
    assert sorted((each.category, each.status) for each in card(cast, person_id).visas) == [
        ("L", VisaStatus.REPLACED),
        ("S", VisaStatus.ACTIVE),
        ("S", VisaStatus.REPLACED),
    ]
    assert EXTENSION in open_cases(cast, person_id)


def test_a_visa_corrected_to_the_letter_of_exit_is_an_exit_visa(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    (held,) = card(cast, person_id).visas
    change_visa(cast.staff, held.visa_id, visa("L"), version=held.version)
    (held,) = card(cast, person_id).visas
    assert held.status is VisaStatus.EXIT
    annul_visa(cast.staff, held.visa_id, reason="A mistake", version=held.version)
    (held,) = card(cast, person_id).visas
    assert held.status is VisaStatus.ANNULLED
    change_visa(cast.staff, held.visa_id, visa("L", number="7"), version=held.version)
    assert card(cast, person_id).visas[0].status is VisaStatus.ANNULLED


def test_an_abolished_letter_is_history_only(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    old = visa("B", valid_from=date(2024, 3, 1), valid_until=date(2024, 5, 29))
    assert faults_of(add_visa, cast.staff, person_id, old) == ["visa.category.abolished"]
    form = student(cast.medicine, visa=old, passport=passport(number="ZZ9", surname="OTHER"))
    assert faults_of(register_student, cast.staff, form) == ["visa.category.abolished"]
    visa_id = add_earlier_visa(cast.staff, person_id, old)
    earlier = next(each for each in card(cast, person_id).visas if each.visa_id == visa_id)
    assert (earlier.status, earlier.passport_id) == (VisaStatus.REPLACED, None)
    assert card(cast, person_id).visa_in_force.category == "S"
    change_visa(cast.staff, visa_id, replace(old, number="77"), version=earlier.version)
    assert faults_of(add_earlier_visa, cast.staff, person_id, visa("QQ")) == [
        "visa.category.unknown"
    ]


# After an extension


def test_an_extension_opens_a_registration_without_an_invented_term(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    extended(cast, person_id)
    case = open_cases(cast, person_id)[REGISTRATION]
    assert (case.due, case.gap, case.follows_visa) == (None, DueGap.NO_TERM, True)
    assert gaps_of_person(cast.dean, person_id) == (REGISTRATION,)
    with pytest.raises(NotFound):
        gaps_of_person(cast.other_dean, person_id)


def test_a_registration_since_the_issue_closes_it_and_one_before_does_not(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    extended(cast, person_id)
    registered(cast, person_id, "2026-08-30")
    assert REGISTRATION in open_cases(cast, person_id)
    registered(cast, person_id, "2026-08-31")
    assert REGISTRATION not in open_cases(cast, person_id)
    assert gaps_of_person(cast.staff, person_id) == ()


def test_a_first_study_visa_is_no_extension(cast: Cast) -> None:
    first = VisaForm(category="J", entries=VisaEntries.SINGLE, valid_until=date(2026, 11, 26))
    person_id = enrol(cast.staff, cast.medicine, visa=first)
    extended(cast, person_id)
    assert REGISTRATION not in open_cases(cast, person_id)


def test_an_open_registration_of_the_entry_stays_the_one_that_is_open(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    before = open_cases(cast, person_id)[REGISTRATION]
    add_visa(cast.staff, person_id, visa())
    after = open_cases(cast, person_id)[REGISTRATION]
    assert (after.case_id, after.due.on) == (before.case_id, date(2026, 9, 7))
    registered(cast, person_id, "2026-09-01")
    assert REGISTRATION not in open_cases(cast, person_id)


def test_the_head_sets_the_term_and_the_open_case_has_its_date(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    extended(cast, person_id)
    assert [draft.code for draft in unset_terms(cast.staff)] == [
        "registration.after_visa",
        "status.notice",
    ]
    change_rule(
        cast.head,
        RuleChange(
            code="registration.after_visa",
            anchor=RuleAnchor.VISA_ISSUE,
            amount=3,
            unit=RuleUnit.WORKING_DAYS,
            in_force_from=date(2026, 1, 1),
            source="A fictitious act",
        ),
    )
    assert [draft.code for draft in unset_terms(cast.staff)] == ["status.notice"]
    other = enrol(cast.staff, cast.medicine, passport=passport(number="ZZ9", surname="OTHER"))
    extended(cast, other)
    # The day of issue is day 0; the working days 1, 2 and 3 September follow.
    case = open_cases(cast, other)[REGISTRATION]
    assert (case.due.on, case.gap) == (date(2026, 9, 3), None)
    entered = enrol(cast.staff, cast.medicine, passport=passport(number="ZZ8", surname="ENTERED"))
    assert open_cases(cast, entered)[REGISTRATION].due.on == date(2026, 9, 7)


# A new passport


def test_a_new_passport_asks_for_the_carry_over_until_it_is_noted(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert card(cast, person_id).visa_to_carry_over is None
    add_passport(cast.staff, person_id, passport(number="ZZ2"))
    held = card(cast, person_id).visa_to_carry_over
    assert held is not None
    late = {"carried_over_on": date(2026, 9, 2), "version": held.version}
    assert refusal_of(carry_over_visa, cast.staff, held.visa_id, **late) == "visa.carry.future"
    carry_over_visa(cast.staff, held.visa_id, carried_over_on=TODAY, version=held.version)
    now = card(cast, person_id)
    assert now.visa_to_carry_over is None
    (current, _earlier) = now.passports
    assert (now.visas[0].passport_id, now.visas[0].carried_over_on) == (
        current.passport_id,
        TODAY,
    )
    with pytest.raises(Conflict):
        carry_over_visa(cast.staff, held.visa_id, carried_over_on=TODAY, version=held.version)
    again = {"carried_over_on": TODAY, "version": now.visas[0].version}
    assert refusal_of(carry_over_visa, cast.staff, held.visa_id, **again) == "visa.carry.not_needed"


def test_a_visa_of_the_past_need_not_be_carried_over(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    (held,) = card(cast, person_id).visas
    annul_visa(cast.staff, held.visa_id, reason="Transferred", version=held.version)
    add_passport(cast.staff, person_id, passport(number="ZZ2"))
    assert card(cast, person_id).visa_to_carry_over is None


# Planned trips


def trip(first: str, last: str, note: str = "") -> TripForm:
    return TripForm(
        leaves_on=date.fromisoformat(first), returns_on=date.fromisoformat(last), note=note
    )


def test_a_trip_on_a_single_entry_visa_warns_until_it_is_taken_back(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    trip_id = add_trip(cast.staff, person_id, trip("2026-11-01", "2026-11-27", " wedding "))
    (seen,) = trips_of_person(cast.staff, person_id)
    assert seen.note == "wedding"
    assert seen.warnings == (TripWarning.ENTRIES_USED_UP, TripWarning.VISA_ENDS)
    # The dean's office is told of the trip and not of the department's note.
    (told,) = trips_of_person(cast.dean, person_id)
    assert (told.note, told.warnings) == ("", seen.warnings)
    with pytest.raises(NotFound):
        trips_of_person(cast.other_dean, person_id)
    withdraw_trip(cast.staff, trip_id, version=seen.version)
    assert trips_of_person(cast.staff, person_id) == ()
    with pytest.raises(Conflict):
        withdraw_trip(cast.staff, trip_id, version=seen.version)


def test_of_two_entries_each_crossing_and_each_earlier_trip_takes_one(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_visa(cast.staff, person_id, visa(entries=VisaEntries.DOUBLE, valid_from=date(2026, 8, 1)))
    for first, last in (("2026-10-01", "2026-10-05"), ("2026-12-01", "2026-12-05")):
        add_trip(cast.staff, person_id, trip(first, last))
    assert [each.warnings for each in trips_of_person(cast.staff, person_id)] == [
        (),
        (TripWarning.ENTRIES_USED_UP,),
    ]
    cross(cast, person_id, OUT, "2026-08-29")
    cross(cast, person_id, IN, "2026-08-30")
    assert [each.warnings for each in trips_of_person(cast.staff, person_id)] == [
        (TripWarning.ENTRIES_USED_UP,),
        (TripWarning.ENTRIES_USED_UP,),
    ]


def test_a_trip_that_cannot_be_is_refused_and_one_that_is_over_is_gone(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    bare = TripForm(leaves_on=TODAY, returns_on=None)
    assert refusal_of(add_trip, cast.staff, person_id, bare) == "trip.day.missing"
    wrong = trip("2026-08-31", "2026-08-30")
    assert faults_of(add_trip, cast.staff, person_id, wrong) == ["trip.reversed", "trip.past"]
    add_trip(cast.staff, person_id, trip("2026-08-20", "2026-09-01"))
    assert len(trips_of_person(cast.staff, person_id)) == 1


def test_an_exit_visa_leads_nobody_back(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_visa(cast.staff, person_id, visa("L"))
    add_trip(cast.staff, person_id, trip("2026-10-01", "2026-10-05"))
    (seen,) = trips_of_person(cast.staff, person_id)
    assert seen.warnings == (TripWarning.EXIT_VISA,)


def test_a_case_opened_by_hand_without_an_entry_lacks_a_fact_and_no_rule(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, entered_on=None, visa=None)
    open_by_hand(cast.staff, person_id, REGISTRATION)
    case = open_cases(cast, person_id)[REGISTRATION]
    assert (case.due, case.gap) == (None, None)


def test_the_term_counts_from_the_visa_that_called_for_the_registration(cast: Cast) -> None:
    change_rule(
        cast.head,
        RuleChange(
            code="registration.after_visa",
            anchor=RuleAnchor.VISA_ISSUE,
            amount=3,
            unit=RuleUnit.WORKING_DAYS,
            in_force_from=date(2026, 1, 1),
            source="A fictitious act",
        ),
    )
    person_id = enrol(cast.staff, cast.medicine)
    extended(cast, person_id)
    add_visa(cast.staff, person_id, visa(valid_from=TODAY, valid_until=date(2027, 8, 31)))
    assert open_cases(cast, person_id)[REGISTRATION].due.on == date(2026, 9, 3)


def test_the_visa_that_was_asked_for_ends_its_case_and_the_next_one_begins(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    before = open_cases(cast, person_id)[CaseKind.STUDY_VISA_EXTENSION]
    add_visa(cast.staff, person_id, visa(valid_until=date(2027, 8, 31)))
    after = open_cases(cast, person_id)[CaseKind.STUDY_VISA_EXTENSION]
    done = next(c for c in cases_of_person(cast.staff, person_id) if c.case_id == before.case_id)
    assert done.outcome is CaseOutcome.DONE
    assert after.due is not None
    # Thirty days before the new visa ends.
    assert (after.case_id != before.case_id, after.due.on) == (True, date(2027, 8, 1))


def test_a_first_study_visa_ends_the_case_of_the_first_and_opens_the_extension(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, visa=None)
    assert CaseKind.STUDY_VISA in open_cases(cast, person_id)
    add_visa(cast.staff, person_id, visa(valid_until=date(2027, 8, 31)))
    kinds = set(open_cases(cast, person_id))
    assert CaseKind.STUDY_VISA not in kinds
    assert CaseKind.STUDY_VISA_EXTENSION in kinds


def test_a_visa_of_entry_ends_no_study_case(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, visa=None)
    before = open_cases(cast, person_id)[CaseKind.STUDY_VISA]
    add_visa(cast.staff, person_id, visa("J", valid_until=date(2027, 8, 31)))
    assert open_cases(cast, person_id)[CaseKind.STUDY_VISA].case_id == before.case_id


def test_an_exit_visa_ends_the_case_that_asked_for_it(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    case_id = open_by_hand(cast.staff, person_id, CaseKind.EXIT_VISA)
    add_visa(cast.staff, person_id, visa("L", valid_until=date(2026, 10, 1)))
    assert CaseKind.EXIT_VISA not in open_cases(cast, person_id)
    ended = next(c for c in cases_of_person(cast.staff, person_id) if c.case_id == case_id)
    assert ended.outcome is CaseOutcome.DONE


def test_a_visa_corrected_to_the_letter_of_exit_ends_the_case_that_asked_for_it(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    case_id = open_by_hand(cast.staff, person_id, CaseKind.EXIT_VISA)
    for number, is_open in (("V1", True), ("V2", False)):
        known = card(cast, person_id).visas[0]
        form = visa("S" if is_open else "L", valid_until=date(2026, 10, 1), number=number)
        change_visa(cast.staff, known.visa_id, form, version=known.version)
        assert (CaseKind.EXIT_VISA in open_cases(cast, person_id)) is is_open
    ended = next(c for c in cases_of_person(cast.staff, person_id) if c.case_id == case_id)
    assert ended.outcome is CaseOutcome.DONE


def test_the_visa_that_an_extension_is_of_does_not_end_it_when_it_becomes_known(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, visa=None)
    case_id = open_by_hand(cast.staff, person_id, CaseKind.STUDY_VISA_EXTENSION)
    add_visa(cast.staff, person_id, visa(valid_until=date(2026, 10, 1)))
    assert open_cases(cast, person_id)[CaseKind.STUDY_VISA_EXTENSION].case_id == case_id
