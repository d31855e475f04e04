"""What is done with many messages at once: sent by e-mail, or withdrawn."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.errors import DomainError
from core.i18n import _, ngettext
from core.messages import describe
from core.permissions import Actor
from core.services.messages.outbox import queue_mails, withdraw_messages
from core.services.messages.views import MessageLine
from core.terms import MessageChannel, MessageStatus
from pages.shell import parts
from pages.shell.parts import escaped

#: Which tables were worked through; each deed makes the next one forget what was ticked.
TURN = "message_turn"

#: What can be withdrawn in a list.
_WITHDRAWABLE = (
    MessageStatus.PREPARED,
    MessageStatus.QUEUED,
    MessageStatus.FAILED,
    MessageStatus.UNCERTAIN,
)
_SENDABLE = (MessageStatus.PREPARED, MessageStatus.FAILED)


def send_many(actor: Actor, ticked: Sequence[MessageLine]) -> None:
    """Offer to send those of the ticked messages that are mail and wait."""
    mails = [
        line for line in ticked if line.channel is MessageChannel.EMAIL and line.status in _SENDABLE
    ]
    if not mails:
        return
    label = ngettext("Send %(count)s e-mail…", "Send %(count)s e-mails…", len(mails))
    question = _("They go out at once, signed as the settings say, and cannot be called back.")
    said = ngettext("%(count)s e-mail is queued.", "%(count)s e-mails are queued.", len(mails))
    with st.popover(escaped(label % {"count": len(mails)}), icon=":material/send:"):
        st.markdown(escaped(question))
        if st.button(_("Send"), key="message_send_many", type="primary"):
            _act(mails, lambda seen: queue_mails(actor, seen), said)


def withdraw_many(actor: Actor, ticked: Sequence[MessageLine]) -> None:
    """Offer to withdraw those of the ticked messages that have not gone out."""
    open_ones = [line for line in ticked if line.status in _WITHDRAWABLE]
    if not open_ones:
        return
    label = ngettext("Withdraw %(count)s message…", "Withdraw %(count)s messages…", len(open_ones))
    said = ngettext(
        "%(count)s message is withdrawn.", "%(count)s messages are withdrawn.", len(open_ones)
    )
    with st.popover(escaped(label % {"count": len(open_ones)}), icon=":material/block:"):
        st.markdown(escaped(_("They are not sent, and stay in the history.")))
        if st.button(_("Withdraw"), key="message_withdraw_many", type="primary"):
            _act(open_ones, lambda seen: withdraw_messages(actor, seen), said)


def _act(
    lines: Sequence[MessageLine],
    act: Callable[[dict[int, int]], dict[int, DomainError]],
    said: str,
) -> None:
    """Do something with many messages; say of how many it was done and why not of the others."""
    refused = act({line.message_id: line.version for line in lines})
    count = len(lines) - len(refused)
    if count:
        st.session_state[TURN] += 1
        parts.done(said % {"count": count})
    if not refused:
        st.rerun()
    names = {line.message_id: line.recipient for line in lines}
    for sentence in sorted({describe(error) for error in refused.values()}):
        about = [names[each] for each, error in refused.items() if describe(error) == sentence]
        st.error(escaped(f"{', '.join(about)}: {sentence}"))
