"""Scans are checked in a child process under limits, because a file may be made to harm.

What comes back is made anew: images re-encoded, PDF pages copied into a fresh document without
anything that acts.
"""

import threading
from dataclasses import dataclass

from core.children import ask_child
from core.errors import DomainError
from core.inspection.limits import LARGEST_FILE, WALL_SECONDS
from core.inspection.table import Table, table_from_json
from core.terms import MediaType

#: So many checks at once; more would let uploads take the machine from everybody.
AT_ONCE = 2

_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """A scan that is safe to keep: what it is, its clean bytes, and PNG pictures of its pages."""

    media_type: MediaType
    content: bytes
    page_count: int
    previews: tuple[bytes, ...]


def inspect_scan(content: bytes) -> Inspected:
    """Return the cleaned scan, or raise a code ``scan.…`` that says what is wrong with it."""
    if not content:
        raise DomainError("scan.empty")
    if len(content) > LARGEST_FILE:
        raise DomainError("scan.too_large", megabytes=LARGEST_FILE // (1024 * 1024))
    with _turns:
        head, (clean, *previews) = ask_child(
            "core.inspection.child", content, wall_seconds=WALL_SECONDS
        )
    return Inspected(
        media_type=MediaType(head["media_type"]),
        content=clean,
        page_count=int(head["page_count"]),
        previews=tuple(previews),
    )


def inspect_table(content: bytes, sheet: str = "") -> Table:
    """Return the rows of a spreadsheet or a CSV file, or raise a code ``table.…``.

    ``sheet`` names the one that is wanted; without it the first visible one with rows is read.
    """
    if not content:
        raise DomainError("table.empty")
    if len(content) > LARGEST_FILE:
        raise DomainError("table.too_large", megabytes=LARGEST_FILE // (1024 * 1024))
    with _turns:
        told, _parts = ask_child(
            "core.inspection.table_child",
            content,
            sheet,
            wall_seconds=WALL_SECONDS,
            subject="table",
        )
    return table_from_json(told)
