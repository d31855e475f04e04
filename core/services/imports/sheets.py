"""Excel files that go back to the operator: the empty template, and the rows that are at fault.

Every cell is written as text, so that nothing in it is ever a formula.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import openpyxl
import sqlalchemy as sa
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from core.errors import NotFound
from core.i18n import _, use_language
from core.messages import sentence
from core.permissions import Actor, Permission
from core.rules.import_values import text_of
from core.services.documents import OpenedFile
from core.services.faculties import faculty_names
from core.services.guard import requires
from core.services.imports.source import cell_at, lay_out, opened
from core.services.imports.views import (
    fault_lines,
)
from core.terms import (
    Funding,
    ImportAction,
    ImportField,
    Language,
    ResidenceKind,
    Sex,
    VisaEntries,
)
from core.words import word
from db.engine import reading
from db.models.imports import ImportBatch, ImportRow

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_F = ImportField

#: Drop-downs of the template; people whose sex is not stated are too few to offer it.
_CHOICES: Mapping[ImportField, Sequence[StrEnum]] = {
    _F.SEX: (Sex.MALE, Sex.FEMALE),
    _F.FUNDING: tuple(Funding),
    _F.RESIDENCE: tuple(ResidenceKind),
    _F.VISA_ENTRIES: tuple(VisaEntries),
}

#: The template asks for the parts of a name and leaves out what few lists have.
_LEFT_OUT = frozenset({_F.FULL_NAME, _F.AGENT})

#: A person who cannot be taken for a real one.
_EXAMPLE = {
    _F.SURNAME: "EXAMPLE",
    _F.GIVEN_NAMES: "FICTITIOUS STUDENT",
    _F.BIRTH_DATE: "31.12.2005",
    _F.CITIZENSHIP: "IND",
    _F.PASSPORT_NUMBER: "XX0000000",
    _F.ISSUING_STATE: "IND",
    _F.ISSUED_ON: "01.02.2023",
    _F.EXPIRES_ON: "31.01.2033",
    _F.COURSE: "1",
    _F.CONTRACT_NUMBER: "0000",
    _F.CONTRACT_FROM: "01.09.2026",
    _F.CONTRACT_UNTIL: "30.06.2032",
    _F.PHONE: "+996 555 000 000",
}

_LAST_ROW = 2_000
_LONGEST_LIST = 250


@requires(Permission.EDIT_PEOPLE)
def error_file(actor: Actor, batch_id: int, *, language: Language) -> OpenedFile:  # noqa: ARG001
    """Return the rows of a file that are at fault, as they were, with the reasons beside them.

    Raises :class:`NotFound` where there are none, and ``import.purged``.
    """
    with reading() as session:
        batch = session.get(ImportBatch, batch_id)
        if batch is None:
            raise NotFound
        rows = session.scalars(
            sa.select(ImportRow)
            .filter_by(batch_id=batch_id, action=ImportAction.ERROR)
            .order_by(ImportRow.row_number)
        )
        with use_language(language):
            reasons = {row.row_number: "\n".join(_reasons(row)) for row in rows}
    if not reasons:
        raise NotFound
    layout = lay_out(opened(batch), sheet=batch.sheet, header_row=batch.header_row)
    with use_language(language):
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet(_("Errors"))
        sheet.column_dimensions[get_column_letter(len(layout.headings) + 1)].width = 70
        sheet.append(_cells(sheet, [*layout.headings, _("What is wrong")], is_bold=True))
        for row in layout.rows:
            if row.number in reasons:
                texts = [_shown(cell_at(row, place)) for place in range(len(layout.headings))]
                sheet.append(_cells(sheet, [*texts, reasons[row.number]]))
    return OpenedFile(file_name=f"errors-{batch_id}.xlsx", media_type=EXCEL, content=_bytes(book))


@requires(Permission.EDIT_PEOPLE)
def template_file(actor: Actor, *, language: Language) -> OpenedFile:
    """Return the empty list of people with drop-downs and one fictitious example."""
    with use_language(language):
        names = list(faculty_names(actor, only_active=True).values())
        book = openpyxl.Workbook()
        sheet: Worksheet = book.active
        sheet.title = _("Students")
        fields = [name for name in ImportField if name not in _LEFT_OUT]
        for column, name in enumerate(fields, start=1):
            _head(sheet, column, word(name))
            options = [word(member) for member in _CHOICES.get(name, ())]
            if name is _F.FACULTY:
                options = names
            example = options[0] if options else _EXAMPLE.get(name, "")
            _put(sheet, 2, column, example)
            _offer(sheet, column, options)
        sheet.freeze_panes = "A2"
    return OpenedFile(file_name="students.xlsx", media_type=EXCEL, content=_bytes(book))


def _head(sheet: Worksheet, column: int, text: str) -> None:
    _put(sheet, 1, column, text)
    cell = sheet.cell(1, column)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DDE6F0")
    letter = get_column_letter(column)
    sheet.column_dimensions[letter].width = max(14, len(text) + 3)
    # Text, so that neither zeros nor dates are made into something else while they are typed.
    for row in range(2, 302):
        sheet.cell(row, column).number_format = "@"


def _put(sheet: Worksheet, row: int, column: int, text: str) -> None:
    cell = sheet.cell(row, column)
    cell.value = text
    if text:
        cell.data_type = "s"


def _offer(sheet: Worksheet, column: int, options: Sequence[str]) -> None:
    """Give a column a drop-down; a list Excel could not hold is left to typing."""
    listed = ",".join(options)
    if not options or len(listed) > _LONGEST_LIST or any("," in each for each in options):
        return
    quoted = listed.replace('"', '""')
    choice = DataValidation(type="list", formula1=f'"{quoted}"', allow_blank=True)
    letter = get_column_letter(column)
    choice.add(f"{letter}2:{letter}{_LAST_ROW}")
    sheet.add_data_validation(choice)


def _reasons(row: ImportRow) -> Iterable[str]:
    for line in fault_lines(row):
        text = sentence(line.code, line.values)
        yield f"{line.column}: {text}" if line.column else text


def _cells(sheet: object, texts: Sequence[str], *, is_bold: bool = False) -> list[WriteOnlyCell]:
    made = []
    for text in texts:
        cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
        if text:
            cell.data_type = "s"
        cell.number_format = "@"
        cell.font = Font(bold=is_bold)
        cell.alignment = Alignment(wrap_text="\n" in text, vertical="top")
        made.append(cell)
    return made


def _shown(cell: object) -> str:
    return "" if cell is None else text_of(cell)


def _bytes(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
