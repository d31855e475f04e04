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
    reopen_item,
    waiting_item,
)
from core.services.faculties import faculty_names
from core.services.house import time_zone
from core.services.names import name_of
from core.words import word
from pages.shell import links, parts
from pages.shell.parts import escaped
from pages.shell.preview import show_preview
from pages.students.fields import date_field

#: The item decided last in this browser and its version since, so that it can be taken back.
_LAST_KEY = "documents_last_decision"


#: In pixels.
_DAY_WIDTH = 160


def show_queue(actor: Actor) -> None:
    """Show the waiting papers on the left and the chosen one, with its pages, on the right."""
    parts.title(_("Documents"), _("Delivered papers that wait for your decision, oldest first."))
    _take_back(actor)
    faculties = faculty_names(actor)
    faculty_id = _faculty_filter(faculties)
    asked_for = _asked_for(actor)
    number = links.number_in_address("p") or 1
    page = office_queue(actor, page=number, faculty_id=faculty_id)
    if page.total == 0:
        parts.empty(_("Nothing waits."), _("What the dean's offices deliver appears here at once."))
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        clicked = _click_in(page.rows, faculties)
        parts.pager(page, key="documents")
    chosen = clicked or asked_for or page.rows[0]
    links.put_in_address(item=chosen.case_item_id)
    with right:
        _decide(actor, chosen)


def _take_back(actor: Actor) -> None:
    """Offer to undo the decision made last in this browser."""
    if _LAST_KEY not in st.session_state:
        return
    if not st.button(
        _("Take the last decision back"), key="documents_take_back", icon=":material/undo:"
    ):
        return
    case_item_id, version = st.session_state.pop(_LAST_KEY)
    try:
        reopen_item(actor, case_item_id, version=version)
    except DomainError as error:
        parts.refusal(error)
        return
    links.put_in_address(item=case_item_id)
    parts.done(_("The decision is taken back; the paper waits again."))
    st.rerun()


def _faculty_filter(faculties: dict[int, str]) -> int | None:
    if len(faculties) <= 1:
        return None
    choices, given = [None, *faculties], links.number_in_address("faculty")
    chosen = st.selectbox(
        _("Faculty"),
        choices,
        index=choices.index(given) if given in faculties else 0,
        format_func=lambda faculty: faculties[faculty] if faculty else _("All faculties"),
        key="documents_faculty",
    )
    if chosen != given:
        links.put_in_address(faculty=chosen, p=None, item=None)
    return chosen


def _asked_for(actor: Actor) -> QueueLine | None:
    """Return the paper the address names, on whatever page it is, and say if it waits no more."""
    wanted = links.number_in_address("item")
    if wanted is None:
        return None
    line = waiting_item(actor, wanted)
    if line is None:
        st.info(_("The paper you had open no longer waits for a decision."))
        links.put_in_address(item=None)
    return line


def _click_in(lines: tuple[QueueLine, ...], faculties: dict[int, str]) -> QueueLine | None:
    # A selection outlives the rows it was made in. The key names the rows, so that the place of a
    # paper already decided cannot choose another one, or none at all.
    rows = "-".join(str(line.case_item_id) for line in lines)
    clicked = parts.table(
        {
            "name": [line.person_name for line in lines],
            "item": [name_of(line.item_name) for line in lines],
            "faculty": [faculties.get(line.faculty_id or 0, "—") for line in lines],
        },
        key=f"documents_queue_{rows}",
        column_config={
            "name": st.column_config.TextColumn(_("Name"), width="medium"),
            "item": st.column_config.TextColumn(_("Document")),
            "faculty": st.column_config.TextColumn(_("Faculty")),
        },
    )
    return None if clicked is None else lines[clicked]


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
        place = st.container(width=_DAY_WIDTH)
        last_day = date_field(place, _("Holds until"), f"{key}_last_day", None)
        is_accepted = st.button(
            _("Accept"),
            key=f"{key}_accept",
            type="primary",
            icon=":material/check:",
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
            accept_item(actor, line.case_item_id, version=line.version, valid_until=last_day)
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
    st.session_state[_LAST_KEY] = (line.case_item_id, line.version + 1)
    links.put_in_address(item=None)
    parts.done(_("Decided: %(name)s") % {"name": name_of(line.item_name)})
    st.rerun()
