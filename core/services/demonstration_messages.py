"""Messages of the demonstration: a signature, reminders of the day, some sent, one withdrawn.

Called by the loader of the demonstration only. Everybody here is invented and says so.
"""

from core.permissions import SYSTEM_ACTOR
from core.services.messages.outbox import change_text, mark_sent, withdraw_message
from core.services.messages.preferences import Preferences, change_preferences
from core.services.messages.reminding import prepare_due
from core.services.messages.views import MessageFilter, list_messages, message_view
from core.terms import MessageChannel, MessageStatus

#: How many of the messages by telephone somebody sent already.
_SENT = 4


def add_messages() -> None:
    """Sign messages, prepare the reminders of the day, and deal with some of them."""
    change_preferences(
        SYSTEM_ACTOR,
        Preferences(
            executor="Demo Executor", phone="+996 555 000 009", sender="office@example.org"
        ),
    )
    prepare_due(SYSTEM_ACTOR)
    chats = MessageFilter(status=MessageStatus.PREPARED, channel=MessageChannel.WHATSAPP)
    for line in list_messages(SYSTEM_ACTOR, chats).rows[:_SENT]:
        mark_sent(SYSTEM_ACTOR, line.message_id, version=line.version)
    mails = MessageFilter(status=MessageStatus.PREPARED, channel=MessageChannel.EMAIL)
    first, second, *_others = list_messages(SYSTEM_ACTOR, mails).rows
    withdraw_message(SYSTEM_ACTOR, first.message_id, version=first.version)
    written = message_view(SYSTEM_ACTOR, second.message_id)
    change_text(
        SYSTEM_ACTOR,
        second.message_id,
        subject=written.subject,
        body=f"{written.body}\n\nP.S. Demonstration: nobody of this name exists.",
        version=second.version,
    )
