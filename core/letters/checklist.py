"""The checklist of a case: what is asked for, what has come, and by when, with the reason why."""

from dataclasses import dataclass
from datetime import date

from core.i18n import _, format_date, use_language
from core.letters.sheet import WIDTH, Sheet, has_glyphs, new_sheet, require_glyphs
from core.terms import ItemStatus, Language
from core.words import word

#: The sign of each status; its word stands beside it, so that a copy in black and white suffices.
SIGNS = {
    ItemStatus.MISSING: "☐",
    ItemStatus.PENDING: "…",
    ItemStatus.ACCEPTED: "☑",
    ItemStatus.REJECTED: "☒",
    ItemStatus.SEEN_ON_PAPER: "☑",
}

#: How many characters of a citation are printed.
_CITATION = 70

_SIGN_WIDTH, _STATUS_WIDTH, _LINE = 8.0, 34.0, 5.0


@dataclass(frozen=True, kw_only=True)
class DateBlock:
    """A date with the rule and the count behind it; ``confirmed_by`` is None while nobody did."""

    label: str
    on: date
    rule_text: str
    source: str
    confidence: str
    confirmed_by: str | None
    steps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ItemLine:
    """One document of the checklist."""

    name: str
    remark: str
    status: ItemStatus
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChecklistLetter:
    """Everything the sheet says, already in its language."""

    language: Language
    university: str
    department: str
    contact: str
    case_title: str
    case_number: int
    opened_on: date
    person_name: str
    native_name: str
    citizenship: str
    passport_number: str
    faculty: str
    dates: tuple[DateBlock, ...]
    items: tuple[ItemLine, ...]
    settled_count: int
    required_count: int
    printed_on: date
    printed_by: str


def render_checklist(letter: ChecklistLetter) -> bytes:
    """Return the checklist as a PDF.

    A native name in a script the font lacks is left out; any other character that cannot be printed
    raises ``letter.glyph_missing``.
    """
    _require_printable(letter)
    with use_language(letter.language):
        printed = _("Printed on %(date)s by %(name)s") % {
            "date": format_date(letter.printed_on),
            "name": letter.printed_by,
        }
        sheet = new_sheet(
            title=f"{letter.case_title} · {letter.person_name}",
            language=letter.language,
            made_on=letter.printed_on,
            foot=printed,
        )
        _head(sheet, letter)
        _person(sheet, letter)
        for block in letter.dates:
            _date(sheet, block)
        _items(sheet, letter)
        return bytes(sheet.output())


def _require_printable(letter: ChecklistLetter) -> None:
    require_glyphs(
        letter.university,
        letter.department,
        letter.contact,
        letter.person_name,
        letter.faculty,
        letter.printed_by,
        *(item.name + item.reason for item in letter.items),
    )


def _head(sheet: Sheet, letter: ChecklistLetter) -> None:
    sheet.heavy(12)
    sheet.multi_cell(WIDTH, 6, letter.university, new_x="LMARGIN", new_y="NEXT")
    sheet.plain(9)
    line = " · ".join(filter(None, (letter.department, letter.contact)))
    sheet.multi_cell(WIDTH, 5, line, new_x="LMARGIN", new_y="NEXT")
    sheet.ln(1)
    sheet.line(sheet.l_margin, sheet.get_y(), sheet.l_margin + WIDTH, sheet.get_y())
    sheet.ln(4)
    sheet.heavy(15)
    title = _("Checklist: %(case)s") % {"case": letter.case_title}
    sheet.multi_cell(WIDTH, 7.5, title, new_x="LMARGIN", new_y="NEXT")
    sheet.plain(9)
    opened = _("Case %(number)s, opened on %(date)s")
    values = {"number": letter.case_number, "date": format_date(letter.opened_on)}
    sheet.cell(WIDTH, 5, opened % values, new_x="LMARGIN", new_y="NEXT")
    sheet.ln(3)


def _person(sheet: Sheet, letter: ChecklistLetter) -> None:
    native = letter.native_name if has_glyphs(letter.native_name) else ""
    rows = (
        (_("Name as in the passport"), letter.person_name),
        (_("Native name"), native),
        (_("Citizenship"), letter.citizenship),
        (_("Passport number"), letter.passport_number),
        (_("Faculty"), letter.faculty),
    )
    for label, value in rows:
        if value:
            sheet.plain(9)
            sheet.cell(52, _LINE, label)
            sheet.heavy(9)
            sheet.multi_cell(WIDTH - 52, _LINE, value, new_x="LMARGIN", new_y="NEXT")
    sheet.ln(2)


def _date(sheet: Sheet, block: DateBlock) -> None:
    sheet.heavy(10.5)
    sheet.cell(WIDTH, 6, f"{block.label}: {format_date(block.on)}", new_x="LMARGIN", new_y="NEXT")
    sheet.plain(8)
    confirmed = (
        _("confirmed by %(name)s") % {"name": block.confirmed_by}
        if block.confirmed_by
        else _("unconfirmed")
    )
    lines = (
        block.rule_text,
        " → ".join(block.steps),
        _("Source: %(source)s") % {"source": _short(block.source)},
        f"{block.confidence}, {confirmed}",
    )
    for line in filter(None, lines):
        shown = "".join(c if has_glyphs(c) else "?" for c in line)
        sheet.multi_cell(WIDTH, 4, shown, new_x="LMARGIN", new_y="NEXT", align="L")
    sheet.ln(2)


def _short(source: str) -> str:
    """Return the citations, each cut to what a reader of paper can use; screens show the whole."""
    lines = (
        line if len(line) <= _CITATION else line[:_CITATION] + "…" for line in source.split("\n")
    )
    return "; ".join(lines)


def _items(sheet: Sheet, letter: ChecklistLetter) -> None:
    sheet.heavy(10.5)
    progress = _("%(done)s of %(all)s accepted")
    values = {"done": letter.settled_count, "all": letter.required_count}
    sheet.cell(WIDTH, 7, progress % values, new_x="LMARGIN", new_y="NEXT")
    for item in letter.items:
        _item(sheet, item)


def _item(sheet: Sheet, item: ItemLine) -> None:
    name_width = WIDTH - _SIGN_WIDTH - _STATUS_WIDTH
    name = f"{item.name} {item.remark}".strip()
    reason = _("Why rejected: %(reason)s") % {"reason": item.reason} if item.reason else ""
    text = f"{name}\n{reason}" if reason else name
    sheet.plain(9.5)
    height = _height(sheet, name_width, text)
    if sheet.will_page_break(height + 3):
        sheet.add_page()
    top = sheet.get_y() + 1.5
    sheet.set_draw_color(180)
    sheet.line(sheet.l_margin, top - 1, sheet.l_margin + WIDTH, top - 1)
    sheet.set_draw_color(0)
    sheet.set_y(top)
    sheet.plain(12)
    sheet.cell(_SIGN_WIDTH, _LINE, SIGNS[item.status])
    sheet.plain(9.5)
    sheet.multi_cell(name_width, _LINE, text, new_x="RIGHT", new_y="TOP", align="L")
    sheet.heavy(8.5)
    sheet.multi_cell(_STATUS_WIDTH, _LINE, word(item.status), new_x="LMARGIN", align="R")
    sheet.set_y(top + height + 1.5)


def _height(sheet: Sheet, width: float, text: str) -> float:
    lines = sheet.multi_cell(width, _LINE, text, dry_run=True, output="LINES", align="L")
    return _LINE * len(lines) if isinstance(lines, list) else _LINE
