"""The connection to the database: one engine a process, and the two ways to use it.

``reading()`` is a snapshot for one question; ``writing()`` is one transaction for one use case. On
SQLite a writer announces itself at its beginning (BEGIN IMMEDIATE), because a reader that turns
into a writer is refused at once when another one writes.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

#: How long a writer waits for another one on SQLite, in milliseconds.
BUSY_TIMEOUT_MS = 15_000

#: Writers on SQLite do not queue but ask again and again: in such a pause, in seconds, one gets in.
_PAUSE = 0.04

_BEGIN = "dashboard_begin"


class _Holder:
    """The engine of this process, put there once at start."""

    engine: sa.Engine | None = None


def make_engine(url: str) -> sa.Engine:
    """Return a new engine for ``url`` with the pragmas and pool the product relies on."""
    if url.startswith("sqlite"):
        return _sqlite_engine(url)
    return sa.create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)


def _sqlite_engine(url: str) -> sa.Engine:
    database = sa.make_url(url).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late for BEGIN IMMEDIATE, so it is switched off.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    kind = connection.get_execution_options().get(_BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


def configure(url: str) -> None:
    """Use the database at ``url`` in this process from now on."""
    dispose()
    _Holder.engine = make_engine(url)


def dispose() -> None:
    """Close every connection of this process; :func:`configure` opens anew."""
    if _Holder.engine is not None:
        _Holder.engine.dispose()
    _Holder.engine = None


def engine() -> sa.Engine:
    """Return the engine of this process; a call before :func:`configure` is a fault of ours."""
    if _Holder.engine is None:
        raise RuntimeError("db.engine.configure was not called")
    return _Holder.engine


@contextmanager
def reading() -> Iterator[Session]:
    """Give a session for questions; nothing done in it is kept."""
    with Session(engine(), autoflush=False) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """Give a session whose work is committed as a whole at the end, or not at all."""
    writer = engine().execution_options(**{_BEGIN: "IMMEDIATE"})
    with Session(writer, expire_on_commit=False) as session, session.begin():
        yield session


def give_way() -> None:
    """Let other writers in between two chunks of long work; only on SQLite they need it."""
    if is_sqlite():
        time.sleep(_PAUSE)


def is_sqlite() -> bool:
    """Whether the database of this process is SQLite."""
    return engine().dialect.name == "sqlite"
