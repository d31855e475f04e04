"""The names of states in the three languages of the house, as lists of students write them."""

from functools import cache

from babel import Locale

from core.rules.names import fold
from core.terms import Language

#: What people write that no table of names holds.
_EVERYDAY = {
    "USA": "US",
    "UK": "GB",
    "UAE": "AE",
    "ОАЭ": "AE",
    "РФ": "RU",
    "КР": "KG",
    "КНР": "CN",
    "Киргизия": "KG",
    "Кыргызстан": "KG",
    "Белоруссия": "BY",
    "Туркмения": "TM",
    "Корея": "KR",
    "South Korea": "KR",
    "Turkey": "TR",
    "Burma": "MM",
    "Indian": "IN",
    "Pakistani": "PK",
    "Индиец": "IN",
}


@cache
def state_names() -> dict[str, str]:
    """Return the ISO alpha-2 code of every state by each of its names, folded."""
    names = {
        fold(name): code
        for language in Language
        for code, name in Locale(language.value).territories.items()
        if len(code) == 2 and code.isalpha()
    }
    return names | {fold(name): code for name, code in _EVERYDAY.items()}
