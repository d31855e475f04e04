"""One moment of the database for a whole screen, so that its numbers agree with each other."""

from collections.abc import Iterator
from contextlib import contextmanager

from db.engine import one_snapshot


@contextmanager
def one_moment() -> Iterator[None]:
    """Let every use case within read the same moment, until one of them writes."""
    with one_snapshot():
        yield
