"""Texts with fields in braces, such as ``{name}``: what a text may hold, and how it is filled in.

A field is a plain name and nothing else. What is put in is never read for fields again.
"""

import re
from collections.abc import Collection, Mapping

from core.errors import DomainError
from core.terms import MessageAudience

#: The longest subject and the longest text, in characters.
LONGEST_SUBJECT, LONGEST_BODY = 200, 2000

#: Filled in only when the message goes out, so that a text prepared before anybody signs is right.
SIGNATURE = ("executor", "phone")

_OF_EVERY_TEXT = ("recipient", "university", "department", "today", *SIGNATURE)
_OF_A_REMINDER = ("procedure",)
_OF_ONE_CASE = ("name", "due_on", "days_left", "time_left", "missing_papers")
_OF_MANY = ("students", "student_count", "first_due_on")

_FIELD = re.compile(r"\{([a-z_]+)\}")
_BRACES = re.compile(r"[{}]")
_INSTEAD = str.maketrans("{}", "()")


def fields_for(audience: MessageAudience, *, is_reminder: bool) -> tuple[str, ...]:
    """Return the fields a text may use, those of every text last."""
    if not is_reminder:
        own: tuple[str, ...] = ("name",) if audience is MessageAudience.STUDENT else ("students",)
        return (*own, *_OF_EVERY_TEXT)
    by_audience = _OF_ONE_CASE if audience is MessageAudience.STUDENT else _OF_MANY
    return (*by_audience, *_OF_A_REMINDER, *_OF_EVERY_TEXT)


def refuse_unknown_fields(text: str, allowed: Collection[str]) -> None:
    """Raise ``template.field_unknown`` (value ``field``) or ``template.brace`` (value ``near``)."""
    for field in _FIELD.findall(text):
        if field not in allowed:
            names = tuple(f"{{{name}}}" for name in allowed)
            raise DomainError("template.field_unknown", field=f"{{{field}}}", fields=names)
    rest = _FIELD.sub("", text)
    stray = _BRACES.search(rest)
    if stray is not None:
        raise DomainError("template.brace", near=rest[max(0, stray.start() - 10) :][:20].strip())


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with its fields filled in; a field without a value stays as it is."""

    def value(found: re.Match[str]) -> str:
        given = values.get(found[1])
        return found[0] if given is None else given.translate(_INSTEAD)

    return _FIELD.sub(value, text)


def open_fields(text: str) -> tuple[str, ...]:
    """Return the fields of ``text`` that were not filled in, in their order, each once."""
    return tuple(dict.fromkeys(_FIELD.findall(text)))


def one_line(text: str) -> str:
    """Return ``text`` in one line: what a subject or a name may be, and no header can be more."""
    return " ".join(text.split())
