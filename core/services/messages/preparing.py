"""Reminders prepared: one message to each recipient about each procedure, nobody reminded twice.

Whoever prepares is alone while he does, and each reminder has a key that exists once. A message
that was prepared and not sent yet takes further students in, so that a representative gets one.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor
from core.services import audit
from core.services.audit import Entry
from core.services.house import House, load_house
from core.services.messages.composing import Matter, Text, compose
from core.services.messages.matters import matters_of
from core.services.messages.recipients import Recipient, reachable
from core.services.messages.rows import LONGEST_SUBJECT, new_message, told_of
from core.services.messages.templates import load_templates, reminder_text
from core.services.versions import touch
from core.terms import CaseKind, MessageChannel, MessageStatus
from db.engine import is_sqlite, writing
from db.models.messages import Message, MessagePerson, MessageTemplate

#: Any constant will do, as long as every process of the product uses the same one.
_PREPARING = 7_214_005


#: Reminders that wait to be sent as they were prepared.
_UNTOUCHED = (
    Message.status == MessageStatus.PREPARED,
    Message.is_edited.is_(False),
    Message.kind.is_not(None),
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A case to remind of; ``stage`` says in the key which of its reminders this is."""

    case_id: int
    stage: str


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How reminders are to go: by mail or else WhatsApp for None, to whom, and who asked for them.

    ``by_plan`` are those nobody asked for: their mail may go out by itself.
    """

    channel: MessageChannel | None = None
    to_students: bool = False
    by_plan: bool = False


#: Representative, person, channel and procedure: of each there is one message that waits.
Place = tuple[int | None, int | None, MessageChannel, CaseKind | None]


@dataclass(frozen=True, kw_only=True)
class Group:
    """What one recipient is to be told of one procedure, in one message."""

    recipient: Recipient
    channel: MessageChannel
    kind: CaseKind
    matters: list[Matter] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Which message this is."""
        return self.recipient.agent_id, self.recipient.person_id, self.channel, self.kind


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """The messages some cases come to, and the matters of people whom nothing reaches."""

    groups: tuple[Group, ...]
    unreachable: tuple[Matter, ...]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What was prepared: the messages, new or grown, and how many reminders they hold anew."""

    message_ids: tuple[int, ...]
    reminders: int


@dataclass(kw_only=True)
class _Draft:
    """A message of a group, new or prepared before, with everything it will be about.

    ``settled`` are the lines of the message that remind of nothing any more.
    """

    group: Group
    message: Message | None = None
    settled: list[MessagePerson] = field(default_factory=list)
    matters: dict[int, Matter] = field(default_factory=dict)


@contextmanager
def preparing() -> Iterator[Session]:
    """Give a session for preparing reminders, alone until its end."""
    with writing() as session:
        if not is_sqlite():
            session.execute(sa.text(f"SELECT pg_advisory_xact_lock({_PREPARING})"))
        yield session


def grouped(session: Session, matters: Iterable[Matter], ways: Ways) -> Grouping:
    """Return who is to be told what, by recipient and procedure, in the order of the matters."""
    listed = list(matters)
    known = reachable(session, {matter.person_id for matter in listed})
    groups: dict[Place, Group] = {}
    unreachable = []
    for matter in listed:
        way = known[matter.person_id].chosen(ways.channel, to_students=ways.to_students)
        if way is None:
            unreachable.append(matter)
            continue
        recipient, channel = way
        group = Group(recipient=recipient, channel=channel, kind=matter.kind)
        groups.setdefault(group.place, group).matters.append(matter)
    return Grouping(groups=tuple(groups.values()), unreachable=tuple(unreachable))


def prepare(
    session: Session, actor: Actor, wanted: Sequence[Wanted], ways: Ways, *, today: date
) -> Prepared:
    """Write the messages that remind of ``wanted``.

    Only in a session of :func:`preparing`.
    """
    stages = {each.case_id: each.stage for each in wanted}
    matters = matters_of(session, actor, list(stages))
    drafts = [_Draft(group=group) for group in grouped(session, matters.values(), ways).groups]
    _find_prepared(session, actor, drafts)
    texts, house = load_templates(session), load_house(session)
    for draft in drafts:
        text = _composed(draft, texts, house, today)
        if draft.message is None:
            group = draft.group
            draft.message = new_message(
                group.recipient, group.channel, text, group.kind, by=actor.full_name
            )
            draft.message.is_automatic = ways.by_plan
            session.add(draft.message)
        else:
            _write_anew(session, actor, draft, text)
    session.flush()
    entries = [entry for draft in drafts for entry in _add_lines(session, draft, stages, today)]
    session.flush()
    audit.record_all(session, actor, entries)
    return Prepared(
        message_ids=tuple(draft.message.id for draft in drafts if draft.message is not None),
        reminders=len(entries),
    )


def refresh(session: Session, actor: Actor, *, after: int, limit: int, today: date) -> int | None:
    """Take what is settled out of messages that wait untouched, with ids above ``after``.

    Return the last id that was looked at, None where nothing is left. One of which everything is
    settled stays as it is, to be withdrawn. Only in a session of :func:`preparing`.
    """
    waiting = session.scalars(
        sa.select(Message)
        .where(Message.id > after, *_UNTOUCHED)
        .order_by(Message.id)
        .limit(limit)
        .with_for_update()
    ).all()
    drafts = {message.id: _Draft(group=_group_of(message), message=message) for message in waiting}
    _find_lines(session, actor, drafts)
    texts, house = load_templates(session), load_house(session)
    for draft in drafts.values():
        if draft.settled and draft.matters:
            _write_anew(session, actor, draft, _composed(draft, texts, house, today))
    return waiting[-1].id if len(waiting) == limit else None


def _group_of(message: Message) -> Group:
    """Return to whom a prepared reminder goes, as it was when it was prepared."""
    if message.kind is None:
        raise ValueError("a message written freely reminds of nothing")
    recipient = Recipient(
        person_id=message.person_id,
        agent_id=message.agent_id,
        name=message.recipient,
        language=message.language,
        email=message.address,
        phone=message.address,
    )
    return Group(recipient=recipient, channel=message.channel, kind=message.kind)


def _write_anew(session: Session, actor: Actor, draft: _Draft, text: Text) -> None:
    message = draft.message
    if message is not None:
        message.subject, message.body = text.subject[:LONGEST_SUBJECT], text.body
        touch(message, actor)
    for line in draft.settled:
        session.delete(line)


def _find_prepared(session: Session, actor: Actor, drafts: Sequence[_Draft]) -> None:
    """Give each draft the message of its recipient that waits untouched, and what it is about."""
    by_place = {draft.group.place: draft for draft in drafts}
    agents, people = (
        {getattr(draft.group.recipient, name) for draft in drafts} - {None}
        for name in ("agent_id", "person_id")
    )
    waiting = session.scalars(
        sa.select(Message)
        .where(
            *_UNTOUCHED,
            sa.or_(Message.agent_id.in_(agents), Message.person_id.in_(people)),
        )
        .order_by(Message.id)
        .with_for_update()
    ).all()
    for message in waiting:
        place = message.agent_id, message.person_id, message.channel, message.kind
        if place in by_place and by_place[place].message is None:
            by_place[place].message = message
    _find_lines(session, actor, {draft.message.id: draft for draft in drafts if draft.message})


def _find_lines(session: Session, actor: Actor, drafts: dict[int, _Draft]) -> None:
    """Say of each draft what its message is about still, and which of its lines are settled."""
    lines = session.scalars(
        sa.select(MessagePerson)
        .where(MessagePerson.message_id.in_(drafts))
        .order_by(MessagePerson.id)
    ).all()
    now = matters_of(session, actor, sorted({line.case_id for line in lines if line.case_id}))
    for line in lines:
        draft, matter = drafts[line.message_id], now.get(line.case_id or 0)
        if matter is None or matter.due_on != line.due_on:
            draft.settled.append(line)
        else:
            draft.matters[matter.case_id] = matter


def _composed(draft: _Draft, texts: Sequence[MessageTemplate], house: House, today: date) -> Text:
    draft.matters |= {matter.case_id: matter for matter in draft.group.matters}
    listed = sorted(draft.matters.values(), key=lambda each: (each.due_on or today, each.case_id))
    recipient = draft.group.recipient
    template = reminder_text(texts, draft.group.kind, recipient.audience)
    return compose(template, recipient, listed, house=house, today=today)


def _add_lines(
    session: Session, draft: _Draft, stages: dict[int, str], today: date
) -> Iterator[Entry]:
    message = draft.message
    if message is None:
        return
    for matter in draft.group.matters:
        due = matter.due_on.isoformat() if matter.due_on else "-"
        stage = stages[matter.case_id]
        session.add(
            MessagePerson(
                message_id=message.id,
                person_id=matter.person_id,
                case_id=matter.case_id,
                due_on=matter.due_on,
                reminded_on=today,
                reminder_key=f"{matter.case_id}:{due}:{stage}:{draft.group.recipient.key}",
            )
        )
        yield told_of(message, matter.person_id, "message.prepare", case=matter.case_id)
