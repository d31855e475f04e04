"""What updates out of a file overwrote and added, and how it is taken back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor
from core.services.versions import touch
from db.base import Base
from db.models.cases import Case
from db.models.people import Crossing, Enrolment, Passport, Person, Residence, Visa

#: In the order in which added rows can go again: what names a passport goes before it.
_TABLES: Mapping[str, type[Any]] = {
    table.__tablename__: table for table in (Crossing, Visa, Residence, Enrolment, Passport, Person)
}

#: What names a row that an undo removes, and must let go of it first.
_LINKS = (
    (Crossing, Case.crossing_id),
    (Visa, Case.visa_id),
    (Visa, Enrolment.former_visa_id),
    (Passport, Crossing.passport_id),
    (Passport, Visa.passport_id),
)


class Journal:
    """What an update overwrote and added, so that it can be taken back."""

    def __init__(self) -> None:
        self._overwritten: list[list[Any]] = []
        self._added: list[Any] = []

    def write(self, row: Any, actor: Actor, values: Mapping[str, Any]) -> None:
        """Write ``values`` into ``row`` and note what was there."""
        if not values:
            return
        before = {name: _plain(getattr(row, name)) for name in values}
        self._overwritten.append([row.__tablename__, row.id, before])
        for name, value in values.items():
            setattr(row, name, value)
        if not isinstance(row, Person):
            touch(row, actor)

    def add(self, session: Session, row: Any) -> None:
        """Add ``row`` and note that it was not there."""
        session.add(row)
        self._added.append(row)

    def to_json(self) -> dict[str, Any]:
        """Return the journal as it is kept with the row of the file, once all was flushed."""
        added = [[row.__tablename__, row.id] for row in self._added]
        return {"overwritten": self._overwritten, "added": added}


def take_back(session: Session, actor: Actor, journals: Sequence[Mapping[str, Any]]) -> None:
    """Remove what updates added and put back what they overwrote, the last of them first."""
    added: defaultdict[str, set[int]] = defaultdict(set)
    for kept in journals:
        for table_name, row_id in kept["added"]:
            added[table_name].add(row_id)
    for table, column in _LINKS:
        _update_where(session, column, added[table.__tablename__])
    for table_name, table in _TABLES.items():
        session.execute(sa.delete(table).where(table.id.in_(added[table_name])))
    overwritten = [told for kept in reversed(journals) for told in reversed(kept["overwritten"])]
    rows = _rows(session, ((table_name, row_id) for table_name, row_id, _before in overwritten))
    for table_name, row_id, before in overwritten:
        row = rows[table_name, row_id]
        for name, value in before.items():
            setattr(row, name, _typed(_TABLES[table_name], name, value))
        if not isinstance(row, Person):
            touch(row, actor)
    session.flush()


def _update_where(session: Session, column: Any, ids: set[int]) -> None:
    session.execute(sa.update(column.class_).where(column.in_(ids)).values({column.key: None}))


def _rows(session: Session, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for table_name, row_id in wanted:
        ids[table_name].add(row_id)
    return {
        (name, row.id): row
        for name, of_table in ids.items()
        for row in session.scalars(
            sa.select(_TABLES[name])
            .where(_TABLES[name].id.in_(of_table))
            .order_by(_TABLES[name].id)
        )
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(table: type[Base], name: str, value: Any) -> Any:
    kind = sa.inspect(table).columns[name].type
    if value is None:
        return None
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    return value
