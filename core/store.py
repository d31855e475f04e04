"""Where sealed scans lie: a directory of files with random names.

A file appears whole or not at all. Nothing in a name or a file tells whose it is.
"""

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from core import settings

_NAME = re.compile(r"[0-9a-f]{32}(\.[0-9]{1,3})?")


def new_name() -> str:
    """Return a fresh random name; parts of the same document add ``.1``, ``.2`` to it."""
    return secrets.token_hex(16)


def put(name: str, content: bytes) -> None:
    """Store ``content`` under ``name``, durably, before returning."""
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def get(name: str) -> bytes:
    """Return what is stored under ``name``. Raises ``FileNotFoundError``."""
    return _path(name).read_bytes()


def delete(name: str) -> None:
    """Remove ``name``; a name that is not there is no error."""
    _path(name).unlink(missing_ok=True)


def names() -> Iterator[tuple[str, float]]:
    """Yield every stored name, unfinished ones too, with the moment it was written (POSIX)."""
    root = settings.current().document_store
    for path in sorted(root.glob("??/*")):
        yield path.name, path.stat().st_mtime


def remove_file(name: str) -> None:
    """Remove a file by the name :func:`names` gave, finished or not."""
    (settings.current().document_store / name[:2] / name).unlink(missing_ok=True)


def _path(name: str) -> Path:
    if _NAME.fullmatch(name) is None:
        raise ValueError("not a name of the store")
    return settings.current().document_store / name[:2] / name
