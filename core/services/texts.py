"""Texts of a row as its columns take them: not too long, and of characters that can be kept."""

import re
import unicodedata

import sqlalchemy as sa

from core.errors import DomainError
from db.base import Base, Versioned

#: The longest text where the column itself sets no limit; a source needs no more.
LONGEST_TEXT = 2000

_LINK = re.compile(r"https?://\S+")

#: How much of a refused text is shown, in characters.
_SHOWN = 40


def refuse_unwritable(row: Base | Versioned) -> None:
    """Raise where a text of ``row`` cannot be written.

    ``text.too_long`` (values ``text``, ``longest``), ``text.characters`` (value ``text``) for
    control characters, which no keyboard makes and PostgreSQL does not keep, and
    ``source.link_unusable`` for an address a browser would not open as a page.
    """
    for column in sa.inspect(type(row)).columns:
        text = getattr(row, column.key)
        if not isinstance(text, str) or not isinstance(column.type, sa.String):
            continue
        longest = column.type.length or LONGEST_TEXT
        shown = _printable(text)
        if len(text) > longest:
            raise DomainError("text.too_long", text=f"{shown[:_SHOWN]}…", longest=longest)
        if shown != text:
            raise DomainError("text.characters", text=shown[:_SHOWN])
        if column.key == "source_url" and text and not _LINK.fullmatch(text):
            raise DomainError("source.link_unusable")


def _printable(text: str) -> str:
    return "".join(each for each in text if each == "\n" or not _is_control(each))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"}
