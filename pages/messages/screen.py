"""Messages: those to be sent, on their way, gone and failed; the address names one or a list."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_moment, format_number
from core.permissions import Actor, Permission
from core.services.house import time_zone
from core.services.messages.views import (
    MessageFilter,
    MessageLine,
    list_messages,
    message_counts,
    message_view,
)
from core.services.page import Page
from core.terms import MessageChannel, MessageStatus
from core.words import word
from pages.messages.many import TURN, send_many, withdraw_many
from pages.messages.one import show_message
from pages.shell import links, parts
from pages.shell.parts import escaped

_ALL = "all"


def render(actor: Actor) -> None:
    """Show the message the address names, or the list."""
    message_id = links.number_in_address("message")
    if message_id is None:
        _list(actor)
        return
    if st.button(_("All messages"), icon=":material/arrow_back:", key="message_back"):
        links.put_in_address(message=None)
        st.rerun()
    try:
        message = message_view(actor, message_id)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.title(escaped(message.line.recipient))
    show_message(actor, message)


def _list(actor: Actor) -> None:
    parts.title(_("Messages"), _("Reminders are prepared every day from the due dates."))
    status, channel = _filters(actor)
    chosen = MessageFilter(status=status, channel=channel)
    page = list_messages(actor, chosen, page=links.number_in_address("p") or 1)
    if page.total == 0:
        parts.empty(
            _("There is no such message."),
            _("Messages come from the plan of reminders, from the tracker, or from a card."),
        )
        return
    ticked = _table(page)
    parts.pager(page, key="message")
    if not ticked:
        may_send = actor.can(Permission.SEND_MESSAGES)
        st.caption(
            _("Tick one message to read it, or many to send or withdraw them.")
            if may_send
            else _("Tick a message to read it.")
        )
        return
    with st.container(horizontal=True):
        if len(ticked) == 1 and st.button(
            _("Open the message"), key="message_open", icon=":material/drafts:"
        ):
            links.put_in_address(message=ticked[0].message_id)
            st.rerun()
        if actor.can(Permission.SEND_MESSAGES):
            send_many(actor, ticked)
            withdraw_many(actor, ticked)


def _filters(actor: Actor) -> tuple[MessageStatus | None, MessageChannel | None]:
    """Ask for status and channel; the choice is in the address."""
    counts = message_counts(actor)
    shown = [status for status in MessageStatus if counts[status]] or [MessageStatus.PREPARED]
    states = [*(status.value for status in shown), _ALL]
    given = links.text_in_address("status")
    state = st.segmented_control(
        _("Status"),
        states,
        default=given if given in states else states[0],
        format_func=lambda each: _state(each, counts),
        key="message_status",
        required=True,
    )
    channels: list[MessageChannel | None] = [None, *MessageChannel]
    named = links.text_in_address("channel")
    channel = st.selectbox(
        _("Channel"),
        channels,
        index=channels.index(MessageChannel(named)) if named in set(MessageChannel) else 0,
        format_func=lambda each: word(each) if each else _("all"),
        key="message_channel",
        width=180,
    )
    if (state, channel.value if channel else "") != (given, named):
        links.put_in_address(status=state, channel=channel.value if channel else None, p=None)
    return (None if state == _ALL else MessageStatus(state)), channel


def _state(state: str, counts: Mapping[MessageStatus, int]) -> str:
    if state == _ALL:
        return _("all")
    status = MessageStatus(state)
    return f"{word(status)} ({format_number(counts[status])})"


def _table(page: Page[MessageLine]) -> list[MessageLine]:
    lines = page.rows
    shown = st.dataframe(
        parts.columns(_columns(lines)),
        key=f"message_list_{page.number}_{st.session_state.setdefault(TURN, 0)}",
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "recipient": st.column_config.TextColumn(_("To"), width=200),
            "subject": st.column_config.TextColumn(_("Subject line"), width=340),
            "students": st.column_config.NumberColumn(_("Students"), width=90),
            "channel": st.column_config.TextColumn(_("Channel"), width=100),
            "status": parts.status_column(_("Status"), list(MessageStatus), width=130),
            "prepared": st.column_config.TextColumn(_("Prepared"), width=150),
            "sent": st.column_config.TextColumn(_("Sent"), width=150),
            "address": st.column_config.TextColumn(_("Address")),
        },
    )
    return [lines[row] for row in shown.selection.rows if row < len(lines)]


def _columns(lines: Sequence[MessageLine]) -> dict[str, Sequence[Any]]:
    zone = time_zone()
    return {
        "recipient": [line.recipient for line in lines],
        "subject": [line.subject for line in lines],
        "students": [line.students for line in lines],
        "channel": [word(line.channel) for line in lines],
        "status": [[word(line.status)] for line in lines],
        "prepared": [format_moment(line.created_at, time_zone=zone) for line in lines],
        "sent": [
            format_moment(line.sent_at, time_zone=zone) if line.sent_at else "—" for line in lines
        ],
        "address": [line.address for line in lines],
    }
