"""One page of a list: its rows, and how many there are in all."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

#: How many rows a list shows at once.
PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """The rows of one page; ``total`` counts those of every page, ``number`` begins at 1."""

    rows: tuple[T, ...]
    total: int
    number: int
    size: int = PAGE_SIZE
