"""Whether the product can work: asked by whatever watches it, without signing in."""

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from db.engine import reading


def is_database_reachable() -> bool:
    """Return whether the database answers."""
    try:
        with reading() as session:
            return session.scalar(sa.select(1)) == 1
    except SQLAlchemyError:
        return False
