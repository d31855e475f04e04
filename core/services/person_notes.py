"""What the department wrote down about a person; a dean's office does not read it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError, NotFound
from core.permissions import Actor, Permission
from core.services.guard import requires
from core.services.person_records import claimed, held_person, record
from core.services.scope import visible_case, visible_person
from core.terms import CaseKind
from db.engine import reading, writing
from db.models.cases import Case
from db.models.relations import PersonNote

#: The longest note, in characters.
LONGEST_NOTE = 4000


@dataclass(frozen=True, kw_only=True)
class NoteView:
    """A note on the card; one that was withdrawn is not among them.

    ``case_kind`` is the kind of the case it was written about, None for one about the person.
    """

    note_id: int
    version: int
    case_id: int | None
    case_kind: CaseKind | None
    text: str
    written_at: datetime
    written_by: str


@requires(Permission.READ_NOTES)
def notes_of_person(actor: Actor, person_id: int) -> tuple[NoteView, ...]:
    """Return the notes about a person and his cases, the newest first."""
    with reading() as session:
        visible_person(session, actor, person_id)
        return _notes(session, PersonNote.person_id == person_id)


@requires(Permission.READ_NOTES)
def notes_of_case(actor: Actor, case_id: int) -> tuple[NoteView, ...]:
    """Return the notes about a case, the newest first. Raises :class:`NotFound`."""
    with reading() as session:
        visible_case(session, actor, case_id)
        return _notes(session, PersonNote.case_id == case_id)


def _notes(session: Session, condition: sa.ColumnElement[bool]) -> tuple[NoteView, ...]:
    rows = session.execute(
        sa.select(PersonNote, Case.kind)
        .outerjoin(Case, Case.id == PersonNote.case_id)
        .where(condition, PersonNote.withdrawn_at.is_(None))
        .order_by(PersonNote.id.desc())
    )
    return tuple(
        NoteView(
            note_id=row.id,
            version=row.version,
            case_id=row.case_id,
            case_kind=kind,
            text=row.text,
            written_at=row.written_at,
            written_by=row.written_by,
        )
        for row, kind in rows
    )


@requires(Permission.EDIT_PEOPLE)
def add_note(actor: Actor, person_id: int, text: str, *, case_id: int | None = None) -> int:
    """Write a note about a person, or one of his cases, and return its id.

    Raises ``note.empty``, ``note.too_long``, ``person.closed``, and :class:`NotFound` where the
    case is not his.
    """
    if not text.strip():
        raise DomainError("note.empty")
    if len(text.strip()) > LONGEST_NOTE:
        raise DomainError("note.too_long", longest=LONGEST_NOTE)
    with writing() as session:
        held_person(session, actor, person_id)
        if case_id is not None and visible_case(session, actor, case_id).person_id != person_id:
            raise NotFound
        row = PersonNote(
            person_id=person_id,
            case_id=case_id,
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
