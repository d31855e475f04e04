"""Relatives who are here with a person of ours; both are people with cards of their own."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import clock
from core.errors import DomainError, NotFound
from core.permissions import Actor, Permission
from core.services import audit
from core.services.cards import full_name
from core.services.consequences import follow_up
from core.services.guard import requires
from core.services.person_records import claimed, held_person
from core.services.scope import people_in_scope, visible_person
from core.services.versions import touch
from core.terms import FamilyRelation
from db.engine import reading, writing
from db.models.people import Person
from db.models.relations import FamilyLink

#: What somebody is to his relative, the other way round.
REVERSED = {
    FamilyRelation.SPOUSE: FamilyRelation.SPOUSE,
    FamilyRelation.CHILD: FamilyRelation.PARENT,
    FamilyRelation.PARENT: FamilyRelation.CHILD,
    FamilyRelation.SIBLING: FamilyRelation.SIBLING,
    FamilyRelation.OTHER: FamilyRelation.OTHER,
}


@dataclass(frozen=True, kw_only=True)
class RelativeView:
    """A relative on the card; ``relation`` says what he is to the person of the card."""

    link_id: int
    version: int
    person_id: int
    name: str
    relation: FamilyRelation


@requires(Permission.READ_PEOPLE)
def relatives_of_person(actor: Actor, person_id: int) -> tuple[RelativeView, ...]:
    """Return the person's relatives here of whom the actor may know, from both sides of a link."""
    with reading() as session:
        visible_person(session, actor, person_id)
        found = [
            *_linked(session, actor, person_id, FamilyLink.person_id, FamilyLink.relative_id),
            *_linked(session, actor, person_id, FamilyLink.relative_id, FamilyLink.person_id),
        ]
    return tuple(
        RelativeView(
            link_id=link.id,
            version=link.version,
            person_id=relative.id,
            name=full_name(relative),
            relation=link.relation
            if link.person_id == person_id
            else REVERSED[FamilyRelation(link.relation)],
        )
        for link, relative in found
    )


@requires(Permission.EDIT_PEOPLE)
def add_relative(
    actor: Actor, person_id: int, relative_id: int, *, relation: FamilyRelation
) -> int:
    """Note that ``relative_id`` is the person's ``relation`` and return the link's id.

    Raises ``family.self``, ``family.taken`` where the two are linked already, ``person.closed``.
    """
    if person_id == relative_id:
        raise DomainError("family.self")
    with writing() as session:
        for each in sorted((person_id, relative_id)):
            held_person(session, actor, each)
        return link_relative(session, actor, person_id, relative_id, relation=relation)


def link_relative(
    session: Session, actor: Actor, person_id: int, relative_id: int, *, relation: FamilyRelation
) -> int:
    """Link two people in the caller's transaction; a link that had ended holds again."""
    link = _link_between(session, person_id, relative_id)
    if link is not None and link.ended_at is None:
        raise DomainError("family.taken")
    if link is None:
        link = FamilyLink(person_id=person_id, relative_id=relative_id)
        session.add(link)
    else:
        touch(link, actor)
    link.ended_at = None
    link.relation = relation if link.person_id == person_id else REVERSED[relation]
    session.flush()
    _tell_both(session, actor, "family.add", link)
    return link.id


@requires(Permission.EDIT_PEOPLE)
def end_relative(actor: Actor, link_id: int, *, version: int) -> None:
    """Undo a link between two people; the history keeps it. Raises :class:`Conflict`."""
    with writing() as session:
        link = session.get(FamilyLink, link_id)
        if link is None:
            raise NotFound
        for each in sorted((link.person_id, link.relative_id)):
            held_person(session, actor, each)
        row = claimed(session, actor, FamilyLink, link_id, version=version)
        row.ended_at = clock.utc_now()
        _tell_both(session, actor, "family.end", row)


def _tell_both(session: Session, actor: Actor, action: str, link: FamilyLink) -> None:
    """Write the same into the history of each of the two."""
    for one, other in (
        (link.person_id, link.relative_id),
        (link.relative_id, link.person_id),
    ):
        audit.record(
            session,
            actor,
            action=action,
            subject_kind="family_link",
            subject_id=link.id,
            person_id=one,
            clear={"relative_id": other},
        )
        follow_up(session, actor, one)


def _linked(
    session: Session,
    actor: Actor,
    person_id: int,
    own: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
) -> list[tuple[FamilyLink, Person]]:
    rows = session.execute(
        sa.select(FamilyLink, Person)
        .join(Person, Person.id == other)
        .where(own == person_id, FamilyLink.ended_at.is_(None), people_in_scope(actor))
        .order_by(FamilyLink.id)
    )
    return [(link, relative) for link, relative in rows]


def _link_between(session: Session, person_id: int, relative_id: int) -> FamilyLink | None:
    pairs = ((person_id, relative_id), (relative_id, person_id))
    return session.scalars(
        sa.select(FamilyLink)
        .where(sa.tuple_(FamilyLink.person_id, FamilyLink.relative_id).in_(pairs))
        .order_by(FamilyLink.id)
    ).first()
