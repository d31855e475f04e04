"""Envelope encryption: everything secret has a key of its own, wrapped by the master key.

AES-256-GCM throughout. What a ciphertext is for is bound to it as ``context``, so that one cannot
be put in the place of another. A wrapped key names the master key that wrapped it, so that keys can
be rotated while the product runs.
"""

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core import settings
from core.errors import DomainError

KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID_BYTES = 4
_WRAP_CONTEXT = b"wrapped key"


def new_key() -> bytes:
    """Return a fresh random key."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plaintext: bytes, *, context: bytes) -> bytes:
    """Return ``plaintext`` encrypted under ``key``: nonce, ciphertext and tag."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context)


def open_sealed(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """Return what :func:`seal` was given. Raises ``encryption.damaged`` if a bit was changed."""
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, context)
    except InvalidTag as fault:
        raise DomainError("encryption.damaged") from fault


def wrap_key(key: bytes) -> bytes:
    """Return ``key`` encrypted under the present master key, whose short name comes first."""
    master = settings.current().master_keys[0]
    return _key_id(master) + seal(master, key, context=_WRAP_CONTEXT)


def unwrap_key(wrapped: bytes) -> bytes:
    """Return the key that was wrapped under the present or an earlier master key.

    Raises ``encryption.key_missing`` when the operator no longer provides that master key.
    """
    wanted, sealed = wrapped[:_KEY_ID_BYTES], wrapped[_KEY_ID_BYTES:]
    for master in settings.current().master_keys:
        if _key_id(master) == wanted:
            return open_sealed(master, sealed, context=_WRAP_CONTEXT)
    raise DomainError("encryption.key_missing", key=wanted.hex())


def is_wrapped_by_present_key(wrapped: bytes) -> bool:
    """Return whether the present master key wrapped the key, so that rotation may leave it."""
    return wrapped[:_KEY_ID_BYTES] == _key_id(settings.current().master_keys[0])


def _key_id(master: bytes) -> bytes:
    return hashlib.sha256(master).digest()[:_KEY_ID_BYTES]
