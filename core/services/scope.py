"""Which records an actor reaches: one loader per thing, and one condition for lists.

An outsider gets :class:`OutOfScope`, which every use case tells as "not found".
"""

from collections.abc import Collection, Hashable

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from core.errors import DomainError, NotFound, OutOfScope
from core.permissions import Actor
from core.services.page import MOST_CHOSEN
from core.terms import CURRENT_ENROLMENT_STATUSES
from db.models.access import UserFaculty
from db.models.cases import Case, CaseItem, Deadline
from db.models.documents import Document
from db.models.people import Enrolment, Person


def people_in_scope(
    actor: Actor, person_id: InstrumentedAttribute[int] = Person.id
) -> sa.ColumnElement[bool]:
    """Return the condition under which ``actor`` may know of the person ``person_id`` points to.

    A dean's office knows the students who are now enrolled in its faculties, and loses one at once
    when he changes faculty or leaves.
    """
    if not actor.is_bound_to_faculties:
        return sa.true()
    # An alias, so that a query that joins enrolments itself cannot be taken for this one.
    own = aliased(Enrolment)
    is_own = sa.and_(
        own.status.in_(CURRENT_ENROLMENT_STATUSES), own.faculty_id.in_(actor.faculty_ids)
    )
    # In a bracket, so that the one current place of a person is looked up by the person, and no
    # index of faculties is read through for each.
    return sa.exists().where(
        own.person_id == person_id, own.is_current, sa.case((is_own, 1), else_=0) == 1
    )


def office_in_scope(
    actor: Actor, faculty_id: InstrumentedAttribute[int | None]
) -> sa.ColumnElement[bool]:
    """Return the same as a condition on the faculty that is kept beside a case or a date.

    It is the faculty of the present place, written in the transaction that changes the place, so
    that a count needs no look at each person. A list asks for :func:`people_in_scope` besides.
    """
    if not actor.is_bound_to_faculties:
        return sa.true()
    return faculty_id.in_(actor.faculty_ids)


def open_deadlines_in_scope(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the same for the open deadlines, each way in the words of the index that fits it.

    SQLite takes a partial index only where its own condition is repeated to the letter, and the
    mapped column would be compared with 1.
    """
    if not actor.is_bound_to_faculties:
        return Deadline.is_open.is_(True)
    return sa.and_(
        sa.literal_column("deadline.is_open"), office_in_scope(actor, Deadline.faculty_id)
    )


def scope_key(actor: Actor) -> Hashable:
    """Return what tells the scopes of actors apart, for what is remembered of them."""
    return actor.faculty_ids if actor.is_bound_to_faculties else None


def documents_in_scope(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition on ``Document`` that holds for who may open scans of whom he knows.

    A dean's office opens what it delivered itself, or another office that shares a faculty with it.
    """
    if not actor.is_bound_to_faculties:
        return sa.true()
    by_a_sharing_office = sa.exists().where(
        UserFaculty.user_id == Document.uploaded_by_id,
        UserFaculty.faculty_id.in_(actor.faculty_ids),
    )
    return sa.or_(Document.uploaded_by_id == actor.user_id, by_a_sharing_office)


def visible_person(session: Session, actor: Actor, person_id: int) -> Person:
    """Return the person if ``actor`` may know of him.

    Raises :class:`OutOfScope` if he exists beyond the scope, :class:`NotFound` if he does not.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    if not actor.is_bound_to_faculties:
        return person
    is_own = sa.select(Person.id).where(Person.id == person_id, people_in_scope(actor))
    if session.scalar(is_own) is None:
        raise OutOfScope(subject_kind="person", subject_id=person_id)
    return person


def open_person(session: Session, actor: Actor, person_id: int) -> Person:
    """Return the person if his record is not closed; raises as above.

    Raises ``person.merged`` (value ``person_id``: the record he is part of) and ``person.closed``.
    """
    person = visible_person(session, actor, person_id)
    _refuse_closed(session, person)
    return person


def editable_person(session: Session, actor: Actor, person_id: int) -> Person:
    """Return the person for a change, held until the transaction ends, as he is now.

    Raises as above. Without the lock a change could land on a record that is being merged into
    another one. SQLite has one writer and needs none.
    """
    person = visible_person(session, actor, person_id)
    session.refresh(person, with_for_update={"key_share": True})
    _refuse_closed(session, person)
    return person


def refuse_merged(session: Session, person: Person) -> None:
    """Raise ``person.merged`` (value ``person_id``) where the record is part of another one."""
    if person.merged_into_id is not None:
        raise DomainError("person.merged", person_id=survivor_id(session, person))


def _refuse_closed(session: Session, person: Person) -> None:
    refuse_merged(session, person)
    if person.closed_at is not None:
        raise DomainError("person.closed")


def survivor_id(session: Session, person: Person) -> int:
    """Return the record that ``person`` is part of now: the last of a chain of merges."""
    while person.merged_into_id is not None:
        person = session.get_one(Person, person.merged_into_id)
    return person.id


def visible_case(session: Session, actor: Actor, case_id: int) -> Case:
    """Return the case if ``actor`` may know of its person; raises as :func:`visible_person`."""
    case = session.get(Case, case_id)
    if case is None:
        raise NotFound
    try:
        visible_person(session, actor, case.person_id)
    except OutOfScope:
        raise OutOfScope(subject_kind="case", subject_id=case_id) from None
    return case


def held_cases(session: Session, actor: Actor, case_ids: Collection[int]) -> dict[int, Case]:
    """Return the cases among ``case_ids`` that ``actor`` may know of, as they are now, by id.

    Nobody else changes one until the transaction ends. They are taken in the order of their ids, so
    that two who take some of the same never wait for each other.
    """
    rows = session.scalars(
        sa.select(Case)
        .where(Case.id.in_(case_ids), people_in_scope(actor, Case.person_id))
        .order_by(Case.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {case.id: case for case in rows}


def visible_cases(session: Session, actor: Actor, case_ids: Collection[int]) -> list[Case]:
    """Return the chosen cases in their order, each once; raises as above for any of them.

    Raises ``cases.too_many`` (value ``most``) for more than a list lets anybody choose.
    """
    chosen = tuple(dict.fromkeys(case_ids))
    if len(chosen) > MOST_CHOSEN:
        raise DomainError("cases.too_many", most=MOST_CHOSEN)
    if not chosen:
        raise NotFound
    return [visible_case(session, actor, case_id) for case_id in chosen]


def visible_item(session: Session, actor: Actor, case_item_id: int) -> CaseItem:
    """Return the item of a case if ``actor`` may know of its person; raises as above."""
    item = session.get(CaseItem, case_item_id)
    if item is None:
        raise NotFound
    visible_case(session, actor, item.case_id)
    return item
