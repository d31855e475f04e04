"""The office queue: what was delivered and waits for a decision, the oldest first."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_moment
from core.permissions import Actor
from core.services.decisions import (
    QueueLine,
    accept_item,
    mark_seen_on_paper,
    office_queue,
    reject_item,
)
from core.services.faculties import faculty_names
from core.services.house import time_zone
from core.words import word
from pages.cases.panel import name_of
from pages.shell import links, parts
from pages.shell.parts import escaped
from pages.shell.preview import show_preview


def show_queue(actor: Actor) -> None:
    """Show the waiting papers on the left and the chosen one, with its pages, on the right."""
    parts.title(_("Documents"), _("Delivered papers that wait for your decision, oldest first."))
    page = office_queue(actor, page=links.number_in_address("p") or 1)
    if page.total == 0:
        parts.empty(_("Nothing waits."), _("What the dean's offices deliver appears here at once."))
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        chosen = _choose(actor, page.rows)
        parts.pager(page, key="documents")
    with right:
        _decide(actor, chosen)


def _choose(actor: Actor, lines: tuple[QueueLine, ...]) -> QueueLine:
    clicked = parts.table(
        {
            "name": [line.person_name for line in lines],
            "item": [name_of(line.item_name) for line in lines],
            "faculty": [faculty_names(actor).get(line.faculty_id or 0, "—") for line in lines],
        },
        key="documents_queue",
        column_config={
            "name": st.column_config.TextColumn(_("Name")),
            "item": st.column_config.TextColumn(_("Document")),
            "faculty": st.column_config.TextColumn(_("Faculty")),
        },
    )
    if clicked is not None:
        links.put_in_address(item=lines[clicked].case_item_id)
    wanted = links.number_in_address("item")
    return next((line for line in lines if line.case_item_id == wanted), lines[0])


def _decide(actor: Actor, line: QueueLine) -> None:
    st.subheader(escaped(name_of(line.item_name)), anchor=False)
    delivered = _(
        "%(person)s · %(case)s · delivered on %(moment)s by %(name)s · version %(version)s"
    )
    values = {
        "person": line.person_name,
        "case": word(line.case_kind),
        "moment": format_moment(line.uploaded_at, time_zone=time_zone()),
        "name": line.uploaded_by,
        "version": line.version_number,
    }
    st.caption(escaped(delivered % values))
    key = f"documents_{line.case_item_id}_{line.version}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        is_accepted = st.button(
            _("Accept"), key=f"{key}_accept", type="primary", icon=":material/check:"
        )
        with (
            st.popover(_("Reject"), icon=":material/close:", key=f"{key}_reject"),
            st.form(f"{key}_form", border=False),
        ):
            reason = st.text_area(_("Reason"), max_chars=500, key=f"{key}_reason")
            is_rejected = st.form_submit_button(_("Reject with this reason"))
        is_seen = st.button(_("Seen on paper"), key=f"{key}_seen", icon=":material/visibility:")
        if st.button(_("Open the card"), key=f"{key}_card", icon=":material/person:"):
            links.go_to("students", person=line.person_id, case=line.case_id)
    try:
        if is_accepted:
            accept_item(actor, line.case_item_id, version=line.version)
        elif is_rejected:
            reject_item(actor, line.case_item_id, reason=reason, version=line.version)
        elif is_seen:
            mark_seen_on_paper(actor, line.case_item_id, version=line.version)
        else:
            show_preview(line.document_id, line.preview_count, line.page_count)
            return
    except DomainError as error:
        parts.refusal(error)
        return
    links.put_in_address(item=None)
    parts.done(_("Decided: %(name)s") % {"name": name_of(line.item_name)})
    st.rerun()
