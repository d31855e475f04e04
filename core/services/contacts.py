"""Whom to call when something happens to a person."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from core import clock
from core.permissions import Actor, Permission
from core.services.consequences import follow_up
from core.services.guard import requires
from core.services.person_records import claimed, held_person, put, record, refuse
from core.services.scope import visible_person
from db.engine import reading, writing
from db.models.relations import EmergencyContact


@dataclass(frozen=True, kw_only=True)
class ContactForm:
    """Whom to call; ``relation`` is what he is to the person, in words."""

    name: str
    relation: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ContactView:
    """An emergency contact on the card."""

    contact_id: int
    version: int
    known: ContactForm


@requires(Permission.READ_PEOPLE)
def contacts_of_person(actor: Actor, person_id: int) -> tuple[ContactView, ...]:
    """Return whom to call for a person, the first noted first."""
    with reading() as session:
        visible_person(session, actor, person_id)
        rows = session.scalars(
            sa.select(EmergencyContact)
            .filter_by(person_id=person_id, ended_at=None)
            .order_by(EmergencyContact.id)
        )
        return tuple(
            ContactView(
                contact_id=row.id,
                version=row.version,
                known=ContactForm(
                    **{name: getattr(row, name) for name in ContactForm.__dataclass_fields__}
                ),
            )
            for row in rows
        )


@requires(Permission.EDIT_PEOPLE)
def add_contact(actor: Actor, person_id: int, form: ContactForm) -> int:
    """Note whom to call and return the contact's id; raises :class:`Invalid`, ``person.closed``."""
    with writing() as session:
        held_person(session, actor, person_id)
        _refuse_contact(form)
        row = EmergencyContact(person_id=person_id)
        changes = put(row, asdict(form))
        session.add(row)
        session.flush()
        record(session, actor, "contact.add", row, changes)
        follow_up(session, actor, person_id)
        return row.id


@requires(Permission.EDIT_PEOPLE)
def change_contact(actor: Actor, contact_id: int, form: ContactForm, *, version: int) -> None:
    """Correct whom to call. Raises :class:`Invalid` and :class:`Conflict`."""
    with writing() as session:
        row = claimed(session, actor, EmergencyContact, contact_id, version=version)
        _refuse_contact(form)
        record(session, actor, "contact.change", row, put(row, asdict(form)))
        follow_up(session, actor, row.person_id)


@requires(Permission.EDIT_PEOPLE)
def end_contact(actor: Actor, contact_id: int, *, version: int) -> None:
    """Take a contact off the card; the history keeps it. Raises :class:`Conflict`."""
    with writing() as session:
        row = claimed(session, actor, EmergencyContact, contact_id, version=version)
        row.ended_at = clock.utc_now()
        record(session, actor, "contact.end", row, {"name": [row.name, None]})
        follow_up(session, actor, row.person_id)


def _refuse_contact(form: ContactForm) -> None:
    is_silent = not form.phone.strip() and not form.email.strip()
    refuse(
        (not form.name.strip(), "name", "contact.name.missing"),
        (is_silent, "phone", "contact.way.missing"),
    )
