"""Single cells of a list of people, read into what the register holds.

Every reader takes a cell that is not empty. It raises ``import.…`` with the value where the cell
cannot be meant so.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache

from core.errors import DomainError
from core.rules.countries import is_known_code, iso3_of
from core.rules.names import fold
from core.terms import Funding, ResidenceKind, Sex, VisaEntries

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_NAME = re.compile(r"[^\W\d_][^\W\d_'’` .\-]*(?:['’` .\-]+[^\W\d_]+)*[.'’`]?")
_NUMBER = re.compile(r"[A-Z0-9]{4,20}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_BETWEEN = re.compile(r"[\s\-–/№#.]+")

#: What Excel shows where a formula failed.
FORMULA_ERRORS = frozenset("#N/A #REF! #VALUE! #DIV/0! #NAME? #NULL! #NUM! #SPILL! #CALC!".split())

#: The longest course of study, in years.
_LONGEST_COURSE = 7

_SEXES: dict[StrEnum, str] = {
    Sex.MALE: "m|male|man|boy|м|муж|мужской|мужчина|эркек|эр",
    Sex.FEMALE: "f|female|woman|girl|ж|жен|женский|женщина|аял|кыз|w",
    Sex.UNSPECIFIED: "x|not stated|не указан|көрсөтүлгөн эмес",
}
_RESIDENCES: dict[StrEnum, str] = {
    ResidenceKind.HOSTEL: "hostel|university hostel|dormitory|dorm|общежитие|общ|жатакана"
    "|общежитие университета|университеттин жатаканасы",
    ResidenceKind.FLAT: "flat|apartment|rent|rented flat|house|квартира|кв|аренда|съемная квартира"
    "|батир|үй",
}
_FUNDINGS: dict[StrEnum, str] = {
    Funding.OWN_CONTRACT: "own contract|contract|self|контракт|договор|платно|свой контракт"
    "|собственный договор"
    "|келишим|өз келишими|өз контракты",
    Funding.SPONSOR: "sponsor|спонсор|демөөрчү",
    Funding.GRANT: "grant|scholarship|грант|стипендия|бюджет",
    Funding.QUOTA: "quota|state quota|квота|государственная квота|мамлекеттик квота",
    Funding.EXCHANGE: "exchange|обмен|алмашуу|программа обмена",
}
_ENTRIES: dict[StrEnum, str] = {
    VisaEntries.SINGLE: "single|single entry|1|one|однократная|одн|бир жолку",
    VisaEntries.DOUBLE: "double|two entries|2|two|двукратная|эки жолку",
    VisaEntries.MULTIPLE: "multiple|multiple entries|multi|mult|многократная|мульти|көп жолку",
}


def text_of(cell: object) -> str:
    """Return a cell as text: whole numbers without a point, spaces once, dates day first."""
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, float) and cell == int(cell):
        cell = int(cell)
    return " ".join(str(cell).split())


def read_name(cell: object) -> str:
    """Return a name of the Latin part of a passport, in capitals."""
    text = text_of(cell)
    _refuse_cyrillic(text)
    if _NAME.fullmatch(text) is None:
        raise DomainError("import.name", value=text)
    return text.upper()


def split_name(full_name: str) -> tuple[str, str]:
    """Return surname and given names; the surname comes first, or stands before a comma."""
    before, comma, after = full_name.partition(",")
    if comma:
        return before.strip(), after.strip()
    surname, _space, given = full_name.partition(" ")
    return surname, given.strip()


def read_passport_number(cell: object) -> str:
    """Return a passport number in capitals without what stands between its parts."""
    text = text_of(cell)
    _refuse_cyrillic(text)
    number = _BETWEEN.sub("", text).upper()
    if _NUMBER.fullmatch(number) is None:
        raise DomainError("import.passport_number", value=text)
    return number


def read_state(cell: object, names: Mapping[str, str]) -> str:
    """Return the three letters of a state given by name or by its two or three letters.

    ``names`` leads from folded names to the two letters of ISO.
    """
    text = text_of(cell)
    code = text.upper()
    if is_known_code(code):
        return code
    found = iso3_of(code) or iso3_of(names.get(fold(text)))
    if not found:
        raise DomainError("import.state", value=text)
    return found


def read_sex(cell: object) -> Sex:
    """Return the sex a word or letter means."""
    return Sex(_member(cell, "sex"))


def read_residence(cell: object) -> ResidenceKind:
    """Return where somebody lives."""
    return ResidenceKind(_member(cell, "residence"))


def read_funding(cell: object) -> Funding:
    """Return who pays."""
    return Funding(_member(cell, "funding"))


def read_entries(cell: object) -> VisaEntries:
    """Return how often a visa admits."""
    return VisaEntries(_member(cell, "entries"))


def read_course(cell: object) -> int:
    """Return the year of study, also out of "2 курс"."""
    figures = re.findall(r"\d+", text_of(cell))
    if len(figures) != 1 or not 1 <= int(figures[0]) <= _LONGEST_COURSE:
        raise DomainError("import.course", value=text_of(cell), longest=_LONGEST_COURSE)
    return int(figures[0])


def read_category(cell: object) -> str:
    """Return the letters of a visa; Cyrillic ones that look Latin are refused."""
    text = text_of(cell).upper()
    _refuse_cyrillic(text)
    if len(text) > 5:
        raise DomainError("import.too_long", value=text, most=5)
    return text


def read_email(cell: object) -> str:
    """Return an address of e-mail."""
    text = text_of(cell)
    if _EMAIL.fullmatch(text) is None:
        raise DomainError("import.email", value=text)
    return text


def _refuse_cyrillic(text: str) -> None:
    strange = tuple(dict.fromkeys(_CYRILLIC.findall(text)))
    if strange:
        raise DomainError("import.cyrillic", value=text, letters=strange)


_VOCABULARIES = {
    "sex": _SEXES,
    "residence": _RESIDENCES,
    "funding": _FUNDINGS,
    "entries": _ENTRIES,
}


@cache
def _words(vocabulary: str) -> dict[str, StrEnum]:
    return {
        fold(word): member
        for member, words in _VOCABULARIES[vocabulary].items()
        for word in (*words.split("|"), member.value)
    }


def _member(cell: object, vocabulary: str) -> StrEnum:
    found = _words(vocabulary).get(fold(text_of(cell)))
    if found is None:
        raise DomainError("import.word", value=text_of(cell))
    return found
