"""The end of records that have served their purpose."""

from datetime import timedelta

import sqlalchemy as sa

from core import clock
from core.terms import JobStatus
from db.engine import writing
from db.models.access import LoginSession, SignInAttempt
from db.models.jobs import Job

KEEP_ATTEMPTS = timedelta(days=30)
KEEP_SIGN_INS = timedelta(days=180)
KEEP_JOBS = timedelta(days=90)


def purge_expired() -> int:
    """Delete old sign-in attempts, long ended sign-ins and finished work; return how many rows."""
    now = clock.utc_now()
    statements = (
        sa.delete(SignInAttempt).where(SignInAttempt.attempted_at < now - KEEP_ATTEMPTS),
        sa.delete(LoginSession).where(LoginSession.expires_at < now - KEEP_SIGN_INS),
        sa.delete(Job).where(
            Job.status.in_((JobStatus.DONE, JobStatus.FAILED)), Job.finished_at < now - KEEP_JOBS
        ),
    )
    with writing() as session:
        tables = (SignInAttempt.id, LoginSession.id, Job.id)
        return sum(
            len(session.scalars(statement.returning(column)).all())
            for statement, column in zip(statements, tables, strict=True)
        )
