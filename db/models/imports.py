"""Files of people on their way into the register, row by row, and what a column was last taken for.

The rows hold what is needed to undo a file; the purge deletes them when that time is over.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from core.terms import ImportAction, ImportStatus
from db.base import Base, Versioned, words


class ImportBatch(Versioned, Base):
    """One file of people. Its bytes lie sealed in the document store under ``store_name``.

    ``columns`` are the headings in their order, ``mapping`` says for each which field it holds;
    ``header_row`` counts as the sheet does. The counts are those of the last check.
    """

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    digest: Mapped[str] = mapped_column(sa.String(64))
    store_name: Mapped[str] = mapped_column(sa.String(64), unique=True)
    wrapped_key: Mapped[bytes | None]
    sheet: Mapped[str] = mapped_column(sa.String(100), default="")
    header_row: Mapped[int] = mapped_column(default=1)
    columns: Mapped[list[Any]] = mapped_column(default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[ImportStatus] = mapped_column(words(ImportStatus, "status"))
    job_id: Mapped[int | None]
    new_count: Mapped[int] = mapped_column(default=0)
    update_count: Mapped[int] = mapped_column(default=0)
    same_count: Mapped[int] = mapped_column(default=0)
    error_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(sa.String(150))
    created_by_id: Mapped[int | None]
    committed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportRow(Base):
    """One row of a file: what it says, what it comes to, and what was there before it.

    ``row_number`` counts as the sheet does. ``faults`` lists column, value, code and values of each
    thing wrong; ``before`` is what an update overwrote, and ``person_version`` the version it left.
    """

    __tablename__ = "import_row"
    __table_args__ = (sa.Index(None, "batch_id", "action", "row_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("import_batch.id"))
    row_number: Mapped[int]
    action: Mapped[ImportAction] = mapped_column(words(ImportAction, "action"))
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    faults: Mapped[list[Any]] = mapped_column(default=list)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    person_version: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]
    is_done: Mapped[bool] = mapped_column(default=False)


class ImportHeading(Base):
    """What a heading was last taken for, so that the next file is guessed right.

    ``heading_key`` is the folded heading; ``field`` is empty for a column that is left out.
    """

    __tablename__ = "import_heading"

    heading_key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    field: Mapped[str] = mapped_column(sa.String(60), default="")
    used_at: Mapped[datetime]
