"""People who may be one and the same: found, laid side by side, and told apart for good."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import clock
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.services import audit
from core.services.cards import full_name
from core.services.guard import requires
from core.services.page import PAGE_SIZE, Page
from core.services.remembered import remembered
from core.services.scope import editable_person, visible_person
from db.engine import reading, writing
from db.models.duplicates import NotTheSame, PossiblePair
from db.models.people import Passport, Person

_Id = int | sa.ColumnElement[int] | InstrumentedAttribute[int]


@dataclass(frozen=True, kw_only=True)
class PairMember:
    """One of two people who may be the same."""

    person_id: int
    name: str
    birth_date: date | None
    citizenship: str | None


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two people who may be the same, the one registered first first.

    ``is_namesake`` says that name and birth date agree; else a passport number does, under
    different issuing states.
    """

    first: PairMember
    second: PairMember
    is_namesake: bool


@requires(Permission.EDIT_PEOPLE)
def possible_duplicates(actor: Actor, *, page: int = 1) -> Page[Pair]:  # noqa: ARG001
    """Return a page of the pairs nobody has decided about, the latest registered first.

    A page beyond the last, as the last decision on it leaves behind, is the last one.
    """
    with reading() as session:
        found, total = _page_of_pairs(session, page)
        last = max(1, -(-total // PAGE_SIZE))
        if page > last:
            page = last
            found, total = _page_of_pairs(session, page)
        return Page(rows=_pairs(session, found), total=total, number=page)


@requires(Permission.EDIT_PEOPLE)
def possible_duplicates_of(actor: Actor, person_id: int) -> tuple[PairMember, ...]:
    """Return whom the person may be the same as, undecided yet, by id. Raises NotFound."""
    with reading() as session:
        visible_person(session, actor, person_id)
        key = "duplicates_of", person_id
        return remembered(session, key, lambda: _undecided(session, person_id))


def _undecided(session: Session, person_id: int) -> tuple[PairMember, ...]:
    others = session.scalars(
        sa.select(Person)
        .where(
            Person.id.in_(_alike(person_id)),
            Person.closed_at.is_(None),
            ~_is_decided(person_id, Person.id),
            ~_is_decided(Person.id, person_id),
        )
        .order_by(Person.id)
    )
    return tuple(_member(other) for other in others)


@requires(Permission.EDIT_PEOPLE)
def find_by_number(actor: Actor, number: str) -> int:  # noqa: ARG001
    """Return who holds the passport with exactly this number, or has this number of record.

    Raises ``person.number.unknown`` where it is nobody, or more than one.
    """
    wanted = number.strip().upper()
    with reading() as session:
        holders = session.scalars(
            sa.select(Passport.person_id)
            .distinct()
            .where(Passport.number == wanted, Passport.voided_at.is_(None))
            .order_by(Passport.person_id)
        ).all()
        if len(holders) == 1:
            return holders[0]
        is_record = not holders and wanted.isascii() and wanted.isdigit() and len(wanted) < 10
        if is_record and session.get(Person, int(wanted)) is not None:
            return int(wanted)
    raise DomainError("person.number.unknown", number=number.strip())


@requires(Permission.EDIT_PEOPLE)
def tell_apart(actor: Actor, first_id: int, second_id: int) -> None:
    """Remember that the two are two people, so that nobody is asked again; again is no harm.

    Raises ``person.same_record`` where it is one record.
    """
    if first_id == second_id:
        raise DomainError("person.same_record")
    with writing() as session:
        for person_id in sorted((first_id, second_id)):
            editable_person(session, actor, person_id)
        note_not_the_same(session, actor, first_id, second_id)


def note_not_the_same(session: Session, actor: Actor, one_id: int, other_id: int) -> None:
    """Remember in the caller's transaction that the two are two people, and audit it on both."""
    first_id, second_id = sorted((one_id, other_id))
    if session.get(NotTheSame, (first_id, second_id)) is not None:
        return
    session.add(
        NotTheSame(
            first_id=first_id,
            second_id=second_id,
            decided_at=clock.utc_now(),
            decided_by=actor.full_name,
        )
    )
    for person_id, besides in ((first_id, second_id), (second_id, first_id)):
        audit.record(
            session,
            actor,
            action="person.tell_apart",
            subject_kind="person",
            subject_id=person_id,
            person_id=person_id,
            clear={"other_id": besides},
        )


def _page_of_pairs(session: Session, page: int) -> tuple[list[tuple[int, int]], int]:
    """Return the ids of a page of pairs and how many pairs there are, by reading them once."""
    pairs = _undecided_pairs().cte("pairs")
    counted = sa.select(sa.func.count()).select_from(pairs).scalar_subquery()
    on_page = (
        sa.select(pairs.c.first_id, pairs.c.second_id)
        .order_by(pairs.c.second_id.desc(), pairs.c.first_id)
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
        .subquery()
    )
    # One row even for an empty page, so that the count is known.
    rows = session.execute(
        sa.select(counted, on_page.c.first_id, on_page.c.second_id)
        .select_from(sa.select(sa.literal(1)).subquery())
        .outerjoin(on_page, sa.true())
        .order_by(on_page.c.second_id.desc(), on_page.c.first_id)
    ).all()
    return [(first, second) for _, first, second in rows if first is not None], rows[0][0]


def _undecided_pairs() -> sa.Select[int, int]:
    """Return the stored pairs of open records that nobody has decided about, in no order."""
    either = (PossiblePair.first_id, PossiblePair.second_id)
    return sa.select(*either).where(
        ~sa.exists().where(Person.id.in_(either), Person.closed_at.is_not(None)),
        ~_is_decided(*either),
    )


def _alike(person_id: int) -> sa.CompoundSelect[int]:
    return sa.union(
        sa.select(PossiblePair.second_id).where(PossiblePair.first_id == person_id),
        sa.select(PossiblePair.first_id).where(PossiblePair.second_id == person_id),
    )


def _is_decided(first_id: _Id, second_id: _Id) -> sa.ColumnElement[bool]:
    return sa.exists().where(NotTheSame.first_id == first_id, NotTheSame.second_id == second_id)


def _pairs(session: Session, ids: Collection[tuple[int, int]]) -> tuple[Pair, ...]:
    wanted = {person_id for pair in ids for person_id in pair}
    people = {
        person.id: person
        for person in session.scalars(
            sa.select(Person).where(Person.id.in_(wanted)).order_by(Person.id)
        )
    }
    return tuple(_pair(people[first_id], people[second_id]) for first_id, second_id in ids)


def _pair(first: Person, second: Person) -> Pair:
    is_namesake = first.birth_date is not None and (first.birth_date, first.name_key) == (
        second.birth_date,
        second.name_key,
    )
    return Pair(first=_member(first), second=_member(second), is_namesake=is_namesake)


def _member(person: Person) -> PairMember:
    return PairMember(
        person_id=person.id,
        name=full_name(person),
        birth_date=person.birth_date,
        citizenship=person.citizenship,
    )
