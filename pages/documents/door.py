"""The dean's door: the faculty's open cases, what is missing for each, and where to drop it."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_date
from core.permissions import Actor
from core.services.case_views import CaseView, ItemView
from core.services.documents import openable_documents, upload_document
from core.services.faculty_door import DoorCase, faculty_door
from core.services.names import name_of
from core.terms import ItemStatus
from core.words import word
from pages.cases.panel import show_case
from pages.shell import links, parts
from pages.shell.parts import escaped

_TYPES = ["pdf", "jpg", "jpeg", "png"]


def show_door(actor: Actor) -> None:
    """Show the open cases of the faculty, the soonest due first."""
    parts.title(
        _("Documents"),
        _("What is missing for your students. Drop a scan beside what it is."),
    )
    search = st.text_input(
        _("Search"),
        value=links.text_in_address("q"),
        placeholder=_("Part of a name"),
        key="documents_search",
        icon=":material/search:",
    )
    if search != links.text_in_address("q"):
        links.put_in_address(q=search, p=None)
    page = faculty_door(actor, search=search, page=links.number_in_address("p") or 1)
    if page.total == 0:
        parts.empty(_("Nothing is missing."), _("Open cases of your students appear here."))
        return
    scans = (item.document_id for line in page.rows for item in line.case.items)
    openable = openable_documents(actor, {scan for scan in scans if scan is not None})
    for line in page.rows:
        _case(actor, line, openable)
    parts.pager(page, key="documents")


def _case(actor: Actor, line: DoorCase, openable: frozenset[int]) -> None:
    case = line.case
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escaped(line.name)}** · {escaped(word(case.kind))}")
            if case.due is not None and line.urgency is not None:
                parts.badge(line.urgency)
                due = _("due %(date)s") % {"date": format_date(case.due.on)}
                st.caption(escaped(due))
        _upload(actor, case)
        _delivered(case, openable)
        show_case(actor, case, is_open=True)


def _upload(actor: Actor, case: CaseView) -> None:
    open_items = [item for item in case.items if not _is_settled(item)]
    if not open_items:
        return
    with st.form(f"documents_{case.case_id}", clear_on_submit=True, border=False):
        first, second = st.columns([2, 3], vertical_alignment="bottom")
        item = first.selectbox(
            _("What it is"),
            open_items,
            format_func=lambda choice: f"{name_of(choice.name)} ({word(choice.status)})",
            key=f"documents_item_{case.case_id}",
        )
        file = second.file_uploader(
            _("Scan: PDF, JPEG or PNG"), type=_TYPES, key=f"documents_file_{case.case_id}"
        )
        is_sent = st.form_submit_button(_("Deliver"), icon=":material/upload:")
    if not is_sent:
        return
    if file is None:
        st.error(_("Choose a file first."))
        return
    try:
        upload_document(
            actor,
            case_item_id=item.case_item_id,
            file_name=file.name,
            content=file.getvalue(),
        )
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("“%(name)s” was delivered.") % {"name": name_of(item.name)})
    st.rerun()


def _delivered(case: CaseView, openable: frozenset[int]) -> None:
    """Show the ways to the scans this office may open: those it delivered."""
    items = [item for item in case.items if item.document_id in openable]
    if not items:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Open what you delivered:"), width="content")
        for item in items:
            st.link_button(
                escaped(name_of(item.name)),
                f"/files/{item.document_id}",
                icon=":material/open_in_new:",
                key=f"documents_open_{item.case_item_id}",
            )


def _is_settled(item: ItemView) -> bool:
    return item.status in (ItemStatus.ACCEPTED, ItemStatus.SEEN_ON_PAPER)
