"""Batches: cases that go to an authority together, and the answer to each of them."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import BatchAnswer, CaseKind, Party
from db.base import Base, Versioned, words

#: A case is in one batch at a time: until it is answered or taken out.
_WAITS = sa.text("answer IS NULL AND taken_out_at IS NULL")


class Batch(Versioned, Base):
    """One submission of many cases of a kind to an authority.

    ``step`` is the code of the step they go to, ``authority`` who has to act in it.
    ``submitted_on`` is None while it is being gathered; ``reference`` is the number the authority
    gave. A batch is closed once nobody in it waits any more.
    """

    __tablename__ = "batch"
    __table_args__ = (
        # The batches in hand: few among many years of them.
        sa.Index(
            "ix_batch_open",
            "kind",
            "id",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CaseKind] = mapped_column(words(CaseKind, "kind"))
    step: Mapped[str] = mapped_column(sa.String(60))
    authority: Mapped[Party] = mapped_column(words(Party, "authority"))
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    gathered_at: Mapped[datetime]
    gathered_by: Mapped[str] = mapped_column(sa.String(150))
    submitted_on: Mapped[date | None]
    submitted_by: Mapped[str | None] = mapped_column(sa.String(150))
    reference: Mapped[str] = mapped_column(sa.String(100), default="")
    closed_at: Mapped[datetime | None]


class BatchCase(Base):
    """A case in a batch, and what came of it there.

    ``step_before`` is the step it was in when the batch was submitted, None until then. It waits
    until ``answer`` or ``taken_out_at`` is there; ``reason`` explains either.
    """

    __tablename__ = "batch_case"
    __table_args__ = (
        sa.Index(
            "uq_batch_case_waiting",
            "case_id",
            unique=True,
            sqlite_where=_WAITS,
            postgresql_where=_WAITS,
        ),
        sa.Index(None, "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("batch.id"), index=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("visa_case.id"))
    gathered_at: Mapped[datetime]
    gathered_by: Mapped[str] = mapped_column(sa.String(150))
    step_before: Mapped[str | None] = mapped_column(sa.String(60))
    answer: Mapped[BatchAnswer | None] = mapped_column(words(BatchAnswer, "answer"))
    answered_on: Mapped[date | None]
    answered_by: Mapped[str | None] = mapped_column(sa.String(150))
    reference: Mapped[str] = mapped_column(sa.String(100), default="")
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    taken_out_at: Mapped[datetime | None]
    taken_out_by: Mapped[str | None] = mapped_column(sa.String(150))
