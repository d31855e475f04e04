"""The Monday sheet: on one page what to act on, what to wait for, and whom to chase."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from core.i18n import _, format_date, format_date_long, format_date_narrow, ngettext, use_language
from core.letters.sheet import WIDTH, Sheet, has_glyphs, new_sheet
from core.messages import days_left_text
from core.terms import Language, SheetPart
from core.words import word

#: How many lines the page has room for, in all parts together.
ROOM = 37

_LINE, _SIZE, _HEAD_SIZE = 4.6, 7.5, 6.5

#: Beside the name of a case that nobody is responsible for, and a step that is past its plan.
_OF_NOBODY, _LATE = "* ", "‼ "


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """A case on the sheet; ``whom`` it waits for, since ``moved_on``, ``days_here`` by now."""

    name: str
    citizenship: str
    procedure: str
    whom: str
    due_on: date | None
    days_left: int | None
    moved_on: date
    days_here: int
    planned_until: date | None
    is_late: bool
    is_nobodys: bool


@dataclass(frozen=True, kw_only=True)
class MondayLetter:
    """Everything the sheet says, already in its language.

    ``lines`` are at least as many of each part as have room, ``counts`` how many there are.
    """

    language: Language
    university: str
    department: str
    whose: str
    counts: dict[SheetPart, int]
    lines: dict[SheetPart, tuple[SheetLine, ...]]
    printed_on: date
    printed_by: str


@dataclass(frozen=True)
class _Column:
    heading: str
    width: float
    text: Callable[[SheetLine], str]


def rooms(counts: Sequence[int], *, room: int = ROOM) -> list[int]:
    """Return how many lines each part gets: what it needs, or an equal share of what is left."""
    given = [0] * len(counts)
    for left, part in enumerate(sorted(range(len(counts)), key=lambda each: counts[each])):
        share = (room - sum(given)) // (len(counts) - left)
        given[part] = min(counts[part], share)
    return given


def render_monday_sheet(letter: MondayLetter) -> bytes:
    """Return the sheet as a PDF of one page. What cannot be printed of a name becomes "?"."""
    with use_language(letter.language):
        title = _("Monday sheet: %(name)s") % {"name": letter.whose}
        printed = _("Printed on %(date)s by %(name)s")
        sheet = new_sheet(
            title=title,
            language=letter.language,
            made_on=letter.printed_on,
            foot=_printable(
                printed % {"date": format_date(letter.printed_on), "name": letter.printed_by}
            ),
        )
        _head(sheet, letter, title)
        shown = _fitting_lines(letter)
        for part, lines in shown.items():
            _part(sheet, part, lines, count=letter.counts[part])
        _foot(sheet, [line for lines in shown.values() for line in lines])
        return bytes(sheet.output())


def _fitting_lines(letter: MondayLetter) -> dict[SheetPart, tuple[SheetLine, ...]]:
    parts = tuple(SheetPart)
    shares = rooms([letter.counts[part] for part in parts])
    return {part: letter.lines[part][:room] for part, room in zip(parts, shares, strict=True)}


def _foot(sheet: Sheet, lines: Sequence[SheetLine]) -> None:
    """Explain the marks that stand on the page."""
    notes = (
        _("* Nobody is responsible for this case yet.") if any(x.is_nobodys for x in lines) else "",
        _("‼ The step is past its plan.") if any(x.is_late for x in lines) else "",
    )
    sheet.plain(_HEAD_SIZE)
    sheet.cell(WIDTH, _LINE, "   ".join(filter(None, notes)))


def _head(sheet: Sheet, letter: MondayLetter, title: str) -> None:
    sheet.plain(9)
    house = " · ".join(filter(None, (letter.university, letter.department)))
    sheet.cell(WIDTH, 5, _fitting(sheet, house, WIDTH), new_x="LMARGIN", new_y="NEXT")
    sheet.heavy(14)
    sheet.cell(WIDTH, 7.5, _fitting(sheet, title, WIDTH), new_x="LMARGIN", new_y="NEXT")
    sheet.plain(9)
    day = format_date_long(letter.printed_on)
    sheet.cell(WIDTH, 5, day, new_x="LMARGIN", new_y="NEXT")
    sheet.ln(2)


def _part(sheet: Sheet, part: SheetPart, lines: Sequence[SheetLine], *, count: int) -> None:
    counted = ngettext("%(count)s case", "%(count)s cases", count) % {"count": count}
    sheet.heavy(10.5)
    heading = f"{word(part)} · {counted}"
    sheet.cell(WIDTH, 7, heading, new_x="LMARGIN", new_y="NEXT")
    columns = _columns()[part]
    sheet.set_text_color(90)
    sheet.plain(_HEAD_SIZE)
    if lines:
        _row(sheet, [(column.heading, column.width) for column in columns])
    sheet.set_text_color(0)
    sheet.plain(_SIZE)
    for line in lines:
        _rule(sheet)
        _row(sheet, [(column.text(line), column.width) for column in columns])
    if count > len(lines):
        more = _("and %(count)s more; the list is on Today") % {"count": count - len(lines)}
        sheet.cell(WIDTH, _LINE, more, new_x="LMARGIN", new_y="NEXT")
    sheet.ln(3)


def _columns() -> dict[SheetPart, tuple[_Column, ...]]:
    """Return the columns of each part; together they are as wide as the page."""
    whom = _Column(_("Whom to remind"), 27, lambda line: line.whom)
    return {
        SheetPart.ACT: (
            *_whose(name=50, citizenship=22, procedure=50),
            _Column(_("Days left"), 35, lambda line: days_left_text(line.days_left)),
        ),
        SheetPart.WAIT: (
            *_whose(name=35, citizenship=19, procedure=31),
            _Column(_("Waits for"), 25, lambda line: line.whom),
            *_how_long(),
            _Column(_("Planned until"), 20, _planned),
        ),
        SheetPart.CHASE: (*_whose(name=44, citizenship=20, procedure=39), whom, *_how_long()),
    }


def _whose(*, name: float, citizenship: float, procedure: float) -> tuple[_Column, ...]:
    return (
        _Column(_("Name"), name, lambda line: _OF_NOBODY * line.is_nobodys + line.name),
        _Column(_("Citizenship"), citizenship, lambda line: line.citizenship),
        _Column(_("Procedure"), procedure, lambda line: line.procedure),
        _Column(_("Due"), 17, lambda line: _day(line.due_on)),
    )


def _how_long() -> tuple[_Column, ...]:
    return (
        _Column(_("Since"), 17, lambda line: _day(line.moved_on)),
        _Column(_("Days"), 10, lambda line: str(line.days_here)),
    )


def _day(day: date | None) -> str:
    return format_date_narrow(day) if day else "—"


def _planned(line: SheetLine) -> str:
    return _LATE * line.is_late + _day(line.planned_until)


def _row(sheet: Sheet, cells: Sequence[tuple[str, float]]) -> None:
    for text, width in cells:
        sheet.cell(width, _LINE, _fitting(sheet, text, width - 1))
    sheet.ln(_LINE)


def _rule(sheet: Sheet) -> None:
    sheet.set_draw_color(200)
    sheet.line(sheet.l_margin, sheet.get_y(), sheet.l_margin + WIDTH, sheet.get_y())
    sheet.set_draw_color(0)


def _fitting(sheet: Sheet, text: str, width: float) -> str:
    """Return ``text``, or as much of its beginning as is not wider than ``width``."""
    shown = _printable(text)
    if sheet.get_string_width(shown) <= width:
        return shown
    while shown and sheet.get_string_width(f"{shown}…") > width:
        shown = shown[:-1]
    return f"{shown.rstrip()}…"


def _printable(text: str) -> str:
    return "".join(character if has_glyphs(character) else "?" for character in text)
