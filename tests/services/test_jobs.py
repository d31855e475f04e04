"""Long work: claimed once, done in chunks, taken up again when its process was killed."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core import clock, settings
from core.jobs.work import work_until_nothing_waits
from core.permissions import SYSTEM_ACTOR
from core.services.jobs import (
    advance,
    claim_job,
    finish,
    has_waiting_work,
    recent_jobs,
    release_claims,
    start_job,
)
from core.services.purge import purge_expired
from core.terms import JobKind, JobStatus
from db.engine import reading, writing
from db.models.access import SignInAttempt
from db.models.cases import Case, Deadline
from db.models.duplicates import PossiblePair
from db.models.jobs import Job
from db.models.people import Person
from tests.cast import Cast, enrol, passport

ROOT = Path(__file__).parents[2]


def test_work_is_claimed_once(empty_database: str) -> None:
    job_id = start_job(SYSTEM_ACTOR, JobKind.PURGE)
    assert has_waiting_work()
    claimed = claim_job()
    assert claimed is not None
    assert claimed.job_id == job_id
    assert claim_job() is None
    assert not has_waiting_work()
    finish(job_id)
    assert recent_jobs(SYSTEM_ACTOR)[0].status is JobStatus.DONE


def test_the_work_of_a_dead_process_is_taken_up_where_it_stopped(empty_database: str) -> None:
    job_id = start_job(SYSTEM_ACTOR, JobKind.SWEEP)
    claim_job()
    with writing() as session:
        assert advance(session, job_id, cursor=400, done=400, total=1000)
    with writing() as session:
        job = session.get_one(Job, job_id)
        job.beat_at, job.claimed_by = clock.utc_now() - timedelta(seconds=61), "another:1"
    taken = claim_job()
    assert taken is not None
    assert (taken.job_id, taken.cursor, taken.done) == (job_id, 400, 400)


def test_the_work_of_a_child_that_died_waits_for_nobody(empty_database: str) -> None:
    job_id = start_job(SYSTEM_ACTOR, JobKind.SWEEP)
    claim_job()
    with writing() as session:
        assert advance(session, job_id, cursor=400, done=400, total=1000)
    release_claims(os.getpid() + 1)
    assert not has_waiting_work()
    release_claims(os.getpid())
    taken = claim_job()
    assert taken is not None
    assert (taken.job_id, taken.cursor, taken.done) == (job_id, 400, 400)


def test_work_that_three_processes_died_of_is_given_up(empty_database: str) -> None:
    start_job(SYSTEM_ACTOR, JobKind.SWEEP)
    for is_left in (True, True, False):
        assert claim_job() is not None
        release_claims(os.getpid())
        assert has_waiting_work() is is_left
    assert recent_jobs(SYSTEM_ACTOR)[0].status is JobStatus.FAILED


def test_a_process_that_lost_its_work_is_told(empty_database: str) -> None:
    job_id = start_job(SYSTEM_ACTOR, JobKind.SWEEP)
    claim_job()
    with writing() as session:
        session.get_one(Job, job_id).claimed_by = "another:1"
    with writing() as session:
        assert not advance(session, job_id, cursor=1, done=1, total=1)


def test_recomputing_brings_every_open_case_up_to_date(cast: Cast) -> None:
    for number in range(5):
        name = passport(number=f"ZZ{number}", surname=f"PERSON{number}")
        enrol(cast.staff, cast.medicine, passport=name)
    with writing() as session:
        session.execute(sa.update(Deadline).values(due_on=clock.utc_now().date()))
    start_job(cast.admin, JobKind.RECOMPUTE_DEADLINES)
    assert work_until_nothing_waits() == 1
    with writing() as session:
        days = set(session.scalars(sa.select(Deadline.due_on).order_by(Deadline.id)))
        assert {str(day) for day in days} == {"2026-09-07", "2026-10-27"}
        job = session.scalars(sa.select(Job)).one()
        assert (job.status, job.done, job.total) == (JobStatus.DONE, 10, 10)


def test_the_sweep_says_what_is_missing_of_whoever_no_change_has_touched(cast: Cast) -> None:
    first = enrol(cast.staff, cast.medicine)
    second = enrol(cast.staff, cast.medicine, passport=passport(number="ZZ2"), is_new_person=True)
    closed = enrol(cast.staff, cast.medicine, passport=passport(number="ZZ3", surname="OTHER"))
    with writing() as session:
        session.execute(sa.update(Person).values(missing=[], missing_count=0, search_text=""))
        session.execute(sa.delete(PossiblePair))
        session.get_one(Person, closed).closed_at = clock.utc_now()
    before = _stamps()
    for _night in range(2):
        start_job(SYSTEM_ACTOR, JobKind.SWEEP)
        assert work_until_nothing_waits() == 1
        with reading() as session:
            people = {person.id: person for person in session.scalars(sa.select(Person))}
            pairs = session.execute(sa.select(PossiblePair.first_id, PossiblePair.second_id)).all()
        # In a flat, without a contract number, an address, the owner's consent, a way to call him.
        asked_for = ["contract_number", "address", "landlord_consent", "phone", "photo"]
        assert people[first].missing == people[second].missing == asked_for
        assert people[first].missing_count == 5
        assert people[second].search_text == "testov karim zz2"
        assert (people[closed].missing_count, people[closed].search_text) == (0, "")
        assert [tuple(pair) for pair in pairs] == [(first, second)]
    # Nobody who has the card open is told of a change.
    assert _stamps() == before


def _stamps() -> list[tuple[int, object]]:
    with reading() as session:
        rows = session.execute(sa.select(Person.version, Person.changed_at).order_by(Person.id))
        return [tuple(row) for row in rows]


def test_purging_keeps_what_still_counts(empty_database: str) -> None:
    with writing() as session:
        for days in (29, 31):
            session.add(
                SignInAttempt(
                    username_key="sam",
                    network="10.0.0.1",
                    attempted_at=clock.utc_now() - timedelta(days=days),
                    has_succeeded=False,
                )
            )
    assert purge_expired() == 1
    assert purge_expired() == 0


@pytest.mark.xdist_group("processes")
def test_two_real_processes_and_a_kill_do_the_work_once(cast: Cast) -> None:
    for number in range(3):
        name = passport(number=f"ZZ{number}", surname=f"PERSON{number}")
        enrol(cast.staff, cast.medicine, passport=name)
    with writing() as session:
        session.execute(sa.update(Deadline).values(target_on=None))
    jobs = [start_job(cast.admin, JobKind.SWEEP) for _ in range(4)]
    workers = [_start_worker() for _ in range(2)]
    time.sleep(0.7)
    os.kill(workers[0].pid, signal.SIGKILL)
    for worker in workers:
        worker.wait(timeout=60)
    with writing() as session:
        # Whatever the killed process held beats no more.
        session.execute(
            sa.update(Job)
            .where(Job.status == JobStatus.RUNNING)
            .values(beat_at=clock.utc_now() - timedelta(minutes=2))
        )
    _start_worker().wait(timeout=60)
    with writing() as session:
        states = session.execute(sa.select(Job.id, Job.status, Job.done).order_by(Job.id)).all()
        assert [tuple(row) for row in states] == [(job, JobStatus.DONE, 6) for job in jobs]
        open_cases = session.scalar(sa.select(sa.func.count()).select_from(Case))
        assert open_cases == 6
        targets = session.scalars(
            sa.select(Deadline.target_on).where(Deadline.target_on.is_not(None))
        ).all()
        assert len(targets) == 3


def _start_worker() -> "subprocess.Popen[bytes]":
    chosen = settings.current()
    environment = {
        **os.environ,
        "VAR_DIR": str(chosen.var_dir),
        "DATABASE_URL": chosen.database_url,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "core", "work"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
