"""Long work as rows: begun by a use case, claimed by one process, done in committed chunks."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.permissions import Actor, Permission
from core.services.guard import requires
from core.terms import JobKind, JobStatus
from db.engine import reading, writing
from db.models.jobs import Job

#: A worker that has not beaten for so long is dead, and its work is taken up again.
DEAD_AFTER = timedelta(seconds=60)

#: So many processes may die at a piece of work before it is given up.
_MOST_DEATHS = 3

#: The work that needs to know nothing but its kind, so that it may be begun by hand.
BEGUN_BY_HAND = (JobKind.RECOMPUTE_DEADLINES, JobKind.SWEEP, JobKind.PURGE)


@dataclass(frozen=True, kw_only=True)
class JobView:
    """How far a piece of work is; ``total`` is None while unknown."""

    job_id: int
    kind: JobKind
    status: JobStatus
    done: int
    total: int | None
    error_id: str | None
    created_at: datetime
    created_by: str
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ClaimedJob:
    """Work this process has taken: ``cursor`` is where the last committed chunk ended."""

    job_id: int
    kind: JobKind
    payload: dict[str, Any]
    cursor: int
    done: int


@requires(Permission.RUN_JOBS)
def start_job(actor: Actor, kind: JobKind) -> int:
    """Begin a piece of work and return its id; the server starts on it within seconds."""
    with writing() as session:
        return enqueue(session, actor, kind)


@requires(Permission.RUN_JOBS)
def recent_jobs(actor: Actor) -> tuple[JobView, ...]:  # noqa: ARG001
    """Return the last twenty pieces of work, the newest first."""
    with reading() as session:
        rows = session.scalars(sa.select(Job).order_by(Job.id.desc()).limit(20))
        return tuple(_view(row) for row in rows)


@requires(Permission.READ_RULES)
def recomputation(actor: Actor) -> JobView | None:  # noqa: ARG001
    """Return the recomputing of due dates that waits or runs, or the last that ended; or None."""
    with reading() as session:
        unfinished = Job.status.in_((JobStatus.WAITING, JobStatus.RUNNING))
        row = session.scalars(
            sa.select(Job)
            .filter_by(kind=JobKind.RECOMPUTE_DEADLINES)
            .order_by(unfinished.desc(), sa.case((unfinished, Job.id), else_=-Job.id), Job.id)
            .limit(1)
        ).one_or_none()
        return _view(row) if row else None


def enqueue(
    session: Session, actor: Actor, kind: JobKind, payload: dict[str, Any] | None = None
) -> int:
    """Begin a piece of work in the caller's transaction, and return its id."""
    job = Job(
        kind=kind,
        status=JobStatus.WAITING,
        payload=payload or {},
        created_at=clock.utc_now(),
        created_by=actor.full_name,
        created_by_id=actor.user_id,
    )
    session.add(job)
    session.flush()
    return job.id


def recompute(session: Session, actor: Actor) -> int:
    """Have every due date computed anew after the caller's transaction; return the work's id.

    What already waits will do for this change too. It is held until the caller's commit, so that
    nobody begins it without having the change before him.
    """
    waiting = (
        sa.select(sa.func.min(Job.id))
        .filter_by(kind=JobKind.RECOMPUTE_DEADLINES, status=JobStatus.WAITING)
        .scalar_subquery()
    )
    held = session.scalar(
        sa.update(Job)
        .where(Job.id == waiting, Job.status == JobStatus.WAITING)
        .values(status=JobStatus.WAITING)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return held or enqueue(session, actor, JobKind.RECOMPUTE_DEADLINES)


def has_waiting_work() -> bool:
    """Return whether there is work nobody does."""
    with reading() as session:
        return session.scalar(sa.select(sa.select(Job.id).where(_claimable()).exists())) or False


def claim_job() -> ClaimedJob | None:
    """Take the oldest waiting or abandoned work for this process; None where there is none.

    The claim is a guarded update: of two processes that see the same row, one wins.
    """
    with writing() as session:
        job_id = session.scalar(
            sa.select(Job.id).where(_claimable()).order_by(Job.created_at, Job.id).limit(1)
        )
        if job_id is None:
            return None
        now = clock.utc_now()
        taken = session.execute(
            sa.update(Job)
            .where(Job.id == job_id, _claimable())
            .values(status=JobStatus.RUNNING, claimed_by=_own_name(), beat_at=now)
            .returning(Job.id)
        ).all()
        if not taken:
            return None
        job = session.get_one(Job, job_id)
        session.refresh(job)
        return ClaimedJob(
            job_id=job.id, kind=job.kind, payload=job.payload, cursor=job.cursor, done=job.done
        )


def advance(session: Session, job_id: int, *, cursor: int, done: int, total: int | None) -> bool:
    """Note a finished chunk, in its own transaction's session; False if the work was lost.

    A worker that was thought dead and is not must stop when another has its work.
    """
    return _note(session, job_id, cursor=cursor, done=done, total=total)


def beat(session: Session, job_id: int, *, count: int) -> bool:
    """Note that so many more are done that no cursor counts; False if it was lost, as above."""
    return _note(session, job_id, done=Job.done + count)


def _note(session: Session, job_id: int, **values: Any) -> bool:
    still_ours = session.execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.claimed_by == _own_name(), Job.status == JobStatus.RUNNING)
        .values(beat_at=clock.utc_now(), **values)
        .returning(Job.id)
    ).all()
    return bool(still_ours)


def finish(job_id: int, *, error_id: str | None = None) -> None:
    """Note that the work is done, or failed with the id its fault has in the log."""
    status = JobStatus.FAILED if error_id else JobStatus.DONE
    with writing() as session:
        session.execute(
            sa.update(Job)
            .where(Job.id == job_id, Job.claimed_by == _own_name())
            .values(status=status, error_id=error_id, finished_at=clock.utc_now())
        )


def release_claims(pid: int) -> None:
    """Let the work be taken up at once that process ``pid`` of this machine left when it died.

    Work that several processes died of is noted as failed, because it may be what ends them.
    """
    with writing() as session:
        left = session.scalars(
            sa.select(Job)
            .filter_by(claimed_by=_name_of(pid), status=JobStatus.RUNNING)
            .order_by(Job.id)
        )
        for job in left:
            deaths = int(job.payload.get("deaths", 0)) + 1
            job.payload = {**job.payload, "deaths": deaths}
            job.status = JobStatus.WAITING if deaths < _MOST_DEATHS else JobStatus.FAILED


def _claimable() -> sa.ColumnElement[bool]:
    dead_since = clock.utc_now() - DEAD_AFTER
    return sa.or_(
        Job.status == JobStatus.WAITING,
        sa.and_(Job.status == JobStatus.RUNNING, Job.beat_at < dead_since),
    )


def _own_name() -> str:
    return _name_of(os.getpid())


def _name_of(pid: int) -> str:
    return f"{socket.gethostname()[:80]}:{pid}"


def _view(job: Job) -> JobView:
    return JobView(
        job_id=job.id,
        kind=job.kind,
        status=job.status,
        done=job.done,
        total=job.total,
        error_id=job.error_id,
        created_at=job.created_at,
        created_by=job.created_by,
        finished_at=job.finished_at,
    )
