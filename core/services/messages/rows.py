"""A message as a row of its own, whom it is about, and what the log says of it."""

from secrets import token_hex

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.services.audit import Entry
from core.services.messages.composing import Text
from core.services.messages.recipients import Recipient
from core.terms import CaseKind, MessageChannel, MessageStatus
from db.models.messages import Message, MessagePerson

#: The longest name and the longest subject the table takes.
_LONGEST_NAME, LONGEST_SUBJECT = 250, 300

#: The right side of the id of mail: a name that is nobody's, because the address may change.
_DOMAIN = "international-department.invalid"


def new_message(
    recipient: Recipient, channel: MessageChannel, text: Text, kind: CaseKind | None, *, by: str
) -> Message:
    """Return a message that is prepared and not stored yet."""
    return Message(
        person_id=recipient.person_id,
        agent_id=recipient.agent_id,
        recipient=recipient.name[:_LONGEST_NAME],
        address=recipient.address(channel),
        channel=channel,
        language=recipient.language,
        kind=kind,
        subject=text.subject[:LONGEST_SUBJECT],
        body=text.body,
        status=MessageStatus.PREPARED,
        mail_id=f"<{token_hex(10)}@{_DOMAIN}>",
        created_at=clock.utc_now(),
        created_by=by,
    )


def told_of(message: Message, person_id: int, action: str, **clear: object) -> Entry:
    """Return what the log says of ``message`` at one of the people it is about."""
    return Entry(
        action=action,
        subject_kind="message",
        subject_id=message.id,
        person_id=person_id,
        clear={"channel": message.channel.value, **clear},
    )


def people_of(session: Session, message_id: int) -> list[int]:
    """Return whom a message is about, each once."""
    return list(
        session.scalars(
            sa.select(MessagePerson.person_id)
            .filter_by(message_id=message_id)
            .distinct()
            .order_by(MessagePerson.person_id)
        )
    )
