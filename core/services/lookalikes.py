"""Which people look like one and the same, stored as pairs whenever their facts change."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.engine import insert_if_absent
from db.models.duplicates import PossiblePair
from db.models.people import Passport, Person

#: Ids of people by what they may be mistaken for each other by.
_People = Mapping[Any, Sequence[int]]


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
    """Return the pairs these people are in.

    What they go by is asked for first and looked up then: joined with itself, a table PostgreSQL
    has not looked at since it was filled is read through for every one of them.
    """
    namesakes = _namesakes(session, sa.select(Person.id).where(Person.id.in_(person_ids)))
    holders = _holders(session, Passport.person_id.in_(person_ids))
    others = _namesakes(session, _of_names(list(namesakes))) if namesakes else {}
    sharers = _holders(session, Passport.number.in_(holders)) if holders else {}
    found = [*_paired(namesakes, others), *_paired(holders, sharers)]
    return {(min(one, other), max(one, other)) for one, other in found if one != other}


def _paired(own: _People, all_of_them: _People) -> Iterator[tuple[int, int]]:
    for key, people in own.items():
        yield from product(people, all_of_them.get(key, ()))


def _of_names(names: Sequence[tuple[date, str]]) -> sa.Select[int]:
    """Select the people of these birth dates and folded names, each by a look into the index."""
    columns = sa.column("birth_date", sa.Date()), sa.column("name_key", sa.String())
    wanted = sa.values(*columns, name="wanted").data(names).cte("wanted")
    return sa.select(Person.id).join(
        wanted,
        sa.and_(Person.birth_date == wanted.c.birth_date, Person.name_key == wanted.c.name_key),
    )


def _namesakes(session: Session, people: sa.Select[int]) -> _People:
    """Return those of ``people`` whose records are open, by birth date and folded name."""
    found: defaultdict[Any, list[int]] = defaultdict(list)
    rows = session.execute(
        people.add_columns(Person.birth_date, Person.name_key)
        .where(Person.closed_at.is_(None), Person.birth_date.is_not(None), Person.name_key != "")
        .order_by(Person.birth_date, Person.name_key, Person.id)
    )
    for person_id, birth_date, name in rows:
        found[birth_date, name].append(person_id)
    return found


def _holders(session: Session, condition: sa.ColumnElement[bool]) -> _People:
    """Return who holds the passports that fit, by number."""
    found: defaultdict[Any, list[int]] = defaultdict(list)
    rows = session.execute(
        sa.select(Passport.number, Passport.person_id)
        .where(Passport.voided_at.is_(None), condition)
        .order_by(Passport.id)
    )
    for number, person_id in rows:
        found[number].append(person_id)
    return found
