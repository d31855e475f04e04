"""Visas of a person: a new one takes the place of the one in force, earlier ones are history."""

from dataclasses import asdict
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError, Fault
from core.permissions import Actor, Permission
from core.rules.visas import status_in_force
from core.services.cases import complete_exit
from core.services.consequences import follow_up
from core.services.guard import requires
from core.services.person_forms import VisaForm, abolished_letter, visa_faults
from core.services.person_records import (
    claimed,
    held_person,
    put,
    reason_given,
    record,
    refuse_all,
    today,
)
from core.services.rulebook import visa_categories
from core.services.versions import touch
from core.terms import VISA_STATUSES_IN_FORCE, VisaStatus
from db.engine import writing
from db.models.people import Passport, Visa


@requires(Permission.EDIT_PEOPLE)
def add_visa(actor: Actor, person_id: int, form: VisaForm) -> int:
    """Add a visa in the current passport as the one in force and return its id.

    The one in force before counts as replaced; one of the letter of exit is an exit visa. The case
    that asked for such a visa is done. Raises
    :class:`Invalid` and ``person.closed``.
    """
    with writing() as session:
        held_person(session, actor, person_id)
        _refuse(form, is_in_force=True)
        _replace_in_force(session, actor, person_id)
        passport_id = _current_passport(session, person_id)
        status = status_in_force(form.category.strip())
        if status is VisaStatus.EXIT:
            complete_exit(session, actor, person_id)
        return _add(
            session, actor, form, Visa(person_id=person_id, passport_id=passport_id, status=status)
        )


@requires(Permission.EDIT_PEOPLE)
def add_earlier_visa(actor: Actor, person_id: int, form: VisaForm) -> int:
    """Add a visa of the past, with an abolished letter too, and return its id.

    In which passport it was is not known. The one in force stays so. Raises :class:`Invalid` and
    ``person.closed``.
    """
    with writing() as session:
        held_person(session, actor, person_id)
        _refuse(form, is_in_force=False)
        return _add(session, actor, form, Visa(person_id=person_id, status=VisaStatus.REPLACED))


@requires(Permission.EDIT_PEOPLE)
def change_visa(actor: Actor, visa_id: int, form: VisaForm, *, version: int) -> None:
    """Correct a visa as it was entered; one that turns out to be of exit ends the case of it.

    Raises :class:`Invalid` and :class:`Conflict`.
    """
    with writing() as session:
        row = claimed(session, actor, Visa, visa_id, version=version)
        is_in_force = row.status in VISA_STATUSES_IN_FORCE
        _refuse(form, is_in_force=is_in_force)
        values = asdict(form)
        if is_in_force:
            values["status"] = status_in_force(form.category.strip())
        changes = put(row, values)
        record(session, actor, "visa.change", row, changes)
        if "status" in changes and row.status is VisaStatus.EXIT:
            complete_exit(session, actor, row.person_id)
        follow_up(session, actor, row.person_id)


@requires(Permission.EDIT_PEOPLE)
def annul_visa(actor: Actor, visa_id: int, *, reason: str, version: int) -> None:
    """Note that a visa was annulled, and why.

    Raises ``visa.reason_missing``, ``visa.not_active`` and :class:`Conflict`.
    """
    with writing() as session:
        row = claimed(session, actor, Visa, visa_id, version=version)
        given = reason_given(reason, code="visa.reason_missing")
        if row.status not in VISA_STATUSES_IN_FORCE:
            raise DomainError("visa.not_active")
        changes = put(row, {"status": VisaStatus.ANNULLED}) | {"reason": [None, given]}
        record(session, actor, "visa.annul", row, changes)
        follow_up(session, actor, row.person_id)


@requires(Permission.EDIT_PEOPLE)
def carry_over_visa(
    actor: Actor, visa_id: int, *, carried_over_on: date | None, version: int
) -> None:
    """Note that a visa in force was carried over from an earlier passport into the current one.

    Raises ``visa.not_active``, ``visa.carry.no_passport``, ``visa.carry.not_needed``,
    ``crossing.day.missing``, ``visa.carry.future`` and :class:`Conflict`.
    """
    with writing() as session:
        row = claimed(session, actor, Visa, visa_id, version=version)
        if row.status not in VISA_STATUSES_IN_FORCE:
            raise DomainError("visa.not_active")
        passport_id = _current_passport(session, row.person_id)
        if passport_id is None:
            raise DomainError("visa.carry.no_passport")
        if passport_id == row.passport_id:
            raise DomainError("visa.carry.not_needed")
        if carried_over_on is None:
            raise DomainError("crossing.day.missing")
        if carried_over_on > today():
            raise DomainError("visa.carry.future")
        changes = put(row, {"passport_id": passport_id, "carried_over_on": carried_over_on})
        record(session, actor, "visa.carry_over", row, changes)
        follow_up(session, actor, row.person_id)


def _refuse(form: VisaForm, *, is_in_force: bool) -> None:
    faults = visa_faults(form)
    category = form.category.strip()
    if category and category not in visa_categories():
        faults = (*faults, Fault(field="visa_category", code="visa.category.unknown"))
    if is_in_force:
        faults = (*faults, *abolished_letter(form))
    refuse_all(faults)


def _replace_in_force(session: Session, actor: Actor, person_id: int) -> None:
    in_force = sa.select(Visa).where(
        Visa.person_id == person_id, Visa.status.in_(VISA_STATUSES_IN_FORCE)
    )
    for visa in session.scalars(in_force.order_by(Visa.id)):
        visa.status = VisaStatus.REPLACED
        touch(visa, actor)


def _add(session: Session, actor: Actor, form: VisaForm, row: Visa) -> int:
    changes = put(row, asdict(form))
    session.add(row)
    session.flush()
    record(session, actor, "visa.add", row, changes)
    follow_up(session, actor, row.person_id)
    return row.id


def _current_passport(session: Session, person_id: int) -> int | None:
    return session.scalar(sa.select(Passport.id).filter_by(person_id=person_id, is_current=True))
