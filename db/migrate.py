"""Bring a database to the present schema; safe to run by several processes at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from db.engine import make_engine
from db.search_index import keep_search_index

MIGRATIONS = Path(__file__).parent / "migrations"

#: Any constant will do, as long as every process of the product uses the same one.
_ADVISORY_LOCK = 7_214_001


def alembic_config() -> Config:
    """Return Alembic's configuration; the product has no alembic.ini."""
    config = Config()
    # A percent sign in a path would otherwise be read as interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def migrate(url: str) -> None:
    """Apply every migration the database at ``url`` lacks, in one transaction.

    A second process waits for the first: on Postgres for an advisory lock, on SQLite for the
    write lock that BEGIN IMMEDIATE takes.
    """
    with migrating(url) as config:
        command.upgrade(config, "head")
        keep_search_index(config.attributes["connection"])


@contextmanager
def migrating(url: str) -> Iterator[Config]:
    """Give Alembic's configuration for one transaction on the database at ``url``.

    SQLite changes a table by copying and dropping it, and that must not take the rows that refer to
    it along: references are not enforced meanwhile, and looked through before the commit.
    """
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _without_references)
    try:
        with engine.execution_options(dashboard_begin="IMMEDIATE").begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
            config = alembic_config()
            config.attributes["connection"] = connection
            yield config
            _refuse_lost_references(connection)
    finally:
        engine.dispose()


def _without_references(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _refuse_lost_references(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if lost:
        raise RuntimeError(f"the migration would leave {len(lost)} references to nothing")


def is_at_head(url: str) -> bool:
    """Return whether the database at ``url`` has every migration."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        return present == ScriptDirectory.from_config(alembic_config()).get_current_head()
    finally:
        engine.dispose()
