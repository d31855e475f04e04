"""A text of the reference tables in the three languages of the house."""

from dataclasses import dataclass

from core.i18n import pick
from db.models.reference import Founded


@dataclass(frozen=True, kw_only=True)
class Names:
    """A text in the three languages; an empty one falls back to English."""

    en: str
    ru: str
    ky: str


def name_of(names: Names) -> str:
    """Return the text in the language of the moment."""
    return pick(en=names.en, ru=names.ru, ky=names.ky)


def note_of(row: Founded) -> Names:
    """Return the note of a row of law; the head's own may be written in one language alone."""
    return Names(en=row.note, ru=row.note_ru, ky=row.note_ky)
