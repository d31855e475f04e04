"""Excel files, read in the child: the archive is judged before anything in it is unpacked.

Formulas are never worked out: what Excel last saw as their result is read, and nothing else.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from xml.etree.ElementTree import ParseError

import defusedxml
import openpyxl
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import DomainError
from core.inspection.limits import (
    HIGHEST_RATIO,
    LARGEST_UNPACKED,
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_ROWS,
)
from core.inspection.table import NO_RESULT, Cell, Table, TableRow

#: Below this size a part may be packed as tightly as it likes.
_HARMLESS = 10 * 1024 * 1024

_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d+)"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]+\d+:[A-Z]+\d+)"')
_UNCOMPUTED = re.compile(
    rb'<c\b[^>]*\br="([A-Z]+\d+)"[^>]*><f\b(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>'
)

#: After so many empty rows nothing more is expected.
_MOST_EMPTY = 50_000


def read(content: bytes, wanted: str) -> Table:
    """Return the rows of the sheet ``wanted``, or of the first visible one that has any.

    Raises ``table.bomb``, ``table.damaged``, ``table.locked``, ``table.other_office``,
    ``table.no_table``, ``table.no_rows`` and ``table.too_many_rows``.
    """
    with _archive(content) as archive:
        _refuse_dangerous(archive)
        _refuse_strangers(set(archive.namelist()))
        try:
            return _read(archive, io.BytesIO(content), wanted)
        except (InvalidFileException, KeyError, ValueError, ParseError, OSError) as fault:
            raise DomainError("table.damaged") from fault
        except (zipfile.BadZipFile, defusedxml.DefusedXmlException) as fault:
            raise DomainError("table.damaged") from fault


def _archive(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as fault:
        raise DomainError("table.damaged") from fault


def _refuse_dangerous(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    swells = any(
        part.file_size > _HARMLESS and part.file_size > HIGHEST_RATIO * max(1, part.compress_size)
        for part in parts
    )
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED or swells:
        raise DomainError("table.bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise DomainError("table.locked")


def _refuse_strangers(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if "Index/Document.iwa" in names or "content.xml" in names or "xl/workbook.bin" in names:
        raise DomainError("table.other_office")
    raise DomainError("table.no_table")


def _read(archive: zipfile.ZipFile, content: io.BytesIO, wanted: str) -> Table:
    book = openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    names = tuple(sheet.title for sheet in visible)
    chosen = [sheet for sheet in visible if sheet.title == wanted] or visible
    for sheet in chosen:
        # The reader of rows hides which part of the archive a sheet is.
        source = archive.read(sheet._worksheet_path.lstrip("/"))  # noqa: SLF001
        hidden = {int(number) for number in _HIDDEN_ROW.findall(source)}
        rows = tuple(_rows(sheet, hidden, _uncomputed(source)))
        if rows:
            merged = tuple(area.decode() for area in _MERGED.findall(source))
            return Table(sheet=sheet.title, sheets=names, rows=rows, merged=merged)
    raise DomainError("table.no_rows")


def _rows(
    sheet: "openpyxl.worksheet._read_only.ReadOnlyWorksheet",
    hidden: set[int],
    uncomputed: set[tuple[int, int]],
) -> Iterator[TableRow]:
    # What a file says about its own size may be wrong.
    sheet.reset_dimensions()
    count = empty = 0
    rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    for number, values in enumerate(rows, start=1):
        cells = [_plain(value) for value in values]
        if uncomputed:
            for column in range(len(cells)):
                if (number, column + 1) in uncomputed:
                    cells[column] = NO_RESULT
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            empty += 1
            if empty > _MOST_EMPTY:
                return
            continue
        count, empty = count + 1, 0
        if count > MOST_ROWS:
            raise DomainError("table.too_many_rows", most=MOST_ROWS)
        yield TableRow(number=number, cells=tuple(cells), is_hidden=number in hidden)


def _uncomputed(source: bytes) -> set[tuple[int, int]]:
    """Return row and column of each formula that has no result in the file."""
    found = set()
    for name in _UNCOMPUTED.findall(source):
        column, row = coordinate_from_string(name.decode())
        found.add((row, column_index_from_string(column)))
    return found


def _plain(value: object) -> Cell:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool | time | timedelta):
        return str(value)
    text = str(value).strip()
    return text or None
