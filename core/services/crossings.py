"""Border crossings: each names the passport shown, and each entry starts its own clock."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError, NotFound
from core.permissions import Actor, Permission
from core.services import audit
from core.services.arrivals import note_arrival
from core.services.consequences import follow_up
from core.services.guard import requires
from core.services.person_records import held_person
from core.services.scope import visible_person
from core.services.versions import claim
from core.terms import CrossingDirection
from db.engine import reading, writing
from db.models.people import Crossing, Passport


@dataclass(frozen=True, kw_only=True)
class CrossingForm:
    """A crossing of the border on a day; without ``passport_id`` with the current passport.

    Where the person has none on record, the passport is unknown too.
    """

    direction: CrossingDirection
    crossed_on: date
    passport_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CrossingView:
    """A crossing as the card shows it."""

    crossing_id: int
    version: int
    direction: CrossingDirection
    crossed_on: date
    passport_number: str


@requires(Permission.READ_PEOPLE)
def crossings_of_person(actor: Actor, person_id: int) -> tuple[CrossingView, ...]:
    """Return the person's crossings in the order they happened.

    Raises :class:`NotFound` outside the actor's scope.
    """
    with reading() as session:
        visible_person(session, actor, person_id)
        rows = session.execute(
            sa.select(Crossing, Passport.number)
            .outerjoin(Passport, Passport.id == Crossing.passport_id)
            .where(Crossing.person_id == person_id)
            .order_by(Crossing.crossed_on, Crossing.id)
        )
        return tuple(
            CrossingView(
                crossing_id=row.id,
                version=row.version,
                direction=row.direction,
                crossed_on=row.crossed_on,
                passport_number=number or "",
            )
            for row, number in rows
        )


@requires(Permission.EDIT_PEOPLE)
def add_crossing(actor: Actor, person_id: int, form: CrossingForm) -> int:
    """Note a crossing and return its id; an entry opens its own registration case.

    With it a student who was invited has arrived.

    Raises ``crossing.future``, ``crossing.taken`` where the same one is noted already, and
    ``crossing.no_passport``.
    """
    with writing() as session:
        held_person(session, actor, person_id)
        _refuse(session, person_id, form)
        row = Crossing(
            person_id=person_id,
            passport_id=_passport(session, person_id, form.passport_id),
            direction=form.direction,
            crossed_on=form.crossed_on,
        )
        session.add(row)
        session.flush()
        _record(session, actor, "crossing.add", row)
        note_arrival(session, actor, row)
        follow_up(session, actor, person_id)
        return row.id


@requires(Permission.EDIT_PEOPLE)
def change_crossing(actor: Actor, crossing_id: int, form: CrossingForm, *, version: int) -> None:
    """Correct a crossing; due dates counted from it follow at once.

    Raises as :func:`add_crossing`, and :class:`Conflict`.
    """
    with writing() as session:
        row = session.get(Crossing, crossing_id)
        if row is None:
            raise NotFound
        held_person(session, actor, row.person_id)
        claim(session, row, actor, seen_version=version)
        _refuse(session, row.person_id, form, besides=row.id)
        row.direction, row.crossed_on = form.direction, form.crossed_on
        if form.passport_id is not None:
            row.passport_id = _passport(session, row.person_id, form.passport_id)
        session.flush()
        _record(session, actor, "crossing.change", row)
        note_arrival(session, actor, row)
        follow_up(session, actor, row.person_id)


def _refuse(
    session: Session, person_id: int, form: CrossingForm, *, besides: int | None = None
) -> None:
    if form.crossed_on > clock.today(settings.current().time_zone):
        raise DomainError("crossing.future")
    same = session.scalar(
        sa.select(Crossing.id).where(
            Crossing.person_id == person_id,
            Crossing.direction == form.direction,
            Crossing.crossed_on == form.crossed_on,
            Crossing.id != (besides or 0),
        )
    )
    if same is not None:
        raise DomainError("crossing.taken", on=form.crossed_on)


def _passport(session: Session, person_id: int, passport_id: int | None) -> int | None:
    wanted = sa.select(Passport.id).filter_by(person_id=person_id)
    if passport_id is None:
        return session.scalar(wanted.filter_by(is_current=True))
    found = session.scalar(wanted.filter_by(id=passport_id))
    if found is None:
        raise DomainError("crossing.no_passport")
    return found


def _record(session: Session, actor: Actor, action: str, row: Crossing) -> None:
    audit.record(
        session,
        actor,
        action=action,
        subject_kind="crossing",
        subject_id=row.id,
        person_id=row.person_id,
        clear={"direction": row.direction.value},
        sealed={"crossed_on": row.crossed_on.isoformat()},
    )
