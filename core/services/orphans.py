"""Stored files that no document names, and how they go."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from core import clock, store
from db.engine import reading
from db.models.documents import Document
from db.models.imports import ImportBatch

#: A stored file no row names, older than this, was left by a process that died between the two.
ORPHAN_AGE = timedelta(hours=1)

#: How many stored names one question to the database asks about.
_CHUNK = 500


def sweep_orphans(*, older_than: timedelta = ORPHAN_AGE) -> int:
    """Delete what is stored but named by no document; return how many files there were.

    What is younger is left alone, because its document may be on its way into the database.
    """
    limit = (clock.utc_now() - older_than).timestamp()
    store_in_use, count = store.opened(), 0
    old = [name for name, written_at in store_in_use.names() if written_at <= limit]
    for start in range(0, len(old), _CHUNK):
        orphans = _unknown(old[start : start + _CHUNK])
        for name in orphans:
            store_in_use.delete(name)
        count += len(orphans)
    return count


def _unknown(names: Sequence[str]) -> list[str]:
    """Return those of ``names`` that belong to no document and to no file of people."""
    parts = {_document_part(name) for name in names}
    known: set[str] = set()
    with reading() as session:
        for table in (Document, ImportBatch):
            statement = sa.select(table.store_name).where(table.store_name.in_(parts))
            known |= set(session.scalars(statement.order_by(table.id)))
    return [name for name in names if _document_part(name) not in known]


def _document_part(name: str) -> str:
    return name.partition(".")[0]
