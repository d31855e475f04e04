"""The connection to the database: one engine a process, and the two ways to use it.

``reading()`` is a snapshot for one question, or for all within ``one_snapshot()``; ``writing()`` is
one transaction for one use case. On SQLite a writer announces itself at its beginning (BEGIN
IMMEDIATE), because a reader that turns into a writer is refused at once when another one writes.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

#: How long a writer waits for another one on SQLite, in milliseconds.
BUSY_TIMEOUT_MS = 15_000

#: After how many seconds a connection to SQLite is opened anew: it learns only then what
#: :func:`refresh_statistics` has found.
_REOPEN_AFTER = 3_600

#: How many rows of an index are looked at for it.
_LOOKED_AT = 1_000

#: Writers on SQLite do not queue but ask again and again: in such a pause, in seconds, one gets in.
_PAUSE = 0.04

_BEGIN = "dashboard_begin"

#: What readers ask of PostgreSQL so as to see one moment; those of SQLite do by themselves.
_POSTGRES_READER = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


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
    engine = sa.create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, pool_recycle=_REOPEN_AFTER
    )
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


class _Snapshot:
    """The session that the questions within :func:`one_snapshot` share, begun by the first."""

    def __init__(self) -> None:
        self._session: Session | None = None
        self._held: list[object] = []

    def session(self) -> Session:
        if self._session is None:
            self._session = _reader()
            sa.event.listen(self._session, "loaded_as_persistent", self._hold)
        return self._session

    def end(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None
        self._held.clear()

    def _hold(self, _session: Session, row: object) -> None:
        # A session forgets what nobody refers to, and would read the same person again and again.
        self._held.append(row)


_snapshot: ContextVar[_Snapshot | None] = ContextVar("snapshot", default=None)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Let all questions within see one moment, and what is written within end that moment.

    The connection is given back before a writer takes his, so that as many can write as can read.
    """
    snapshot = _Snapshot()
    token = _snapshot.set(snapshot)
    try:
        yield
    finally:
        _snapshot.reset(token)
        snapshot.end()


@contextmanager
def reading() -> Iterator[Session]:
    """Give a session for questions; nothing done in it is kept."""
    shared = _snapshot.get()
    if shared is not None:
        yield shared.session()
        return
    with _reader() as session:
        yield session


def _reader() -> Session:
    options = {} if is_sqlite() else _POSTGRES_READER
    return Session(engine().execution_options(**options), autoflush=False)


@contextmanager
def writing() -> Iterator[Session]:
    """Give a session whose work is committed as a whole at the end, or not at all."""
    shared = _snapshot.get() or _Snapshot()
    shared.end()
    writer = engine().execution_options(**{_BEGIN: "IMMEDIATE"})
    try:
        with Session(writer, expire_on_commit=False) as session, session.begin():
            yield session
    finally:
        # What was asked while the writer was at work saw the moment before him.
        shared.end()


def give_way() -> None:
    """Let other writers in between two chunks of long work; only on SQLite they need it."""
    if is_sqlite():
        time.sleep(_PAUSE)


def is_sqlite() -> bool:
    """Whether the database of this process is SQLite."""
    return engine().dialect.name == "sqlite"


def refresh_statistics() -> None:
    """Let SQLite see how its rows are distributed; PostgreSQL looks by itself."""
    if is_sqlite():
        with writing() as session:
            session.execute(sa.text(f"PRAGMA analysis_limit = {_LOOKED_AT}"))
            session.execute(sa.text("ANALYZE"))


def insert_if_absent(session: Session, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows unless another transaction has just done so; waits for it on Postgres."""
    if is_sqlite():
        from sqlalchemy.dialects.sqlite import insert  # noqa: PLC0415
    else:
        from sqlalchemy.dialects.postgresql import (  # type: ignore[assignment] # noqa: PLC0415
            insert,
        )
    session.execute(insert(table).on_conflict_do_nothing(), rows)
