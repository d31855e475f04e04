"""What a change of rules, days off or exempt states would do to the open cases."""

import heapq
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.rules.book import RuleBook
from core.services.cards import full_name
from core.services.deadlines import Computation, case_dates, known_dates
from core.terms import CaseKind
from db.models.cases import Case, Deadline
from db.models.people import Person

#: How many of the cases that move most are named, and how many of those that become late.
MOST, MOST_LATE = 10, 50

_CHUNK = 5_000


@dataclass(frozen=True, kw_only=True)
class Move:
    """An open case whose due date changes; None stands for no date.

    ``days`` is positive where the date becomes later.
    """

    case_id: int
    person_id: int
    name: str
    kind: CaseKind
    before: date | None
    after: date | None

    @property
    def days(self) -> int:
        """By how many days the date moves; 0 where there was or will be none."""
        return (self.after - self.before).days if self.after and self.before else 0


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What a change does: ``moved`` of ``open_cases`` get another date, ``lost`` of them none.

    ``safe_moved`` get another safe date, whether or not their due date moves.

    ``most`` names the cases that move most; ``late`` those whose date would now lie in the past,
    ``late_count`` of them in all.
    """

    open_cases: int = 0
    moved: int = 0
    safe_moved: int = 0
    lost: int = 0
    late_count: int = 0
    most: tuple[Move, ...] = ()
    late: tuple[Move, ...] = ()


def impact_of(session: Session, book: RuleBook) -> Impact:
    """Return what it would do to the open cases if ``book`` were the one in force."""
    today = clock.today(settings.current().time_zone)
    computation = Computation(book)
    open_cases = moved = safe_moved = lost = late_count = 0
    most: list[tuple[int, int, _Change]] = []
    late: list[_Change] = []
    question = (
        known_dates(Case.closed_at.is_(None))
        .add_columns(Deadline.due_on, Deadline.target_on, Deadline.is_open)
        .outerjoin(Deadline, Deadline.case_id == Case.id)
        .order_by(Case.id)
        .execution_options(yield_per=_CHUNK)
    )
    for case_id, person_id, _faculty, *values, due_on, target_on, is_open in session.execute(
        question
    ):
        open_cases += 1
        known = case_dates(values)
        pair = computation(known)
        safe = pair[1].due_on if pair and pair[1] else None
        safe_moved += safe != (target_on if is_open else None)
        before, after = (due_on if is_open else None), (pair[0].due_on if pair else None)
        if before == after:
            continue
        moved += 1
        lost += after is None
        change = _Change(case_id, person_id, known.kind, before, after)
        days = abs((after - before).days) if after and before else 0
        heapq.heappush(most, (days, -case_id, change))
        if len(most) > MOST:
            heapq.heappop(most)
        if after is not None and after < today and (before is None or before >= today):
            late_count += 1
            if len(late) < MOST_LATE:
                late.append(change)
    named = [change for _days, _id, change in sorted(most, reverse=True)]
    names = _names(session, {change.person_id for change in (*named, *late)})
    return Impact(
        open_cases=open_cases,
        moved=moved,
        safe_moved=safe_moved,
        lost=lost,
        late_count=late_count,
        most=tuple(change.named(names) for change in named),
        late=tuple(change.named(names) for change in late),
    )


def refuse_unconfirmed(impact: Impact, *, accepts_late: bool) -> None:
    """Raise where a change needs a second look first.

    ``rule.cases_lost`` (value ``count``) if open cases would have no due date any more, and
    ``rule.cases_late`` (value ``count``) if due dates would lie in the past and nobody has said
    that this is meant.
    """
    if impact.lost:
        raise DomainError("rule.cases_lost", count=impact.lost)
    if impact.late_count and not accepts_late:
        raise DomainError("rule.cases_late", count=impact.late_count)


@dataclass(frozen=True, order=True)
class _Change:
    case_id: int
    person_id: int
    kind: CaseKind
    before: date | None
    after: date | None

    def named(self, names: dict[int, str]) -> Move:
        return Move(
            case_id=self.case_id,
            person_id=self.person_id,
            name=names[self.person_id],
            kind=self.kind,
            before=self.before,
            after=self.after,
        )


def _names(session: Session, person_ids: set[int]) -> dict[int, str]:
    people = session.scalars(sa.select(Person).where(Person.id.in_(person_ids)).order_by(Person.id))
    return {person.id: full_name(person) for person in people}
