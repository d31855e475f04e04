"""Browsers an account was once signed in to from: proof that a guess elsewhere is not theirs.

The browser keeps a random name and its seal under a key made from the master key; nothing is stored
here. It opens nothing by itself: it only has its failures counted apart from those of its network,
so that whoever guesses from the next desk cannot keep the owner out.
"""

import hashlib
import hmac
import secrets

from core import settings

_PURPOSE = b"known device"


def new_device(user_id: int) -> str:
    """Return what a browser shows from now on to be known as one of this user's."""
    name = secrets.token_urlsafe(16)
    return f"{name}.{_seal(settings.current().master_keys[0], name, user_id)}"


def device_name(device: str | None, user_id: int | None) -> str | None:
    """Return the name of the user's own browser, or None if ``device`` does not prove it."""
    if device is None or user_id is None:
        return None
    name, _, seal = device.partition(".")
    seals = [_seal(master, name, user_id) for master in settings.current().master_keys]
    is_known = any(hmac.compare_digest(seal.encode(), true.encode()) for true in seals)
    return name if is_known else None


def _seal(master_key: bytes, name: str, user_id: int) -> str:
    key = hmac.new(master_key, _PURPOSE, hashlib.sha256).digest()
    return hmac.new(key, f"{name}:{user_id}".encode(), hashlib.sha256).hexdigest()
