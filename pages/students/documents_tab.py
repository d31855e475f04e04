"""Every scan of a person by kind, with its versions, and the way in for a new one."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_date, format_moment
from core.permissions import Actor, Permission
from core.services.cards import PersonCard
from core.services.document_terms import set_last_day
from core.services.house import time_zone
from core.services.names import name_of
from core.services.person_documents import (
    ScanView,
    add_document,
    document_kinds,
    documents_of_person,
)
from pages.shell import parts
from pages.shell.parts import escaped
from pages.students.fields import date_field

_TYPES = ["pdf", "jpg", "jpeg", "png"]


def show_documents(actor: Actor, card: PersonCard) -> None:
    """Show what was delivered of a person, the newest version of each kind first."""
    if actor.can(Permission.EDIT_PEOPLE) and card.closed_at is None:
        _add(actor, card.person_id)
    kinds = documents_of_person(actor, card.person_id)
    if not kinds:
        parts.empty(
            _("No scan was delivered yet."),
            _("What is delivered for a case appears here, too."),
        )
    may_decide = actor.can(Permission.DECIDE_DOCUMENT) and card.closed_at is None
    for kind in kinds:
        with st.container(border=True):
            st.markdown(f"**{escaped(name_of(kind.name))}**")
            newest, *_older = kind.scans
            for scan in kind.scans:
                _scan(actor, scan, asks_last_day=scan is newest and may_decide)


def _scan(actor: Actor, scan: ScanView, *, asks_last_day: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        said = _("Version %(number)s · %(file)s · %(moment)s · %(name)s")
        values = {
            "number": scan.version_number,
            "file": scan.file_name,
            "moment": format_moment(scan.uploaded_at, time_zone=time_zone()),
            "name": scan.uploaded_by,
        }
        st.markdown(escaped(said % values), width="content")
        if scan.valid_until is not None:
            holds = _("holds until %(date)s") % {"date": format_date(scan.valid_until)}
            st.badge(escaped(holds), color="blue", icon=":material/event:")
        if scan.is_openable:
            st.link_button(
                _("Open the whole scan"),
                f"/files/{scan.document_id}",
                icon=":material/open_in_new:",
                key=f"students_scan_{scan.document_id}",
            )
        if asks_last_day:
            _last_day(actor, scan)


def _last_day(actor: Actor, scan: ScanView) -> None:
    """Ask until what day the newest scan holds; Today then tells before it runs out."""
    key = f"students_last_day_{scan.document_id}"
    with (
        st.popover(_("Holds until"), icon=":material/event:", key=f"{key}_open"),
        st.form(key, border=False),
    ):
        place = st.container()
        day = date_field(place, _("Last day"), f"{key}_{scan.valid_until}", scan.valid_until)
        st.caption(_("Leave it empty where the document does not run out."))
        if not st.form_submit_button(_("Save")):
            return
    try:
        set_last_day(actor, scan.document_id, valid_until=day)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("The last day is noted."))
    st.rerun()


def _add(actor: Actor, person_id: int) -> None:
    names = document_kinds(actor)
    key = f"students_document_new_{person_id}"
    with (
        st.expander(_("Add a scan"), icon=":material/upload:"),
        st.form(key, clear_on_submit=True, border=False),
    ):
        first, second = st.columns([2, 3], vertical_alignment="bottom")
        kind = first.selectbox(
            _("What it is"),
            sorted(names, key=lambda each: name_of(names[each])),
            index=None,
            format_func=lambda each: name_of(names[each]),
            placeholder=_("Choose"),
            key=f"{key}_kind",
        )
        file = second.file_uploader(_("Scan: PDF, JPEG or PNG"), type=_TYPES, key=f"{key}_file")
        if not st.form_submit_button(_("Deliver"), icon=":material/upload:"):
            return
    if file is None or kind is None:
        st.error(_("Choose what it is and a file first."))
        return
    try:
        add_document(actor, person_id, kind=kind, file_name=file.name, content=file.getvalue())
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("“%(name)s” was delivered.") % {"name": name_of(names[kind])})
    st.rerun()
