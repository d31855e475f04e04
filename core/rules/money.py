"""Amounts of money as people type them, in whole minor units of their currency."""

import re

from core.errors import DomainError

#: How many of the smallest unit make one of the currency.
MINOR_UNITS = 100

# Up to 99,999,999.99, which no fee reaches; ASCII digits only.
_AMOUNT = re.compile(r"(?P<whole>[0-9]{1,8})([.](?P<part>[0-9]{1,2}))?")
_CURRENCY = re.compile(r"[A-Z]{3}")


def minor_units(text: str) -> int:
    """Return what was typed in minor units; a comma may stand for the point, blanks do nothing.

    Raises ``charge.amount_unusable``.
    """
    found = _AMOUNT.fullmatch(text.replace(",", ".").replace(" ", "").replace("\xa0", ""))
    if found is None:
        raise DomainError("charge.amount_unusable")
    return int(found["whole"]) * MINOR_UNITS + int((found["part"] or "").ljust(2, "0"))


def currency_code(text: str) -> str:
    """Return three letters of a currency in capitals. Raises ``charge.currency_unusable``."""
    code = text.strip().upper()
    if not _CURRENCY.fullmatch(code):
        raise DomainError("charge.currency_unusable")
    return code
