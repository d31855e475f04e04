"""What follows for many people at once is what follows for each of them alone."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.services import audit
from core.services.cases import close_row
from core.services.consequences import follow_up
from core.services.deadlines import store_deadline
from core.services.follow_ups import follow_up_all
from core.terms import (
    CaseKind,
    CaseOutcome,
    CrossingDirection,
    EnrolmentStatus,
    ResidenceKind,
    VisaEntries,
    VisaStatus,
)
from db.engine import reading, writing
from db.models.access import User
from db.models.cases import Case
from db.models.people import Crossing, Enrolment, Passport, Registration, Residence, Visa
from tests.cast import Cast, enrol, passport
from tests.services.test_newcomers import actions, rows_of

Change = Callable[[Session, int], None]


def nothing(session: Session, person_id: int) -> None:
    """Leave everything as it is."""


def entered_again(session: Session, person_id: int) -> None:
    session.add(
        Crossing(person_id=person_id, direction=CrossingDirection.IN, crossed_on=date(2026, 8, 31))
    )


def left_the_country(session: Session, person_id: int) -> None:
    session.add(
        Crossing(person_id=person_id, direction=CrossingDirection.OUT, crossed_on=date(2026, 8, 31))
    )


def was_expelled(session: Session, person_id: int) -> None:
    enrolment = session.scalars(sa.select(Enrolment).filter_by(person_id=person_id)).one()
    enrolment.status = EnrolmentStatus.EXPELLED


def got_a_visa_of_another_kind(session: Session, person_id: int) -> None:
    for visa in session.scalars(sa.select(Visa).filter_by(person_id=person_id)):
        visa.status = VisaStatus.REPLACED
    session.add(
        Visa(
            person_id=person_id,
            category="B",
            entries=VisaEntries.SINGLE,
            valid_until=date(2027, 1, 31),
            status=VisaStatus.ACTIVE,
        )
    )


def became_a_citizen_of_kazakhstan(session: Session, person_id: int) -> None:
    held = session.scalars(sa.select(Passport).filter_by(person_id=person_id)).one()
    held.nationality, held.surname = "KAZ", "NOVAK"


def moved_into_the_hostel(session: Session, person_id: int) -> None:
    for home in session.scalars(sa.select(Residence).filter_by(person_id=person_id)):
        home.until_on = date(2026, 8, 31)
    session.add(Residence(person_id=person_id, kind=ResidenceKind.HOSTEL, address="12"))


def had_the_visa_extended(session: Session, person_id: int) -> None:
    for case in session.scalars(sa.select(Case).filter_by(person_id=person_id)):
        if case.kind is CaseKind.REGISTRATION:
            close_row(case, CaseOutcome.DONE)
            store_deadline(session, case)
    for visa in session.scalars(sa.select(Visa).filter_by(person_id=person_id)):
        visa.status = VisaStatus.REPLACED
    put_visa(session, person_id, "S", VisaStatus.ACTIVE)


def had_it_extended_while_a_registration_is_open(session: Session, person_id: int) -> None:
    for visa in session.scalars(sa.select(Visa).filter_by(person_id=person_id)):
        visa.status = VisaStatus.REPLACED
    put_visa(session, person_id, "S", VisaStatus.ACTIVE)


def had_it_extended_and_registered_since(session: Session, person_id: int) -> None:
    had_the_visa_extended(session, person_id)
    session.add(Registration(person_id=person_id, registered_on=date(2026, 8, 31)))


def got_an_exit_visa(session: Session, person_id: int) -> None:
    for visa in session.scalars(sa.select(Visa).filter_by(person_id=person_id)):
        visa.status = VisaStatus.REPLACED
    put_visa(session, person_id, "L", VisaStatus.EXIT)


def got_a_visa_while_the_extension_is_of_an_unknown_one(session: Session, person_id: int) -> None:
    had_it_extended_while_a_registration_is_open(session, person_id)
    _extension(session, person_id).visa_id = None


def was_refused_the_extension(session: Session, person_id: int) -> None:
    case = _extension(session, person_id)
    close_row(case, CaseOutcome.REFUSED)
    store_deadline(session, case)


def _extension(session: Session, person_id: int) -> Case:
    wanted = sa.select(Case).filter_by(person_id=person_id, kind=CaseKind.STUDY_VISA_EXTENSION)
    return session.scalars(wanted).one()


def put_visa(session: Session, person_id: int, category: str, status: VisaStatus) -> None:
    session.add(
        Visa(
            person_id=person_id,
            category=category,
            entries=VisaEntries.SINGLE,
            valid_from=date(2026, 8, 30),
            valid_until=date(2027, 1, 31),
            status=status,
        )
    )


def has_all_in_the_hands_of_one(session: Session, person_id: int) -> None:
    user_id = session.scalars(sa.select(User.id).filter_by(username="sam")).one()
    for case in session.scalars(sa.select(Case).filter_by(person_id=person_id)):
        case.responsible_id = user_id


def entered_again_in_the_hands_of_one(session: Session, person_id: int) -> None:
    has_all_in_the_hands_of_one(session, person_id)
    entered_again(session, person_id)


def entered_again_in_the_hands_of_two(session: Session, person_id: int) -> None:
    has_all_in_the_hands_of_one(session, person_id)
    first = session.scalars(sa.select(Case).filter_by(person_id=person_id).order_by(Case.id))
    next(iter(first)).responsible_id = None
    entered_again(session, person_id)


CHANGES: Sequence[Change] = (
    nothing,
    entered_again,
    left_the_country,
    was_expelled,
    got_a_visa_of_another_kind,
    became_a_citizen_of_kazakhstan,
    moved_into_the_hostel,
    had_the_visa_extended,
    had_it_extended_while_a_registration_is_open,
    had_it_extended_and_registered_since,
    got_an_exit_visa,
    entered_again_in_the_hands_of_one,
    entered_again_in_the_hands_of_two,
    got_a_visa_while_the_extension_is_of_an_unknown_one,
    was_refused_the_extension,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_many_at_once_come_to_the_same_as_each_alone(cast: Cast, change: Change) -> None:
    alone, *together = (
        enrol(
            cast.staff,
            cast.medicine,
            is_new_person=True,
            passport=passport(number=f"ZZ{n}", birth_date=date(2004, 2, n)),
        )
        for n in (1, 2, 3)
    )
    with writing() as session:
        change(session, alone)
        follow_up(session, cast.staff, alone)
    with writing() as session:
        for person_id in together:
            change(session, person_id)
        follow_up_all(session, cast.staff, together)
    for person_id in together:
        assert facts_of(person_id) == facts_of(alone)
        assert actions(person_id) == actions(alone)
    assert audit.verify().faults == ()


def test_what_was_opened_and_closed_is_told(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with writing() as session:
        entered_again(session, person_id)
        changes = follow_up_all(session, cast.staff, [person_id])[person_id]
    with reading() as session:
        first, last = session.scalars(
            sa.select(Case.id).filter_by(kind=CaseKind.REGISTRATION).order_by(Case.id)
        )
    assert (changes.opened, changes.closed) == ([last], [first])


def test_a_case_opened_with_many_goes_to_who_has_the_others(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with writing() as session:
        entered_again_in_the_hands_of_one(session, person_id)
        changes = follow_up_all(session, cast.staff, [person_id])[person_id]
    with reading() as session:
        opened = session.get_one(Case, changes.opened[0])
        assert opened.responsible_id == cast.staff.user_id


def test_of_nobody_nothing_follows(cast: Cast) -> None:
    with writing() as session:
        assert follow_up_all(session, cast.staff, []) == {}


def facts_of(person_id: int) -> dict[str, list[dict[str, object]]]:
    """Return everything kept of a person; of a closed case that it is, and not when."""
    return {
        table: [
            {
                name: bool(value) if name == "closed_at" else value
                for name, value in row.items()
                if name != "birth_date"
            }
            for row in rows
        ]
        for table, rows in rows_of(person_id).items()
    }
