"""A thousand reminders prepared, among the cases of everybody, half of them to representatives."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from core.services.agents import AgentForm, add_agent
from core.services.house import today
from core.services.messages.reminding import due_reminders, prepare_due
from core.terms import Party
from db.engine import writing
from db.models.cases import Case, Deadline
from db.models.people import Person
from tests.bench.figures import Figure, figure_of, spent_on
from tests.bench.fill import fill
from tests.bench.recompute import bench_database
from tests.cast import Cast
from tests.server import Server, fill_cast

REMINDERS, AGENTS = 1_000, 25


def reminding(folder: Path, count: int) -> Iterator[Figure]:
    """Measure on both databases among ``count`` people."""
    yield from _on("sqlite", folder / "reminders", None, count)
    with bench_database() as url:
        yield from _on("postgres", folder / "reminders-postgres", url, count)


def _on(name: str, folder: Path, url: str | None, count: int) -> Iterator[Figure]:
    folder.mkdir()
    server = Server(folder, url)
    server.use()
    cast = fill_cast()
    fill(count, faculty_id=cast.medicine)
    _let_be_due(cast)
    found = [spent_on(lambda: due_reminders(cast.staff)) for _ in range(3)]
    yield figure_of(f"which of {count} cases are due a reminder, {name}", found)
    assert due_reminders(cast.staff).reminders == REMINDERS
    spent = spent_on(lambda: prepare_due(cast.staff))
    assert due_reminders(cast.staff).reminders == 0
    yield figure_of(f"{REMINDERS} reminders prepared, {name}", [spent])


def _let_be_due(cast: Cast) -> None:
    """Let as many cases as are wanted be due in thirty days, and the others in a year."""
    agents = [
        add_agent(cast.staff, AgentForm(name=f"Agent {number}", email=f"a{number}@example.org"))
        for number in range(AGENTS)
    ]
    with writing() as session:
        session.execute(sa.update(Deadline).values(due_on=today() + timedelta(days=365)))
        chosen = sa.select(Deadline.id, Deadline.person_id).order_by(Deadline.id)
        rows = session.execute(chosen.limit(REMINDERS)).all()
        due = sa.update(Deadline).where(Deadline.id.in_([row.id for row in rows]))
        session.execute(due.values(due_on=today() + timedelta(days=30)))
        session.execute(sa.update(Case).values(waits_for=Party.STUDENT))
        for place, person_id in enumerate(dict.fromkeys(row.person_id for row in rows)):
            session.execute(
                sa.update(Person)
                .where(Person.id == person_id)
                .values(
                    email=f"p{person_id}@example.org",
                    agent_id=agents[place % AGENTS] if place % 2 else None,
                )
            )
