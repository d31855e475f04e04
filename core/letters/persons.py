"""A list of persons for an authority: one table, lying A4, as many pages as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.i18n import _, format_date, use_language
from core.letters.sheet import Sheet, has_glyphs, new_sheet, require_glyphs
from core.terms import Language

_LINE = 4.4


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the list; ``share`` is its width as a part of all of them.

    Where ``may_lack`` a text in a script the font has not is left out, as native names are.
    """

    heading: str
    share: float
    may_lack: bool = False


@dataclass(frozen=True, kw_only=True)
class PersonsLetter:
    """Everything the list says, already in its language; ``lines`` stand between head and table."""

    language: Language
    university: str
    department: str
    contact: str
    title: str
    lines: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    printed_on: date
    printed_by: str


def render_persons(letter: PersonsLetter) -> bytes:
    """Return the list as a PDF; the head of the table is repeated on each page.

    A character that cannot be printed raises ``letter.glyph_missing``.
    """
    rows = [_printable(letter.columns, row) for row in letter.rows]
    require_glyphs(letter.university, letter.department, letter.contact, letter.printed_by)
    require_glyphs(*letter.lines, *(cell for row in rows for cell in row))
    with use_language(letter.language):
        printed = _("Printed on %(date)s by %(name)s") % {
            "date": format_date(letter.printed_on),
            "name": letter.printed_by,
        }
        sheet = new_sheet(
            title=letter.title,
            language=letter.language,
            made_on=letter.printed_on,
            foot=printed,
            is_lying=True,
        )
        _head(sheet, letter)
        _table(sheet, letter.columns, rows)
        _sign(sheet)
        return bytes(sheet.output())


def _printable(columns: Sequence[Column], row: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        "" if column.may_lack and not has_glyphs(cell) else cell
        for column, cell in zip(columns, row, strict=True)
    )


def _head(sheet: Sheet, letter: PersonsLetter) -> None:
    sheet.heavy(11)
    sheet.multi_cell(sheet.epw, 5.5, letter.university, new_x="LMARGIN", new_y="NEXT")
    sheet.plain(9)
    under = " · ".join(filter(None, (letter.department, letter.contact)))
    sheet.multi_cell(sheet.epw, 5, under, new_x="LMARGIN", new_y="NEXT")
    sheet.ln(3)
    sheet.heavy(14)
    sheet.multi_cell(sheet.epw, 7, letter.title, new_x="LMARGIN", new_y="NEXT")
    sheet.plain(9)
    for line in letter.lines:
        sheet.multi_cell(sheet.epw, 5, line, new_x="LMARGIN", new_y="NEXT")
    sheet.ln(3)


def _table(sheet: Sheet, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    widths = [sheet.epw * column.share / sum(each.share for each in columns) for column in columns]
    headings = [column.heading for column in columns]
    _row(sheet, widths, headings, is_heading=True)
    for row in rows:
        if sheet.will_page_break(_height(sheet, widths, row)):
            sheet.add_page(same=True)
            _row(sheet, widths, headings, is_heading=True)
        _row(sheet, widths, row)


def _row(
    sheet: Sheet, widths: Sequence[float], cells: Sequence[str], *, is_heading: bool = False
) -> None:
    """Draw a row as high as its highest cell."""
    height = _height(sheet, widths, cells)
    top = sheet.get_y()
    for width, cell in zip(widths, cells, strict=True):
        left = sheet.get_x()
        sheet.set_draw_color(160)
        if is_heading:
            sheet.set_fill_color(235)
            sheet.rect(left, top, width, height, style="DF")
        else:
            sheet.rect(left, top, width, height)
        sheet.set_draw_color(0)
        (sheet.heavy if is_heading else sheet.plain)(7.5)
        sheet.multi_cell(width, _LINE, cell, new_x="RIGHT", new_y="TOP", align="L")
        sheet.set_xy(left + width, top)
    sheet.set_xy(sheet.l_margin, top + height)


def _height(sheet: Sheet, widths: Sequence[float], cells: Sequence[str]) -> float:
    sheet.plain(7.5)
    most = 1
    for width, cell in zip(widths, cells, strict=True):
        lines = sheet.multi_cell(width, _LINE, cell, dry_run=True, output="LINES", align="L")
        most = max(most, len(lines) if isinstance(lines, list) else 1)
    return _LINE * most + 1.2


def _sign(sheet: Sheet) -> None:
    """Leave a line for the name and the hand of whoever signs."""
    if sheet.will_page_break(22):
        sheet.add_page(same=True)
    sheet.ln(14)
    sheet.plain(9)
    sheet.cell(sheet.epw / 2, 5, "_" * 34)
    sheet.cell(sheet.epw / 2, 5, "_" * 24, new_x="LMARGIN", new_y="NEXT")
    sheet.plain(7.5)
    sheet.cell(sheet.epw / 2, 4, _("Position and name"))
    sheet.cell(sheet.epw / 2, 4, _("Signature and date"))
