"""Two records of one person made one: everything moves to the record that stays.

No row is deleted. What the record that stays has already (the same crossing noted twice, a link to
a relative of both) remains with the record that is closed, which keeps its name and its own entries
in the audit log: they are sealed with its own key. The whole history of a person is therefore that
of his record and of every record whose chain of ``merged_into_id`` ends at it; see
:func:`records_of`.

The rows of imported files stay with the record they made. Both records count a change, so that the
file can no longer be undone under them.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.services import audit
from core.services.cards import full_name
from core.services.consequences import follow_up
from core.services.expiries import refresh_expiries
from core.services.guard import requires
from core.services.merged_cases import move_cases, move_documents
from core.services.merged_rows import (
    carry_decisions,
    move_crossings,
    move_family,
    move_passports,
    move_plain_rows,
    move_visas,
)
from core.services.scope import editable_person
from core.services.versions import claim
from core.terms import ClosedReason, Sex
from db.engine import writing
from db.models.people import Person

#: What the record that stays takes over where it says nothing itself.
_TAKEN_OVER = (
    "citizenship",
    "birth_date",
    "sex",
    "native_name",
    "name_ru",
    "name_ky",
    "phone",
    "email",
    "language",
    "agent_id",
)


@requires(Permission.EDIT_PEOPLE)
def merge_people(
    actor: Actor, *, keep_id: int, drop_id: int, keep_version: int, drop_version: int
) -> None:
    """Move everything of ``drop_id`` to ``keep_id`` and close ``drop_id``, in one transaction.

    Of what can be current only once (passport, enrolment, registration, place of residence, open
    case of a kind) the kept one's stays so. Raises ``person.same_record`` for a record and itself,
    ``person.merged`` and ``person.closed`` for a closed one, NotFound, and :class:`Conflict` where
    either was changed after it was seen.
    """
    if keep_id == drop_id:
        raise DomainError("person.same_record")
    seen = {keep_id: keep_version, drop_id: drop_version}
    with writing() as session:
        # In the order of ids, so that two who merge the same pair wait and do not block each other.
        held = {each: editable_person(session, actor, each) for each in sorted(seen)}
        for person_id, person in held.items():
            claim(session, person, actor, seen_version=seen[person_id])
        keep, drop = held[keep_id], held[drop_id]
        taken = _take_over(keep, drop)
        _move_everything(session, actor, keep_id=keep_id, drop_id=drop_id)
        drop.closed_at, drop.closed_reason = clock.utc_now(), ClosedReason.MERGED
        drop.merged_into_id = keep_id
        _record(session, actor, keep, drop, taken)
        refresh_expiries(session, [keep_id, drop_id])
        follow_up(session, actor, keep_id)


def records_of(session: Session, person_id: int) -> tuple[int, ...]:
    """Return the person's record and every record merged into it, over whatever chain, by id.

    The audit entries of all of them are the person's history.
    """
    merged = sa.select(sa.literal(person_id).label("id")).cte("merged", recursive=True)
    merged = merged.union(sa.select(Person.id).join(merged, Person.merged_into_id == merged.c.id))
    return tuple(session.scalars(sa.select(merged.c.id).order_by(merged.c.id)))


def _take_over(keep: Person, drop: Person) -> list[str]:
    """Fill what ``keep`` does not say from ``drop``; return the names of what was filled."""
    taken = [
        name
        for name in _TAKEN_OVER
        if _is_unknown(getattr(keep, name)) and not _is_unknown(getattr(drop, name))
    ]
    for name in taken:
        setattr(keep, name, getattr(drop, name))
    return taken


def _is_unknown(value: object) -> bool:
    return value is None or value == "" or value is Sex.UNSPECIFIED


def _move_everything(session: Session, actor: Actor, *, keep_id: int, drop_id: int) -> None:
    """Move what stands beside the person; passports before what names them, crossings likewise."""
    session.flush()
    for move in (move_passports, move_crossings, move_visas, move_plain_rows, move_family):
        move(session, actor, keep_id=keep_id, drop_id=drop_id)
    move_documents(session, keep_id=keep_id, drop_id=drop_id)
    move_cases(session, actor, keep_id=keep_id, drop_id=drop_id)
    carry_decisions(session, keep_id=keep_id, drop_id=drop_id)


def _record(session: Session, actor: Actor, keep: Person, drop: Person, taken: list[str]) -> None:
    for subject, other, action in (
        (keep, drop, "person.merge"),
        (drop, keep, "person.merged_into"),
    ):
        audit.record(
            session,
            actor,
            action=action,
            subject_kind="person",
            subject_id=subject.id,
            person_id=subject.id,
            clear={"other_id": other.id, "taken_over": taken},
            sealed={"name": full_name(subject), "other_name": full_name(other)},
        )
