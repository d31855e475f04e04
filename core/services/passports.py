"""Passports of a person: a new one takes over, the earlier ones stay in his history."""

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import DomainError, Fault
from core.permissions import Actor, Permission
from core.services.consequences import follow_up
from core.services.guard import requires
from core.services.people import add_passport_row, refuse_known_passport
from core.services.person_forms import PassportForm, passport_faults
from core.services.person_records import (
    Changes,
    claimed,
    held_person,
    put,
    record,
    refuse_all,
    today,
)
from db.engine import writing
from db.models.people import Crossing, Passport, Visa


@requires(Permission.EDIT_PEOPLE)
def add_passport(actor: Actor, person_id: int, form: PassportForm) -> int:
    """Add a passport as the current one and return its id; the one of before stays in the history.

    The first takes over the crossings and visas noted while none was known. Raises
    :class:`Invalid`, ``passport.number.taken`` (value ``person_id``) and ``person.closed``.
    """
    with writing() as session:
        held_person(session, actor, person_id)
        _refuse(session, form)
        is_first = _retire_current(session, person_id) is None
        row = add_passport_row(session, person_id, form)
        if is_first:
            _adopt(session, row)
        record(session, actor, "passport.add", row, _given(form))
        follow_up(session, actor, person_id)
        return row.id


@requires(Permission.EDIT_PEOPLE)
def change_passport(actor: Actor, passport_id: int, form: PassportForm, *, version: int) -> None:
    """Correct a passport as it was entered.

    Raises as :func:`add_passport`, and :class:`Conflict`.
    """
    with writing() as session:
        row = claimed(session, actor, Passport, passport_id, version=version)
        _refuse(session, form, besides=row.id)
        changes = put(row, asdict(form))
        try:
            session.flush()
        except IntegrityError as clash:
            # Somebody else entered the same number between our look and our write.
            raise DomainError(
                "passport.number.taken", person_id=None, number=form.number
            ) from clash
        record(session, actor, "passport.change", row, changes)
        follow_up(session, actor, row.person_id)


@requires(Permission.EDIT_PEOPLE)
def make_current(actor: Actor, passport_id: int, *, version: int) -> None:
    """Let an earlier passport be the current one again; names and nationality follow it.

    Raises ``passport.void`` for one that was taken out, and :class:`Conflict`.
    """
    with writing() as session:
        row = claimed(session, actor, Passport, passport_id, version=version)
        if row.voided_at is not None:
            raise DomainError("passport.void")
        _retire_current(session, row.person_id)
        row.is_current = True
        session.flush()
        record(session, actor, "passport.make_current", row, {})
        follow_up(session, actor, row.person_id)


def _refuse(session: Session, form: PassportForm, *, besides: int | None = None) -> None:
    faults = passport_faults(form, today=today())
    if not form.number.strip():
        faults = (*faults, Fault(field="number", code="passport.number.missing"))
    refuse_all(faults)
    refuse_known_passport(session, form, besides=besides)


def _retire_current(session: Session, person_id: int) -> Passport | None:
    """Let no passport be current, before another is: a person has one. Return the one that was."""
    current = session.scalars(
        sa.select(Passport).filter_by(person_id=person_id, is_current=True)
    ).one_or_none()
    if current is not None:
        current.is_current = False
        session.flush()
    return current


def _adopt(session: Session, passport: Passport) -> None:
    for table in (Crossing, Visa):
        session.execute(
            sa.update(table)
            .where(table.person_id == passport.person_id, table.passport_id.is_(None))
            .values(passport_id=passport.id)
        )


def _given(form: PassportForm) -> Changes:
    return {name: [None, value] for name, value in asdict(form).items() if value}
