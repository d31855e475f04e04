"""Trips out of the country that people plan, each with what stands in the way of coming back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.trips import TripFacts, TripPlan, trip_warnings
from core.services.deadlines import visa_in_force
from core.services.guard import requires
from core.services.person_records import claimed, held_person, put, record, refuse, today
from core.services.remembered import remembered
from core.services.scope import visible_person
from core.services.texts import refuse_unwritable
from core.services.versions import touch
from core.terms import CrossingDirection, TripWarning, VisaStatus
from db.engine import reading, writing
from db.models.people import Crossing, Passport, PlannedTrip

NOTE_LENGTH = 300


@dataclass(frozen=True, kw_only=True)
class TripForm:
    """A trip as it is entered; both days belong to it."""

    leaves_on: date | None
    returns_on: date | None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TripView:
    """A trip that is not over, and why he could not come back from it."""

    trip_id: int
    version: int
    leaves_on: date
    returns_on: date
    note: str
    warnings: tuple[TripWarning, ...]


@requires(Permission.READ_PEOPLE)
def trips_of_person(actor: Actor, person_id: int) -> tuple[TripView, ...]:
    """Return the trips that are not over, the next first; the note is the department's.

    Raises :class:`NotFound` outside the actor's scope.
    """
    with reading() as session:
        visible_person(session, actor, person_id)
        return remembered(
            session,
            ("trips", person_id, actor.role, today()),
            lambda: _trips(session, actor, person_id),
        )


def _trips(session: Session, actor: Actor, person_id: int) -> tuple[TripView, ...]:
    trips = _planned(session, person_id)
    if not trips:
        return ()
    known = _facts(session, person_id)
    return tuple(
        TripView(
            trip_id=trip.id,
            version=trip.version,
            leaves_on=trip.leaves_on,
            returns_on=trip.returns_on,
            note=trip.note if actor.can(Permission.READ_NOTES) else "",
            warnings=trip_warnings(
                TripPlan(leaves_on=trip.leaves_on, returns_on=trip.returns_on),
                replace(known, earlier_returns=place),
            ),
        )
        for place, trip in enumerate(trips)
    )


@requires(Permission.EDIT_PEOPLE)
def add_trip(actor: Actor, person_id: int, form: TripForm) -> int:
    """Note a trip and return its id.

    Raises :class:`Invalid`, and ``person.closed``.
    """
    with writing() as session:
        person = held_person(session, actor, person_id)
        leaves_on, returns_on = _days(form)
        row = PlannedTrip(
            person_id=person_id,
            leaves_on=leaves_on,
            returns_on=returns_on,
            note=form.note.strip()[:NOTE_LENGTH],
        )
        refuse_unwritable(row)
        session.add(row)
        session.flush()
        touch(person, actor)
        changes = {"leaves_on": [None, leaves_on], "returns_on": [None, returns_on]}
        record(session, actor, "trip.add", row, changes)
        return row.id


@requires(Permission.EDIT_PEOPLE)
def withdraw_trip(actor: Actor, trip_id: int, *, version: int) -> None:
    """Take a trip back that will not take place. Raises ``trip.withdrawn`` and Conflict."""
    with writing() as session:
        row = claimed(session, actor, PlannedTrip, trip_id, version=version)
        if row.withdrawn_at is not None:
            raise DomainError("trip.withdrawn")
        put(row, {"withdrawn_at": clock.utc_now()})
        record(session, actor, "trip.withdraw", row, {})


def _days(form: TripForm) -> tuple[date, date]:
    leaves_on, returns_on = form.leaves_on, form.returns_on
    if leaves_on is None or returns_on is None:
        raise DomainError("trip.day.missing")
    refuse(
        (returns_on < leaves_on, "returns_on", "trip.reversed"),
        (returns_on < today(), "returns_on", "trip.past"),
    )
    return leaves_on, returns_on


def _planned(session: Session, person_id: int) -> Sequence[PlannedTrip]:
    return session.scalars(
        sa.select(PlannedTrip)
        .where(
            PlannedTrip.person_id == person_id,
            PlannedTrip.withdrawn_at.is_(None),
            PlannedTrip.returns_on >= today(),
        )
        .order_by(PlannedTrip.leaves_on, PlannedTrip.id)
    ).all()


def _facts(session: Session, person_id: int) -> TripFacts:
    visa = visa_in_force(session, person_id)
    passport_until = session.scalar(
        sa.select(Passport.expires_on).filter_by(person_id=person_id, is_current=True)
    )
    entered_on = session.scalars(
        sa.select(Crossing.crossed_on)
        .filter_by(person_id=person_id, direction=CrossingDirection.IN)
        .order_by(Crossing.crossed_on, Crossing.id)
    ).all()
    return TripFacts(
        entries=visa.entries if visa else None,
        visa_from=visa.valid_from if visa else None,
        visa_until=visa.valid_until if visa else None,
        is_exit_visa=visa is not None and visa.status is VisaStatus.EXIT,
        passport_until=passport_until,
        entered_on=tuple(entered_on),
    )
