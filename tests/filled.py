"""Databases that are filled once and copied by every test that begins where they end.

What is filled belongs to the keys it was sealed with, so a copy takes their folder along.
"""

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
import time_machine

from core import settings
from core.services import passwords
from core.services.reference import load_reference_data
from db import engine
from tests.cast import TODAY, assemble


class Source(Protocol):
    """Where databases of one kind come from."""

    def fresh(self, folder: Path) -> str: ...
    def copy(self, url: str, folder: Path) -> str: ...
    def drop(self, url: str) -> None: ...


@dataclass(frozen=True)
class _Filled:
    url: str
    keys: Path


class FilledDatabases:
    """Those of one kind, each made when a test asks for it first."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._source, self._folder = source, folder
        self._made: dict[str, _Filled] = {}

    def open(self, stage: str, folder: Path) -> str:
        """Put a new database in force and return its address.

        ``stage`` is ``empty``, ``database`` with the reference data, or ``cast`` with the cast.
        """
        if stage == "empty":
            url = self._source.fresh(folder)
        else:
            made = self._made.get(stage) or self._fill(stage)
            shutil.copytree(made.keys, folder / "var")
            url = self._source.copy(made.url, folder)
        _put_in_force(url, folder / "var")
        return url

    def close(self, url: str) -> None:
        """Let the database go."""
        engine.dispose()
        self._source.drop(url)

    def _fill(self, stage: str) -> _Filled:
        folder = self._folder / stage
        folder.mkdir()
        made = _Filled(self._source.fresh(folder), folder / "var")
        _put_in_force(made.url, made.keys)
        load_reference_data()
        if stage == "cast":
            with noon(), pytest.MonkeyPatch.context() as patch:
                hash_quickly(patch)
                assemble()
        made.keys.mkdir(exist_ok=True)
        # Nobody may be connected to what is copied.
        engine.dispose()
        self._made[stage] = made
        return made


@contextmanager
def noon() -> Iterator[None]:
    """Let it be noon in Bishkek on the day most tests take place."""
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(6), tzinfo=dt.UTC), tick=True):
        yield


def hash_quickly(patch: pytest.MonkeyPatch) -> None:
    """Make the hasher do the least work bcrypt allows, where no password is under test."""
    import bcrypt

    real = bcrypt.gensalt
    patch.setattr(bcrypt, "gensalt", lambda rounds=4, prefix=b"2b": real(4, prefix))
    passwords._nobodys_hash.cache_clear()


def _put_in_force(url: str, keys: Path) -> None:
    settings.use(settings.load({"VAR_DIR": str(keys), "DATABASE_URL": url}))
    engine.configure(url)
