"""A table as an Excel file: what was stored as text stays text, dates are dates."""

import io
from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Value = str | int | date | None

_DATE_FORMAT = "DD.MM.YYYY"

#: Widths in characters, between which a column follows its heading.
_NARROWEST, _WIDEST = 14, 40


def table_file(title: str, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return an Excel file of one sheet; its first row stays in sight and filters the others."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "A2"
    for number, heading in enumerate(headings, start=1):
        width = min(max(len(heading) + 4, _NARROWEST), _WIDEST)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_cell(sheet, heading, is_bold=True) for heading in headings])
    count = 1
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{count}"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _cell(sheet: object, value: Value, *, is_bold: bool = False) -> WriteOnlyCell:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
        # A text that begins like a formula would be run by whoever opens the file.
        cell.data_type = "s"
    else:
        cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, date):
        cell.number_format = _DATE_FORMAT
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\")[:31]
