"""Rotation of the master key: every wrapped key is wrapped anew, while the product runs.

The operator puts the new key first and keeps the old one after it until this is done.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import encryption
from db.engine import writing
from db.models.audit import PersonKey, Secret
from db.models.documents import Document
from db.models.imports import ImportBatch

_CHUNK = 500


def rotate_keys(*, dry: bool = False) -> int:
    """Wrap every key anew that an earlier master key wrapped; return how many.

    With ``dry`` only try to unwrap each. Raises ``encryption.key_missing`` for a key whose master
    key is not given.
    """
    return sum(_rotate(table, dry=dry) for table in (Secret, PersonKey, Document, ImportBatch))


def _rotate(table: Any, *, dry: bool) -> int:
    identity = sa.inspect(table).primary_key[0]
    count, last = 0, None
    while True:
        with writing() as session:
            rows = _next_rows(session, table, identity, last)
            for row in rows:
                count += _rewrap(row, dry=dry)
        if len(rows) < _CHUNK:
            return count
        last = sa.inspect(rows[-1]).identity[0]


def _next_rows(session: Session, table: Any, identity: Any, last: Any) -> list[Any]:
    statement = sa.select(table).where(table.wrapped_key.is_not(None)).order_by(identity)
    if last is not None:
        statement = statement.where(identity > last)
    return list(session.scalars(statement.limit(_CHUNK)))


def _rewrap(row: Any, *, dry: bool) -> int:
    if encryption.is_wrapped_by_present_key(row.wrapped_key):
        return 0
    key = encryption.unwrap_key(row.wrapped_key)
    if not dry:
        row.wrapped_key = encryption.wrap_key(key)
    return 1
