"""Records that contradict themselves: found at once, found at night, listed and counted."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.orm import Session

from core import clock
from core.services.cards import person_card
from core.services.consequences import follow_up
from core.services.enrolments import change_enrolment, enrolments_of_person
from core.services.exports import export_people
from core.services.follow_ups import follow_up_all
from core.services.people_list import DataQuality, PeopleFilter, data_quality, list_people
from core.services.stored_facts import refresh_chunk
from core.terms import Contradiction, CrossingDirection, ResidenceKind
from db.engine import reading, writing
from db.models.people import Crossing, Enrolment, Passport, Person, Registration, Residence, Visa
from tests.cast import Cast, enrol, passport
from tests.services.test_exports import rows

CONTRADICTING = PeopleFilter(is_contradicting=True)

#: A contract that ended the day before.
OVER = {"contract_from": date(2025, 9, 1), "contract_until": date(2026, 8, 31)}


def held_by(cast: Cast, person_id: int) -> tuple[Contradiction, ...]:
    return person_card(cast.staff, person_id).contradictions


def one(session: Session, table: type, person_id: int) -> object:
    return session.scalars(sa.select(table).filter_by(person_id=person_id)).one()


def visa_beyond_the_passport(session: Session, person_id: int) -> None:
    one(session, Visa, person_id).valid_until = date(2030, 5, 15)  # type: ignore[attr-defined]


def visa_left_in_the_old_passport(session: Session, person_id: int) -> None:
    old = one(session, Passport, person_id)
    one(session, Visa, person_id).passport_id = old.id  # type: ignore[attr-defined]
    old.is_current = False  # type: ignore[attr-defined]
    session.flush()
    new = passport(number=f"NEW{person_id}")
    session.add(
        Passport(
            person_id=person_id,
            number=new.number,
            issuing_state="PAK",
            nationality="PAK",
            surname="TESTOV",
            given_names="KARIM",
            sex=new.sex,
            birth_date=date(2004, 2, 28),
        )
    )


def became_a_citizen_here(session: Session, person_id: int) -> None:
    one(session, Passport, person_id).nationality = "KGZ"  # type: ignore[attr-defined]


def contract_is_over(session: Session, person_id: int) -> None:
    enrolment = one(session, Enrolment, person_id)
    enrolment.contract_until = date(2026, 8, 31)  # type: ignore[attr-defined]


def gone_since_spring(session: Session, person_id: int) -> None:
    session.execute(sa.delete(Crossing).filter_by(person_id=person_id, direction="out"))
    entry = one(session, Crossing, person_id)
    entry.crossed_on = date(2026, 1, 10)  # type: ignore[attr-defined]
    session.add(
        Crossing(person_id=person_id, direction=CrossingDirection.OUT, crossed_on=date(2026, 5, 3))
    )


def registered_while_away(session: Session, person_id: int) -> None:
    session.add(
        Crossing(person_id=person_id, direction=CrossingDirection.OUT, crossed_on=date(2026, 8, 29))
    )
    session.add(Registration(person_id=person_id, registered_on=date(2026, 8, 30)))


def consent_is_over(session: Session, person_id: int) -> None:
    one(session, Residence, person_id).consent_until = date(2026, 8, 31)  # type: ignore[attr-defined]


def moved_without_leaving(session: Session, person_id: int) -> None:
    session.add(Residence(person_id=person_id, kind=ResidenceKind.HOSTEL, address="12"))


def born_yesterday(session: Session, person_id: int) -> None:
    one(session, Passport, person_id).birth_date = date(2026, 8, 31)  # type: ignore[attr-defined]


def passport_issued_after_the_entry(session: Session, person_id: int) -> None:
    shown = one(session, Passport, person_id)
    shown.issued_on = date(2026, 8, 29)  # type: ignore[attr-defined]
    one(session, Crossing, person_id).passport_id = shown.id  # type: ignore[attr-defined]


CHANGES = {
    Contradiction.VISA_OUTLIVES_PASSPORT: visa_beyond_the_passport,
    Contradiction.VISA_IN_REPLACED_PASSPORT: visa_left_in_the_old_passport,
    Contradiction.VISA_OF_A_CITIZEN: became_a_citizen_here,
    Contradiction.STUDIES_WITHOUT_CONTRACT: contract_is_over,
    Contradiction.STUDIES_FROM_ABROAD: gone_since_spring,
    Contradiction.REGISTERED_WHILE_AWAY: registered_while_away,
    Contradiction.LIVES_WITHOUT_CONSENT: consent_is_over,
    Contradiction.LIVES_IN_TWO_PLACES: moved_without_leaving,
    Contradiction.NO_STUDENTS_AGE: born_yesterday,
    Contradiction.ENTERED_BEFORE_PASSPORT: passport_issued_after_the_entry,
}


def test_a_student_as_he_is_registered_contradicts_nothing(cast: Cast) -> None:
    assert held_by(cast, enrol(cast.staff, cast.medicine)) == ()


def test_every_contradiction_is_tried() -> None:
    assert set(CHANGES) == set(Contradiction)


@pytest.mark.parametrize("held", CHANGES)
def test_each_is_found_alone_with_many_and_at_night(cast: Cast, held: Contradiction) -> None:
    alone, together, at_night = (
        enrol(
            cast.staff,
            cast.medicine,
            is_new_person=True,
            passport=passport(number=f"ZZ{n}", birth_date=date(2004, 2, n)),
        )
        for n in (1, 2, 3)
    )
    with writing() as session:
        for person_id in (alone, together, at_night):
            CHANGES[held](session, person_id)
        session.flush()
        follow_up(session, cast.staff, alone)
        follow_up_all(session, cast.staff, [together])
    with writing() as session:
        # The sweep repeats no passport: what it says is written down with the change itself.
        person, shown = session.get_one(Person, at_night), one_current(session, at_night)
        person.birth_date = shown.birth_date
        person.citizenship = "KG" if shown.nationality == "KGZ" else "PK"
        session.flush()
        refresh_chunk(session, after_person_id=at_night - 1, limit=1)
    assert {held_by(cast, each) for each in (alone, together, at_night)} == {(held,)}


def one_current(session: Session, person_id: int) -> Passport:
    current = sa.select(Passport).filter_by(person_id=person_id, is_current=True)
    return session.scalars(current).one()


def test_a_day_that_passes_is_noticed_by_the_sweep(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, contract_until=date(2026, 9, 1))
    assert held_by(cast, person_id) == ()
    with time_machine.travel(clock.utc_now() + timedelta(days=1), tick=True):
        with writing() as session:
            refresh_chunk(session, after_person_id=0, limit=10)
        assert held_by(cast, person_id) == (Contradiction.STUDIES_WITHOUT_CONTRACT,)


def test_what_was_mended_is_told_no_more(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, **OVER)
    assert held_by(cast, person_id) == (Contradiction.STUDIES_WITHOUT_CONTRACT,)
    place = enrolments_of_person(cast.staff, person_id)[0]
    mended = replace(place.known, contract_until=date(2026, 9, 1))
    change_enrolment(cast.staff, place.enrolment_id, mended, version=place.version)
    assert held_by(cast, person_id) == ()
    with reading() as session:
        assert session.get_one(Person, person_id).contradiction_count == 0


def test_they_are_listed_and_counted_within_the_scope(cast: Cast) -> None:
    medic = enrol(cast.staff, cast.medicine, **OVER)
    enrol(cast.staff, cast.medicine, passport=passport(number="ZZ2", surname="SOUND"))
    dentist = enrol(
        cast.staff,
        cast.dentistry,
        passport=passport(number="ZZ3", surname="DENTIST"),
        **OVER,
    )

    def listed(actor: object) -> set[int]:
        page = list_people(actor, CONTRADICTING)  # type: ignore[arg-type]
        return {line.person_id for line in page.rows}

    assert listed(cast.staff) == {medic, dentist}
    assert listed(cast.dean) == {medic}
    assert data_quality(cast.staff) == DataQuality(incomplete=3, contradicting=2)
    assert data_quality(cast.dean) == DataQuality(incomplete=2, contradicting=1)
    assert data_quality(cast.other_dean) == DataQuality(incomplete=1, contradicting=1)


def test_the_file_of_the_list_says_what_contradicts_itself(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine, **OVER)
    enrol(cast.staff, cast.medicine, passport=passport(number="ZZ2", surname="SOUND"))
    _head, *lines = rows(export_people(cast.dean, CONTRADICTING).content)
    assert [(line[0], line[-1]) for line in lines] == [
        (
            "TESTOV KARIM",
            "The contract has ended, the status says he studies: "
            "check the contract and the status.",
        )
    ]
