"""The batches in hand, or closed, and one of them with its persons."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_date
from core.permissions import Actor, Permission
from core.services.batch_views import BatchLine, batch_view, list_batches
from core.terms import Party
from core.words import word
from pages.batches.batch import show_batch
from pages.shell import links, parts


def render(actor: Actor) -> None:
    """Show the batch the address names, or the list of them."""
    batch_id = links.number_in_address("batch")
    if batch_id is None:
        _all_of_them(actor)
        return
    if st.button(_("All batches"), icon=":material/arrow_back:", key="batches_back"):
        links.put_in_address(batch=None)
        st.rerun()
    try:
        batch = batch_view(actor, batch_id)
    except DomainError as error:
        parts.refusal(error)
        return
    show_batch(actor, batch)


def _all_of_them(actor: Actor) -> None:
    parts.title(
        _("Batches"),
        _("What goes to an authority in one submission, and what it has answered. Click a row."),
    )
    is_closed = _is_closed_wanted()
    page = list_batches(actor, is_closed=is_closed, page=links.number_in_address("p") or 1)
    if page.total == 0:
        _nothing(actor, is_closed=is_closed)
        return
    clicked = parts.table(
        _columns(page.rows),
        key=f"batches_list_{is_closed}",
        column_config={
            "number": st.column_config.NumberColumn(_("No."), width=60),
            "to": parts.status_column(_("To"), list(Party), width=170),
            "kind": st.column_config.TextColumn(_("Procedure"), width=200),
            "persons": st.column_config.NumberColumn(_("Persons"), width=80),
            "answers": st.column_config.TextColumn(_("Answers"), width=90),
            "submitted": st.column_config.TextColumn(_("Submitted")),
            "waits": st.column_config.TextColumn(_("Days waiting")),
            "reference": st.column_config.TextColumn(_("Number")),
            "name": st.column_config.TextColumn(_("Name of the batch")),
            "gathered": st.column_config.TextColumn(_("Gathered")),
        },
    )
    parts.pager(page, key="batches")
    if clicked is not None:
        links.put_in_address(batch=page.rows[clicked].batch_id)
        st.rerun()


def _is_closed_wanted() -> bool:
    given = links.text_in_address("show") == "closed"
    labels = {False: _("In hand"), True: _("Closed")}
    chosen = st.segmented_control(
        _("Show"),
        list(labels),
        default=given,
        required=True,
        format_func=lambda each: labels[each],
        key="batches_show",
        label_visibility="collapsed",
    )
    if chosen != given:
        links.put_in_address(show="closed" if chosen else None, p=None)
    return bool(chosen)


def _nothing(actor: Actor, *, is_closed: bool) -> None:
    if is_closed:
        parts.empty(
            _("No batch is closed yet."),
            _("A batch closes by itself when everybody in it has an answer."),
        )
        return
    parts.empty(
        _("No batch is in hand."),
        _("In the visa tracker choose a step, tick cases and press “Gather into a batch”.")
        if actor.can(Permission.EDIT_CASES)
        else _("The International Department gathers them; they appear here."),
    )
    if actor.can(Permission.EDIT_CASES) and st.button(
        _("Open the visa tracker"), key="batches_tracker", icon=":material/view_kanban:"
    ):
        links.go_to("tracker")


def _columns(lines: Sequence[BatchLine]) -> dict[str, Sequence[Any]]:
    answers = _("%(done)s of %(all)s")
    return {
        "number": [line.batch_id for line in lines],
        "to": [[word(line.authority)] for line in lines],
        "answers": [
            answers % {"done": line.answered, "all": line.count} if line.submitted_on else "—"
            for line in lines
        ],
        "submitted": [
            format_date(line.submitted_on) if line.submitted_on else _("not yet") for line in lines
        ],
        "waits": ["—" if line.waited_days is None else str(line.waited_days) for line in lines],
        "persons": [line.count for line in lines],
        "kind": [word(line.kind) for line in lines],
        "reference": [line.reference or "—" for line in lines],
        "name": [line.name or "—" for line in lines],
        "gathered": [f"{format_date(line.gathered_on)}, {line.gathered_by}" for line in lines],
    }
