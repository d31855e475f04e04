"""What the department wrote down about a person; a dean's office does not read it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from core import clock
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.services.guard import requires
from core.services.person_records import claimed, held_person, record
from core.services.scope import visible_person
from db.engine import reading, writing
from db.models.relations import PersonNote

#: The longest note, in characters.
LONGEST_NOTE = 4000


@dataclass(frozen=True, kw_only=True)
class NoteView:
    """A note on the card; one that was withdrawn is not among them."""

    note_id: int
    version: int
    text: str
    written_at: datetime
    written_by: str


@requires(Permission.READ_NOTES)
def notes_of_person(actor: Actor, person_id: int) -> tuple[NoteView, ...]:
    """Return the notes about a person, the newest first."""
    with reading() as session:
        visible_person(session, actor, person_id)
        rows = session.scalars(
            sa.select(PersonNote)
            .filter_by(person_id=person_id, withdrawn_at=None)
            .order_by(PersonNote.id.desc())
        )
        return tuple(
            NoteView(
                note_id=row.id,
                version=row.version,
                text=row.text,
                written_at=row.written_at,
                written_by=row.written_by,
            )
            for row in rows
        )


@requires(Permission.EDIT_PEOPLE)
def add_note(actor: Actor, person_id: int, text: str) -> int:
    """Write a note about a person and return its id.

    Raises ``note.empty``, ``note.too_long`` and ``person.closed``.
    """
    if not text.strip():
        raise DomainError("note.empty")
    if len(text.strip()) > LONGEST_NOTE:
        raise DomainError("note.too_long", longest=LONGEST_NOTE)
    with writing() as session:
        held_person(session, actor, person_id)
        row = PersonNote(
            person_id=person_id,
            text=text.strip(),
            written_at=clock.utc_now(),
            written_by=actor.full_name,
        )
        session.add(row)
        session.flush()
        record(session, actor, "note.add", row, {"text": [None, row.text]})
        return row.id


@requires(Permission.EDIT_PEOPLE)
def withdraw_note(actor: Actor, note_id: int, *, version: int) -> None:
    """Take a note off the card; the history keeps it. Raises ``note.withdrawn`` and Conflict."""
    with writing() as session:
        row = claimed(session, actor, PersonNote, note_id, version=version)
        if row.withdrawn_at is not None:
            raise DomainError("note.withdrawn")
        row.withdrawn_at = clock.utc_now()
        record(session, actor, "note.withdraw", row, {"text": [row.text, None]})
