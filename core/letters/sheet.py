"""A sheet of A4 to write a letter on: fonts, colours, measures, and the foot of each page.

DejaVu Sans is the one free font that has ң ө ү and the boxes ☐ ☑ ☒. Parsing it takes longer than
drawing a letter, so a prepared document is made once and copied for each.
"""

import io
import threading
from collections.abc import Iterable
from copy import deepcopy
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import TextMode

from core.errors import DomainError
from core.i18n import _
from core.terms import Language

FAMILY = "DejaVu"
MARGIN = 18
WIDTH = 210 - 2 * MARGIN

_FONTS = Path(__file__).parent / "fonts"
_FACE = "DejaVuSans.ttf"

#: The stroke round a letter that makes it heavy, by the size of the letter. A second font file
#: would take as long again to cut down as the first, which is half of what a letter costs.
_HEAVY_STROKE = 0.011

# Everything a name, an address or one of our three languages may hold: Latin with its extensions
# (Turkish, Vietnamese, transliterations), Cyrillic, punctuation, currency, and the boxes.
_KEPT = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),
    0x2BB,
    0x2BC,
    *range(0x300, 0x32A),
    *range(0x400, 0x530),
    *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2040),
    0x20AC,
    0x20BD,
    0x20C0,
    0x2116,
    *range(0x2190, 0x2194),
    *range(0x2610, 0x2613),
)

_making = threading.Lock()


class Sheet(FPDF):
    """A document whose pages carry a line at their foot and their number out of all."""

    foot_text = ""

    def plain(self, size: float) -> None:
        """Write in the plain weight, ``size`` points high, from here on."""
        self.set_font(FAMILY, size=size)
        if self.text_mode is not TextMode.FILL:
            self.text_mode = TextMode.FILL
            # fpdf2 writes no operator for the plain mode, so the heavy one would go on.
            self._out(f"{TextMode.FILL.value} Tr")
        self.set_line_width(0.2)

    def heavy(self, size: float) -> None:
        """Write in the heavy weight, ``size`` points high, from here on."""
        self.set_font(FAMILY, size=size)
        self.text_mode = TextMode.FILL_STROKE
        self.set_line_width(size * _HEAVY_STROKE)

    def footer(self) -> None:
        """Write the foot of a page; fpdf2 calls it."""
        self.set_y(-14)
        self.plain(7.5)
        self.set_text_color(90)
        numbers = _("page %(number)s of %(all)s") % {"number": self.page_no(), "all": "{nb}"}
        self.cell(self.epw * 0.75, 4, self.foot_text)
        self.cell(self.epw * 0.25, 4, numbers, align="R")
        self.set_text_color(0)


def new_sheet(
    *, title: str, language: Language, made_on: date, foot: str, is_lying: bool = False
) -> Sheet:
    """Return an empty document with its first page, which lies on its long side if ``is_lying``.

    Equal letters come out byte for byte equal.
    """
    with _making:
        sheet = deepcopy(_prepared())
    # Writing a letter cuts its font down further; a copy that shared it would spoil the next.
    font: Any = sheet.fonts[FAMILY.lower()]
    font.ttfont = TTFont(_small_font().name, recalcTimestamp=False, lazy=True)
    sheet.set_title(title)
    sheet.set_lang(language.value)
    sheet.set_creation_date(datetime(made_on.year, made_on.month, made_on.day, tzinfo=UTC))
    sheet.foot_text = foot
    sheet.add_page(orientation="landscape" if is_lying else "portrait")
    return sheet


def joined(files: Iterable[bytes]) -> bytes:
    """Return one PDF with the pages of all ``files``; each keeps the numbers of its own pages."""
    book, target = pikepdf.new(), io.BytesIO()
    for content in files:
        with pikepdf.open(io.BytesIO(content)) as part:
            book.pages.extend(part.pages)
    book.save(target)
    return target.getvalue()


def require_glyphs(*texts: str) -> None:
    """Raise ``letter.glyph_missing`` (value ``characters``) rather than print an empty box."""
    missing = "".join(sorted({c for text in texts for c in text if not _is_drawable(c)}))
    if missing:
        raise DomainError("letter.glyph_missing", characters=missing)


def has_glyphs(text: str) -> bool:
    """Return whether every character of ``text`` can be printed."""
    return all(_is_drawable(character) for character in text)


def _is_drawable(character: str) -> bool:
    return character == "\n" or ord(character) in _drawable()


@cache
def _drawable() -> frozenset[int]:
    with TTFont(_FONTS / _FACE) as font:
        return frozenset(font.getBestCmap()) & frozenset(_KEPT)


@cache
def _prepared() -> Sheet:
    sheet = Sheet(format="A4")
    sheet.set_margins(MARGIN, 15, MARGIN)
    sheet.set_auto_page_break(True, margin=20)
    sheet.add_font(FAMILY, "", _small_font().name)
    return sheet


@cache
def _small_font() -> Any:
    """Return an open file with the font less the scripts no letter of ours is written in.

    fpdf2 reads fonts by path and lazily, so the file stays open, and there, with the process.
    """
    # Layout tables and hints are of no use to a printed letter and cost a third of its time.
    options = subset.Options(
        layout_features=[],
        hinting=False,
        glyph_names=True,
        notdef_outline=True,
        drop_tables=["FFTM", "GPOS", "GSUB", "GDEF", "kern", "gasp"],
    )
    font = subset.load_font(str(_FONTS / _FACE), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_KEPT)
    subsetter.subset(font)
    small = NamedTemporaryFile(suffix=".ttf")  # noqa: SIM115 - it stays open on purpose
    font.save(small)
    font.close()
    small.flush()
    return small
