"""What the department wrote down about a person."""

import streamlit as st

from core.i18n import _, format_moment
from core.permissions import Actor, Permission
from core.services.cards import PersonCard
from core.services.house import time_zone
from core.services.person_notes import (
    LONGEST_NOTE,
    NoteView,
    add_note,
    notes_of_person,
    withdraw_note,
)
from core.words import word
from pages.shell import editing, parts
from pages.shell.parts import escaped


def show_notes(actor: Actor, card: PersonCard) -> None:
    """Show the notes, the newest first."""
    can_edit = actor.can(Permission.EDIT_PEOPLE) and card.closed_at is None
    if can_edit:
        editing.offer(
            _("Write a note"),
            key=f"students_note_new_{card.person_id}",
            fields=lambda key: st.text_area(_("Note"), key=f"{key}_text", max_chars=LONGEST_NOTE),
            save=lambda text, _seen: add_note(actor, card.person_id, text),
            said=_("The note is kept."),
            icon=":material/add:",
        )
    notes = notes_of_person(actor, card.person_id)
    if not notes:
        parts.empty(_("There are no notes."), _("Deans' offices do not see what is noted here."))
    for note in notes:
        show_note(actor, note, can_edit=can_edit)


def show_note(actor: Actor, note: NoteView, *, can_edit: bool) -> None:
    """Show a note, what it is about, and who wrote it."""
    with st.container(border=True):
        for line in note.text.splitlines():
            st.markdown(escaped(line))
        if note.case_kind is not None:
            st.badge(escaped(word(note.case_kind)), color="gray")
        moment = format_moment(note.written_at, time_zone=time_zone())
        st.caption(escaped(f"{note.written_by} · {moment}"))
        if can_edit:
            editing.confirm(
                _("Withdraw the note"),
                key=f"students_note_{note.note_id}",
                question=_("The note leaves the card; the history keeps it."),
                act=lambda: withdraw_note(actor, note.note_id, version=note.version),
                said=_("The note is withdrawn."),
                icon=":material/delete:",
            )
