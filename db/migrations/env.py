"""Alembic's entry: it always runs on the connection that :mod:`db.migrate` hands over."""

from typing import Any, Literal

from alembic import context

import db.models  # noqa: F401 - the tables must be known
from db.base import Base, UtcDateTime


def plain_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write our own types as what they store, so that a migration outlives the class."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Run the migrations inside the caller's transaction."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
