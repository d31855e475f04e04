"""The queue of mail: claimed by one process, handed to the server, and what came of it noted.

A message is marked as being sent before anything leaves, so that it goes out once at most. One that
is found so although its process is gone may have left or not: it is "uncertain", nobody sends it
again by himself, and a person asks the recipient.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, mail, settings
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.reminders import attempt_after, is_quiet
from core.services import audit
from core.services.guard import requires
from core.services.house import load_house, time_zone
from core.services.messages.outbox import is_misdirected, put_in_queue
from core.services.messages.preferences import Preferences, load_preferences
from core.services.messages.rows import people_of, told_of
from core.services.versions import touch
from core.terms import MailTrouble, MessageChannel, MessageStatus
from db.engine import reading, writing
from db.models.cases import Case, Deadline
from db.models.messages import Message, MessagePerson

_Status = MessageStatus

#: Longer than any server may take for all its answers: whoever sends for so long is dead.
DEAD_AFTER = timedelta(minutes=10)

#: How many prepared messages one transaction puts into the queue.
_CHUNK = 200


@dataclass(frozen=True, kw_only=True)
class SendReport:
    """What came of the queue: sent, to be tried again, given up, unknown; and what rests now."""

    sent: int = 0
    again: int = 0
    failed: int = 0
    uncertain: int = 0
    resting: int = 0


@requires(Permission.SEND_MESSAGES)
def automatic_mail_is_wanted(actor: Actor) -> bool:  # noqa: ARG001
    """Return whether the head lets prepared mail go out by itself, and a server is there for it."""
    with reading() as session:
        own = load_preferences(session)
    return own.sends_automatically and settings.current().smtp is not None


@requires(Permission.SEND_MESSAGES)
def queue_due_mail(actor: Actor) -> int:
    """Put the mail that the plans prepared into the queue, as if nobody was there to press "send".

    What would go to the wrong address by now stays for somebody to look at. Return how many. Raises
    ``mail.not_set_up``, ``message.sender_missing`` and ``message.signature_missing``.
    """
    count, after = 0, 0
    while True:
        with writing() as session:
            waiting = session.scalars(
                sa.select(Message)
                .where(
                    Message.id > after,
                    Message.status == _Status.PREPARED,
                    Message.channel == MessageChannel.EMAIL,
                    Message.is_automatic.is_(True),
                )
                .order_by(Message.id)
                .limit(_CHUNK)
                .with_for_update(skip_locked=True)
            ).all()
            own = load_preferences(session)
            led = [message for message in waiting if not is_misdirected(session, message)]
            for message in led:
                put_in_queue(session, actor, message, own)
                touch(message, actor)
        count += len(led)
        if len(waiting) < _CHUNK:
            return count
        after = waiting[-1].id


@requires(Permission.SEND_MESSAGES)
def send_queued(actor: Actor) -> SendReport:
    """Send the mail that is due in the queue, one after the other, until nothing is left.

    Raises ``mail.not_set_up``.
    """
    if settings.current().smtp is None:
        raise DomainError("mail.not_set_up")
    counted = dict.fromkeys(_Status, 0)
    _settle(actor)
    while (claimed := _claim(actor)) is not None:
        counted[_send(actor, claimed)] += 1
    return SendReport(
        sent=counted[_Status.SENT],
        again=counted[_Status.QUEUED],
        failed=counted[_Status.FAILED],
        uncertain=counted[_Status.UNCERTAIN],
        resting=_resting(),
    )


def has_mail_to_send() -> bool:
    """Return whether mail waits whose time has come, or a process that sent some is gone."""
    now = clock.utc_now()
    with reading() as session:
        due = _due(now, load_preferences(session))
        return (
            session.scalar(sa.select(sa.select(Message.id).where(sa.or_(due, _left(now))).exists()))
            or False
        )


@dataclass(frozen=True, kw_only=True)
class _Claimed:
    """Mail this process has taken, and how often it was tried before."""

    message_id: int
    mail: mail.Mail
    attempts: int


def _due(now: datetime, own: Preferences) -> sa.ColumnElement[bool]:
    waits = sa.and_(Message.status == _Status.QUEUED, Message.next_attempt_at <= now)
    local = now.astimezone(time_zone()).time()
    if is_quiet(local, begins=own.quiet_from, ends=own.quiet_until):
        waits = sa.and_(waits, Message.is_automatic.is_(False))
    return waits


def _left(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Message.status == _Status.SENDING, Message.claimed_at < now - DEAD_AFTER)


def _settle(actor: Actor) -> None:
    """Note what dead processes left behind, and withdraw what reminds of nothing any more."""
    with writing() as session:
        left = session.scalars(
            sa.select(Message)
            .where(_left(clock.utc_now()))
            .order_by(Message.id)
            .with_for_update(skip_locked=True)
        ).all()
        for message in left:
            _note(session, actor, message, _Status.UNCERTAIN, "message.uncertain")
    withdraw_settled(actor)


@requires(Permission.SEND_MESSAGES)
def withdraw_settled(actor: Actor) -> int:
    """Withdraw the reminders of which every case is closed or due on another day; return how many.

    What somebody sends by hand is not touched once it is in the queue.
    """
    still_due = (
        sa.select(MessagePerson.id)
        .join(Case, Case.id == MessagePerson.case_id)
        .outerjoin(Deadline, sa.and_(Deadline.case_id == Case.id, Deadline.is_open.is_(True)))
        .where(
            MessagePerson.message_id == Message.id,
            Case.closed_at.is_(None),
            sa.or_(MessagePerson.due_on.is_(None), MessagePerson.due_on == Deadline.due_on),
        )
        .exists()
    )
    waits = sa.or_(
        Message.status == _Status.PREPARED,
        sa.and_(Message.status == _Status.QUEUED, Message.is_automatic.is_(True)),
    )
    with writing() as session:
        settled = session.scalars(
            sa.select(Message)
            .where(waits, Message.kind.is_not(None), ~still_due)
            .order_by(Message.id)
            .with_for_update(skip_locked=True)
        ).all()
        for message in settled:
            _note(session, actor, message, _Status.WITHDRAWN, "message.withdraw_settled")
        return len(settled)


def _claim(actor: Actor) -> _Claimed | None:
    """Take the mail that waits longest for this process; None where none is due.

    The claim is a guarded update: of two processes that see the same row, one wins, and the other
    looks for the next one.
    """
    while True:
        with writing() as session:
            now, own = clock.utc_now(), load_preferences(session)
            message_id = session.scalar(
                sa.select(Message.id)
                .where(_due(now, own))
                .order_by(Message.next_attempt_at, Message.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if message_id is None:
                return None
            taken = session.execute(
                sa.update(Message)
                .where(Message.id == message_id, Message.status == _Status.QUEUED)
                .values(
                    status=_Status.SENDING,
                    claimed_by=f"{socket.gethostname()[:80]}:{os.getpid()}",
                    claimed_at=now,
                    version=Message.version + 1,
                    changed_by=actor.full_name,
                    changed_at=now,
                )
                .returning(Message.id)
            ).all()
            if taken:
                return _taken(session, message_id, own)


def _taken(session: Session, message_id: int, own: Preferences) -> _Claimed:
    message = session.get_one(Message, message_id, populate_existing=True)
    house = load_house(session)
    return _Claimed(
        message_id=message_id,
        attempts=message.attempts,
        mail=mail.Mail(
            sender_name=f"{house.name_en}, {house.department_en}",
            sender=own.sender,
            recipient_name=message.recipient,
            recipient=message.address,
            subject=message.subject,
            body=message.body,
            mail_id=message.mail_id,
            written_at=message.created_at,
        ),
    )


def _send(actor: Actor, claimed: _Claimed) -> MessageStatus:
    """Hand the mail over and note what came of it; return that."""
    server = settings.current().smtp
    if server is None:
        raise DomainError("mail.not_set_up")
    try:
        mail.send(claimed.mail, server)
    except mail.MailFault as fault:
        return _note_fault(actor, claimed, fault)
    with writing() as session:
        message = session.get_one(Message, claimed.message_id)
        message.attempts, message.last_error = claimed.attempts + 1, ""
        message.sent_at, message.sent_by = clock.utc_now(), actor.full_name
        return _note(session, actor, message, _Status.SENT, "message.send")


def _note_fault(actor: Actor, claimed: _Claimed, fault: mail.MailFault) -> MessageStatus:
    attempts, now = claimed.attempts + 1, clock.utc_now()
    with writing() as session:
        message = session.get_one(Message, claimed.message_id)
        message.attempts, message.last_error = attempts, fault.words
        if fault.trouble is MailTrouble.UNCERTAIN:
            return _note(session, actor, message, _Status.UNCERTAIN, "message.uncertain")
        again = attempt_after(attempts, now=now)
        if fault.trouble is MailTrouble.REFUSED or again is None:
            return _note(session, actor, message, _Status.FAILED, "message.fail")
        message.status, message.next_attempt_at = _Status.QUEUED, again
        touch(message, actor)
        return _Status.QUEUED


def _note(
    session: Session, actor: Actor, message: Message, status: MessageStatus, action: str
) -> MessageStatus:
    message.status, message.next_attempt_at = status, None
    touch(message, actor)
    people = people_of(session, message.id)
    audit.record_all(session, actor, [told_of(message, person, action) for person in people])
    return status


def _resting() -> int:
    """Return how much mail waits for the end of the quiet hours, or for its next attempt."""
    with reading() as session:
        waiting = sa.select(sa.func.count()).where(Message.status == _Status.QUEUED)
        return session.scalar(waiting) or 0
