"""The last days of papers are stored as facts change, and are those anybody would compute."""

import contextlib
import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from core.errors import DomainError
from core.jobs.work import work_until_nothing_waits
from core.permissions import SYSTEM_ACTOR
from core.services.crossings import CrossingForm, add_crossing
from core.services.engagements import add_engagement
from core.services.enrolments import StatusForm, change_status, enrolments_of_person
from core.services.jobs import start_job
from core.services.passports import add_passport
from core.services.person_forms import EngagementForm, VisaForm
from core.services.registrations import RegistrationForm, add_registration
from core.services.residences import ResidenceForm, move
from core.services.visas import add_visa
from core.terms import (
    CrossingDirection,
    EngagementKind,
    EnrolmentStatus,
    JobKind,
    Matter,
    ResidenceKind,
    VisaEntries,
    VisaStatus,
)
from db.engine import reading, writing
from db.models.cases import Deadline, Expiry
from db.models.people import Crossing, Enrolment, Passport, Person, Registration, Residence, Visa
from db.models.relations import Engagement
from tests.cast import TODAY, Cast, enrol, passport

CURRENT = {"invited", "arrived", "studying", "on_leave"}


def stored(person_id: int) -> dict[Matter, date]:
    with reading() as session:
        rows = session.scalars(sa.select(Expiry).filter_by(person_id=person_id)).all()
    assert len({row.matter for row in rows}) == len(rows)
    return {row.matter: row.ends_on for row in rows}


def set_status(cast: Cast, person_id: int, after: EnrolmentStatus) -> None:
    place = enrolments_of_person(cast.staff, person_id)[0]
    form = StatusForm(after=after, happened_on=TODAY, order_number="1-K", reason="fees")
    change_status(cast.staff, place.enrolment_id, form, version=place.version)


def test_what_a_student_brings_is_watched_until_its_last_day(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    assert stored(person_id) == {
        Matter.VISA: date(2026, 11, 26),
        Matter.PASSPORT: date(2030, 5, 14),
        Matter.CONTRACT: date(2031, 6, 30),
    }
    with reading() as session:
        assert set(session.scalars(sa.select(Expiry.faculty_id))) == {cast.medicine}


def test_the_latest_paper_is_the_one_that_counts(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    later = VisaForm(category="S", entries=VisaEntries.MULTIPLE, valid_until=date(2027, 6, 30))
    add_visa(cast.staff, person_id, later)
    add_passport(cast.staff, person_id, passport(number="ZZ9", expires_on=date(2036, 1, 1)))
    registered = RegistrationForm(registered_on=TODAY, valid_until=date(2027, 6, 30))
    add_registration(cast.staff, person_id, registered)
    flat = ResidenceForm(
        kind=ResidenceKind.FLAT, address="A street", consent_until=date(2026, 12, 31), from_on=TODAY
    )
    move(cast.staff, person_id, flat)
    assert stored(person_id) == {
        Matter.VISA: date(2027, 6, 30),
        Matter.PASSPORT: date(2036, 1, 1),
        Matter.CONTRACT: date(2031, 6, 30),
        Matter.REGISTRATION: date(2027, 6, 30),
        Matter.CONSENT: date(2026, 12, 31),
    }


def test_of_who_was_expelled_only_his_stay_is_watched_and_no_dean_sees_it(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    set_status(cast, person_id, EnrolmentStatus.STUDYING)
    set_status(cast, person_id, EnrolmentStatus.EXPELLED)
    assert stored(person_id) == {Matter.VISA: date(2026, 11, 26)}
    with reading() as session:
        assert set(session.scalars(sa.select(Expiry.faculty_id))) == {None}
        open_cases = sa.select(Deadline.faculty_id).where(Deadline.is_open)
        assert set(session.scalars(open_cases)) <= {None}
    out = CrossingForm(direction=CrossingDirection.OUT, crossed_on=TODAY)
    add_crossing(cast.staff, person_id, out)
    assert stored(person_id) == {}


def test_the_sweep_puts_right_what_is_stored_wrongly(cast: Cast) -> None:
    first, second = (
        enrol(cast.staff, cast.medicine, passport=passport(number=f"ZZ{n}", surname=f"PERSON{n}"))
        for n in (1, 2)
    )
    before = stored(first), stored(second)
    with writing() as session:
        session.execute(sa.delete(Expiry).where(Expiry.person_id == first))
        session.execute(sa.update(Expiry).values(ends_on=date(2020, 1, 1), faculty_id=None))
        session.add(
            Expiry(matter=Matter.CONSENT, record_id=999, person_id=second, ends_on=date(2026, 1, 1))
        )
    start_job(SYSTEM_ACTOR, JobKind.SWEEP)
    work_until_nothing_waits()
    assert (stored(first), stored(second)) == before
    assert_expiries_are_those_anybody_would_compute()


@pytest.mark.parametrize("seed", range(6))
def test_what_is_stored_is_what_would_be_computed_after_any_history(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    people = [
        enrol(cast.staff, cast.medicine, passport=passport(number=f"ZZ{n}", surname=f"PERSON{n}"))
        for n in range(3)
    ]
    day = TODAY
    for _step in range(25):
        day += timedelta(days=1)
        # What is refused must leave nothing behind; that is what the end looks at.
        with contextlib.suppress(DomainError):
            _something(cast, chance, chance.choice(people), day)
    assert_expiries_are_those_anybody_would_compute()


def _something(cast: Cast, chance: random.Random, person_id: int, day: date) -> None:
    staff, last = cast.staff, day + timedelta(days=chance.randrange(20, 400))
    match chance.randrange(6):
        case 0:
            letter = chance.choice("SSL")
            visa = VisaForm(category=letter, entries=VisaEntries.SINGLE, valid_until=last)
            add_visa(staff, person_id, visa)
        case 1:
            direction = chance.choice(list(CrossingDirection))
            add_crossing(staff, person_id, CrossingForm(direction=direction, crossed_on=TODAY))
        case 2:
            form = RegistrationForm(registered_on=TODAY, valid_until=last)
            add_registration(staff, person_id, form)
        case 3:
            kind = chance.choice(list(ResidenceKind))
            consent = last if kind is ResidenceKind.FLAT else None
            home = ResidenceForm(kind=kind, address="A", consent_until=consent, from_on=TODAY)
            move(staff, person_id, home)
        case 4:
            set_status(cast, person_id, chance.choice(list(EnrolmentStatus)))
        case _:
            work = EngagementForm(kind=EngagementKind.TEACHER, from_on=TODAY, until_on=last)
            add_engagement(staff, person_id, work)


def assert_expiries_are_those_anybody_would_compute() -> None:
    """Hold the stored rows against a walk through every person, one after the other."""
    with reading() as session:
        expected = {
            row for person in session.scalars(sa.select(Person)) for row in _walk(session, person)
        }
        kept = {
            (row.matter.value, row.record_id, row.person_id, row.faculty_id, row.ends_on)
            for row in session.scalars(sa.select(Expiry))
        }
    assert kept == expected
    assert expected


def _walk(
    session: sa.orm.Session, person: Person
) -> Iterator[tuple[str, int, int, int | None, date]]:
    def rows(table: type) -> list:
        return list(session.scalars(sa.select(table).filter_by(person_id=person.id)))

    place = next((row for row in rows(Enrolment) if row.is_current), None)
    studies = place is not None and place.status.value in CURRENT
    work = rows(Engagement)
    works = any(row.until_on is None or row.until_on >= TODAY for row in work)
    is_ours = studies or works or (place is None and not work)
    crossed = sorted(rows(Crossing), key=lambda row: (row.crossed_on, row.id))
    is_abroad = bool(crossed) and crossed[-1].direction is CrossingDirection.OUT
    faculty = place.faculty_id if place and studies else None
    found: list[tuple[str, int, date | None]] = []
    if is_ours or not is_abroad:
        visas = [row for row in rows(Visa) if row.status in (VisaStatus.ACTIVE, VisaStatus.EXIT)]
        found += [("visa", row.id, row.valid_until) for row in visas]
    if not is_abroad:
        found += [
            ("registration", row.id, row.valid_until)
            for row in rows(Registration)
            if row.is_current
        ]
    if is_ours:
        found += [("passport", row.id, row.expires_on) for row in rows(Passport) if row.is_current]
    if place is not None and studies:
        found.append(("contract", place.id, place.contract_until))
    if is_ours and not is_abroad:
        homes = [row for row in rows(Residence) if row.until_on is None]
        found += [("consent", row.id, row.consent_until) for row in homes]
    for matter, record_id, last in found:
        if last is not None:
            yield matter, record_id, person.id, faculty, last
