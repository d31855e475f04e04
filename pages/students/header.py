"""The head of the card: picture, names, status, what is due next, what is missing or wrong."""

import streamlit as st

from core.i18n import N_, _, country_name, format_date, format_moment
from core.permissions import Actor, Permission
from core.services.cards import PersonCard
from core.services.case_views import next_due_of_person
from core.services.engagements import engagements_of_person
from core.services.faculties import faculty_names
from core.services.house import time_zone
from core.services.person_documents import photo_of_person
from core.terms import ClosedReason
from core.words import word
from pages.shell import links, parts
from pages.shell.parts import escaped
from pages.students.warnings import show_warnings

#: Why a record is closed, in a sentence.
CLOSED = {
    ClosedReason.MERGED: N_("This record was merged into another on %(moment)s. It is kept as is."),
    ClosedReason.IMPORT_UNDONE: N_(
        "The import that brought this record was undone on %(moment)s. It is kept as is."
    ),
}

#: In pixels: a picture to know somebody by, on a telephone too.
_PHOTO_WIDTH = 110


def show_header(actor: Actor, card: PersonCard) -> None:
    """Show who the person is and how his record stands."""
    _banner(card)
    photo = photo_of_person(actor, card.person_id) if actor.can(Permission.OPEN_DOCUMENT) else None
    if photo is None:
        _names(actor, card)
        return
    label = _("Photo")
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        with st.container(width=_PHOTO_WIDTH):
            st.markdown(f"![{label}](/files/{photo}/page/1.png)")
        with st.container():
            _names(actor, card)


def _banner(card: PersonCard) -> None:
    if card.closed_at is None:
        return
    sentence = (
        _(CLOSED[card.closed_reason])
        if card.closed_reason
        else _("This record was closed on %(moment)s.")
    )
    moment = format_moment(card.closed_at, time_zone=time_zone())
    st.warning(escaped(sentence % {"moment": moment}), icon=":material/lock:")
    if card.merged_into_id is not None and st.button(
        _("Open the record that is kept"), key=f"students_merged_{card.person_id}"
    ):
        links.go_to("students", person=card.merged_into_id)


def _names(actor: Actor, card: PersonCard) -> None:
    parts.title(escaped(card.name))
    other_names = dict.fromkeys(filter(None, (card.native_name, card.name_ru, card.name_ky)))
    with st.container(horizontal=True, vertical_alignment="center"):
        _standing(actor, card)
        known = (country_name(card.citizenship), *other_names)
        st.markdown(escaped(" · ".join(known)), width="content")
    _due(actor, card)
    show_warnings(actor, card)
    _completeness(card)
    _contradictions(card)


def _standing(actor: Actor, card: PersonCard) -> None:
    """Show what he is to the university: a student with a status, or something else."""
    if card.status is not None:
        parts.badge(card.status)
        faculty = faculty_names(actor).get(card.faculty_id or 0)
        course = _("course %(number)s") % {"number": card.course} if card.course else None
        if place := " · ".join(filter(None, (faculty, course))):
            st.markdown(escaped(place), width="content")
        return
    for engagement in engagements_of_person(actor, card.person_id):
        st.badge(escaped(word(engagement.known.kind)), color="blue")


def _due(actor: Actor, card: PersonCard) -> None:
    due = next_due_of_person(actor, card.person_id)
    if due is not None:
        sentence = _("Due next: %(case)s, %(date)s")
        values = {"case": word(due[0]), "date": format_date(due[1])}
        st.markdown(f"**{escaped(sentence % values)}**")


def _completeness(card: PersonCard) -> None:
    if card.closed_at is not None:
        return
    if not card.missing:
        st.badge(_("The record is complete."), color="green", icon=":material/check_circle:")
        return
    known = _("%(share)s%% known") % {"share": card.share_known}
    missing = ", ".join(word(fact) for fact in card.missing)
    st.progress(card.share_known, text=escaped(known))
    st.caption(escaped(_("Still missing: %(facts)s") % {"facts": missing}))


def _contradictions(card: PersonCard) -> None:
    """Say what does not fit together and what to check; colour and sign are not the words."""
    if card.closed_at is not None or not card.contradictions:
        return
    title = _("This record contradicts itself:")
    lines = "\n".join(f"- {escaped(word(each))}" for each in card.contradictions)
    st.warning(f"**{escaped(title)}**\n\n{lines}", icon=":material/rule:")
