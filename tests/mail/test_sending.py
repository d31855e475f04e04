"""The queue of mail: sent once, tried again later, given up, and never sent while nobody knows."""

import datetime as dt
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from core import clock, mail, settings
from core.commands.parser import run
from core.errors import DomainError
from core.jobs.work import work_until_nothing_waits
from core.services.agents import AgentForm, add_agent
from core.services.cases import complete_case
from core.services.messages.daily import begin_messages
from core.services.messages.outbox import mark_sent, queue_mail, queue_mails, withdraw_message
from core.services.messages.preferences import Preferences, change_preferences, preferences
from core.services.messages.reminding import prepare_due
from core.services.messages.sending import has_mail_to_send, queue_due_mail, send_queued
from core.services.messages.views import MessageFilter, MessageView, list_messages, message_view
from core.services.person_history import person_history
from core.terms import CaseKind, JobKind, JobStatus, MessageStatus
from db.engine import reading, writing
from db.models.cases import Case
from db.models.jobs import Job
from db.models.messages import Message
from db.models.people import Person
from tests.cast import Cast, enrol, passport
from tests.databases import free_port
from tests.mail.server import Running

REGISTRATION = CaseKind.REGISTRATION


def student(cast: Cast, wish: str, number: int = 1, **more: Any) -> int:
    """Register a student whom one message is prepared for; ``wish`` is what the server does."""
    name = passport(number=f"ZZ{number}", surname=f"STUDENT{number}")
    more = {"email": f"{wish}@example.org", "visa": None, "is_new_person": True, **more}
    person_id = enrol(cast.staff, cast.medicine, passport=name, **more)
    assert prepare_due(cast.staff) == 1
    return person_id


def newest(cast: Cast) -> MessageView:
    line = list_messages(cast.staff, MessageFilter()).rows[0]
    return message_view(cast.staff, line.message_id)


def queue(cast: Cast) -> MessageView:
    line = newest(cast).line
    queue_mail(cast.staff, line.message_id, version=line.version)
    return newest(cast)


def at(hour: int, minute: int, second: int = 0, *, day: date = date(2026, 9, 1)) -> Any:
    """Set the clock to an hour in Bishkek, which is six hours ahead of UTC."""
    local = dt.datetime.combine(
        day, dt.time(hour, minute, second), tzinfo=dt.timezone(dt.timedelta(hours=6))
    )
    return time_machine.travel(local, tick=False)


def test_mail_goes_out_signed_and_the_history_says_so(house: Cast, server: Running) -> None:
    person_id = student(house, "one")
    queue(house)
    assert send_queued(house.staff).sent == 1
    (arrived,) = server.delivered()
    assert arrived["To"] == "STUDENT1 KARIM <one@example.org>"
    assert arrived["From"] == '"EIMU, International Department" <office@example.org>'
    assert arrived["Subject"] == "Registration at your place of stay: by 7 Sept 2026"
    assert "Aida Demo\nInternational Department, EIMU\nTel. +996 555 000 111" in (
        arrived.get_content()
    )
    sent = newest(house)
    assert (sent.line.status, sent.attempts) == (MessageStatus.SENT, 1)
    told = [each.action for each in person_history(house.staff, person_id).rows]
    assert told[:3] == ["message.send", "message.queue", "message.prepare"]
    assert send_queued(house.staff).sent == 0
    assert len(server.delivered()) == 1


def test_what_the_server_never_takes_fails_at_once_with_its_words(
    house: Cast, server: Running
) -> None:
    student(house, "never")
    queue(house)
    assert send_queued(house.staff).failed == 1
    failed = newest(house)
    assert failed.line.status is MessageStatus.FAILED
    assert failed.line.last_error == "550 5.1.1 No such user here"
    assert failed.next_attempt_at is None
    assert not has_mail_to_send()
    # A person may try once more after the address was put right.
    queue_mail(house.staff, failed.line.message_id, version=failed.line.version)
    assert newest(house).attempts == 0
    assert send_queued(house.staff).failed == 1


@pytest.mark.parametrize("wish", ["later", "full", "cut-before"])
def test_what_fails_for_now_is_tried_five_times_ever_later(
    house: Cast, server: Running, wish: str
) -> None:
    student(house, wish)
    with at(12, 0):
        queue(house)
        assert send_queued(house.staff).again == 1
        assert send_queued(house.staff).again == 0
    # One minute, five, thirty, two hours after the attempt before; a second earlier nothing is.
    for hour, minute, attempts in ((12, 1, 2), (12, 6, 3), (12, 36, 4), (14, 36, 5)):
        waiting = newest(house)
        assert waiting.line.status is MessageStatus.QUEUED
        assert waiting.line.last_error
        with at(hour, minute - 1, 59):
            assert not has_mail_to_send()
            assert send_queued(house.staff).again == 0
        with at(hour, minute):
            assert has_mail_to_send()
            send_queued(house.staff)
        assert newest(house).attempts == attempts
    assert newest(house).line.status is MessageStatus.FAILED
    assert server.delivered() == []


def test_a_server_that_is_away_is_asked_again_and_the_letter_arrives_once(
    house: Cast, server: Running
) -> None:
    student(house, "one")
    there = settings.current()
    assert there.smtp is not None
    away = replace(there.smtp, port=free_port())
    with at(12, 0):
        settings.use(replace(there, smtp=away))
        queue(house)
        assert send_queued(house.staff).again == 1
    with at(12, 2):
        settings.use(there)
        assert send_queued(house.staff).sent == 1
    assert len(server.delivered()) == 1
    assert newest(house).line.last_error == ""


@pytest.mark.parametrize("wish", ["cut-after", "slow"])
def test_what_may_have_left_is_uncertain_and_never_sent_by_itself(
    house: Cast, server: Running, wish: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.7)
    student(house, wish)
    queue(house)
    assert send_queued(house.staff).uncertain == 1
    doubtful = newest(house)
    assert doubtful.line.status is MessageStatus.UNCERTAIN
    with at(18, 0):
        assert not has_mail_to_send()
        assert send_queued(house.staff).sent == 0
    # Whoever asked the recipient says what is true.
    mark_sent(house.staff, doubtful.line.message_id, version=doubtful.line.version)
    assert newest(house).line.status is MessageStatus.SENT


def test_what_a_dead_process_left_is_uncertain_after_ten_minutes(
    house: Cast, server: Running
) -> None:
    student(house, "one")
    queue(house)
    with writing() as session:
        message = session.scalars(sa.select(Message)).one()
        message.status, message.claimed_by = MessageStatus.SENDING, "another:1"
        message.claimed_at = clock.utc_now() - dt.timedelta(minutes=9, seconds=50)
    assert not has_mail_to_send()
    send_queued(house.staff)
    assert newest(house).line.status is MessageStatus.SENDING
    with writing() as session:
        message = session.scalars(sa.select(Message)).one()
        message.claimed_at = clock.utc_now() - dt.timedelta(minutes=10, seconds=10)
    assert has_mail_to_send()
    send_queued(house.staff)
    assert newest(house).line.status is MessageStatus.UNCERTAIN
    assert server.delivered() == []


@pytest.mark.parametrize(
    ("hour", "minute", "sent"),
    [(20, 59, 1), (21, 0, 0), (23, 59, 0), (0, 0, 0), (7, 59, 0), (8, 0, 1)],
)
def test_automatic_mail_rests_in_the_quiet_hours_of_bishkek(
    house: Cast, server: Running, hour: int, minute: int, sent: int
) -> None:
    student(house, "one")
    with at(12, 0):
        assert queue_due_mail(house.staff) == 1
    with at(hour, minute, 1, day=date(2026, 9, 2)):
        assert has_mail_to_send() is bool(sent)
        report = send_queued(house.staff)
    assert (report.sent, report.resting) == (sent, 1 - sent)
    assert len(server.delivered()) == sent


def test_what_a_person_sends_goes_out_at_night_too(house: Cast, server: Running) -> None:
    student(house, "one")
    with at(23, 30):
        queue(house)
        assert has_mail_to_send()
        assert send_queued(house.staff).sent == 1


def test_hours_the_head_chose_hold_at_once(house: Cast, server: Running) -> None:
    own = preferences(house.head)
    change_preferences(
        house.head,
        Preferences(**{**vars(own), "quiet_from": dt.time(12), "quiet_until": dt.time(13)}),
    )
    student(house, "one")
    with at(12, 59):
        queue_due_mail(house.staff)
        assert send_queued(house.staff).resting == 1
    with at(13, 0):
        assert send_queued(house.staff).sent == 1


def test_mail_is_not_queued_while_something_is_missing(cast: Cast, server: Running) -> None:
    student(cast, "one")
    line = newest(cast).line

    def refused(code: str) -> None:
        with pytest.raises(DomainError) as refusal:
            queue_mail(cast.staff, line.message_id, version=1)
        assert refusal.value.code == code
        assert newest(cast).line == line

    refused("mail.not_set_up")
    with pytest.raises(DomainError, match=r"mail\.not_set_up"):
        send_queued(cast.staff)
    settings.use(replace(settings.current(), smtp=server.address))
    refused("message.sender_missing")
    change_preferences(cast.head, Preferences(sender="office@example.org"))
    refused("message.signature_missing")
    with pytest.raises(DomainError, match=r"message\.signature_missing"):
        queue_due_mail(cast.staff)
    change_preferences(
        cast.head,
        Preferences(executor="Aida", phone="1", sender="office@example.org", version=1),
    )
    queue_mail(cast.staff, line.message_id, version=1)
    assert newest(cast).line.status is MessageStatus.QUEUED


@pytest.mark.parametrize(
    ("is_by_agent", "changed", "is_queued"),
    [
        (False, {"phone": "+996 555 123 456"}, True),
        (False, {"email": "other@example.org"}, False),
        (True, {"email": "other@example.org"}, True),
        (True, {"agent_id": None}, False),
    ],
)
def test_mail_that_would_go_to_the_wrong_address_by_now_stays(
    house: Cast, server: Running, is_by_agent: bool, changed: dict[str, Any], is_queued: bool
) -> None:
    form = AgentForm(name="Arjun Agent", email="arjun@example.org")
    agent_id = add_agent(house.staff, form) if is_by_agent else None
    person_id = student(house, "one", agent_id=agent_id)
    with writing() as session:
        for name, value in changed.items():
            setattr(session.get_one(Person, person_id), name, value)
    assert queue_due_mail(house.staff) == int(is_queued)
    if not is_queued:
        line = newest(house).line
        assert line.status is MessageStatus.PREPARED
        refused = queue_mails(house.staff, {line.message_id: line.version})
        assert [error.code for error in refused.values()] == ["message.misdirected"]
    assert send_queued(house.staff).sent == int(is_queued)


def test_only_mail_can_be_queued_and_nothing_twice(house: Cast, server: Running) -> None:
    student(house, "one")
    student(house, "", 2, email="", phone="+996 555 123 456")
    chat, letter = list_messages(house.staff, MessageFilter()).rows
    refused = queue_mails(
        house.staff, {chat.message_id: chat.version, letter.message_id: letter.version}
    )
    assert {each: error.code for each, error in refused.items()} == {
        chat.message_id: "message.no_mail"
    }
    refused = queue_mails(house.staff, {letter.message_id: letter.version})
    assert [error.code for error in refused.values()] == ["version.conflict"]
    # What waits in the queue can still be called back.
    withdraw_message(house.staff, letter.message_id, version=letter.version + 1)
    assert send_queued(house.staff).sent == 0


def test_an_automatic_reminder_whose_case_is_closed_meanwhile_is_not_sent(
    house: Cast, server: Running
) -> None:
    student(house, "one")
    queue_due_mail(house.staff)
    with reading() as session:
        case = session.scalars(sa.select(Case).filter_by(kind=REGISTRATION)).one()
    complete_case(house.staff, case.id, version=case.version)
    assert send_queued(house.staff).sent == 0
    assert newest(house).line.status is MessageStatus.WITHDRAWN
    assert server.delivered() == []


def jobs() -> list[tuple[JobKind, JobStatus]]:
    with reading() as session:
        rows = session.execute(sa.select(Job.kind, Job.status).order_by(Job.id))
        return [(row[0], row[1]) for row in rows]


def test_the_server_prepares_each_day_once_and_sends_only_if_the_head_wants_it(
    house: Cast, server: Running
) -> None:
    enrol(house.staff, house.medicine, email="one@example.org")
    begin_messages()
    begin_messages()
    assert jobs() == [(JobKind.REMIND, JobStatus.WAITING)]
    work_until_nothing_waits()
    assert {line.status for line in list_messages(house.staff, MessageFilter()).rows} == {
        MessageStatus.PREPARED
    }
    begin_messages()
    assert len(jobs()) == 1

    own = preferences(house.head)
    change_preferences(house.head, Preferences(**{**vars(own), "sends_automatically": True}))
    # One minute after midnight the next day has begun; its mail rests until eight.
    with at(0, 1, day=date(2026, 9, 2)):
        begin_messages()
        work_until_nothing_waits()
        begin_messages()
        assert [kind for kind, _status in jobs()] == [JobKind.REMIND, JobKind.REMIND]
    with at(8, 0, 5, day=date(2026, 9, 2)):
        begin_messages()
        assert jobs()[-1] == (JobKind.SEND_MAIL, JobStatus.WAITING)
        begin_messages()
        assert len(jobs()) == 3
        work_until_nothing_waits()
    assert len(server.delivered()) == 2
    assert {line.status for line in list_messages(house.staff, MessageFilter()).rows} == {
        MessageStatus.SENT
    }


def test_one_mail_to_a_representative_holds_all_his_students(house: Cast, server: Running) -> None:
    agent_id = add_agent(
        house.staff, AgentForm(name="Arjun\r\nBcc: x@example.org", email="arjun@example.org")
    )
    for number in range(20):
        student(house, "", number, email="", agent_id=agent_id)
    queue_due_mail(house.staff)
    assert send_queued(house.staff).sent == 1
    (arrived,) = server.delivered()
    assert "Bcc" not in arrived
    text = arrived.get_content()
    assert all(f"STUDENT{number} KARIM — 7 Sept 2026" in text for number in range(20))


def test_the_command_sends_what_is_due_and_tells_what_came_of_it(
    house: Cast, server: Running, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    for number, wish in enumerate(("one", "never", "later", "two")):
        name = passport(number=f"ZZ{number}", surname=f"STUDENT{number}")
        mail_of = {"email": f"{wish}@example.org", "visa": None}
        enrol(house.staff, house.medicine, passport=name, **mail_of)
    chosen = settings.current()
    monkeypatch.setenv("VAR_DIR", str(chosen.var_dir))
    monkeypatch.setenv("DATABASE_URL", chosen.database_url)
    monkeypatch.setenv("SMTP_URL", server.url)
    assert run(["remind", "--send"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "reminders": 4,
        "messages": 4,
        "mails": 4,
        "unreachable": 0,
        "prepared": 4,
        "sent": 2,
        "again": 1,
        "failed": 1,
        "uncertain": 0,
        "resting": 1,
    }
    assert len(server.delivered()) == 2
