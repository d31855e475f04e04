"""User names: which are accepted, and when two are the same."""

import re
import unicodedata

SHORTEST, LONGEST = 2, 150

_ALLOWED = re.compile(r"[\w.@+-]+")


def username_key(username: str) -> str:
    """Return what makes a user name unique: composed, without case, without outer spaces."""
    return unicodedata.normalize("NFKC", username).strip().casefold()[:LONGEST]


def is_acceptable(username: str) -> bool:
    """Return whether ``username`` may be given: letters of any script, digits and ``. @ + - _``."""
    name = username.strip()
    return SHORTEST <= len(name) <= LONGEST and _ALLOWED.fullmatch(name) is not None
