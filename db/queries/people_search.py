"""Who is meant by the words of a search: two ways to ask for people by a part of a name or number.

The words come folded (``core.rules.names``) and every one of them must be found. An index of all
three letters in a row answers for words of three letters and more: ``pg_trgm`` on Postgres, the
table ``person_search`` on SQLite. A shorter word by itself asks how a surname begins.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from db.engine import is_sqlite
from db.models.people import Person

#: The fewest letters the index of letters can be asked for.
SHORTEST_PART = 3

#: Greater than whatever a folded word holds, in the order of the bytes.
_LAST_LETTER = "\U0010ffff"

_LETTERS = sa.table("person_search", sa.column("rowid", sa.Integer))


def found(words: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return the condition that the index finds the person: the way for words few people share."""
    long = _long(words)
    if not long or not is_sqlite():
        return holds(words)
    hits = sa.select(_LETTERS.c.rowid).where(_matches(long))
    short = [word for word in words if word not in long]
    return sa.and_(Person.id.in_(hits), *(_holds(word) for word in short))


def matching(session: Session, words: Sequence[str], *, most: int) -> int:
    """Return how many people with an open record the words fit, counted up to ``most``."""
    statement = sa.select(Person.id).where(Person.closed_at.is_(None))
    long = _long(words)
    if long and is_sqlite():
        statement = statement.join(_LETTERS, _LETTERS.c.rowid == Person.id).where(_matches(long))
        words = [word for word in words if word not in long]
    some = statement.where(holds(words)).limit(most).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def holds(words: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return the same question as a condition on the row itself.

    This is the way for words that many people share, asked of people who come in order already.
    """
    if words and all(len(word) < SHORTEST_PART for word in words):
        return sa.and_(begins_with(words[0]), *(_holds(word) for word in words[1:]))
    return sa.and_(sa.true(), *(_holds(word) for word in words))


def begins_with(word: str) -> sa.ColumnElement[bool]:
    """Return the condition that the present surname begins with ``word``."""
    return sa.and_(Person.search_begins >= word, Person.search_begins < word + _LAST_LETTER)


def _long(words: Sequence[str]) -> list[str]:
    return [word for word in words if len(word) >= SHORTEST_PART]


def _matches(words: Sequence[str]) -> sa.ColumnElement[bool]:
    question = " AND ".join(f'"{word}"' for word in words)
    return sa.literal_column("person_search").op("MATCH")(question)


def _holds(word: str) -> sa.ColumnElement[bool]:
    return Person.search_text.contains(word, autoescape=True)
