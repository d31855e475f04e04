"""The file itself: sealed in the store, opened again, and laid out as headings and rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from openpyxl.utils.cell import range_boundaries

from core import encryption, store
from core.errors import DomainError
from core.inspection.run import inspect_table
from core.inspection.table import Cell, Table, TableRow
from core.rules.import_columns import header_score, repeated_headings
from core.rules.import_values import text_of
from db.models.imports import ImportBatch

#: The row with the headings is looked for among so many.
_HEADER_WITHIN = 15

#: How many rows are shown beside the headings.
SAMPLES = 5

_MOST_NUMBERS = 10


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A sheet with its headings found; ``notices`` are codes with values of what is odd."""

    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    headings: tuple[str, ...]
    rows: tuple[TableRow, ...]
    notices: tuple[tuple[str, Mapping[str, Any]], ...]


def keep(content: bytes) -> tuple[str, bytes]:
    """Store ``content`` sealed; return the name it has there and its wrapped key."""
    key, name = encryption.new_key(), store.new_name()
    store.opened().put(name, encryption.seal(key, content, context=name.encode()))
    return name, encryption.wrap_key(key)


def opened(batch: ImportBatch) -> bytes:
    """Return the bytes of the batch's file. Raises ``import.purged`` once they are deleted."""
    if batch.wrapped_key is None:
        raise DomainError("import.purged")
    key = encryption.unwrap_key(batch.wrapped_key)
    sealed = store.opened().get(batch.store_name)
    return encryption.open_sealed(key, sealed, context=batch.store_name.encode())


def lay_out(content: bytes, *, sheet: str = "", header_row: int | None = None) -> Layout:
    """Return the headings and rows of a file; the row of the headings is guessed if not given.

    Raises the codes of :func:`inspect_table`, and ``import.no_people`` where nothing stands below
    the headings.
    """
    table = inspect_table(content, sheet)
    header = _header(table, header_row)
    rows = tuple(row for row in table.rows if row.number > header.number)
    if not rows:
        raise DomainError("import.no_people")
    width = max(len(row.cells) for row in (header, *rows))
    headings, has_merged = _headings(table, header, width)
    return Layout(
        sheet=table.sheet,
        sheets=table.sheets,
        header_row=header.number,
        headings=headings,
        rows=rows,
        notices=tuple(_notices(table, rows, headings, has_merged=has_merged)),
    )


def cell_at(row: TableRow, place: int) -> Cell:
    """Return the cell of ``row`` in the column ``place``, counted from 0; None beyond its end."""
    return row.cells[place] if place < len(row.cells) else None


def _header(table: Table, number: int | None) -> TableRow:
    if number is not None:
        for row in table.rows:
            if row.number == number:
                return row
    first = table.rows[:_HEADER_WITHIN]
    return max(first, key=lambda row: header_score([_text(cell) for cell in row.cells]))


def _headings(table: Table, header: TableRow, width: int) -> tuple[tuple[str, ...], bool]:
    """Return the headings; a merged cell stands over each column it covers."""
    headings = [_text(cell_at(header, place)) for place in range(width)]
    has_merged = False
    by_number = {row.number: row for row in table.rows if row.number <= header.number}
    for area in table.merged:
        left, top, right, bottom = range_boundaries(area)
        if not (top <= header.number <= bottom and top in by_number):
            continue
        text = _text(cell_at(by_number[top], left - 1))
        for place in range(left - 1, min(right, width)):
            if not headings[place]:
                headings[place], has_merged = text, True
    return tuple(headings), has_merged


def _notices(
    table: Table, rows: Sequence[TableRow], headings: Sequence[str], *, has_merged: bool
) -> Sequence[tuple[str, Mapping[str, Any]]]:
    notices: list[tuple[str, Mapping[str, Any]]] = []
    hidden = [row.number for row in rows if row.is_hidden]
    if hidden:
        shown = [number for _place, number in takewhile(_is_early, enumerate(hidden))]
        notices.append(
            ("import.hidden_rows", {"count": len(hidden), "rows": ", ".join(map(str, shown))})
        )
    if has_merged:
        notices.append(("import.merged_headings", {}))
    if repeated := repeated_headings(headings):
        notices.append(("import.column_twice", {"names": ", ".join(repeated)}))
    if len(table.sheets) > 1:
        notices.append(("import.sheets", {"sheet": table.sheet, "count": len(table.sheets)}))
    return notices


def _is_early(numbered: tuple[int, int]) -> bool:
    return numbered[0] < _MOST_NUMBERS


def _text(cell: Cell) -> str:
    return "" if cell is None else text_of(cell)
