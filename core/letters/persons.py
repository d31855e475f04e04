"""A list of persons for an authority: one table, lying A4, as many pages as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.i18n import _, format_date, use_language
from core.letters.sheet import Sheet, has_glyphs, new_sheet, require_glyphs
from core.terms import Language

_LINE, _SIZE = 4.4, 7.5


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
        lines = _broken(sheet, widths, row)
        if sheet.will_page_break(_height(lines)):
            sheet.add_page(same=True)
            _row(sheet, widths, headings, is_heading=True)
        _draw(sheet, widths, lines)


def _row(
    sheet: Sheet, widths: Sequence[float], cells: Sequence[str], *, is_heading: bool = False
) -> None:
    _draw(sheet, widths, _broken(sheet, widths, cells), is_heading=is_heading)


def _broken(sheet: Sheet, widths: Sequence[float], cells: Sequence[str]) -> list[Sequence[str]]:
    """Return the lines each cell takes in its width."""
    sheet.plain(_SIZE)
    room = 2 * sheet.c_margin
    broken: list[Sequence[str]] = []
    for width, cell in zip(widths, cells, strict=True):
        # To measure a text takes a fraction of the time that breaking it takes.
        if sheet.get_string_width(cell) < width - room:
            broken.append([cell])
            continue
        lines = sheet.multi_cell(width, _LINE, cell, dry_run=True, output="LINES", align="L")
        broken.append(lines if isinstance(lines, list) else [cell])
    return broken


def _height(lines: Sequence[Sequence[str]]) -> float:
    return _LINE * max(len(each) for each in lines) + 1.2


def _draw(
    sheet: Sheet,
    widths: Sequence[float],
    lines: Sequence[Sequence[str]],
    *,
    is_heading: bool = False,
) -> None:
    """Draw a row as high as its highest cell."""
    height, top, left = _height(lines), sheet.get_y(), sheet.l_margin
    sheet.set_fill_color(235)
    for width, cell in zip(widths, lines, strict=True):
        sheet.set_draw_color(160)
        sheet.rect(left, top, width, height, style="DF" if is_heading else "D")
        sheet.set_draw_color(0)
        (sheet.heavy if is_heading else sheet.plain)(_SIZE)
        for number, line in enumerate(cell):
            sheet.set_xy(left, top + number * _LINE)
            sheet.cell(width, _LINE, line)
        left += width
    sheet.set_xy(sheet.l_margin, top + height)


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
