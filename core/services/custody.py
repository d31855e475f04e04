"""Passports that change hands: taken in with a receipt, passed on, and given back to their owners.

``custody`` says who holds a passport now, ``custody_move`` how it came there. Both are written in
one transaction, under the person's lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError, NotFound
from core.permissions import Actor, Permission
from core.rules.custody import (
    HandOver,
    Holding,
    days_overdue,
    expected_after,
    refuse_hand_over,
)
from core.services.guard import requires
from core.services.person_records import held_person, record, today
from core.services.scope import visible_person
from core.services.texts import refuse_unwritable
from core.services.versions import claim, sign, touch
from core.terms import PassportHolder
from db.engine import reading, writing
from db.models.custody import Custody, CustodyMove
from db.models.people import Passport

#: How many passports are taken in at once, and the longest note on one.
MOST_AT_ONCE, NOTE_LENGTH = 100, 300

#: How often a number for a receipt is tried, when others take receipts at the same moment.
_TRIES = 20


@dataclass(frozen=True, kw_only=True)
class CustodyMoveView:
    """One change of hands; ``receipt`` is its number, empty where nothing was taken in."""

    move_id: int
    before: PassportHolder
    after: PassportHolder
    moved_on: date
    expected_back_on: date | None
    note: str
    receipt: str
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class PassportCustody:
    """Who holds a passport, and how it came there, the last move first."""

    passport_id: int
    version: int
    holder: PassportHolder
    since_on: date
    expected_back_on: date | None
    days_overdue: int
    moves: tuple[CustodyMoveView, ...]

    @property
    def is_held(self) -> bool:
        """Whether somebody other than its owner has the passport."""
        return self.holder is not PassportHolder.OWNER


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """What came of many passports: the moves made, and why the others stayed where they are.

    ``refused`` is by the name or number that the reader knows the passport by.
    """

    move_ids: tuple[int, ...]
    refused: Mapping[str, DomainError]


@requires(Permission.READ_CUSTODY)
def custody_of_person(actor: Actor, person_id: int) -> dict[int, PassportCustody]:
    """Return who holds the person's passports, by passport; one never taken in is not among them.

    Raises :class:`NotFound`.
    """
    with reading() as session:
        visible_person(session, actor, person_id)
        moves = _moves_of(session, person_id)
        rows = session.scalars(
            sa.select(Custody).filter_by(person_id=person_id).order_by(Custody.id)
        )
        return {row.passport_id: _view(row, moves.get(row.passport_id, ())) for row in rows}


@requires(Permission.EDIT_CUSTODY)
def hand_over(
    actor: Actor, passport_id: int, after: PassportHolder, known: HandOver, *, version: int
) -> int:
    """Note that a passport went into the hands of ``after``; return the id of the move.

    ``version`` is that of its custody, 0 where it was never taken in. What comes from its owner
    gets a receipt. Raises what :func:`refuse_hand_over` raises, ``passport.void``,
    ``person.closed`` and :class:`Conflict`.
    """
    with writing() as session:
        passport = session.get(Passport, passport_id)
        if passport is None:
            raise NotFound
        touch(held_person(session, actor, passport.person_id), actor)
        return _hand_over(session, actor, passport, after, known, version=version)


@requires(Permission.EDIT_CUSTODY)
def hand_over_many(
    actor: Actor, seen: Mapping[int, tuple[str, int]], after: PassportHolder, known: HandOver
) -> HandedOver:
    """Note the same of many passports, each by itself; ``seen`` gives its name and version."""
    move_ids, refused = [], {}
    for passport_id, (name, version) in seen.items():
        try:
            move_ids.append(hand_over(actor, passport_id, after, known, version=version))
        except DomainError as error:
            refused[name] = error
    return HandedOver(move_ids=tuple(move_ids), refused=refused)


@requires(Permission.EDIT_CUSTODY)
def take_in(actor: Actor, numbers: Sequence[str], known: HandOver) -> HandedOver:
    """Take in the passports of these numbers, each by itself and once.

    Raises ``custody.no_numbers`` and ``custody.too_many``; a number that is not known or is that of
    two passports is among the refused.
    """
    typed = tuple(dict.fromkeys(filter(None, (_typed(number) for number in numbers))))
    if not typed:
        raise DomainError("custody.no_numbers")
    if len(typed) > MOST_AT_ONCE:
        raise DomainError("custody.too_many", most=MOST_AT_ONCE)
    move_ids, refused = [], {}
    for number in typed:
        try:
            move_ids.append(_take_in(actor, number, known))
        except DomainError as error:
            refused[number] = error
    return HandedOver(move_ids=tuple(move_ids), refused=refused)


def receipt_text(move: CustodyMove) -> str:
    """Return the number of a receipt as it is printed; empty where there is none."""
    return f"{move.receipt_year}/{move.receipt_number:04}" if move.receipt_number else ""


def _typed(number: str) -> str:
    return "".join(number.split()).upper()


def _take_in(actor: Actor, number: str, known: HandOver) -> int:
    with writing() as session:
        found = session.scalars(
            sa.select(Passport).filter_by(number=number, voided_at=None).order_by(Passport.id)
        ).all()
        if len(found) != 1:
            code = "passport.number.of_many" if found else "passport.number.unknown"
            raise DomainError(code)
        (passport,) = found
        touch(held_person(session, actor, passport.person_id), actor)
        present = _custody(session, passport.id)
        # Who types a number has seen no version; who holds the passport decides.
        version = present.version if present is not None else 0
        return _hand_over(
            session, actor, passport, PassportHolder.DEPARTMENT, known, version=version
        )


def _hand_over(
    session: Session,
    actor: Actor,
    passport: Passport,
    after: PassportHolder,
    known: HandOver,
    *,
    version: int,
) -> int:
    if passport.voided_at is not None:
        raise DomainError("passport.void")
    row = _custody(session, passport.id)
    if row is not None:
        claim(session, row, actor, seen_version=version)
    now = Holding(holder=row.holder, since_on=row.since_on) if row else Holding()
    refuse_hand_over(now, after, known, today=today())
    expected = expected_after(row.expected_back_on if row else None, after, known)
    move = _move(passport, now.holder, after, known, by=actor.full_name)
    move.expected_back_on = expected
    refuse_unwritable(move)
    _add(session, move)
    if row is None:
        row = Custody(passport_id=passport.id, person_id=passport.person_id)
        sign(row, actor)
        session.add(row)
    row.holder, row.since_on = after, move.moved_on
    row.expected_back_on = expected
    session.flush()
    record(
        session,
        actor,
        _deed(move),
        move,
        {"moved_on": [None, move.moved_on]},
        after=after.value,
    )
    return move.id


def _deed(move: CustodyMove) -> str:
    if move.before is PassportHolder.OWNER:
        return "custody.take_in"
    return "custody.return" if move.after is PassportHolder.OWNER else "custody.pass_on"


def _move(
    passport: Passport, before: PassportHolder, after: PassportHolder, known: HandOver, *, by: str
) -> CustodyMove:
    is_taken_in = before is PassportHolder.OWNER
    return CustodyMove(
        passport_id=passport.id,
        person_id=passport.person_id,
        before=before,
        after=after,
        moved_on=known.moved_on,
        note=known.note.strip()[:NOTE_LENGTH],
        receipt_year=known.moved_on.year if is_taken_in else None,
        recorded_at=clock.utc_now(),
        recorded_by=by,
    )


def _add(session: Session, move: CustodyMove) -> None:
    """Add ``move``; the number of its receipt follows the last one of the year, without a gap.

    Of two that take the same number at once the second asks again.
    """
    for attempt in range(_TRIES):
        if move.receipt_year is not None:
            move.receipt_number = _next_number(session, move.receipt_year)
        try:
            with session.begin_nested():
                session.add(move)
            return
        except IntegrityError:
            if move.receipt_year is None or attempt == _TRIES - 1:
                raise


def _next_number(session: Session, year: int) -> int:
    last = session.scalar(
        sa.select(sa.func.max(CustodyMove.receipt_number)).filter_by(receipt_year=year)
    )
    return (last or 0) + 1


def _custody(session: Session, passport_id: int) -> Custody | None:
    return session.scalars(sa.select(Custody).filter_by(passport_id=passport_id)).one_or_none()


def _moves_of(session: Session, person_id: int) -> dict[int, list[CustodyMoveView]]:
    found: dict[int, list[CustodyMoveView]] = {}
    rows = session.scalars(
        sa.select(CustodyMove).filter_by(person_id=person_id).order_by(CustodyMove.id.desc())
    )
    for row in rows:
        found.setdefault(row.passport_id, []).append(
            CustodyMoveView(
                move_id=row.id,
                before=row.before,
                after=row.after,
                moved_on=row.moved_on,
                expected_back_on=row.expected_back_on,
                note=row.note,
                receipt=receipt_text(row),
                recorded_by=row.recorded_by,
            )
        )
    return found


def _view(row: Custody, moves: Sequence[CustodyMoveView]) -> PassportCustody:
    return PassportCustody(
        passport_id=row.passport_id,
        version=row.version,
        holder=row.holder,
        since_on=row.since_on,
        expected_back_on=row.expected_back_on,
        days_overdue=days_overdue(row.expected_back_on, today=today()),
        moves=tuple(moves),
    )
