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
_MOST = 1_000

#: Under what name a session of one moment keeps which one that is.
_MOMENT = "moment"

Answer = TypeVar("Answer")


@dataclass
class _Answers:
    """What was answered at one moment of the database, the answer used last at the end."""

    moment: Hashable = None
    by_key: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)


_lock = Lock()
_answers: "WeakKeyDictionary[sa.Engine, _Answers]" = WeakKeyDictionary()


def remembered(session: Session, key: Hashable, answer: Callable[[], Answer]) -> Answer:
    """Return what ``answer`` returned for ``key``, asking anew once anything was written.

    ``session`` only reads. The answer is shared: nobody may change it. What was answered before the
    last change is forgotten as a whole, so that nothing outlives what was erased.
    """
    moment = _moment(session)
    with _lock:
        kept = _answers.setdefault(engine(), _Answers())
        if kept.moment == moment and key in kept.by_key:
            kept.by_key.move_to_end(key)
            known: Answer = kept.by_key[key]
            return known
    found = answer()
    with _lock:
        if kept.moment != moment:
            kept.moment = moment
            kept.by_key.clear()
        kept.by_key[key] = found
        while len(kept.by_key) > _MOST:
            kept.by_key.popitem(last=False)
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
