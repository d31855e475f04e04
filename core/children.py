"""Child processes under limits, for files that may be made to harm.

A child limits itself before it looks at the first byte. One that dies, dawdles or swells is a
refused file, never a broken server.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.errors import DomainError

_ROOT = Path(__file__).parents[1]

#: What a child is told, and nothing else; XML is read by the reader that refuses entities.
_ENVIRONMENT = {
    "PYTHONPATH": str(_ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENPYXL_LXML": "False",
}

#: What a child that dawdles or dies is answered with.
_TOO_SLOW = {"scan": "scan.too_slow", "table": "table.too_slow"}
_TOO_MUCH = {"scan": "scan.too_much", "table": "table.too_much"}

#: What a child answers with: a line of JSON, then the parts it names by their lengths.
Answer = tuple[Mapping[str, Any], tuple[bytes, ...]]


def limit_self(*, memory: int, processor_seconds: int) -> None:
    """Take from this process what a reader of files does not need; ``memory`` is in bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def answer(head: Mapping[str, object], parts: Sequence[bytes] = ()) -> None:
    """Write the child's answer to its output."""
    out = sys.stdout.buffer
    line = {**head, "lengths": [len(part) for part in parts]}
    out.write(json.dumps(line).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()


def answer_refusal(refusal: DomainError) -> None:
    """Write the child's refusal to its output."""
    answer({"code": refusal.code, "values": dict(refusal.values)})


def ask_child(
    module: str, content: bytes, *arguments: str, wall_seconds: int, subject: str = "scan"
) -> Answer:
    """Return what the child ``module`` answers to ``content``, or raise its refusal.

    Raises ``scan.too_slow`` and ``scan.too_much`` (or ``table.…``, by ``subject``) for a child that
    did not answer.
    """
    try:
        child = subprocess.run(  # noqa: S603 - modules of our own, with words of our own
            [sys.executable, "-m", module, *arguments],
            input=content,
            capture_output=True,
            timeout=wall_seconds,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as late:
        raise DomainError(_TOO_SLOW[subject]) from late
    if child.returncode != 0:
        raise DomainError(_TOO_MUCH[subject])
    return _understood(child.stdout)


def _understood(said: bytes) -> Answer:
    line, _newline, rest = said.partition(b"\n")
    head = json.loads(line)
    if "code" in head:
        raise DomainError(str(head["code"]), **head["values"])
    parts, place = [], 0
    for length in head["lengths"]:
        parts.append(rest[place : place + length])
        place += length
    return head, tuple(parts)
