"""What every change of a person's record shares: the row held, what changed, and the entry of it.

A change holds the person first and the row after that, so that two of them never wait for each
other, and ends with :func:`core.services.consequences.follow_up`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError, Fault, Invalid, NotFound
from core.permissions import Actor
from core.services import audit
from core.services.scope import editable_person
from core.services.versions import claim
from db.base import Versioned
from db.models.people import Person


class OfPerson(Protocol):
    """A stored row that is about one person."""

    id: Any
    person_id: Any
    __tablename__: str


Row = TypeVar("Row", bound=OfPerson)

#: field → its value before and after.
Changes = dict[str, list[Any]]


def today() -> date:
    """Return today's date at the university."""
    return clock.today(settings.current().time_zone)


def held_person(session: Session, actor: Actor, person_id: int) -> Person:
    """Return the person for a change, held until the transaction ends.

    Raises as :func:`editable_person`. SQLite has one writer and needs no lock.
    """
    person = editable_person(session, actor, person_id)
    session.scalars(
        sa.select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    ).one()
    return person


def claimed(session: Session, actor: Actor, table: type[Row], row_id: int, *, version: int) -> Row:
    """Return a row about a person for a change by ``actor``, who saw it at ``version``.

    Raises :class:`NotFound` outside the actor's scope and :class:`Conflict`.
    """
    row = session.get(table, row_id)
    if row is None:
        raise NotFound
    held_person(session, actor, row.person_id)
    if not isinstance(row, Versioned):
        raise TypeError(f"{table.__name__} has no version")
    claim(session, row, actor, seen_version=version)
    return row


def put(row: object, values: Mapping[str, Any]) -> Changes:
    """Write ``values`` into ``row``, texts without spaces at their ends; return what changed."""
    changes: Changes = {}
    for name, value in values.items():
        # A word of the vocabulary is a text as well, and would become a plain one.
        before, after = getattr(row, name), value.strip() if type(value) is str else value
        if before != after:
            setattr(row, name, after)
            changes[name] = [before, after]
    return changes


def refuse(*checks: tuple[bool, str, str]) -> None:
    """Raise :class:`Invalid` with every fault; a check is whether it is wrong, a field, a code."""
    faults = tuple(Fault(field=field, code=code) for is_wrong, field, code in checks if is_wrong)
    if faults:
        raise Invalid(faults)


def refuse_all(faults: tuple[Fault, ...]) -> None:
    """Raise :class:`Invalid` with ``faults`` unless there are none."""
    if faults:
        raise Invalid(faults)


def reason_given(reason: str, *, code: str) -> str:
    """Return the reason without spaces at its ends; raises ``code`` where there is none."""
    if not reason.strip():
        raise DomainError(code)
    return reason.strip()[:LONGEST_REASON]


#: The longest reason anybody needs to write.
LONGEST_REASON = 500


def record(
    session: Session,
    actor: Actor,
    action: str,
    row: OfPerson,
    changes: Changes,
    **clear: Any,
) -> None:
    """Write down that ``row`` was changed: the fields by name, their values sealed."""
    audit.record(
        session,
        actor,
        action=action,
        subject_kind=row.__tablename__,
        subject_id=row.id,
        person_id=row.person_id,
        clear={"fields": sorted(changes), **clear},
        sealed=changes or None,
    )
