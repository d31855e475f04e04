"""Passwords: how they are kept and which are accepted.

bcrypt comes from streamlit-authenticator's hasher. It reads 72 bytes at most, so it is given a hash
of the password; any length works, and no character is cut off or forbidden.
"""

import base64
import hashlib
import logging
import secrets
import unicodedata
from functools import cache
from typing import Any

from core.errors import DomainError

#: Length is all that is asked for; composition rules make passwords worse (NIST SP 800-63B).
SHORTEST = 12


def hash_password(password: str) -> str:
    """Return the hash to store. Takes about 0.3 s; never call it on the event loop."""
    return str(_hasher().hash(_prepared(password)))


def check_password(password: str, hashed: str) -> bool:
    """Return whether ``password`` is the one ``hashed`` was made from."""
    return bool(_hasher().check_pw(_prepared(password), hashed))


def spend_the_time_of_a_check(password: str) -> None:
    """Do the work of a check without an account, so that unknown users take as long as known."""
    check_password(password, _nobodys_hash())


def warm_up() -> None:
    """Make ready what the first check would otherwise have to wait for, and so give away."""
    _nobodys_hash()


def new_one_time_password() -> str:
    """Return a random password that a person can type: four groups of five letters and digits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    groups = ("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def refuse_weak(password: str) -> None:
    """Raise ``password.too_short`` for fewer than :data:`SHORTEST` characters."""
    if len(password) < SHORTEST:
        raise DomainError("password.too_short", shortest=SHORTEST)


@cache
def _hasher() -> Any:
    # Importing the package imports Streamlit; a command that needs no password is spared that.
    # Outside a browser's session Streamlit warns while it is loaded, of nothing that matters here.
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        from streamlit_authenticator.utilities.hasher import Hasher  # noqa: PLC0415
    finally:
        logging.disable(before)
    return Hasher


@cache
def _nobodys_hash() -> str:
    return hash_password(secrets.token_hex())


def _prepared(password: str) -> str:
    # The same password typed on another keyboard may arrive composed differently.
    composed = unicodedata.normalize("NFKC", password).encode()
    return base64.b64encode(hashlib.sha256(composed).digest()).decode()
