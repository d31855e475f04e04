"""Reminders of due dates: those whose day has come, and those a person asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import DomainError
from core.permissions import Actor, Permission
from core.services.guard import requires
from core.services.house import today
from core.services.messages.composing import Matter
from core.services.messages.matters import Planned, matters_of, planned_reminders, reminded_on
from core.services.messages.preparing import (
    Grouping,
    Place,
    Wanted,
    Ways,
    grouped,
    prepare,
    preparing,
    refresh,
)
from core.services.messages.recipients import Recipient
from core.terms import CaseKind, MessageChannel
from db.engine import give_way, reading

#: How many reminders one transaction prepares; writers wait no longer than that takes.
CHUNK = 500

#: Of how many cases people are reminded by hand at once.
MOST_BY_HAND = 1_000


@dataclass(frozen=True, kw_only=True)
class PlannedMessage:
    """A message that would be prepared: to whom, how, and about whom."""

    recipient: str
    is_agent: bool
    channel: MessageChannel
    kind: CaseKind
    students: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RemindingPlan:
    """What reminding of some cases comes to.

    ``unreachable`` are students whom neither mail nor telephone reaches, himself or through his
    representative; ``reminded`` those who were reminded today already; ``settled`` is how many of
    the cases are closed, which nobody is reminded of.
    """

    messages: tuple[PlannedMessage, ...]
    unreachable: tuple[tuple[int, str], ...]
    reminded: tuple[str, ...]
    settled: int


@dataclass(frozen=True, kw_only=True)
class DueReminders:
    """What is due today by the plans: reminders, the messages they come to, how many by mail."""

    reminders: int
    messages: int
    mails: int
    unreachable: int


@requires(Permission.SEND_MESSAGES)
def plan_reminding(
    actor: Actor,
    case_ids: Sequence[int],
    *,
    channel: MessageChannel | None = None,
    to_students: bool = False,
) -> RemindingPlan:
    """Return what :func:`remind_of` would prepare now. Raises ``message.too_many``."""
    _refuse_many(case_ids)
    with reading() as session:
        matters = matters_of(session, actor, case_ids)
        told = reminded_on(session, list(matters), today())
        fresh = [matter for matter in matters.values() if matter.case_id not in told]
        grouping = grouped(session, fresh, Ways(channel=channel, to_students=to_students))
    return RemindingPlan(
        messages=_planned(grouping),
        unreachable=tuple((each.person_id, each.name) for each in grouping.unreachable),
        reminded=tuple(each.name for each in matters.values() if each.case_id in told),
        settled=len(set(case_ids)) - len(matters),
    )


@requires(Permission.SEND_MESSAGES)
def remind_of(
    actor: Actor,
    case_ids: Sequence[int],
    *,
    channel: MessageChannel | None = None,
    to_students: bool = False,
) -> tuple[int, ...]:
    """Prepare messages about cases, whether or not a plan says so; return their ids.

    Nobody is reminded of a case twice a day. Raises ``message.too_many``.
    """
    _refuse_many(case_ids)
    ways = Ways(channel=channel, to_students=to_students)
    with preparing() as session:
        on = today()
        told = reminded_on(session, case_ids, on)
        wanted = [
            Wanted(case_id=case_id, stage=on.isoformat())
            for case_id in dict.fromkeys(case_ids)
            if case_id not in told
        ]
        return prepare(session, actor, wanted, ways, today=on).message_ids


@requires(Permission.SEND_MESSAGES)
def due_reminders(actor: Actor) -> DueReminders:
    """Return what :func:`prepare_due` would prepare now; nothing is written."""
    reminders = unreachable = 0
    places: set[Place] = set()
    after: int | None = 0
    with reading() as session:
        while after is not None:
            planned, after = planned_reminders(session, today=today(), after=after, limit=CHUNK)
            matters = matters_of(session, actor, [each.case_id for each in planned])
            grouping = grouped(session, matters.values(), Ways())
            unreachable += len(grouping.unreachable)
            reminders += len(matters) - len(grouping.unreachable)
            places |= {group.place for group in grouping.groups}
    mails = {place for place in places if MessageChannel.EMAIL in place}
    return DueReminders(
        reminders=reminders, messages=len(places), mails=len(mails), unreachable=unreachable
    )


@requires(Permission.SEND_MESSAGES)
def prepare_due(actor: Actor) -> int:
    """Prepare the reminders that are due today by the plans; return how many there were.

    What is settled leaves the messages that wait untouched.
    In committed chunks; another process at the same work at the same time prepares the rest.
    """
    _refresh(actor)
    count, after, ways = 0, 0, Ways(by_plan=True)
    while True:
        with preparing() as session:
            planned, last = planned_reminders(session, today=today(), after=after, limit=CHUNK)
            count += prepare(session, actor, _wanted(planned), ways, today=today()).reminders
        if last is None:
            return count
        after = last
        give_way()


def _refresh(actor: Actor) -> None:
    after: int | None = 0
    while after is not None:
        with preparing() as session:
            after = refresh(session, actor, after=after, limit=CHUNK, today=today())
        give_way()


def _wanted(planned: Sequence[Planned]) -> list[Wanted]:
    return [Wanted(case_id=each.case_id, stage=str(each.lead)) for each in planned]


def _refuse_many(case_ids: Sequence[int]) -> None:
    if len(case_ids) > MOST_BY_HAND:
        raise DomainError("message.too_many", most=MOST_BY_HAND)


def _planned(grouping: Grouping) -> tuple[PlannedMessage, ...]:
    return tuple(
        PlannedMessage(
            recipient=group.recipient.name,
            is_agent=_is_agent(group.recipient),
            channel=group.channel,
            kind=group.kind,
            students=_names(group.matters),
        )
        for group in grouping.groups
    )


def _is_agent(recipient: Recipient) -> bool:
    return recipient.agent_id is not None


def _names(matters: Sequence[Matter]) -> tuple[str, ...]:
    return tuple(matter.name for matter in matters)
