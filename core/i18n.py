"""Words, dates and numbers in the language of whoever reads them.

Source texts are English; the catalogues in ``core/locales`` are read as they stand (no compiled
copy to fall behind). The language of the moment is a context variable, set once at the edge: by the
shell for each run of a screen, by a route for each request, by a letter for its own text.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as babel_format_date
from babel.dates import format_datetime as babel_format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from core.terms import Language

LOCALES = Path(__file__).parent / "locales"

# English as the rest of the world writes its dates: the day before the month.
_DATE_LOCALES = {Language.ENGLISH: "en_GB", Language.RUSSIAN: "ru", Language.KYRGYZ: "ky"}

_current: ContextVar[Language] = ContextVar("language", default=Language.ENGLISH)


def N_(text: str) -> str:
    """Mark ``text`` for the catalogues and return it unchanged; translate it where it is shown."""
    return text


@cache
def _translations(language: Language) -> NullTranslations:
    if language is Language.ENGLISH:
        return NullTranslations()
    source = LOCALES / language.value / "LC_MESSAGES" / "messages.po"
    compiled = BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines, locale=language.value))
    compiled.seek(0)
    return GNUTranslations(compiled)


def current_language() -> Language:
    """Return the language of the moment."""
    return _current.get()


@contextmanager
def use_language(language: Language) -> Iterator[None]:
    """Speak ``language`` within the block, and the earlier one again after it."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def _(text: str) -> str:
    """Return ``text`` in the language of the moment, or as it is where no translation exists."""
    return _translations(_current.get()).gettext(text)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form that ``number`` asks for, by the plural rules of the language."""
    return _translations(_current.get()).ngettext(singular, plural, number)


def format_date(day: date) -> str:
    """Return ``day`` as the language writes it, short enough for a list ("24 Nov 2026")."""
    return _written(day, _current.get())


# A list writes a hundred dates and states, mostly the same ones as before.
@lru_cache(maxsize=10_000)
def _written(day: date, language: Language) -> str:
    return babel_format_date(day, format="medium", locale=_DATE_LOCALES[language])


def format_date_narrow(day: date) -> str:
    """Return ``day`` in digits, for a column of paper that has no room for the month's name."""
    return babel_format_date(day, format="short", locale=_DATE_LOCALES[_current.get()])


def format_date_long(day: date) -> str:
    """Return ``day`` with its weekday, for a sentence that explains a date."""
    return babel_format_date(day, format="EEE d MMMM y", locale=_DATE_LOCALES[_current.get()])


def format_moment(instant: datetime, *, time_zone: ZoneInfo) -> str:
    """Return the aware ``instant`` as date and minute in ``time_zone``."""
    return babel_format_datetime(
        instant, format="short", tzinfo=time_zone, locale=_DATE_LOCALES[_current.get()]
    )


def format_number(number: int) -> str:
    """Return ``number`` grouped as the language groups digits."""
    return format_decimal(number, locale=_current.get().value)


def format_amount(minor: int, currency: str) -> str:
    """Return an amount given in hundredths of ``currency`` with the currency's letters."""
    amount = format_decimal(Decimal(minor) / 100, format="#,##0.00", locale=_current.get().value)
    return f"{amount} {currency}"


def country_name(iso2: str | None) -> str:
    """Return the name of the state ``iso2``, or a dash where the state is unknown."""
    if iso2 is None:
        return "—"
    return _territories(_current.get()).get(iso2, iso2)


@cache
def _territories(language: Language) -> Mapping[str, str]:
    return dict(Locale(language.value).territories)


def pick(*, en: str, ru: str, ky: str) -> str:
    """Return the text of the language of the moment; where it is empty, the first there is."""
    texts = {Language.ENGLISH: en, Language.RUSSIAN: ru, Language.KYRGYZ: ky}
    return texts[_current.get()] or en or ru or ky
