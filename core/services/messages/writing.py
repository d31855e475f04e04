"""A message written by hand on the card of a person, beginning with one of the texts."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import DomainError, NotFound
from core.permissions import Actor, Permission
from core.rules.templates import one_line
from core.services import audit
from core.services.cards import full_name
from core.services.guard import requires
from core.services.house import load_house, today
from core.services.messages.composing import Matter, Text, compose, filled, free_values
from core.services.messages.matters import matters_of
from core.services.messages.outbox import refuse_unusable_text
from core.services.messages.recipients import Recipient, reachable
from core.services.messages.rows import new_message, told_of
from core.services.messages.templates import load_templates, reminder_text
from core.services.scope import open_person
from core.terms import MessageChannel
from db.engine import reading, writing
from db.models.messages import Message, MessagePerson


@dataclass(frozen=True, kw_only=True)
class Address:
    """One of the two who may be written to, and the channels that reach him."""

    name: str
    is_agent: bool
    channels: tuple[MessageChannel, ...]


@dataclass(frozen=True, kw_only=True)
class WrittenForm:
    """A message as it was written: to whom, how, and about which case (None: about none)."""

    to_agent: bool
    channel: MessageChannel
    subject: str
    body: str
    case_id: int | None = None


@requires(Permission.SEND_MESSAGES)
def addresses_of(actor: Actor, person_id: int) -> tuple[Address, ...]:
    """Return who may be written to about a person: himself, then his representative, if any."""
    with reading() as session:
        open_person(session, actor, person_id)
        return tuple(
            Address(
                name=each.name,
                is_agent=each.agent_id is not None,
                channels=tuple(channel for channel in MessageChannel if each.address(channel)),
            )
            for each in _both(session, person_id)
        )


@requires(Permission.SEND_MESSAGES)
def begin_message(
    actor: Actor, person_id: int, *, to_agent: bool, case_id: int | None = None
) -> Text:
    """Return the text a message begins with: the reminder of a case, or the free one.

    Raises :class:`NotFound` for a case that is not one of his open ones.
    """
    with reading() as session:
        person = open_person(session, actor, person_id)
        recipient, house = _recipient(session, person_id, to_agent=to_agent), load_house(session)
        texts = load_templates(session)
        if case_id is not None:
            matter = _matter(session, actor, person_id, case_id)
            template = reminder_text(texts, matter.kind, recipient.audience)
            return compose(template, recipient, [matter], house=house, today=today())
        free = next(
            row for row in texts if not row.is_reminder and row.audience is recipient.audience
        )
        values = free_values(recipient, [full_name(person)], house=house, today=today())
        return filled(free, recipient.language, values)


@requires(Permission.SEND_MESSAGES)
def write_message(actor: Actor, person_id: int, form: WrittenForm) -> int:
    """Keep a message that was written, ready to be sent, and return its id.

    About a case it counts as a reminder of its date. Raises ``message.not_reached`` where the
    channel does not lead to the recipient, what :func:`refuse_unusable_text` raises, NotFound.
    """
    refuse_unusable_text(form.subject, form.body)
    with writing() as session:
        open_person(session, actor, person_id)
        recipient = _recipient(session, person_id, to_agent=form.to_agent)
        if not recipient.address(form.channel):
            raise DomainError("message.not_reached", name=recipient.name)
        matter = None if form.case_id is None else _matter(session, actor, person_id, form.case_id)
        text = Text(subject=one_line(form.subject), body=form.body.strip())
        kind = matter.kind if matter else None
        message = new_message(recipient, form.channel, text, kind, by=actor.full_name)
        message.is_edited = True
        session.add(message)
        session.flush()
        session.add(_line(message, person_id, matter))
        audit.record_all(session, actor, [told_of(message, person_id, "message.write")])
        return message.id


def _line(message: Message, person_id: int, matter: Matter | None) -> MessagePerson:
    return MessagePerson(
        message_id=message.id,
        person_id=person_id,
        case_id=matter.case_id if matter else None,
        due_on=matter.due_on if matter else None,
        reminded_on=today(),
    )


def _both(session: Session, person_id: int) -> tuple[Recipient, ...]:
    known = reachable(session, [person_id])[person_id]
    return (known.student, *((known.agent,) if known.agent else ()))


def _recipient(session: Session, person_id: int, *, to_agent: bool) -> Recipient:
    for recipient in _both(session, person_id):
        if (recipient.agent_id is not None) == to_agent:
            return recipient
    raise NotFound


def _matter(session: Session, actor: Actor, person_id: int, case_id: int) -> Matter:
    matter = matters_of(session, actor, [case_id]).get(case_id)
    if matter is None or matter.person_id != person_id:
        raise NotFound
    return matter
