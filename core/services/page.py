"""One page of a list: its rows, and how many there are in all."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

#: How many rows a list shows at once.
PAGE_SIZE = 50

#: With how many rows of a list something is done at once: those of a page.
MOST_CHOSEN = PAGE_SIZE

#: Where the counting of a long list stops: more than anybody pages through.
MOST_COUNTED = 10_000


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """The rows of one page; ``total`` counts those of every page, ``number`` begins at 1.

    Where there are more than anybody pages through, ``is_capped`` says that ``total`` is where the
    counting stopped.
    """

    rows: tuple[T, ...]
    total: int
    number: int
    size: int = PAGE_SIZE
    is_capped: bool = False

    @property
    def last(self) -> int:
        """The number of the last page."""
        return last_page(self.total, self.size)


def last_page(total: int, size: int) -> int:
    """Return the number of the last page of ``total`` rows; an empty list has one page."""
    return max(1, -(-total // size))
