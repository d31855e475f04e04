"""The messages of the house as lists and cards show them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, load_only

from core.errors import NotFound
from core.permissions import Actor, Permission
from core.rules.addresses import link_with
from core.rules.templates import fill, open_fields
from core.services.cards import full_name
from core.services.guard import requires
from core.services.messages.preferences import Preferences, load_preferences
from core.services.page import PAGE_SIZE, Page, last_page
from core.terms import CaseKind, Language, MessageChannel, MessageStatus
from db.engine import reading
from db.models.messages import Message, MessagePerson
from db.models.people import Person

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
        return _view(session, existing_message(session, message_id), load_preferences(session))


def existing_message(session: Session, message_id: int) -> Message:
    """Return the message. Raises :class:`NotFound`."""
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound
    return message


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
