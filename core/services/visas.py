"""Visas of a person: a new one takes the place of the one in force."""

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError, Fault
from core.permissions import Actor, Permission
from core.services.consequences import follow_up
from core.services.guard import requires
from core.services.person_forms import VisaForm, visa_faults
from core.services.person_records import (
    claimed,
    held_person,
    put,
    reason_given,
    record,
    refuse_all,
)
from core.services.rulebook import visa_categories
from core.services.versions import touch
from core.terms import VisaStatus
from db.engine import writing
from db.models.people import Passport, Visa


@requires(Permission.EDIT_PEOPLE)
def add_visa(actor: Actor, person_id: int, form: VisaForm) -> int:
    """Add a visa in the current passport as the one in force and return its id.

    The one in force before counts as replaced. Raises :class:`Invalid` and ``person.closed``.
    """
    with writing() as session:
        held_person(session, actor, person_id)
        _refuse(form)
        _replace_active(session, actor, person_id)
        passport_id = session.scalar(
            sa.select(Passport.id).filter_by(person_id=person_id, is_current=True)
        )
        row = Visa(person_id=person_id, passport_id=passport_id, status=VisaStatus.ACTIVE)
        changes = put(row, asdict(form))
        session.add(row)
        session.flush()
        record(session, actor, "visa.add", row, changes)
        follow_up(session, actor, person_id)
        return row.id


@requires(Permission.EDIT_PEOPLE)
def change_visa(actor: Actor, visa_id: int, form: VisaForm, *, version: int) -> None:
    """Correct a visa as it was entered. Raises :class:`Invalid` and :class:`Conflict`."""
    with writing() as session:
        row = claimed(session, actor, Visa, visa_id, version=version)
        _refuse(form)
        record(session, actor, "visa.change", row, put(row, asdict(form)))
        follow_up(session, actor, row.person_id)


@requires(Permission.EDIT_PEOPLE)
def annul_visa(actor: Actor, visa_id: int, *, reason: str, version: int) -> None:
    """Note that a visa was annulled, and why.

    Raises ``visa.reason_missing``, ``visa.not_active`` and :class:`Conflict`.
    """
    with writing() as session:
        row = claimed(session, actor, Visa, visa_id, version=version)
        given = reason_given(reason, code="visa.reason_missing")
        if row.status is not VisaStatus.ACTIVE:
            raise DomainError("visa.not_active")
        changes = put(row, {"status": VisaStatus.ANNULLED}) | {"reason": [None, given]}
        record(session, actor, "visa.annul", row, changes)
        follow_up(session, actor, row.person_id)


def _refuse(form: VisaForm) -> None:
    faults = visa_faults(form)
    if form.category.strip() and form.category.strip() not in visa_categories():
        faults = (*faults, Fault(field="visa_category", code="visa.category.unknown"))
    refuse_all(faults)


def _replace_active(session: Session, actor: Actor, person_id: int) -> None:
    active = sa.select(Visa).filter_by(person_id=person_id, status=VisaStatus.ACTIVE)
    for visa in session.scalars(active.order_by(Visa.id)):
        visa.status = VisaStatus.REPLACED
        touch(visa, actor)
