"""Where a message can go: an address of mail, a telephone number, and the links with the text."""

import re
from urllib.parse import quote

from core.terms import MessageChannel

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`|~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`|~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+{_LABEL}")

#: What RFC 5321 allows of an address, before the @ and in all.
_LONGEST_LOCAL, _LONGEST_MAIL = 64, 254

#: The digits of a number with its country (ITU-T E.164), and fewer than which nobody has.
_FEWEST_DIGITS, _MOST_DIGITS = 8, 15


def is_mail_address(text: str) -> bool:
    """Return whether mail can be sent to ``text``: one plain address in ASCII."""
    return (
        len(text) <= _LONGEST_MAIL
        and _MAIL.fullmatch(text) is not None
        and len(text.rpartition("@")[0]) <= _LONGEST_LOCAL
    )


def dialled(number: str) -> str:
    """Return the digits of an international number (``+996 555 …``); empty where it is none."""
    if not number.strip().startswith("+"):
        return ""
    digits = "".join(each for each in number if each.isascii() and each.isdigit())
    return digits if _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS else ""


def link_with(channel: MessageChannel, address: str, text: str) -> str:
    """Return the link that opens a chat with ``address``, with ``text`` ready to be sent.

    For mail it is empty. The text is percent-encoded UTF-8, line breaks included.
    """
    digits = dialled(address)
    if not digits:
        return ""
    if channel is MessageChannel.WHATSAPP:
        return f"https://wa.me/{digits}?text={quote(text, safe='')}"
    if channel is MessageChannel.TELEGRAM:
        return f"https://t.me/+{digits}?text={quote(text, safe='')}"
    return ""
