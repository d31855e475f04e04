"""Registrations at the place of stay: each answers an entry, the newest one counts."""

from dataclasses import asdict, dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor, Permission
from core.services.cases import complete_registration
from core.services.consequences import follow_up
from core.services.guard import requires
from core.services.person_records import claimed, held_person, put, record, refuse, today
from core.services.scope import visible_person
from core.terms import CrossingDirection
from db.engine import reading, writing
from db.models.people import Crossing, Registration


@dataclass(frozen=True, kw_only=True)
class RegistrationForm:
    """A registration as the card of it says; ``valid_until`` is its last day."""

    registered_on: date | None
    valid_until: date | None = None
    number: str = ""
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class RegistrationView:
    """A registration on the card."""

    registration_id: int
    version: int
    registered_on: date | None
    valid_until: date | None
    number: str
    place: str
    is_current: bool


@requires(Permission.READ_PEOPLE)
def registrations_of_person(actor: Actor, person_id: int) -> tuple[RegistrationView, ...]:
    """Return the person's registrations, the one that counts first, then the newest.

    Raises :class:`NotFound` outside the actor's scope.
    """
    with reading() as session:
        visible_person(session, actor, person_id)
        rows = session.scalars(
            sa.select(Registration)
            .filter_by(person_id=person_id)
            .order_by(
                Registration.is_current.desc(),
                Registration.registered_on.desc(),
                Registration.id.desc(),
            )
        )
        return tuple(_view(row) for row in rows)


@requires(Permission.EDIT_PEOPLE)
def add_registration(actor: Actor, person_id: int, form: RegistrationForm) -> int:
    """Note a registration and return its id; the open registration case it answers is done.

    One of before the present one goes into the history and closes nothing. Raises
    :class:`Invalid` and ``person.closed``.
    """
    with writing() as session:
        held_person(session, actor, person_id)
        _refuse(form)
        entry = _entry_answered(session, person_id, form)
        row = Registration(
            person_id=person_id,
            crossing_id=entry.id if entry else None,
            is_current=_takes_over(session, person_id, form),
        )
        changes = put(row, asdict(form))
        session.add(row)
        session.flush()
        record(session, actor, "registration.add", row, changes)
        complete_registration(session, actor, row, entry)
        follow_up(session, actor, person_id)
        return row.id


@requires(Permission.EDIT_PEOPLE)
def change_registration(
    actor: Actor, registration_id: int, form: RegistrationForm, *, version: int
) -> None:
    """Correct a registration as it was entered. Raises :class:`Invalid` and :class:`Conflict`."""
    with writing() as session:
        row = claimed(session, actor, Registration, registration_id, version=version)
        _refuse(form)
        record(session, actor, "registration.change", row, put(row, asdict(form)))
        follow_up(session, actor, row.person_id)


def _refuse(form: RegistrationForm) -> None:
    day, last = form.registered_on, form.valid_until
    refuse(
        (day is None, "registered_on", "registration.day.missing"),
        (day is not None and day > today(), "registered_on", "registration.future"),
        (
            day is not None and last is not None and last < day,
            "valid_until",
            "registration.reversed",
        ),
    )


def _entry_answered(session: Session, person_id: int, form: RegistrationForm) -> Crossing | None:
    """Return the last entry up to the day of the registration."""
    return session.scalars(
        sa.select(Crossing)
        .where(
            Crossing.person_id == person_id,
            Crossing.direction == CrossingDirection.IN,
            Crossing.crossed_on <= form.registered_on,
        )
        .order_by(Crossing.crossed_on.desc(), Crossing.id.desc())
    ).first()


def _takes_over(session: Session, person_id: int, form: RegistrationForm) -> bool:
    """Return whether the new registration is the one that counts; the present one then is not."""
    current = session.scalars(
        sa.select(Registration).filter_by(person_id=person_id, is_current=True)
    ).one_or_none()
    if current is None:
        return True
    day = form.registered_on
    if current.registered_on is not None and day is not None and day < current.registered_on:
        return False
    current.is_current = False
    session.flush()
    return True


def _view(row: Registration) -> RegistrationView:
    return RegistrationView(
        registration_id=row.id,
        version=row.version,
        registered_on=row.registered_on,
        valid_until=row.valid_until,
        number=row.number,
        place=row.place,
        is_current=row.is_current,
    )
