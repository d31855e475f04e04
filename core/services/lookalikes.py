"""Which people look like one and the same, stored as pairs whenever their facts change."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import product

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from db.engine import insert_if_absent
from db.models.duplicates import PossiblePair
from db.models.people import Passport, Person


def refresh_pairs(session: Session, person_ids: Collection[int]) -> None:
    """Store the pairs these people are in now, and take out those they are in no more.

    Called in the transaction that changed names, birth dates or passports.
    """
    session.flush()
    stored, alike = _stored(session, person_ids), _alike(session, person_ids)
    gone = sorted(stored - alike)
    if gone:
        key = sa.tuple_(PossiblePair.first_id, PossiblePair.second_id)
        session.execute(sa.delete(PossiblePair).where(key.in_(gone)))
    # In order, so that two who store the same pairs at once wait for each other and do not block.
    new = [{"first_id": first, "second_id": second} for first, second in sorted(alike - stored)]
    if new:
        insert_if_absent(session, PossiblePair, new)


def _stored(session: Session, person_ids: Collection[int]) -> set[tuple[int, int]]:
    pairs = sa.union(
        *(
            sa.select(PossiblePair.first_id, PossiblePair.second_id).where(side.in_(person_ids))
            for side in (PossiblePair.first_id, PossiblePair.second_id)
        )
    )
    return {(first, second) for first, second in session.execute(pairs)}


def _alike(session: Session, person_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return the pairs by questions each along its index."""
    pairs = [(one, other) for one, other in session.execute(_namesakes(person_ids))]
    pairs += _sharers_of_numbers(session, person_ids)
    return {(min(one, other), max(one, other)) for one, other in pairs}


def _namesakes(person_ids: Collection[int]) -> sa.Select[int, int]:
    one, other = aliased(Person), aliased(Person)
    return (
        sa.select(one.id, other.id)
        .join(
            other,
            sa.and_(
                other.birth_date == one.birth_date,
                other.name_key == one.name_key,
                other.closed_at.is_(None),
                other.id != one.id,
            ),
        )
        .where(one.id.in_(person_ids), one.closed_at.is_(None), one.name_key != "")
    )


def _sharers_of_numbers(session: Session, person_ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield who holds a number these people hold, too.

    The numbers are asked for first: joined with itself, a table PostgreSQL has not looked at since
    it was filled is read through for every one of them.
    """
    own = _holders(session, Passport.person_id.in_(person_ids))
    shared = _holders(session, Passport.number.in_(own)) if own else {}
    for number, holders in shared.items():
        for one, other in product(own[number], holders):
            if one != other:
                yield one, other


def _holders(session: Session, condition: sa.ColumnElement[bool]) -> dict[str, list[int]]:
    """Return who holds the passports that fit, by number."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    rows = session.execute(
        sa.select(Passport.number, Passport.person_id)
        .where(Passport.voided_at.is_(None), condition)
        .order_by(Passport.id)
    )
    for number, person_id in rows:
        found[number].append(person_id)
    return found
