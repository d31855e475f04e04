"""The radar: what is due or runs out, soonest first, and who waits for whom.

Two tables hold the dates, one of cases and one of papers; each is read by an index of its own, as
far as a page reaches, and the two are merged.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.permissions import Actor, Permission
from core.rules.cases import days_of
from core.rules.expiries import TAKEN_CARE_OF_BY
from core.services.guard import requires
from core.services.house import today
from core.services.page import MOST_COUNTED, PAGE_SIZE, Page, last_page
from core.services.radar_lines import RadarLine, lines_of
from core.services.remembered import remembered
from core.services.responsible import is_responsible
from core.services.scope import (
    office_in_scope,
    open_deadlines_in_scope,
    people_in_scope,
    scope_key,
)
from core.terms import Matter, Party, Urgency
from db.engine import reading
from db.models.cases import Case, Deadline, Expiry

#: What the radar counts; all that is further away is only listed.
NEAR = (Urgency.OVERDUE, Urgency.THIS_WEEK, Urgency.TWO_WEEKS, Urgency.THIS_MONTH)

Counts = dict[Matter, dict[Urgency, int]]


@dataclass(frozen=True, kw_only=True)
class RadarFilter:
    """What of the radar is looked at; everything left out does not matter.

    Without a span it reaches from what is overdue to the end of the month ahead. ``party`` asks for
    what waits for somebody, ``responsible_id`` for what a user has in hand, or ``NOBODY``: a case
    itself, and a paper by the case that takes care of it.
    """

    span: Urgency | None = None
    matter: Matter | None = None
    party: Party | None = None
    responsible_id: int | None = None

    @property
    def is_waiting_list(self) -> bool:
        """Whether it asks for every case that waits for a party, whatever its dates."""
        return self.party is not None and self.span is None and self.matter is None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """How many open cases wait for ``party``, and since when the oldest does; None for none."""

    party: Party
    count: int
    oldest_on: date | None


@requires(Permission.READ_CASES)
def radar_counts(
    actor: Actor, *, party: Party | None = None, responsible_id: int | None = None
) -> Counts:
    """Return how much of each matter falls into each span but the last, zero included.

    One more than ``MOST_COUNTED`` stands for "more than anybody pages through".
    """
    on = today()
    wanted = RadarFilter(party=party, responsible_id=responsible_id)
    with reading() as session:
        return remembered(
            session,
            ("radar", scope_key(actor), wanted, on),
            lambda: _radar_counts(session, actor, wanted, on),
        )


@requires(Permission.READ_CASES)
def radar_list(actor: Actor, wanted: RadarFilter, *, page: int = 1) -> Page[RadarLine]:
    """Return a page of what the filter asks for, the soonest first.

    In a waiting list whoever waits longest stands first. A page beyond the last is the last one.
    """
    on = today()
    with reading() as session:
        return remembered(
            session,
            ("radar_list", scope_key(actor), wanted, page, on),
            lambda: _radar_page(session, actor, wanted, page=page, on=on),
        )


@requires(Permission.READ_CASES)
def waiting(actor: Actor, *, responsible_id: int | None = None) -> tuple[Waiting, ...]:
    """Return for whom open cases wait, in the order of the vocabulary; who has none is left out."""
    with reading() as session:
        return remembered(
            session,
            ("waiting", scope_key(actor), responsible_id),
            lambda: _waiting(session, actor, responsible_id),
        )


def _radar_page(
    session: Session, actor: Actor, wanted: RadarFilter, *, page: int, on: date
) -> Page[RadarLine]:
    counted = _total(session, actor, wanted, on)
    total = min(counted, MOST_COUNTED)
    number = min(page, last_page(total, PAGE_SIZE))
    rows = session.execute(_page(actor, wanted, on, skipped=(number - 1) * PAGE_SIZE)).all()
    lines = lines_of(session, rows, on=on)
    return Page(rows=lines, total=total, number=number, is_capped=counted > MOST_COUNTED)


def _waiting(session: Session, actor: Actor, responsible_id: int | None) -> tuple[Waiting, ...]:
    asked: list[Any] = []
    for party in Party:
        conditions = _waits(actor, party, responsible_id)
        oldest = sa.select(Case.moved_on).where(*conditions).order_by(Case.moved_on).limit(1)
        asked += [_capped(Case.id, *conditions), oldest.scalar_subquery()]
    found = session.execute(sa.select(*asked)).one()
    every = (
        Waiting(party=party, count=found[2 * place], oldest_on=found[2 * place + 1])
        for place, party in enumerate(Party)
    )
    return tuple(each for each in every if each.count)


def _radar_counts(session: Session, actor: Actor, wanted: RadarFilter, on: date) -> Counts:
    cells = [(matter, span) for matter in Matter for span in NEAR]
    asked = [
        _capped(_dated(matter).id, *_conditions(actor, matter, replace(wanted, span=span), on))
        for matter, span in cells
    ]
    found = session.execute(sa.select(*asked)).one()
    counts: Counts = {matter: {} for matter in Matter}
    for (matter, span), count in zip(cells, found, strict=True):
        counts[matter][span] = count
    return counts


def _total(session: Session, actor: Actor, wanted: RadarFilter, on: date) -> int:
    if wanted.is_waiting_list and wanted.party is not None:
        groups = waiting(actor, responsible_id=wanted.responsible_id)
        by_party = {each.party: each.count for each in groups}
        return by_party.get(wanted.party, 0)
    matters = _matters(wanted)
    if wanted.span is Urgency.LATER:
        asked = [
            _capped(_dated(matter).id, *_conditions(actor, matter, wanted, on))
            for matter in matters
        ]
        return sum(session.execute(sa.select(*asked)).one())
    counts = radar_counts(actor, party=wanted.party, responsible_id=wanted.responsible_id)
    spans = NEAR if wanted.span is None else (wanted.span,)
    return sum(counts[matter][span] for matter in matters for span in spans)


def _matters(wanted: RadarFilter) -> tuple[Matter, ...]:
    return tuple(Matter) if wanted.matter is None else (wanted.matter,)


def _dated(matter: Matter) -> type[Deadline] | type[Expiry]:
    return Deadline if matter is Matter.CASE else Expiry


def _conditions(
    actor: Actor, matter: Matter, wanted: RadarFilter, on: date
) -> list[sa.ColumnElement[bool]]:
    """Return what a row of the table of ``matter`` must hold to be in the span that is wanted."""
    first, last = (
        days_of(wanted.span, today=on)
        if wanted.span
        else (date.min, days_of(Urgency.THIS_MONTH, today=on)[1])
    )
    conditions: list[Any] = [_day(matter).between(first, last)]
    if matter is Matter.CASE:
        conditions.append(open_deadlines_in_scope(actor))
    else:
        conditions += [Expiry.matter == matter, office_in_scope(actor, Expiry.faculty_id)]
    if wanted.party is not None or wanted.responsible_id is not None:
        in_hand = [*_in_hand(matter), *_held(wanted.party, wanted.responsible_id)]
        conditions.append(sa.exists().where(*in_hand))
    return conditions


def _in_hand(matter: Matter) -> list[sa.ColumnElement[bool]]:
    """Return the condition that a case is the one of a date, or takes care of its paper."""
    if matter is Matter.CASE:
        return [Case.id == Deadline.case_id]
    return [
        Case.person_id == Expiry.person_id,
        Case.closed_at.is_(None),
        Case.kind.in_(TAKEN_CARE_OF_BY.get(matter, ())),
    ]


def _held(party: Party | None, responsible_id: int | None) -> list[sa.ColumnElement[bool]]:
    waits = sa.true() if party is None else Case.waits_for == party
    return [waits, is_responsible(responsible_id)]


def _waits(actor: Actor, party: Party, responsible_id: int | None) -> list[sa.ColumnElement[bool]]:
    own = office_in_scope(actor, Case.faculty_id)
    return [Case.closed_at.is_(None), *_held(party, responsible_id), own]


def _capped(
    row_id: InstrumentedAttribute[int], *conditions: sa.ColumnElement[bool]
) -> sa.ScalarSelect[int]:
    """Return how many rows there are, by a range of the index that ends at the cap."""
    some = sa.select(row_id).where(*conditions).limit(MOST_COUNTED + 1).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()


def _page(actor: Actor, wanted: RadarFilter, on: date, *, skipped: int) -> Any:
    """Return the rows of a page: of each matter as many as the page may need, merged by date."""
    if wanted.is_waiting_list and wanted.party is not None:
        return (
            _waiting_rows(actor, wanted.party, wanted.responsible_id)
            .order_by(Case.moved_on, Case.id)
            .offset(skipped)
            .limit(PAGE_SIZE)
        )
    reach = skipped + PAGE_SIZE
    arms = [
        _arm(matter)
        .where(
            *_conditions(actor, matter, wanted, on),
            people_in_scope(actor, _dated(matter).person_id),
        )
        .order_by(*_soonest(matter))
        .limit(reach)
        .subquery()
        for matter in _matters(wanted)
    ]
    every = sa.union_all(*(sa.select(arm) for arm in arms)).subquery()
    return (
        sa.select(every)
        .order_by(every.c.due_on, every.c.matter, every.c.record_id)
        .offset(skipped)
        .limit(PAGE_SIZE)
    )


def _arm(matter: Matter) -> Any:
    if matter is Matter.CASE:
        return sa.select(
            sa.literal(matter.value).label("matter"),
            Deadline.case_id.label("record_id"),
            Deadline.person_id,
            Deadline.due_on,
            Deadline.target_on,
        )
    return sa.select(
        sa.literal(matter.value).label("matter"),
        Expiry.record_id,
        Expiry.person_id,
        Expiry.ends_on.label("due_on"),
        sa.cast(sa.null(), sa.Date).label("target_on"),
    )


def _day(matter: Matter) -> InstrumentedAttribute[date]:
    return Deadline.due_on if matter is Matter.CASE else Expiry.ends_on


def _soonest(matter: Matter) -> tuple[InstrumentedAttribute[Any], ...]:
    return _day(matter), Deadline.case_id if matter is Matter.CASE else Expiry.record_id


def _waiting_rows(actor: Actor, party: Party, responsible_id: int | None) -> Any:
    return (
        sa.select(
            sa.literal(Matter.CASE.value).label("matter"),
            Case.id.label("record_id"),
            Case.person_id,
            Deadline.due_on,
            Deadline.target_on,
        )
        .outerjoin(Deadline, sa.and_(Deadline.case_id == Case.id, Deadline.is_open))
        .where(*_waits(actor, party, responsible_id), people_in_scope(actor, Case.person_id))
    )
