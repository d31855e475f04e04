"""Envelope encryption and the rotation of the master key."""

from dataclasses import replace

import pytest

from core import encryption, settings
from core.errors import DomainError
from core.permissions import SYSTEM_ACTOR
from core.services import audit
from core.services.rotation import rotate_keys
from db.engine import writing


def test_what_is_sealed_is_opened_with_the_same_key_and_context() -> None:
    key = encryption.new_key()
    sealed = encryption.seal(key, b"secret", context=b"a")
    assert b"secret" not in sealed
    assert encryption.open_sealed(key, sealed, context=b"a") == b"secret"


@pytest.mark.parametrize("spoil", ["context", "key", "bit"])
def test_anything_else_is_refused(spoil: str) -> None:
    key = encryption.new_key()
    sealed = bytearray(encryption.seal(key, b"secret", context=b"a"))
    if spoil == "bit":
        sealed[-1] ^= 1
    with pytest.raises(DomainError) as refusal:
        encryption.open_sealed(
            encryption.new_key() if spoil == "key" else key,
            bytes(sealed),
            context=b"b" if spoil == "context" else b"a",
        )
    assert refusal.value.code == "encryption.damaged"


def test_rotation_wraps_every_key_anew_and_the_old_one_is_needed_no_more(
    empty_database: str,
) -> None:
    with writing() as session:
        audit.record(
            session,
            SYSTEM_ACTOR,
            action="test",
            subject_kind="person",
            person_id=1,
            sealed={"a": "b"},
        )
    old = settings.current()
    fresh = encryption.new_key()
    settings.use(replace(old, master_keys=(fresh, *old.master_keys)))
    assert rotate_keys() == 2
    assert rotate_keys() == 0
    settings.use(replace(old, master_keys=(fresh,)))
    assert audit.verify().faults == ()
    settings.use(replace(old, master_keys=(encryption.new_key(),)))
    with pytest.raises(DomainError) as refusal:
        rotate_keys(dry=True)
    assert refusal.value.code == "encryption.key_missing"
