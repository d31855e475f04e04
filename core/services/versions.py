"""The optimistic version of an edited row: whoever saves must have seen what he overwrites."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import Conflict
from core.permissions import Actor
from db.base import Versioned


def claim(session: Session, row: Versioned, actor: Actor, *, seen_version: int) -> None:
    """Take ``row`` for a change by ``actor``, who saw it at ``seen_version``.

    The claim is a guarded update, so that of two who save at once exactly one wins, on every
    database. Raises :class:`Conflict` naming who came first.
    """
    mapper = sa.inspect(type(row))
    state = sa.inspect(row)
    is_this_row = [
        column == value for column, value in zip(mapper.primary_key, state.identity, strict=True)
    ]
    taken = session.execute(
        sa.update(type(row))
        .where(*is_this_row, mapper.c.version == seen_version)
        .values(version=seen_version + 1, changed_by=actor.full_name, changed_at=clock.utc_now())
        .returning(*mapper.primary_key)
        .execution_options(synchronize_session=False)
    ).all()
    session.refresh(row)
    if not taken:
        raise Conflict(changed_by=row.changed_by, changed_at=row.changed_at)


def overtaken(row: Versioned, *, seen_version: int) -> Conflict | None:
    """Return who changed ``row`` since it was seen at ``seen_version``; None where nobody did.

    The answer holds until the transaction ends only for a row that is held against others.
    """
    if row.version == seen_version:
        return None
    return Conflict(changed_by=row.changed_by, changed_at=row.changed_at)


def touch(row: Versioned, actor: Actor) -> None:
    """Count one more change of ``row``, by ``actor``, now; for changes nobody could have raced."""
    row.version += 1
    sign(row, actor)


def sign(row: Versioned, actor: Actor) -> None:
    """Note that ``actor`` wrote ``row`` now."""
    row.changed_by = actor.full_name
    row.changed_at = clock.utc_now()
