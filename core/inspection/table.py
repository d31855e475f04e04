"""A table as it comes back from the child: rows of plain cells, and what is odd about the sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

#: A cell: text, a number, a date, or None where it is empty.
Cell = str | int | float | date | None

#: What a formula that was never worked out stands for; read as one of Excel's own faults.
NO_RESULT = "#N/A"

_DATE = "d"


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One row that is not empty; ``number`` counts as the sheet does, from 1."""

    number: int
    cells: tuple[Cell, ...]
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """One sheet: its rows without the empty ones, and the names of all sheets.

    ``merged`` are the merged areas as the sheet names them; their value stands in the first cell.
    """

    sheet: str
    sheets: tuple[str, ...]
    rows: tuple[TableRow, ...]
    merged: tuple[str, ...] = ()


def table_to_json(table: Table) -> dict[str, Any]:
    """Return ``table`` as JSON holds it; dates are marked, because JSON has none."""
    return {
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "merged": list(table.merged),
        "rows": [
            [row.number, int(row.is_hidden), [_marked(cell) for cell in row.cells]]
            for row in table.rows
        ],
    }


def table_from_json(told: Mapping[str, Any]) -> Table:
    """Return the table that :func:`table_to_json` wrote."""
    return Table(
        sheet=told["sheet"],
        sheets=tuple(told["sheets"]),
        merged=tuple(told["merged"]),
        rows=tuple(
            TableRow(
                number=number,
                is_hidden=bool(is_hidden),
                cells=tuple(_unmarked(cell) for cell in cells),
            )
            for number, is_hidden, cells in told["rows"]
        ),
    )


def _marked(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        cell = cell.date()
    return [_DATE, cell.isoformat()] if isinstance(cell, date) else cell


def _unmarked(cell: Any) -> Cell:
    if isinstance(cell, list):
        return date.fromisoformat(cell[1])
    plain: Cell = cell
    return plain
