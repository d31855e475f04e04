"""Long work: what is to be done, who does it, how far it is."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import JobKind, JobStatus
from db.base import Base, words


class Job(Base):
    """One piece of long work. A process claims it by a guarded update and beats while it works.

    ``error_id`` is what the log calls the fault that stopped it; ``cursor`` is where a killed job
    goes on.
    """

    __tablename__ = "job"
    __table_args__ = (sa.Index(None, "status", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[JobKind] = mapped_column(words(JobKind, "kind"))
    status: Mapped[JobStatus] = mapped_column(words(JobStatus, "status"))
    payload: Mapped[dict[str, Any]]
    cursor: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[dict[str, Any] | None]
    error_id: Mapped[str | None] = mapped_column(sa.String(20))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(sa.String(150))
    created_by_id: Mapped[int | None]
    claimed_by: Mapped[str | None] = mapped_column(sa.String(100))
    beat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
