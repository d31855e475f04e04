"""Passport scans are read in a child process: its models are large, and its work must end.

The server never loads the models. A child lives for one file: loading takes about a second, and a
process that ends gives back half a gigabyte and keeps nobody's passport.
"""

import threading
from dataclasses import dataclass
from datetime import date

from core.children import ask_child
from core.errors import DomainError
from core.recognition.limits import WALL_SECONDS
from core.terms import MediaType, ScanStatus

#: So long somebody waits for the scans of others before he is asked to try again, in seconds.
LONGEST_WAIT = 60

#: One scan at a time, so that reading takes one processor and no more.
_turn = threading.BoundedSemaphore(1)


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """What was read; ``lines`` is empty for RED, and ``strip_png`` where no lines were found."""

    status: ScanStatus
    lines: tuple[str, ...]
    doubts: tuple[str, ...]
    strip_png: bytes


def recognise(content: bytes, media_type: MediaType, *, today: date) -> Recognised:
    """Return the machine-readable lines of an inspected scan.

    Raises ``scan.busy``, and ``scan.too_slow`` or ``scan.too_much`` where the child gave up.
    """
    if not _turn.acquire(timeout=LONGEST_WAIT):
        raise DomainError("scan.busy")
    try:
        head, (strip,) = ask_child(
            "core.recognition.child",
            content,
            media_type.value,
            today.isoformat(),
            wall_seconds=WALL_SECONDS,
        )
    finally:
        _turn.release()
    return Recognised(
        status=ScanStatus(head["status"]),
        lines=tuple(head["lines"]),
        doubts=tuple(head["doubts"]),
        strip_png=strip,
    )
