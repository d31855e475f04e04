"""The messages of the house: what waits, what went out, and what a person does with each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only

from core import clock, settings
from core.errors import DomainError, NotFound
from core.permissions import Actor, Permission
from core.rules.addresses import is_mail_address, link_with
from core.rules.templates import SIGNATURE, fill, one_line, open_fields, refuse_unknown_fields
from core.services import audit
from core.services.cards import full_name
from core.services.guard import requires
from core.services.messages.preferences import Preferences, load_preferences
from core.services.messages.preparing import people_of, told_of
from core.services.page import PAGE_SIZE, Page, last_page
from core.services.versions import claim
from core.terms import CaseKind, Language, MessageChannel, MessageStatus
from db.engine import reading, writing
from db.models.messages import Message, MessagePerson
from db.models.people import Person

#: The longest subject of one message, and the longest text, with a list of many students.
LONGEST_SUBJECT, LONGEST_TEXT = 300, 20_000

_Status = MessageStatus

#: What may still be changed, sent or withdrawn, and what was not sent and may be tried again.
OPEN = frozenset({_Status.PREPARED, _Status.FAILED, _Status.UNCERTAIN})


@dataclass(frozen=True, kw_only=True)
class MessageLine:
    """A message in a list; ``students`` is about how many people it is."""

    message_id: int
    version: int
    recipient: str
    is_agent: bool
    address: str
    channel: MessageChannel
    language: Language
    kind: CaseKind | None
    subject: str
    status: MessageStatus
    students: int
    created_at: datetime
    created_by: str
    sent_at: datetime | None
    sent_by: str | None
    last_error: str


@dataclass(frozen=True, kw_only=True)
class MessageView:
    """One message in full; ``text`` is what goes out, with the signature as it is known now.

    ``gaps`` are the fields of the signature that nobody has filled in, ``link`` opens the chat with
    the text (empty for mail, and while there are gaps). ``people`` are the ids and names of whom it
    is about. ``next_attempt_at`` is when mail is tried
    again, None where nothing is planned.
    """

    line: MessageLine
    subject: str
    body: str
    text: str
    gaps: tuple[str, ...]
    link: str
    people: tuple[tuple[int, str], ...]
    attempts: int
    next_attempt_at: datetime | None
    claimed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MessageFilter:
    """Which messages a list holds; None for all."""

    status: MessageStatus | None = None
    channel: MessageChannel | None = None
    person_ids: frozenset[int] | None = None


@requires(Permission.READ_MESSAGES)
def list_messages(actor: Actor, chosen: MessageFilter, *, page: int = 1) -> Page[MessageLine]:  # noqa: ARG001
    """Return a page of messages, the newest first; a page beyond the last is the last one."""
    conditions = _conditions(chosen)
    with reading() as session:
        total = session.scalar(sa.select(sa.func.count()).select_from(Message).where(*conditions))
        number = min(page, last_page(total or 0, PAGE_SIZE))
        rows = session.scalars(
            sa.select(Message)
            .where(*conditions)
            .order_by(Message.id.desc())
            .offset((number - 1) * PAGE_SIZE)
            .limit(PAGE_SIZE)
        ).all()
        counts = _counts(session, [row.id for row in rows])
    lines = tuple(_line(row, counts.get(row.id, 0)) for row in rows)
    return Page(rows=lines, total=total or 0, number=number)


@requires(Permission.READ_MESSAGES)
def message_counts(actor: Actor) -> dict[MessageStatus, int]:  # noqa: ARG001
    """Return how many messages there are in each status, zero included."""
    with reading() as session:
        rows = session.execute(
            sa.select(Message.status, sa.func.count())
            .group_by(Message.status)
            .order_by(Message.status)
        )
        counted = {row[0]: row[1] for row in rows}
    return {status: counted.get(status, 0) for status in MessageStatus}


@requires(Permission.READ_MESSAGES)
def message_view(actor: Actor, message_id: int) -> MessageView:  # noqa: ARG001
    """Return one message in full. Raises :class:`NotFound`."""
    with reading() as session:
        return _view(session, _existing(session, message_id), load_preferences(session))


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
    ``message.no_mail``, ``message.signature_missing``, ``message.sender_missing``,
    ``mail.not_set_up`` and :class:`Conflict`.
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
    if settings.current().smtp is None:
        raise DomainError("mail.not_set_up")
    if not own.sender:
        raise DomainError("message.sender_missing")
    sign(message, own)
    message.status, message.next_attempt_at = _Status.QUEUED, clock.utc_now()
    message.attempts, message.last_error = 0, ""
    _record(session, actor, message, "message.queue")


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


def _conditions(chosen: MessageFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if chosen.status is not None:
        conditions.append(Message.status == chosen.status)
    if chosen.channel is not None:
        conditions.append(Message.channel == chosen.channel)
    if chosen.person_ids is not None:
        about = sa.select(MessagePerson.message_id).where(
            MessagePerson.person_id.in_(chosen.person_ids)
        )
        conditions.append(Message.id.in_(about))
    return conditions


def _existing(session: Session, message_id: int) -> Message:
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound
    return message


def _claimed(
    session: Session,
    actor: Actor,
    message_id: int,
    version: int,
    *,
    also: MessageStatus | None = None,
) -> Message:
    """Return a message that has not gone out, for a change by ``actor``."""
    message = _existing(session, message_id)
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


def _counts(session: Session, message_ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        sa.select(MessagePerson.message_id, sa.func.count(MessagePerson.person_id.distinct()))
        .where(MessagePerson.message_id.in_(message_ids))
        .group_by(MessagePerson.message_id)
        .order_by(MessagePerson.message_id)
    )
    return {row[0]: row[1] for row in rows}


def _line(row: Message, students: int) -> MessageLine:
    return MessageLine(
        message_id=row.id,
        version=row.version,
        recipient=row.recipient,
        is_agent=row.agent_id is not None,
        address=row.address,
        channel=row.channel,
        language=row.language,
        kind=row.kind,
        subject=row.subject,
        status=row.status,
        students=students,
        created_at=row.created_at,
        created_by=row.created_by,
        sent_at=row.sent_at,
        sent_by=row.sent_by,
        last_error=row.last_error,
    )


def _view(session: Session, row: Message, own: Preferences) -> MessageView:
    people = _names(session, row.id)
    text = fill(row.body, own.signature())
    gaps = open_fields(text)
    is_ready = not gaps and row.status in OPEN
    return MessageView(
        line=_line(row, len(people)),
        subject=row.subject,
        body=row.body,
        text=text,
        gaps=gaps,
        link=link_with(row.channel, row.address, text) if is_ready else "",
        people=people,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        claimed_at=row.claimed_at,
    )


def _names(session: Session, message_id: int) -> tuple[tuple[int, str], ...]:
    about = sa.select(MessagePerson.person_id).where(MessagePerson.message_id == message_id)
    people = session.scalars(
        sa.select(Person)
        .options(load_only(Person.surname, Person.given_names))
        .where(Person.id.in_(about))
        .order_by(Person.surname, Person.given_names, Person.id)
    )
    return tuple((person.id, full_name(person)) for person in people)
