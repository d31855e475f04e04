"""A rule that moves every case: its preview, the recomputation, and what others notice of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from core.permissions import Actor
from core.rules.deadlines import VISA_EXTENSION
from core.services.house import today
from core.services.jobs import recomputation
from core.services.people import register_student
from core.services.rule_changes import RuleChange, change_rule, preview_rule
from core.terms import JobStatus, RuleAnchor, RuleUnit
from tests.bench.figures import Figure, figure_of, measure, spent_on
from tests.bench.fill import fill
from tests.cast import passport, student
from tests.databases import postgres_server
from tests.server import Server
from tests.wire.socket import Tab

_UNFINISHED = (JobStatus.WAITING, JobStatus.RUNNING)


def recomputing(folder: Path, count: int) -> Iterator[Figure]:
    """Measure on both databases with ``count`` open cases."""
    yield from _on("sqlite", folder / "recompute", None, count)
    with bench_database() as url:
        yield from _on("postgres", folder / "recompute-postgres", url, count)


def _on(name: str, folder: Path, url: str | None, count: int) -> Iterator[Figure]:
    folder.mkdir()
    with Server(folder, url) as server:
        fill(count, faculty_id=server.cast.medicine)
        server.use()
        browser = server.browser()
        browser.sign_in("sam")
        head, change = server.cast.head, _change()
        spent = [spent_on(lambda: preview_rule(head, change)) for _ in range(3)]
        yield figure_of(f"preview of a rule, {name}", spent)
        with Tab(server, browser.token) as tab:
            quiet = measure(f"Today before it, {name}", lambda: tab.skim("home"), None)
            begin = time.perf_counter()
            change_rule(head, change, accepts_late=True)
            screens, writes = _others(server, tab)
            job = recomputation(head)
            assert job is not None
            assert job.status is JobStatus.DONE
            whole = (time.perf_counter() - begin) * 1000
        yield figure_of(f"recompute {count} cases, {name}", [whole])
        yield quiet
        yield figure_of(f"Today meanwhile, {name}", screens, quiet)
        yield figure_of(f"a new student meanwhile, {name}", writes)


def _others(server: Server, tab: Tab) -> tuple[list[float], list[float]]:
    """Look at Today and register students until the recomputation is done."""
    screens, writes = [], []
    while _is_running(server.cast.head):
        screens.append(spent_on(lambda: tab.skim("home")))
        number = len(writes)
        writes.append(spent_on(lambda number=number: _register(server, number)))
        time.sleep(0.2)
    return screens, writes


def _register(server: Server, number: int) -> int:
    form = student(
        server.cast.medicine,
        passport=passport(number=f"NN{number}", surname=f"MEANWHILE{number}"),
        entered_on=today() - timedelta(days=1),
    )
    return register_student(server.cast.staff, form)


def _is_running(head: Actor) -> bool:
    job = recomputation(head)
    return job is not None and job.status in _UNFINISHED


def _change() -> RuleChange:
    return RuleChange(
        code=VISA_EXTENSION,
        anchor=RuleAnchor.VISA_EXPIRY,
        amount=25,
        unit=RuleUnit.WORKING_DAYS,
        in_force_from=today() - timedelta(days=400),
        source="a fictitious act",
    )


@contextmanager
def bench_database() -> Iterator[str]:
    """Give the address of an empty database on a server of its own."""
    with postgres_server() as address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        parts = urlsplit(address)
        yield parts._replace(scheme="postgresql+psycopg", path="/bench").geturl()
