"""The search box: whom or which case somebody means by a few letters or digits."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor, Permission
from core.rules.names import fold
from core.services.cards import full_name, masked
from core.services.guard import requires
from core.services.scope import people_in_scope
from core.terms import CaseKind
from db.engine import reading
from db.models.cases import Case
from db.models.people import Enrolment, Passport, Person
from db.queries.people_search import SHORTEST_PART, begins_with, found, holds, matching

#: How many hits the box shows, and among how many they are chosen.
MOST_HITS, _MOST_CANDIDATES = 8, 200

#: Words that so many people share are met soon on any way through them.
_FREQUENT = 2_000

#: No case has a longer number; a longer one is a telephone's.
_LONGEST_CASE_NUMBER = 9


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    """A person, or one of his cases where the number of a case was typed."""

    person_id: int
    name: str
    citizenship: str | None
    faculty_id: int | None
    passport_masked: str
    case_id: int | None = None
    case_kind: CaseKind | None = None


def is_long_enough(text: str) -> bool:
    """Return whether ``text`` says enough to look for somebody: three letters, or a number."""
    typed = fold(text)
    return typed.isdecimal() or any(len(word) >= SHORTEST_PART for word in typed.split())


@requires(Permission.READ_PEOPLE)
def find(actor: Actor, text: str) -> tuple[SearchHit, ...]:
    """Return who is meant by ``text`` within the actor's scope, the likeliest first.

    It may be any part of a name in Latin or Cyrillic, of a passport number (its last four digits
    are enough) or of a telephone, or the number of a case.
    """
    if not is_long_enough(text):
        return ()
    words = fold(text).split()
    with reading() as session:
        cases = _case_hits(session, actor, words)
        ids = _likeliest(session, actor, words)[: MOST_HITS - len(cases)]
        return (*cases, *_hits(session, ids))


def _case_hits(session: Session, actor: Actor, words: Sequence[str]) -> tuple[SearchHit, ...]:
    number = words[0] if len(words) == 1 else ""
    if not (number.isascii() and number.isdecimal() and len(number) <= _LONGEST_CASE_NUMBER):
        return ()
    case = session.scalars(
        sa.select(Case).where(Case.id == int(number), people_in_scope(actor, Case.person_id))
    ).one_or_none()
    if case is None:
        return ()
    (hit,) = _hits(session, [case.person_id], case=case)
    return (hit,)


def _likeliest(session: Session, actor: Actor, words: Sequence[str]) -> list[int]:
    """Return the ids of the people who fit, the likeliest first.

    Surnames that begin with the first word are read by their own index, because a frequent word
    would fill the candidates before it came to them.
    """
    if all(len(word) < SHORTEST_PART for word in words):
        return []
    known = sa.select(Person.id, Person.search_text).where(
        people_in_scope(actor), Person.closed_at.is_(None)
    )
    first = (
        _through_faculties(actor, known)
        .where(begins_with(words[0]), holds(words))
        .order_by(Person.search_begins, Person.id)
    )
    rows = [*session.execute(first.limit(MOST_HITS))]
    if len(rows) < MOST_HITS:
        is_frequent = matching(session, words, most=_FREQUENT) == _FREQUENT
        rest = (
            _through_faculties(actor, known).where(holds(words))
            if is_frequent
            else known.where(found(words))
        )
        rows += session.execute(rest.limit(_MOST_CANDIDATES)).all()
    ranked = sorted(
        {person_id: _rank(text, words[0]) for person_id, text in rows}.items(),
        key=lambda each: (each[1], each[0]),
    )
    return [person_id for person_id, _rank_of_it in ranked]


def _through_faculties(actor: Actor, people: sa.Select[int, str]) -> sa.Select[int, str]:
    """Return ``people``, read for a dean's office by the index of its faculties."""
    if not actor.is_bound_to_faculties:
        return people
    present = sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current)
    return people.join(Enrolment, present).where(Enrolment.faculty_id.in_(actor.faculty_ids))


def _rank(text: str, word: str) -> tuple[int, str]:
    """Return how far from the front a person belongs: surname, whole word, end of a number, …"""
    parts = text.split()
    tests = (
        text.startswith(word),
        word in parts,
        word.isdecimal() and any(part.endswith(word) for part in parts),
        any(part.startswith(word) for part in parts),
    )
    place = next((position for position, is_so in enumerate(tests) if is_so), len(tests))
    return place, text


def _hits(
    session: Session, ids: Sequence[int], *, case: Case | None = None
) -> tuple[SearchHit, ...]:
    rows = session.execute(
        sa.select(Person, Enrolment.faculty_id, Passport.number)
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current))
        .outerjoin(Passport, sa.and_(Passport.person_id == Person.id, Passport.is_current))
        .where(Person.id.in_(ids))
        .order_by(Person.id)
    )
    hits = {
        person.id: SearchHit(
            person_id=person.id,
            name=full_name(person),
            citizenship=person.citizenship,
            faculty_id=faculty_id,
            passport_masked=masked(number or ""),
            case_id=case.id if case else None,
            case_kind=case.kind if case else None,
        )
        for person, faculty_id, number in rows
    }
    return tuple(hits[each] for each in ids)
