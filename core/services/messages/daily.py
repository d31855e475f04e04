"""What the server begins by itself: the reminders of each day once, and mail whose time has come.

Two servers may begin the same; the work itself does nothing twice.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import SYSTEM_ACTOR
from core.services.house import time_zone, today
from core.services.jobs import enqueue
from core.services.messages.sending import has_mail_to_send
from core.terms import JobKind, JobStatus
from db.engine import reading, writing
from db.models.jobs import Job


def begin_messages() -> None:
    """Begin the work on messages that is due and that nobody has begun."""
    has_mail = settings.current().smtp is not None and has_mail_to_send()
    with reading() as session:
        wanted = [
            kind
            for kind, is_wanted in (
                (JobKind.REMIND, not _was_begun_today(session)),
                (JobKind.SEND_MAIL, has_mail and not _is_under_way(session)),
            )
            if is_wanted
        ]
    if wanted:
        with writing() as session:
            for kind in wanted:
                enqueue(session, SYSTEM_ACTOR, kind)


def _was_begun_today(session: Session) -> bool:
    last = session.scalar(sa.select(sa.func.max(Job.created_at)).filter_by(kind=JobKind.REMIND))
    return last is not None and clock.local_date(last, time_zone=time_zone()) >= today()


def _is_under_way(session: Session) -> bool:
    unfinished = Job.status.in_((JobStatus.WAITING, JobStatus.RUNNING))
    under_way = sa.select(Job.id).where(Job.kind == JobKind.SEND_MAIL, unfinished).exists()
    return session.scalar(sa.select(under_way)) or False
