"""The audit log, the keys that seal what is personal in it, and the secrets of the product."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import AuditOutcome
from db.base import Base, words


class AuditEntry(Base):
    """One thing done or refused. Rows are added only; ``mac`` chains each to the one before.

    ``clear`` holds field names and values that are not personal; ``sealed`` is the personal part,
    encrypted with the key of ``person_id``.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index(None, "subject_kind", "subject_id"),
        sa.Index(None, "person_id"),
        sa.Index(None, "recorded_at"),
    )

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(sa.String(150))
    action: Mapped[str] = mapped_column(sa.String(80))
    outcome: Mapped[AuditOutcome] = mapped_column(words(AuditOutcome, "outcome"))
    subject_kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int | None]
    person_id: Mapped[int | None]
    clear: Mapped[dict[str, Any]]
    sealed: Mapped[bytes | None]
    mac: Mapped[str] = mapped_column(sa.String(64))


class AuditHead(Base):
    """The end of the chain: one row, locked by every writer, so that sequence has no gap.

    ``last_change`` is the sequence of the last entry that tells of more than a look.
    """

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    last_change: Mapped[int] = mapped_column(default=0)
    mac: Mapped[str] = mapped_column(sa.String(64))


class PersonKey(Base):
    """The key of one person's values in the log, wrapped by a master key; erasing it seals them."""

    __tablename__ = "person_key"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped_key: Mapped[bytes | None]
    destroyed_at: Mapped[datetime | None]


class Secret(Base):
    """A key of the product itself (of the audit chain, of cookies), wrapped by a master key."""

    __tablename__ = "secret"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    wrapped_key: Mapped[bytes]
    created_at: Mapped[datetime]
