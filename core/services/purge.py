"""The end of records that have served their purpose."""

from datetime import timedelta

import sqlalchemy as sa

from core import clock, store
from core.terms import JobStatus
from db.engine import writing
from db.models.access import LoginSession, SignInAttempt
from db.models.imports import ImportBatch, ImportRow
from db.models.jobs import Job

KEEP_ATTEMPTS = timedelta(days=30)
KEEP_SIGN_INS = timedelta(days=180)
KEEP_JOBS = timedelta(days=90)
KEEP_IMPORTS = timedelta(days=60)


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
    purge_imports()
    with writing() as session:
        tables = (SignInAttempt.id, LoginSession.id, Job.id)
        return sum(
            len(session.scalars(statement.returning(column)).all())
            for statement, column in zip(statements, tables, strict=True)
        )


def purge_imports() -> None:
    """Delete the rows and sealed files of old imports; what was imported stays, and the counts."""
    limit = clock.utc_now() - KEEP_IMPORTS
    with writing() as session:
        old = session.scalars(
            sa.select(ImportBatch)
            .where(ImportBatch.created_at < limit, ImportBatch.wrapped_key.is_not(None))
            .order_by(ImportBatch.id)
        ).all()
        ids = [batch.id for batch in old]
        session.execute(sa.delete(ImportRow).where(ImportRow.batch_id.in_(ids)))
        for batch in old:
            # Without its key the file cannot be opened, even if deleting it fails below.
            batch.wrapped_key, batch.options = None, {}
            batch.columns, batch.mapping = [], {}
    for batch in old:
        store.opened().delete(batch.store_name)
