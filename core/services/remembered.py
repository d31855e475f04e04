"""Counts that are remembered as long as nothing was written.

Whatever changes the register also writes the audit log or the progress of a piece of work, in the
same transaction. The last change in the log and how far the work is, as the reader's own moment of
the database sees them, therefore tell whether an answer still holds: it is never stale, in any
process.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.engine import engine
from db.models.audit import AuditHead
from db.models.jobs import Job

#: How many answers a process keeps.
_MOST = 500

Answer = TypeVar("Answer")

#: Under what name a session of one moment keeps which one that is.
_MOMENT = "moment"

_Kept = OrderedDict[Hashable, tuple[Hashable, Any]]


@dataclass(frozen=True)
class _Answers:
    """The answers of this process, the one used last at the end."""

    lock: Lock = field(default_factory=Lock)
    of_engine: "WeakKeyDictionary[sa.Engine, _Kept]" = field(default_factory=WeakKeyDictionary)


_ANSWERS = _Answers()


def remembered(session: Session, key: Hashable, answer: Callable[[], Answer]) -> Answer:
    """Return what ``answer`` returned for ``key``, asking anew once anything was written.

    ``session`` only reads. The answer is shared: nobody may change it.
    """
    moment = _moment(session)
    with _ANSWERS.lock:
        kept = _ANSWERS.of_engine.setdefault(engine(), OrderedDict())
        known = kept.get(key)
        if known is not None and known[0] == moment:
            kept.move_to_end(key)
            same: Answer = known[1]
            return same
    found = answer()
    with _ANSWERS.lock:
        kept[key] = moment, found
        kept.move_to_end(key)
        while len(kept) > _MOST:
            kept.popitem(last=False)
    return found


def _moment(session: Session) -> Hashable:
    """Return the last change in the log and how far all work is, as the session sees them."""
    if _MOMENT not in session.info:
        session.info[_MOMENT] = _read_moment(session)
    moment: Hashable = session.info[_MOMENT]
    return moment


def _read_moment(session: Session) -> Hashable:
    head = sa.select(AuditHead.last_change).limit(1).scalar_subquery()
    work = sa.select(
        head, sa.func.count(Job.id), sa.func.sum(Job.done), sa.func.max(Job.beat_at)
    ).select_from(Job)
    return tuple(session.execute(work).one())
