"""How names are folded, so that a search finds them whatever script or accent it is typed in."""

import re
import unicodedata

# Cyrillic letters as passports of the region romanise them; Kyrgyz ң ө ү included. What matters
# here is that the folded name and the folded question agree, not which romanisation is official.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ү": "u", "ф": "f", "х": "kh", "ц": "ts",
    "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip

_ROMANISED = str.maketrans(_CYRILLIC)
_BETWEEN = re.compile(r"[\W_]+")

#: An index holds the key, and the index of Postgres takes no longer entries.
_LONGEST_KEY = 400


def fold(text: str) -> str:
    """Return ``text`` in lower-case Latin letters, digits and single spaces.

    Accents go, Cyrillic is romanised, everything else that is neither letter nor digit becomes a
    space. Letters of other scripts stay as they are.
    """
    folded = unicodedata.normalize("NFC", text).casefold().translate(_ROMANISED)
    if not folded.isascii():
        apart = unicodedata.normalize("NFKD", folded)
        folded = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _BETWEEN.sub(" ", folded).strip()


def name_key(surname: str, given_names: str) -> str:
    """Return what namesakes have in common: the name folded, surname first."""
    return fold(f"{surname} {given_names}")[:_LONGEST_KEY]


def search_text(*parts: str) -> str:
    """Return what the search box looks through for a person: every part folded, once."""
    return " ".join(dict.fromkeys(filter(None, (fold(part) for part in parts))))


def initials(surname: str, given_names: str) -> str:
    """Return the first letters of the first given name and of the surname ("K. T.")."""
    letters = (
        next((letter for letter in name if letter.isalpha()), "") for name in (given_names, surname)
    )
    return " ".join(f"{letter.upper()}." for letter in letters if letter)
