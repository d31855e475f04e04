"""People who may be one and the same: found, compared, told apart."""

from datetime import date

import pytest
import sqlalchemy as sa

from core import clock
from core.errors import DomainError, NotFound, Refused
from core.rules.names import name_key
from core.services.cards import person_card
from core.services.comparisons import ComparedFact, compare, compare_with_form
from core.services.consequences import follow_up
from core.services.duplicates import (
    find_by_number,
    possible_duplicates,
    possible_duplicates_of,
    tell_apart,
)
from core.services.newcomers import add_students
from core.services.passports import change_passport
from core.terms import EnrolmentStatus, ResidenceKind
from db.engine import reading, writing
from db.models.audit import AuditEntry
from db.models.duplicates import NotTheSame
from db.models.people import Passport, Person
from tests.cast import Cast, enrol, passport, student


def register(cast: Cast, number: str, **changes: object) -> int:
    form = passport(number=number, **changes)
    return enrol(cast.staff, cast.medicine, passport=form, is_new_person=True)


def undecided(cast: Cast) -> list[tuple[int, int]]:
    return [
        (pair.first.person_id, pair.second.person_id)
        for pair in possible_duplicates(cast.staff).rows
    ]


def forget_decisions() -> None:
    with writing() as session:
        session.execute(sa.delete(NotTheSame))


def test_the_same_folded_name_and_birth_date_is_a_pair(cast: Cast) -> None:
    first = register(cast, "ZZ1")
    second = register(cast, "ZZ2", surname="Téstov", given_names="Karim")
    third = register(cast, "ZZ3", surname="ТЕСТОВ", given_names="КАРИМ")
    register(cast, "ZZ4", birth_date=date(2004, 3, 1))
    register(cast, "ZZ5", given_names="KARIMA")
    forget_decisions()
    assert undecided(cast) == [(first, third), (second, third), (first, second)]
    assert all(pair.is_namesake for pair in possible_duplicates(cast.staff).rows)
    assert [each.person_id for each in possible_duplicates_of(cast.staff, second)] == [first, third]


def test_people_of_unknown_birth_date_are_no_pair(cast: Cast) -> None:
    first, _second = register(cast, "ZZ1", birth_date=None), register(cast, "ZZ2", birth_date=None)
    assert undecided(cast) == []
    assert possible_duplicates_of(cast.staff, first) == ()


def test_one_number_under_two_states_is_a_pair(cast: Cast) -> None:
    first = register(cast, "ZZ1")
    other = {"surname": "OTHER", "birth_date": date(2001, 1, 1)}
    second = register(cast, "ZZ1", issuing_state="IND", nationality="IND", **other)
    (pair,) = possible_duplicates(cast.staff).rows
    assert (pair.first.person_id, pair.second.person_id) == (first, second)
    assert not pair.is_namesake
    assert [each.person_id for each in possible_duplicates_of(cast.staff, second)] == [first]
    with writing() as session:
        for held in session.scalars(sa.select(Passport).filter_by(person_id=second)):
            held.voided_at, held.is_current = clock.utc_now(), False
        follow_up(session, cast.staff, second)
    assert undecided(cast) == []
    assert possible_duplicates_of(cast.staff, first) == ()


def test_a_closed_record_is_in_no_pair(cast: Cast) -> None:
    first, second = register(cast, "ZZ1"), register(cast, "ZZ2")
    forget_decisions()
    with writing() as session:
        session.get_one(Person, second).closed_at = clock.utc_now()
    assert undecided(cast) == []
    assert possible_duplicates_of(cast.staff, first) == ()


def test_a_corrected_passport_makes_a_pair_and_unmakes_it(cast: Cast) -> None:
    first = register(cast, "ZZ1")
    second = register(cast, "ZZ2", birth_date=date(2004, 2, 28))
    assert undecided(cast) == []
    (held,) = person_card(cast.staff, second).passports
    change_passport(cast.staff, held.passport_id, passport(number="ZZ2"), version=held.version)
    assert undecided(cast) == [(first, second)]
    (held,) = person_card(cast.staff, second).passports
    wrong = passport(number="ZZ2", birth_date=date(2004, 2, 28))
    change_passport(cast.staff, held.passport_id, wrong, version=held.version)
    assert undecided(cast) == []
    assert possible_duplicates_of(cast.staff, first) == ()


def test_many_at_once_are_paired_with_whoever_is_here(cast: Cast) -> None:
    here = register(cast, "ZZ1")
    forms = [
        student(cast.medicine, passport=passport(number="ZZ2")),
        student(cast.medicine, passport=passport(number="ZZ3", birth_date=date(2004, 2, 28))),
        student(cast.medicine, passport=passport(number="ZZ3", issuing_state="IND", surname="B")),
    ]
    with writing() as session:
        same, other, third = (person.id for person in add_students(session, cast.staff, forms))
    assert undecided(cast) == [(other, third), (here, same)]


def test_who_was_said_to_be_another_person_at_intake_is_not_asked_about_again(cast: Cast) -> None:
    first = register(cast, "ZZ1")
    second = register(cast, "ZZ2")
    assert undecided(cast) == []
    with reading() as session:
        decision = session.get_one(NotTheSame, (first, second))
        assert decision.decided_by == "Sam"


def test_two_told_apart_leave_the_list_once_and_for_all(cast: Cast) -> None:
    first, second = register(cast, "ZZ1"), register(cast, "ZZ2")
    forget_decisions()
    tell_apart(cast.staff, second, first)
    tell_apart(cast.head, first, second)
    assert undecided(cast) == []
    assert possible_duplicates_of(cast.staff, second) == ()
    told = sa.select(AuditEntry.person_id).filter_by(action="person.tell_apart", actor_name="sam")
    with reading() as session:
        entries = session.scalars(told.order_by(AuditEntry.sequence)).all()
    # At intake, and again after the decision was forgotten; on both records each time.
    assert entries == [first, second, first, second]


@pytest.mark.parametrize("same", [True, False])
def test_nobody_is_told_apart_from_himself_or_from_nobody(cast: Cast, same: bool) -> None:
    first = register(cast, "ZZ1")
    with pytest.raises(DomainError) as refusal:
        tell_apart(cast.staff, first, first if same else 999_999)
    assert refusal.value.code == ("person.same_record" if same else "not_found")


def test_pages_beyond_the_last_are_the_last(cast: Cast) -> None:
    first, second = register(cast, "ZZ1"), register(cast, "ZZ2")
    forget_decisions()
    page = possible_duplicates(cast.staff, page=7)
    assert (page.number, page.total, len(page.rows)) == (1, 1, 1)
    assert (page.rows[0].first.person_id, page.rows[0].second.person_id) == (first, second)


def test_a_number_finds_its_holder_and_nobody_else(cast: Cast) -> None:
    first = register(cast, "ZZ1234567")
    assert find_by_number(cast.staff, " zz1234567 ") == first
    assert find_by_number(cast.staff, str(first)) == first
    register(cast, "ZZ1234567", issuing_state="IND", nationality="IND", surname="OTHER")
    for unknown in ("ZZ1234567", "ZZ123", "", "999999", "99999999999999999999", "١"):
        with pytest.raises(DomainError) as refusal:
            find_by_number(cast.staff, unknown)
        assert refusal.value.code == "person.number.unknown"


def test_two_records_are_compared_fact_by_fact(cast: Cast) -> None:
    first = register(cast, "ZZ1")
    second = enrol(
        cast.staff,
        cast.dentistry,
        passport=passport(number="ZZ2", expires_on=None),
        phone="+996 555 000 001",
        course=2,
        residence=ResidenceKind.HOSTEL,
        is_new_person=True,
    )
    comparison = compare(cast.staff, first, second)
    lines = {line.fact: (line.first, line.second, line.differs) for line in comparison.lines}
    assert set(lines) == set(ComparedFact)
    assert lines[ComparedFact.NAME] == ("TESTOV KARIM", "TESTOV KARIM", False)
    assert lines[ComparedFact.PASSPORT] == ("PAK ZZ1", "PAK ZZ2", True)
    # What one of them does not say is no difference.
    assert lines[ComparedFact.PASSPORT_EXPIRY] == (date(2030, 5, 14), None, False)
    assert lines[ComparedFact.PHONE] == ("", "+996 555 000 001", False)
    assert lines[ComparedFact.FACULTY] == (cast.medicine, cast.dentistry, True)
    assert lines[ComparedFact.STATUS] == (EnrolmentStatus.ARRIVED, EnrolmentStatus.ARRIVED, False)
    assert lines[ComparedFact.RESIDENCE] == (ResidenceKind.FLAT, ResidenceKind.HOSTEL, True)
    assert lines[ComparedFact.ENTRY] == (date(2026, 8, 28), date(2026, 8, 28), False)
    assert lines[ComparedFact.CASES] == (2, 2, False)
    assert comparison.first is not None
    assert (comparison.first.person_id, comparison.second.person_id) == (first, second)
    assert comparison.second.registered_on == date(2026, 9, 1)


def test_a_form_is_compared_with_the_record_that_is_here(cast: Cast) -> None:
    person_id = register(cast, "ZZ1")
    form = student(cast.medicine, passport=passport(number="ZZ2", surname="Testov"))
    comparison = compare_with_form(cast.staff, form, person_id)
    lines = {line.fact: (line.first, line.second) for line in comparison.lines}
    assert comparison.first is None
    assert lines[ComparedFact.NAME] == ("Testov KARIM", "TESTOV KARIM")
    assert lines[ComparedFact.CITIZENSHIP] == ("PK", "PK")
    assert lines[ComparedFact.PASSPORT] == ("PAK ZZ2", "PAK ZZ1")
    assert ComparedFact.NOTES not in lines


def test_who_compares_has_seen_both_and_is_in_the_log_once(cast: Cast) -> None:
    first, second = register(cast, "ZZ1"), register(cast, "ZZ2")
    compare(cast.staff, first, second)
    compare(cast.staff, second, first)
    seen = sa.select(AuditEntry.person_id).filter_by(action="person.compare")
    with reading() as session:
        assert session.scalars(seen.order_by(AuditEntry.sequence)).all() == [first, second]


def test_one_record_and_nobody_are_not_compared(cast: Cast) -> None:
    first = register(cast, "ZZ1")
    with pytest.raises(DomainError) as refusal:
        compare(cast.staff, first, first)
    assert refusal.value.code == "person.same_record"
    with pytest.raises(NotFound):
        compare(cast.staff, first, 999_999)


def test_a_dean_learns_nothing_from_the_question(cast: Cast) -> None:
    elsewhere = enrol(cast.staff, cast.dentistry)
    form = student(cast.medicine)
    for attempt in (
        lambda: enrol(cast.dean, cast.medicine),
        lambda: enrol(cast.dean, cast.medicine, passport=passport(number="ZZ2")),
        lambda: possible_duplicates(cast.dean),
        lambda: possible_duplicates_of(cast.dean, elsewhere),
        lambda: find_by_number(cast.dean, "ZZ1234567"),
        lambda: find_by_number(cast.dean, "NOBODY"),
        lambda: compare(cast.dean, elsewhere, 999_999),
        lambda: compare_with_form(cast.dean, form, elsewhere),
        lambda: tell_apart(cast.dean, elsewhere, 999_999),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert set(refusal.value.values) == {"permission"}


def test_a_name_longer_than_an_index_takes_is_cut(cast: Cast) -> None:
    # One letter of Arabic that folds into eighteen.
    assert len(name_key("\ufdfa" * 100, "\ufdfa" * 100)) == 400
    first = register(cast, "ZZ1", surname="\ufdfa" * 100)
    second = register(cast, "ZZ2", surname="\ufdfa" * 100)
    forget_decisions()
    assert undecided(cast) == [(first, second)]
