"""One message: its text as it goes out, what became of it, and what can be done with it."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_moment
from core.permissions import SYSTEM_ACTOR, Actor, Permission, Role
from core.services.house import time_zone
from core.services.messages.outbox import (
    LONGEST_TEXT,
    change_text,
    mark_sent,
    queue_mail,
    withdraw_message,
)
from core.services.messages.rows import LONGEST_SUBJECT
from core.services.messages.views import OPEN, MessageView
from core.terms import MessageChannel, MessageStatus
from core.words import word
from pages.messages.text import show_gaps, show_text
from pages.shell import editing, links, parts
from pages.shell.parts import escaped


def show_message(actor: Actor, message: MessageView) -> None:
    """Show a message and, to who may send it, every way on."""
    _facts(message)
    _trouble(message)
    if message.line.status in OPEN:
        show_gaps(message.gaps)
    if actor.can(Permission.SEND_MESSAGES):
        _acts(actor, message)
    show_text(message.subject, message.text)
    _people(message)


def _acts(actor: Actor, message: MessageView) -> None:
    """Offer every way on; above the text, which may be long."""
    with st.container(horizontal=True):
        if message.line.status in OPEN:
            _ways(actor, message)
            _edit(actor, message)
        if message.line.status in OPEN or message.line.status is MessageStatus.QUEUED:
            _withdraw(actor, message)


def _facts(message: MessageView) -> None:
    line = message.line
    with st.container(horizontal=True, vertical_alignment="center"):
        parts.badge(line.status)
        st.badge(escaped(word(line.channel)), color="gray")
        st.badge(escaped(word(line.language)), color="gray")
        st.markdown(escaped(line.address), width="content")
    prepared = _("Prepared on %(moment)s by %(name)s")
    told = [prepared % {"moment": _moment(line.created_at), "name": _doer(line.created_by)}]
    if line.sent_at is not None and line.sent_by is not None:
        sent = _("sent on %(moment)s by %(name)s")
        told.append(sent % {"moment": _moment(line.sent_at), "name": _doer(line.sent_by)})
    st.caption(escaped(" · ".join(told)))


def _moment(instant: datetime) -> str:
    return format_moment(instant, time_zone=time_zone())


def _doer(name: str) -> str:
    return word(Role.SYSTEM) if name == SYSTEM_ACTOR.full_name else name


def _trouble(message: MessageView) -> None:
    status, reason = message.line.status, message.line.last_error
    if status is MessageStatus.FAILED:
        st.error(escaped(_("It could not be sent: %(reason)s") % {"reason": reason}))
    elif status is MessageStatus.UNCERTAIN:
        st.warning(
            _(
                "Nobody knows whether this left: the line or the server was cut at that moment. "
                "Ask the recipient; then send it again, or mark it as sent."
            )
        )
        if reason:
            st.caption(escaped(reason))
    elif status is MessageStatus.QUEUED and message.next_attempt_at is not None:
        _waiting(message)


def _waiting(message: MessageView) -> None:
    if message.line.last_error and message.next_attempt_at is not None:
        told = _("Attempt %(number)s did not succeed: %(reason)s. The next one: %(moment)s")
        values = {
            "number": message.attempts,
            "reason": message.line.last_error,
            "moment": _moment(message.next_attempt_at),
        }
        st.info(escaped(told % values))
    else:
        st.info(_("It goes out within a minute, automatic ones after the quiet hours."))


def _people(message: MessageView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("About:"), width="content")
        for person_id, name in message.people:
            if st.button(
                escaped(name),
                key=f"message_person_{person_id}",
                type="tertiary",
                icon=":material/person:",
            ):
                links.go_to("students", person=person_id, tab="messages")


def _ways(actor: Actor, message: MessageView) -> None:
    line = message.line
    if line.channel is MessageChannel.EMAIL:
        again = line.status is not MessageStatus.PREPARED
        if st.button(
            _("Send again") if again else _("Send by e-mail"),
            key=f"message_send_{line.message_id}",
            type="primary",
            icon=":material/send:",
        ):
            _do(
                lambda: queue_mail(actor, line.message_id, version=line.version),
                _("The e-mail is queued and goes out within a minute."),
            )
        if not again:
            return
    elif message.link:
        st.link_button(
            _("Open in %(channel)s") % {"channel": word(line.channel)},
            message.link,
            type="primary",
            icon=":material/open_in_new:",
        )
    if st.button(
        _("Mark as sent"), key=f"message_sent_{line.message_id}", icon=":material/done_all:"
    ):
        _do(
            lambda: mark_sent(actor, line.message_id, version=line.version),
            _("The message is marked as sent."),
        )


def _edit(actor: Actor, message: MessageView) -> None:
    def fields(key: str) -> tuple[str, str]:
        subject = st.text_input(
            _("Subject line"),
            value=message.subject,
            key=f"{key}_subject",
            max_chars=LONGEST_SUBJECT,
        )
        body = st.text_area(
            _("Text"), value=message.body, key=f"{key}_body", height=360, max_chars=LONGEST_TEXT
        )
        st.caption(_("{executor} and {phone} become the signature when it is sent."))
        return subject, body

    line = message.line
    editing.offer(
        _("Change the text"),
        key=f"message_edit_{line.message_id}",
        version=line.version,
        fields=fields,
        save=lambda entered, seen: change_text(
            actor, line.message_id, subject=entered[0], body=entered[1], version=seen
        ),
        said=_("The text is changed."),
    )


def _withdraw(actor: Actor, message: MessageView) -> None:
    line = message.line
    editing.confirm(
        _("Withdraw"),
        key=f"message_withdraw_{line.message_id}",
        question=_("It is not sent, and stays in the history."),
        act=lambda: withdraw_message(actor, line.message_id, version=line.version),
        said=_("The message is withdrawn."),
        icon=":material/block:",
    )


def _do(act: Callable[[], None], said: str) -> None:
    try:
        act()
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(said)
    st.rerun()
