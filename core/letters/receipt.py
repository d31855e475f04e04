"""The receipt for a passport that was taken in: a page with a slip for each side to keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.i18n import N_, _, format_date, use_language
from core.letters.sheet import MARGIN, WIDTH, Sheet, new_sheet, require_glyphs
from core.terms import Language

#: Where each slip begins on the page and where it is cut, in millimetres.
_TOPS, _CUT = (14.0, 156.0), 148.5

#: Whose slip it is, the upper one first.
_COPIES = (N_("Copy for the owner of the passport"), N_("Copy of the department"))

_LABEL, _LINE = 62.0, 6.0


@dataclass(frozen=True, kw_only=True)
class ReceiptLetter:
    """What a receipt says; ``expected_back_on`` and ``returned_on`` are None where unknown."""

    university: str
    department: str
    contact: str
    number: str
    person_name: str
    issuing_state: str
    passport_number: str
    taken_on: date
    taken_by: str
    purpose: str
    expected_back_on: date | None
    returned_on: date | None


def render_receipts(
    receipts: Sequence[ReceiptLetter], *, language: Language, printed_on: date, printed_by: str
) -> bytes:
    """Return the receipts as a PDF, a page each; raises ``letter.glyph_missing``."""
    require_glyphs(printed_by, *(text for each in receipts for text in _texts(each)))
    with use_language(language):
        foot = _("Printed on %(date)s by %(name)s")
        sheet = new_sheet(
            title=_("Receipt for a passport"),
            language=language,
            made_on=printed_on,
            foot=foot % {"date": format_date(printed_on), "name": printed_by},
        )
        for place, receipt in enumerate(receipts):
            if place:
                sheet.add_page()
            _page(sheet, receipt)
        return bytes(sheet.output())


def _texts(receipt: ReceiptLetter) -> list[str]:
    return [value for value in vars(receipt).values() if isinstance(value, str)]


def _page(sheet: Sheet, receipt: ReceiptLetter) -> None:
    for top, copy in zip(_TOPS, _COPIES, strict=True):
        sheet.set_y(top)
        _slip(sheet, receipt, _(copy))
    sheet.set_dash_pattern(dash=2, gap=2)
    sheet.line(MARGIN / 2, _CUT, 210 - MARGIN / 2, _CUT)
    sheet.set_dash_pattern()


def _slip(sheet: Sheet, receipt: ReceiptLetter, copy: str) -> None:
    sheet.plain(8)
    sheet.cell(WIDTH, 4, copy, new_x="LMARGIN", new_y="NEXT", align="R")
    sheet.heavy(11)
    sheet.multi_cell(WIDTH, 5.5, receipt.university, new_x="LMARGIN", new_y="NEXT")
    sheet.plain(9)
    line = " · ".join(filter(None, (receipt.department, receipt.contact)))
    sheet.multi_cell(WIDTH, 4.5, line, new_x="LMARGIN", new_y="NEXT")
    sheet.ln(4)
    sheet.heavy(14)
    title = _("Receipt %(number)s for a passport") % {"number": receipt.number}
    sheet.cell(WIDTH, 8, title, new_x="LMARGIN", new_y="NEXT")
    sheet.ln(2)
    _facts(sheet, receipt)
    _signatures(sheet, _("Handed over (owner)"), _("Taken in (department)"))
    _returned(sheet, receipt)


def _facts(sheet: Sheet, receipt: ReceiptLetter) -> None:
    expected = receipt.expected_back_on
    rows = (
        (_("Taken in from"), receipt.person_name),
        (_("Passport"), f"{receipt.issuing_state} · {receipt.passport_number}"),
        (_("On what day"), format_date(receipt.taken_on)),
        (_("Taken in by"), receipt.taken_by),
        (_("What for"), receipt.purpose),
        (_("To be returned by"), format_date(expected) if expected else _("not agreed")),
    )
    for label, value in rows:
        if value:
            sheet.plain(9.5)
            sheet.cell(_LABEL, _LINE, label)
            sheet.heavy(9.5)
            sheet.multi_cell(WIDTH - _LABEL, _LINE, value, new_x="LMARGIN", new_y="NEXT", align="L")


def _signatures(sheet: Sheet, left: str, right: str) -> None:
    """Draw two lines to sign on, with whose they are under them."""
    sheet.ln(9)
    half = WIDTH / 2
    y = sheet.get_y()
    sheet.plain(8)
    for place, label in enumerate((left, right)):
        x = sheet.l_margin + place * half
        sheet.line(x, y, x + half - 8, y)
        sheet.set_xy(x, y + 0.5)
        sheet.cell(half - 8, 4, label)
    sheet.set_xy(sheet.l_margin, y + 6)


def _returned(sheet: Sheet, receipt: ReceiptLetter) -> None:
    sheet.ln(2)
    sheet.heavy(9.5)
    returned = (
        _("Returned to the owner on %(date)s") % {"date": format_date(receipt.returned_on)}
        if receipt.returned_on
        else _("Returned to the owner on ____________________")
    )
    sheet.cell(WIDTH, _LINE, returned, new_x="LMARGIN", new_y="NEXT")
    _signatures(sheet, _("Received back (owner)"), _("Given back (department)"))
