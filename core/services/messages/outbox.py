"""What a person does with a message: changes, signs, sends, marks or withdraws it."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.addresses import is_mail_address
from core.rules.templates import SIGNATURE, fill, one_line, open_fields, refuse_unknown_fields
from core.services import audit
from core.services.guard import requires
from core.services.messages.preferences import Preferences, load_preferences
from core.services.messages.recipients import Reachable, reachable
from core.services.messages.rows import LONGEST_SUBJECT, people_of, told_of
from core.services.messages.views import OPEN, existing_message
from core.services.versions import claim
from core.terms import MessageChannel, MessageStatus
from db.engine import writing
from db.models.messages import Message

#: The longest text of one message, with a list of many students.
LONGEST_TEXT = 20_000

_Status = MessageStatus


@requires(Permission.SEND_MESSAGES)
def change_text(actor: Actor, message_id: int, *, subject: str, body: str, version: int) -> None:
    """Change the text of a message that has not gone out.

    Raises ``message.gone``, ``message.empty``, ``text.too_long``, ``template.field_unknown``,
    ``template.brace`` and :class:`Conflict`.
    """
    refuse_unusable_text(subject, body)
    with writing() as session:
        message = _claimed(session, actor, message_id, version)
        message.subject, message.body = one_line(subject), body.strip()
        message.is_edited = True
        _record(session, actor, message, "message.edit")


@requires(Permission.SEND_MESSAGES)
def queue_mail(actor: Actor, message_id: int, *, version: int) -> None:
    """Have mail sent now, signed as the settings say; its text cannot be changed any more.

    For mail that failed, or of which nobody knows, it begins anew. Raises ``message.gone``,
    ``message.no_mail``, ``message.misdirected``, ``message.signature_missing``,
    ``message.sender_missing``, ``mail.not_set_up`` and :class:`Conflict`.
    """
    with writing() as session:
        message = _claimed(session, actor, message_id, version)
        message.is_automatic = False
        put_in_queue(session, actor, message, load_preferences(session))


@requires(Permission.SEND_MESSAGES)
def queue_mails(actor: Actor, seen: Mapping[int, int]) -> dict[int, DomainError]:
    """Have many sent, each by itself; ``seen`` gives each its version.

    Return why those that stay were refused, by id.
    """
    return _each(seen, lambda message_id, version: queue_mail(actor, message_id, version=version))


@requires(Permission.SEND_MESSAGES)
def withdraw_messages(actor: Actor, seen: Mapping[int, int]) -> dict[int, DomainError]:
    """Take back many that have not gone out; return as :func:`queue_mails` does."""
    return _each(seen, lambda each, version: withdraw_message(actor, each, version=version))


@requires(Permission.SEND_MESSAGES)
def withdraw_message(actor: Actor, message_id: int, *, version: int) -> None:
    """Take back a message that has not gone out; it stays in the history.

    Raises ``message.gone`` and :class:`Conflict`.
    """
    with writing() as session:
        message = _claimed(session, actor, message_id, version, also=_Status.QUEUED)
        message.status, message.next_attempt_at = _Status.WITHDRAWN, None
        _record(session, actor, message, "message.withdraw")


@requires(Permission.SEND_MESSAGES)
def mark_sent(actor: Actor, message_id: int, *, version: int) -> None:
    """Note that the actor sent a message himself, as it is shown, now.

    Raises ``message.gone``, ``message.signature_missing`` and :class:`Conflict`.
    """
    with writing() as session:
        message = _claimed(session, actor, message_id, version)
        sign(message, load_preferences(session))
        message.status, message.next_attempt_at = _Status.SENT, None
        message.sent_at, message.sent_by = clock.utc_now(), actor.full_name
        message.last_error = ""
        _record(session, actor, message, "message.mark_sent")


def put_in_queue(session: Session, actor: Actor, message: Message, own: Preferences) -> None:
    """Sign ``message`` and let it be sent; raises as :func:`queue_mail`."""
    if message.channel is not MessageChannel.EMAIL or not is_mail_address(message.address):
        raise DomainError("message.no_mail")
    if is_misdirected(session, message):
        raise DomainError("message.misdirected", name=message.recipient)
    if settings.current().smtp is None:
        raise DomainError("mail.not_set_up")
    if not own.sender:
        raise DomainError("message.sender_missing")
    sign(message, own)
    message.status, message.next_attempt_at = _Status.QUEUED, clock.utc_now()
    message.attempts, message.last_error = 0, ""
    _record(session, actor, message, "message.queue")


def is_misdirected(session: Session, message: Message) -> bool:
    """Return whether somebody it is about is not to be written about to its address any more.

    He has another address or another representative by now, or his record is closed.
    """
    people = people_of(session, message.id)
    known = reachable(session, people)
    return not all(_leads_to(message, known.get(person_id)) for person_id in people)


def _leads_to(message: Message, known: Reachable | None) -> bool:
    if known is None:
        return False
    recipient = known.student if message.agent_id is None else known.agent
    return recipient is not None and (
        (recipient.person_id, recipient.agent_id, recipient.address(message.channel))
        == (message.person_id, message.agent_id, message.address)
    )


def sign(message: Message, own: Preferences) -> None:
    """Fill the signature into the text. Raises ``message.signature_missing`` where it is empty."""
    signed = own.signature()
    subject, body = (fill(text, signed) for text in (message.subject, message.body))
    if open_fields(subject) or open_fields(body):
        raise DomainError("message.signature_missing")
    message.subject, message.body = one_line(subject), body


def _each(seen: Mapping[int, int], act: Callable[[int, int], None]) -> dict[int, DomainError]:
    refused = {}
    for message_id, version in seen.items():
        try:
            act(message_id, version)
        except DomainError as error:
            refused[message_id] = error
    return refused


def _claimed(
    session: Session,
    actor: Actor,
    message_id: int,
    version: int,
    *,
    also: MessageStatus | None = None,
) -> Message:
    """Return a message that has not gone out, for a change by ``actor``."""
    message = existing_message(session, message_id)
    claim(session, message, actor, seen_version=version)
    if message.status not in OPEN and message.status is not also:
        raise DomainError("message.gone")
    return message


def refuse_unusable_text(subject: str, body: str) -> None:
    """Raise where a message cannot be sent so.

    ``message.empty``, ``text.too_long``, and for any field but those of the signature
    ``template.field_unknown`` and ``template.brace``.
    """
    if not subject.strip() or not body.strip():
        raise DomainError("message.empty")
    for text, longest in ((subject, LONGEST_SUBJECT), (body, LONGEST_TEXT)):
        if len(text) > longest:
            raise DomainError("text.too_long", text=f"{text[:40]}…", longest=longest)
        refuse_unknown_fields(text, SIGNATURE)


def _record(session: Session, actor: Actor, message: Message, action: str) -> None:
    people = people_of(session, message.id)
    audit.record_all(session, actor, [told_of(message, person, action) for person in people])
