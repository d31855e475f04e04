"""Two real processes that remind and send at once, and one that is killed: nothing twice, nothing
lost."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from datetime import time as hour
from pathlib import Path

import pytest
import sqlalchemy as sa

from core import clock, settings
from core.services import audit
from core.services.agents import AgentForm, add_agent
from core.services.messages.preferences import Preferences, change_preferences, preferences
from core.terms import MessageStatus
from db.engine import reading, writing
from db.models.cases import Deadline
from db.models.messages import Message, MessagePerson
from tests.cast import Cast, enrol, passport
from tests.mail.server import Running

ROOT = Path(__file__).parents[2]
ROUNDS = 200
LONG_AGO = date(2020, 1, 1)


class Worker:
    """One of the processes, told to remind and heard when it has."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.today = date.fromisoformat(self._read())

    def begin(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def end(self) -> None:
        assert self._read() == "done"

    def _read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def workers(server: Running, count: int) -> Iterator[list[Worker]]:
    chosen = settings.current()
    environment = {
        **os.environ,
        "VAR_DIR": str(chosen.var_dir),
        "DATABASE_URL": chosen.database_url,
        "SMTP_URL": server.url,
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.mail.worker"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _number in range(count)
    ]
    try:
        yield [Worker(process) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def students(cast: Cast, count: int, *, wish: str = "one") -> list[int]:
    """Register students of whom nothing is due yet, half of them with one representative.

    Return the ids of their deadlines.
    """
    own = preferences(cast.head)
    change_preferences(
        cast.head, Preferences(**{**vars(own), "quiet_from": hour(1), "quiet_until": hour(1)})
    )
    agent_id = add_agent(cast.staff, AgentForm(name="Arjun", email="agent@example.org"))
    for number in range(count):
        enrol(
            cast.staff,
            cast.medicine,
            passport=passport(number=f"ZZ{number:04}", surname=f"S{number:04}"),
            visa=None,
            email=f"{wish}@example.org",
            agent_id=agent_id if number % 2 else None,
        )
    with writing() as session:
        session.execute(sa.update(Deadline).values(due_on=LONG_AGO))
        waiting = sa.select(Deadline.id).order_by(Deadline.id)
        return list(session.scalars(waiting))


def come_due(deadline_ids: list[int], today: date) -> None:
    with writing() as session:
        session.execute(
            sa.update(Deadline)
            .where(Deadline.id.in_(deadline_ids))
            .values(due_on=today + timedelta(days=30))
        )


def told() -> list[MessageStatus]:
    with reading() as session:
        return list(session.scalars(sa.select(Message.status).order_by(Message.id)))


@pytest.mark.xdist_group("processes")
def test_two_processes_remind_for_two_hundred_rounds_of_everything_once(
    house: Cast, server: Running
) -> None:
    deadlines = students(house, ROUNDS)
    assert len(deadlines) == ROUNDS
    with workers(server, 2) as pair:
        for deadline in deadlines:
            come_due([deadline], pair[0].today)
            for worker in pair:
                worker.begin()
            for worker in pair:
                worker.end()
    assert told() == [MessageStatus.SENT] * ROUNDS
    mails = server.delivered()
    assert len({mail["Message-ID"] for mail in mails}) == len(mails) == ROUNDS
    text = "".join(mail.get_content() for mail in mails)
    assert [number for number in range(ROUNDS) if text.count(f"S{number:04} KARIM") != 1] == []
    with reading() as session:
        lines = session.scalars(sa.select(MessagePerson.reminder_key)).all()
    assert len(set(lines)) == len(lines) == ROUNDS
    assert audit.verify().faults == ()


@pytest.mark.xdist_group("processes")
def test_many_at_once_are_shared_by_two_processes_and_none_goes_out_twice(
    house: Cast, server: Running
) -> None:
    deadlines = students(house, 40)
    with workers(server, 2) as pair:
        come_due(deadlines, pair[0].today)
        for worker in pair:
            worker.begin()
        for worker in pair:
            worker.end()
    # Twenty students themselves, and the representative of the others: in one message, or in two
    # where one process had sent the first before the other prepared.
    assert set(told()) == {MessageStatus.SENT}
    mails = server.delivered()
    assert len({mail["Message-ID"] for mail in mails}) == len(mails) == len(told())
    text = "".join(mail.get_content() for mail in mails)
    assert all(text.count(f"S{number:04} KARIM") == 1 for number in range(40))


@pytest.mark.xdist_group("processes")
def test_a_process_killed_while_it_sends_leaves_one_uncertain_and_sends_nothing_twice(
    house: Cast, server: Running
) -> None:
    deadlines = students(house, 4, wish="slow")
    with workers(server, 1) as (first,):
        come_due(deadlines, first.today)
        first.begin()
        ends_at = time.monotonic() + 30
        while MessageStatus.SENDING not in told() and time.monotonic() < ends_at:
            time.sleep(0.05)
        first.process.kill()
    with writing() as session:
        session.execute(
            sa.update(Message)
            .where(Message.status == MessageStatus.SENDING)
            .values(claimed_at=clock.utc_now() - timedelta(days=9999))
        )
    with workers(server, 1) as (second,):
        second.begin()
        second.end()
    states = told()
    assert states.count(MessageStatus.UNCERTAIN) == 1
    assert states.count(MessageStatus.SENT) == len(states) - 1
    sent = [mail["Message-ID"] for mail in server.delivered()]
    assert len(set(sent)) == len(sent)
