"""Dated reference rows: a new one takes over from the old, a mistaken one is withdrawn."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import Conflict, DomainError, NotFound
from core.permissions import Actor
from core.rules.periods import holds_again_from, last_day_before, one_taken_over
from core.services import audit
from core.services.rulebook import change_alone
from core.services.texts import refuse_unwritable
from core.services.versions import claim, sign, touch
from core.terms import Confidence
from db.base import Versioned
from db.engine import writing
from db.models.reference import Founded, Holiday

Row = TypeVar("Row", bound=Founded)

#: What belongs to a row alone and not to what it says.
_OWN = frozenset(
    "id reference_key reference_digest version changed_at changed_by in_force_from ended_id "
    "ended_until".split()
)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a row comes from and how sure it is, as the head writes it.

    The note may be in any of the three languages, in English (``note``) or not.
    """

    source: str
    source_url: str = ""
    confidence: Confidence = Confidence.OFFICIAL
    note: str = ""
    note_ru: str = ""
    note_ky: str = ""

    def columns(self) -> dict[str, Any]:
        """Return the columns of a row of this origin."""
        return {
            "source": self.source.strip(),
            "source_url": self.source_url.strip(),
            "confidence": self.confidence,
            "note": self.note.strip(),
            "note_ru": self.note_ru.strip(),
            "note_ky": self.note_ky.strip(),
        }


@contextmanager
def changing() -> Iterator[Session]:
    """Give a session for one change of the rules, committed as a whole at the end.

    Of two heads at once the second sees what the first has done.
    """
    with writing() as session:
        change_alone(session)
        yield session


def put_in_force(
    session: Session,
    actor: Actor,
    row: Row,
    rivals: Sequence[Row],
    *,
    mistaken: Row | None = None,
) -> Row | None:
    """Add ``row``, confirmed by ``actor``, and end the one of ``rivals`` it takes over from.

    That one holds again after the last day of ``row``, as a row of its own. Return it. A
    ``mistaken`` row that begins on the same day has no past to keep: it is withdrawn. Raises
    ``period.overlap`` and ``period.reversed`` (see :func:`core.rules.periods.one_taken_over`), and
    what :func:`refuse_unfounded` raises.
    """
    refuse_unfounded(row)
    others = (rival for rival in rivals if rival is not mistaken)
    standing = [rival for rival in others if rival.withdrawn_at is None]
    ended = one_taken_over(standing, row.in_force_from, row.in_force_until)
    if ended is not None:
        touch(ended, actor)
        row.ended_id, row.ended_until = ended.id, ended.in_force_until
        _go_on_after(session, actor, ended, row.in_force_until)
        ended.in_force_until = last_day_before(row.in_force_from)
    if mistaken is not None:
        touch(mistaken, actor)
        row.ended_id, row.ended_until = mistaken.ended_id, mistaken.ended_until
        _go_on_after(session, actor, mistaken, row.in_force_until)
        take_back(mistaken, by=actor.full_name)
    row.confirmed_by, row.confirmed_at = actor.full_name, clock.utc_now()
    sign(row, actor)
    session.add(row)
    session.flush()
    if mistaken is not None:
        for heir in _heirs(session, mistaken):
            heir.ended_id = row.id
    return ended or mistaken


def refuse_unfounded(row: Founded | Holiday) -> None:
    """Raise ``rule.source.empty``, or what :func:`refuse_unwritable` raises for its texts."""
    if not row.source.strip():
        raise DomainError("rule.source.empty")
    refuse_unwritable(row)


def _go_on_after(session: Session, actor: Actor, ended: Row, last: date | None) -> None:
    """Add what ``ended`` says once more, for the days after ``last`` on which it would have held.

    It names the row it repeats, so that it can be taken back once nothing stands between them, and
    what took over from that one takes over from it now.
    """
    again = holds_again_from(ended, last)
    if again is None:
        return
    table: Any = type(ended)
    said = {name: getattr(ended, name) for name in set(sa.inspect(table).columns.keys()) - _OWN}
    later = [heir for heir in _heirs(session, ended) if heir.in_force_from > again]
    own_end = later[0].ended_until if later else ended.in_force_until
    row = table(**said, in_force_from=again, ended_id=ended.id, ended_until=own_end)
    sign(row, actor)
    session.add(row)
    session.flush()
    for heir in later:
        heir.ended_id = row.id


def withdraw(session: Session, actor: Actor, row: Founded, *, version: int) -> None:
    """Take a mistaken ``row`` back. Raises :class:`Conflict`, and ``rule.withdrawn``."""
    claim(session, row, actor, seen_version=version)
    if row.withdrawn_at is not None:
        raise DomainError("rule.withdrawn")
    take_back(row, by=actor.full_name)
    session.flush()


def take_back(row: Founded, *, by: str) -> None:
    """Note that ``row`` was a mistake, which ``by`` said now."""
    row.withdrawn_at, row.withdrawn_by = clock.utc_now(), by


def give_back(session: Session, actor: Actor, row: Row) -> None:
    """Let what a withdrawn ``row`` had taken over from hold again, until the next one at most."""
    revival = revival_of(session, row)
    if revival is not None:
        revived, until = revival
        touch(revived, actor)
        revived.in_force_until = until
    for heir in _heirs(session, row):
        heir.ended_id, heir.ended_until = row.ended_id, row.ended_until
    session.flush()


def _heirs(session: Session, row: Row) -> Sequence[Row]:
    """Return the rows that took over from ``row`` or repeat it, the earliest first."""
    table = type(row)
    heirs = sa.select(table).filter_by(ended_id=row.id)
    return session.scalars(heirs.order_by(table.in_force_from, sa.text("id"))).all()


def revival_of(session: Session, row: Row) -> tuple[Row, date | None] | None:
    """Return the row that would hold again without ``row``, and until when; None for none."""
    ended = session.get(type(row), row.ended_id) if row.ended_id is not None else None
    if ended is None or ended.withdrawn_at is not None:
        return None
    if ended.in_force_until != last_day_before(row.in_force_from):
        return None
    known = [day for day in (row.in_force_until, row.ended_until) if day is not None]
    return ended, min(known, default=None)


def end(session: Session, actor: Actor, row: Row, *, last_day: date, version: int) -> None:
    """Let ``row`` hold up to and including ``last_day`` and no longer.

    Raises :class:`Conflict` and ``period.reversed``.
    """
    claim(session, row, actor, seen_version=version)
    if last_day < row.in_force_from:
        raise DomainError("period.reversed")
    row.in_force_until = last_day
    session.flush()


def edition_of(rows: Iterable[Versioned]) -> int:
    """Return a number that every change of ``rows`` makes larger, a row more among them too."""
    return sum(row.version for row in rows)


def refuse_overtaken(rows: Sequence[Versioned], *, edition: int | None) -> None:
    """Raise :class:`Conflict` where ``rows`` were changed after somebody saw ``edition`` of them.

    ``rows`` are all of one kind, withdrawn ones too; None where nobody looked at them.
    """
    if edition is None or edition_of(rows) == edition:
        return
    changes = [(row.changed_at, row.changed_by) for row in rows if row.changed_at is not None]
    changed_at, changed_by = max(changes, default=(None, None))
    raise Conflict(changed_by=changed_by, changed_at=changed_at)


def refuse_stale(row: Founded, *, seen_version: int | None) -> None:
    """Raise :class:`Conflict` where ``row`` was changed after somebody saw ``seen_version`` of it.

    For rows that another one is about to take over from; None where nobody looked at one.
    """
    if seen_version is not None and row.version != seen_version:
        raise Conflict(changed_by=row.changed_by, changed_at=row.changed_at)


def confirm(
    session: Session, actor: Actor, row: Row, *, recheck_by: date | None, version: int
) -> None:
    """Note that ``actor`` compared ``row`` with its source today, and when to do so again."""
    claim(session, row, actor, seen_version=version)
    row.confirmed_by, row.confirmed_at = actor.full_name, clock.utc_now()
    row.recheck_by = recheck_by
    session.flush()


def existing(session: Session, table: type[Row], row_id: int) -> Row:
    """Return the row of ``table``. Raises :class:`NotFound`."""
    row = session.get(table, row_id)
    if row is None:
        raise NotFound
    return row


def every(session: Session, table: type[Row], **values: Any) -> Sequence[Row]:
    """Return the rows of ``table`` with these values, the oldest first, withdrawn ones too."""
    return session.scalars(
        sa.select(table).filter_by(**values).order_by(table.in_force_from, sa.text("id"))
    ).all()


def record(session: Session, actor: Actor, action: str, row: Any, **values: Any) -> None:
    """Write the change of a reference row into the audit log; nothing in one is personal."""
    audit.record(
        session,
        actor,
        action=action,
        subject_kind=row.__tablename__,
        subject_id=row.id,
        clear={"from": row.in_force_from.isoformat(), **values},
    )
