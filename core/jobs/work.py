"""What each kind of long work does, one committed chunk after the other."""

import gc
import logging
import secrets
from collections.abc import Callable

from core.permissions import SYSTEM_ACTOR
from core.services.deadlines import open_case_count, recompute_chunk
from core.services.imports.checking import check_batch
from core.services.imports.taking import take_batch
from core.services.imports.undoing import undo_batch
from core.services.jobs import ClaimedJob, advance, beat, claim_job, finish
from core.services.messages.reminding import prepare_due
from core.services.messages.sending import (
    automatic_mail_is_wanted,
    queue_due_mail,
    send_queued,
    withdraw_settled,
)
from core.services.orphans import sweep_orphans
from core.services.purge import purge_expired
from core.services.rulebook import await_computations
from core.services.stored_facts import refresh_chunk
from core.terms import JobKind
from db.engine import give_way, refresh_statistics, writing

#: How many cases one transaction recomputes; writers wait no longer than that takes.
CHUNK = 1000

#: And of how many people it refreshes what follows from their facts.
PEOPLE_CHUNK = 500

#: When cycles are looked for: a chunk keeps so many rows at once that the usual thresholds would
#: have them gone through again and again, for a third of the whole time.
_RARELY = (100_000, 50, 50)

_log = logging.getLogger(__name__)


def work_until_nothing_waits() -> int:
    """Do every piece of waiting work and return how many there were.

    A fault ends the process after it was noted with the job; the server starts the next one.
    """
    gc.set_threshold(*_RARELY)
    count = 0
    while (job := claim_job()) is not None:
        _do(job)
        count += 1
    return count


def recompute_deadlines(job: ClaimedJob) -> None:
    """Recompute the deadlines of all open cases, going on after the last committed chunk.

    A case that was opened by the rules of before and is committed only now would lie behind the
    cursor; so the work begins when no such transaction is left. A change of the rules meanwhile
    needs no care: it begins work of its own, which passes over every case once more.
    """
    await_computations()
    total, cursor, done = open_case_count(), job.cursor, job.done if job.cursor else 0
    while True:
        with writing() as session:
            cursor, count = recompute_chunk(session, after_case_id=cursor, limit=CHUNK)
            done += count
            if not advance(session, job.job_id, cursor=cursor, done=done, total=total):
                session.rollback()
                return
        if count < CHUNK:
            return
        give_way()


def refresh_people(job: ClaimedJob) -> None:
    """Bring up to date what is stored of each person because it follows from his facts.

    A process that takes the work up again begins at the first person: what is right stays as it is.
    """
    last, count = 0, PEOPLE_CHUNK
    while count == PEOPLE_CHUNK:
        with writing() as session:
            last, count = refresh_chunk(session, after_person_id=last, limit=PEOPLE_CHUNK)
            if not beat(session, job.job_id, count=count):
                session.rollback()
                return
        give_way()


def sweep(job: ClaimedJob) -> None:
    """Bring every stored consequence up to date and clear away what dead processes left behind."""
    refresh_people(job)
    recompute_deadlines(job)
    sweep_orphans()
    refresh_statistics()


def purge(_job: ClaimedJob) -> None:
    """Delete what has no purpose any more: old attempts, ended sign-ins, finished work."""
    purge_expired()


def remind(_job: ClaimedJob) -> None:
    """Prepare the reminders of the day; their mail goes out by itself only if the head wants it."""
    withdraw_settled(SYSTEM_ACTOR)
    prepare_due(SYSTEM_ACTOR)
    if automatic_mail_is_wanted(SYSTEM_ACTOR):
        queue_due_mail(SYSTEM_ACTOR)


def send_mail(_job: ClaimedJob) -> None:
    """Send the mail in the queue whose time has come."""
    send_queued(SYSTEM_ACTOR)


WORKERS: dict[JobKind, Callable[[ClaimedJob], None]] = {
    JobKind.RECOMPUTE_DEADLINES: recompute_deadlines,
    JobKind.SWEEP: sweep,
    JobKind.PURGE: purge,
    JobKind.IMPORT_CHECK: check_batch,
    JobKind.IMPORT_COMMIT: take_batch,
    JobKind.IMPORT_UNDO: undo_batch,
    JobKind.REMIND: remind,
    JobKind.SEND_MAIL: send_mail,
}


def _do(job: ClaimedJob) -> None:
    try:
        WORKERS[job.kind](job)
    except BaseException:
        error_id = secrets.token_hex(4)
        _log.exception("fault %s in job %s", error_id, job.job_id)
        finish(job.job_id, error_id=error_id)
        raise
    else:
        finish(job.job_id)
