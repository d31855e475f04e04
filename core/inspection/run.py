"""Scans are checked in a child process under limits, because a file may be made to harm.

What comes back is made anew: images re-encoded, PDF pages copied into a fresh document without
anything that acts. A child that dies, dawdles or swells is a refused file, never a broken server.
"""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from core.errors import DomainError
from core.inspection.limits import LARGEST_FILE, WALL_SECONDS
from core.inspection.table import Table, table_from_json
from core.terms import MediaType

#: So many checks at once; more would let uploads take the machine from everybody.
AT_ONCE = 2

#: What a child that dawdles or dies is answered with.
_TOO_SLOW = {"scan": "scan.too_slow", "table": "table.too_slow"}
_TOO_MUCH = {"scan": "scan.too_much", "table": "table.too_much"}

_turns = threading.BoundedSemaphore(AT_ONCE)
_ROOT = Path(__file__).parents[2]

#: What the child is told, and nothing else; XML is read by the reader that refuses entities.
_ENVIRONMENT = {
    "PYTHONPATH": str(_ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENPYXL_LXML": "False",
}


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
        answer = _ask_child(content, "child", subject="scan")
    return _read(answer)


def inspect_table(content: bytes, sheet: str = "") -> Table:
    """Return the rows of a spreadsheet or a CSV file, or raise a code ``table.…``.

    ``sheet`` names the one that is wanted; without it the first visible one with rows is read.
    """
    if not content:
        raise DomainError("table.empty")
    if len(content) > LARGEST_FILE:
        raise DomainError("table.too_large", megabytes=LARGEST_FILE // (1024 * 1024))
    with _turns:
        answer = _ask_child(content, "table_child", sheet, subject="table")
    told = json.loads(answer)
    if "code" in told:
        raise DomainError(str(told["code"]), **told["values"])
    return table_from_json(told)


def _ask_child(content: bytes, module: str, *arguments: str, subject: str) -> bytes:
    try:
        child = subprocess.run(  # noqa: S603 - our own modules; a sheet's name runs nothing
            [sys.executable, "-m", f"core.inspection.{module}", *arguments],
            input=content,
            capture_output=True,
            timeout=WALL_SECONDS,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as late:
        raise DomainError(_TOO_SLOW[subject]) from late
    if child.returncode != 0:
        raise DomainError(_TOO_MUCH[subject])
    return child.stdout


def _read(answer: bytes) -> Inspected:
    """Return what the child wrote: a line of JSON, then the parts it names by their lengths."""
    head, _newline, parts = answer.partition(b"\n")
    told = json.loads(head)
    if "code" in told:
        raise DomainError(str(told["code"]), **told["values"])
    pieces, place = [], 0
    for length in told["lengths"]:
        pieces.append(parts[place : place + length])
        place += length
    return Inspected(
        media_type=MediaType(told["media_type"]),
        content=pieces[0],
        page_count=int(told["page_count"]),
        previews=tuple(pieces[1:]),
    )
