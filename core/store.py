"""Where sealed scans lie, under random names that tell nothing of whose they are.

What is stored appears whole or not at all, and is on the disk before :meth:`DocumentStore.put`
returns.
"""

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from core import settings

_NAME = re.compile(r"[0-9a-f]{32}(\.[0-9]{1,3})?")
_UNFINISHED = ".new"


class DocumentStore(Protocol):
    """What the product asks of a place for sealed bytes; names are those of :func:`new_name`."""

    def put(self, name: str, content: bytes) -> None:
        """Store ``content`` under ``name``, whole and durably, before returning."""

    def get(self, name: str) -> bytes:
        """Return what is stored under ``name``. Raises ``FileNotFoundError``."""

    def delete(self, name: str) -> None:
        """Remove ``name``, finished or not; a name that is not there is no error."""

    def names(self) -> Iterator[tuple[str, float]]:
        """Yield every name, also of what was never finished, and when it was written (POSIX)."""


class DirectoryStore:
    """A directory readable by its owner only, in 256 parts by the first two digits of a name."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, content: bytes) -> None:
        """Store ``content`` under ``name``, whole and durably, before returning."""
        path = self._path(name)
        self._make_folder(path.parent)
        unfinished = path.with_name(name + _UNFINISHED)
        try:
            _write(unfinished, content)
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def get(self, name: str) -> bytes:
        """Return what is stored under ``name``. Raises ``FileNotFoundError``."""
        return self._path(name).read_bytes()

    def delete(self, name: str) -> None:
        """Remove ``name``, finished or not; a name that is not there is no error."""
        path = self._path(name)
        path.unlink(missing_ok=True)
        path.with_name(name + _UNFINISHED).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, float]]:
        """Yield every name, also of what was never finished, and when it was written (POSIX)."""
        for path in sorted(self._root.glob("??/*")):
            name = path.name.removesuffix(_UNFINISHED)
            if _NAME.fullmatch(name) is None:
                continue
            try:
                written_at = path.stat().st_mtime
            except FileNotFoundError:
                # Another process finished or removed it since the directory was read.
                continue
            yield name, written_at

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise ValueError("not a name of the store")
        return self._root / name[:2] / name

    def _make_folder(self, folder: Path) -> None:
        """Make a part of the store; a crash after its first file must not lose the part itself."""
        if folder.is_dir():
            return
        if not self._root.is_dir():
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(self._root.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(self._root)


def opened() -> DocumentStore:
    """Return the store the operator chose."""
    return DirectoryStore(settings.current().document_store)


def new_name() -> str:
    """Return a fresh random name; parts of the same document add ``.1``, ``.2`` to it."""
    return secrets.token_hex(16)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
