"""Telephone numbers in the one form in which they can be dialled from anywhere."""

import phonenumbers

from core.errors import DomainError

#: Where a number without the code of a state is taken to be from, if nothing else is known.
HOME = "KG"


def read_phone(text: str, region: str | None) -> str:
    """Return ``text`` as ``+`` and digits; ``region`` is the state of whoever it belongs to.

    A number without the code of a state is tried as one of Kyrgyzstan first, because it is used
    here, then as one of ``region``. Raises ``import.phone``.
    """
    spoken = f"+{text}" if text.isdecimal() and len(text) > 10 else text
    for place in dict.fromkeys((HOME, region or HOME)):
        try:
            number = phonenumbers.parse(spoken, place)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise DomainError("import.phone", value=text)
