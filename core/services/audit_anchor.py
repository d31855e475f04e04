"""The end of the audit chain, kept outside the database.

``VAR_DIR/audit/head.json`` follows every commit; ``anchors.jsonl`` keeps one line a day, so that a
log that was cut and grew again still disagrees with an earlier day.
"""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings

_PENDING = "audit_anchor"


def remember_after_commit(session: Session, sequence: int, mac: str) -> None:
    """Write the head down once the transaction of ``session`` has been committed."""
    is_first = _PENDING not in session.info
    session.info[_PENDING] = (sequence, mac)
    if is_first:
        sa.event.listen(session, "after_commit", _write_pending, once=True)


def known() -> dict[int, str]:
    """Return the codes kept outside the database, by sequence number."""
    found: dict[int, str] = {}
    for path in (_directory() / "anchors.jsonl", _directory() / "head.json"):
        if path.exists():
            for line in path.read_text().splitlines():
                anchor = json.loads(line)
                found[int(anchor["sequence"])] = str(anchor["mac"])
    return found


def _write_pending(session: Session) -> None:
    pending: tuple[int, str] | None = session.info.pop(_PENDING, None)
    if pending is not None:
        _write(*pending)


def _write(sequence: int, mac: str) -> None:
    directory = _directory()
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        # Two processes may commit in one order and arrive here in the other.
        fcntl.flock(lock, fcntl.LOCK_EX)
        head = directory / "head.json"
        written = _read(head)
        if written is not None and int(written["sequence"]) >= sequence:
            return
        today = clock.today(settings.current().time_zone).isoformat()
        line = json.dumps({"sequence": sequence, "mac": mac, "on": today})
        fresh = directory / "head.new"
        fresh.write_text(line)
        os.replace(fresh, head)
        if written is None or written["on"] != today:
            with (directory / "anchors.jsonl").open("a") as anchors:
                anchors.write(line + "\n")


def _read(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    anchor: dict[str, Any] = json.loads(path.read_text())
    return anchor


def _directory() -> Path:
    return settings.current().var_dir / "audit"
