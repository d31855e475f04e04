"""The list of people: who is in it, and in which order.

Counting stops at ``MOST_COUNTED``. Up to there the people a filter asks for are gathered by the
index that fits it and then sorted; beyond, so many people match that the index of names is walked
until the page is full. Either way no page reads more than some thousand rows, however many there
are.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.permissions import Actor, Permission
from core.rules.names import fold
from core.services.guard import requires
from core.services.page import MOST_COUNTED, Page, last_page
from core.services.people_lines import PersonLine, lines_of
from core.services.remembered import remembered
from core.services.scope import people_in_scope, scope_key
from core.terms import EnrolmentStatus
from db.engine import reading
from db.models.cases import Deadline
from db.models.people import Enrolment, Person
from db.queries.people_search import begins_with, found, holds, matching

#: How many people a page shows.
LIST_SIZE = 100

#: Of how many people what stands beside them is read at a time.
_CHUNK = 500

BY_NAME = (Person.surname, Person.given_names, Person.id)


@dataclass(frozen=True, kw_only=True)
class PeopleFilter:
    """What a list is narrowed to; everything left out does not matter.

    ``search`` is any part of a name in Latin or Cyrillic, of a passport number or of a telephone.
    ``due_within`` counts days from today, inclusive, and takes in what is overdue; a negative
    number asks for what is overdue only. ``is_incomplete`` asks for records of which a fact is
    missing, ``is_contradicting`` for those that contradict themselves.
    """

    search: str = ""
    faculty_id: int | None = None
    course: int | None = None
    citizenship: str | None = None
    status: EnrolmentStatus | None = None
    agent_id: int | None = None
    is_incomplete: bool = False
    is_contradicting: bool = False
    due_within: int | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words searched for, folded."""
        return tuple(fold(self.search).split())


EVERYBODY = PeopleFilter()


@dataclass(frozen=True, kw_only=True)
class DataQuality:
    """How many records are incomplete, and how many contradict themselves."""

    incomplete: int
    contradicting: int


@requires(Permission.READ_PEOPLE)
def list_people(
    actor: Actor, wanted: PeopleFilter = EVERYBODY, *, page: int = 1
) -> Page[PersonLine]:
    """Return a page of the people in the actor's scope whom the filter asks for, by name.

    In a search those whose surname begins with the first word come first. A page beyond the last
    is the last one.
    """
    today = clock.today(settings.current().time_zone)
    with reading() as session:
        return remembered(
            session,
            ("people", actor.role, scope_key(actor), wanted, page, today),
            lambda: _people_page(session, actor, wanted, page=page),
        )


@requires(Permission.READ_PEOPLE)
def data_quality(actor: Actor) -> DataQuality:
    """Return how many records in the actor's scope are incomplete or contradict themselves.

    One more than ``MOST_COUNTED`` stands for "more than anybody pages through".
    """
    with reading() as session:
        return remembered(
            session,
            ("data_quality", actor.role, scope_key(actor)),
            lambda: DataQuality(
                incomplete=count_people(session, actor, PeopleFilter(is_incomplete=True)),
                contradicting=count_people(session, actor, PeopleFilter(is_contradicting=True)),
            ),
        )


def _people_page(
    session: Session, actor: Actor, wanted: PeopleFilter, *, page: int
) -> Page[PersonLine]:
    counted = count_people(session, actor, wanted)
    total = min(counted, MOST_COUNTED)
    number = min(page, last_page(total, LIST_SIZE))
    ids = _page_of_ids(session, actor, wanted, counted=counted, number=number)
    # Only the list of a representative's students shows how many papers they lack.
    rows = lines_of(session, actor, ids, counts_papers=wanted.agent_id is not None)
    return Page(
        rows=rows, total=total, number=number, size=LIST_SIZE, is_capped=counted > MOST_COUNTED
    )


@requires(Permission.READ_PEOPLE)
def citizenships(actor: Actor) -> tuple[str, ...]:
    """Return the citizenships of the people in the actor's scope, one look-up of the index each."""
    with reading() as session:
        key = "citizenships", scope_key(actor)
        return remembered(session, key, lambda: _citizenships(session, actor))


def _citizenships(session: Session, actor: Actor) -> tuple[str, ...]:
    of_whom = sa.select(sa.func.min(Person.citizenship).label("state")).where(
        Person.closed_at.is_(None), people_in_scope(actor)
    )
    first = of_whom.cte("known", recursive=True)
    following = of_whom.where(Person.citizenship > first.c.state).scalar_subquery()
    known = first.union_all(sa.select(following).where(first.c.state.is_not(None)))
    return tuple(session.scalars(sa.select(known.c.state).where(known.c.state.is_not(None))))


def count_people(session: Session, actor: Actor, wanted: PeopleFilter) -> int:
    """Return how many people the filter asks for; one more than ``MOST_COUNTED`` is "more"."""
    most = MOST_COUNTED + 1
    is_frequent = bool(wanted.words) and matching(session, wanted.words, most=most) == most
    asks_words_only = wanted == PeopleFilter(search=wanted.search)
    if is_frequent and asks_words_only and not actor.is_bound_to_faculties:
        return most
    fits = holds(wanted.words) if is_frequent else found(wanted.words)
    some = _gathered(actor, wanted).where(fits).limit(most).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def every_line(
    session: Session, actor: Actor, wanted: PeopleFilter, *, most: int
) -> tuple[PersonLine, ...]:
    """Return every person the filter asks for, ``most`` at most, in the order of the list."""
    people = _gathered(actor, wanted).where(found(wanted.words))
    ids = session.scalars(people.order_by(*_first(wanted), *BY_NAME).limit(most)).all()
    chunks = (ids[begin : begin + _CHUNK] for begin in range(0, len(ids), _CHUNK))
    return tuple(
        line for chunk in chunks for line in lines_of(session, actor, chunk, counts_papers=True)
    )


def _gathered(actor: Actor, wanted: PeopleFilter) -> sa.Select[Any]:
    """Return the ids the filter asks for but for its words, by whichever index fits it."""
    conditions = _of_person(actor, wanted)
    statement = sa.select(Person.id)
    places = _of_enrolment(actor, wanted)
    if places:
        statement = statement.join(
            Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current)
        )
    if wanted.due_within is not None:
        due = sa.select(Deadline.person_id).where(*_due(wanted.due_within))
        conditions.append(Person.id.in_(due))
    return statement.where(*conditions, *places)


def _page_of_ids(
    session: Session, actor: Actor, wanted: PeopleFilter, *, counted: int, number: int
) -> list[int]:
    skipped = (number - 1) * LIST_SIZE
    if counted <= MOST_COUNTED:
        order = [*_first(wanted), *BY_NAME]
        fitting = _gathered(actor, wanted).where(found(wanted.words))
        few = fitting.cte("gathered").prefix_with("MATERIALIZED")
        page = sa.select(Person.id).join(few, few.c.id == Person.id).order_by(*order)
        return [*session.scalars(page.offset(skipped).limit(LIST_SIZE))]
    return _walked(session, actor, wanted, skipped=skipped)


def _walked(session: Session, actor: Actor, wanted: PeopleFilter, *, skipped: int) -> list[int]:
    everybody = sa.select(Person.id).where(*_on_the_way(actor, wanted))
    if not wanted.words:
        return [*session.scalars(everybody.order_by(*BY_NAME).offset(skipped).limit(LIST_SIZE))]
    is_first = begins_with(wanted.words[0])
    first = everybody.where(is_first)
    ids = [*session.scalars(_by_beginning(first).offset(skipped).limit(LIST_SIZE))]
    if len(ids) == LIST_SIZE:
        return ids
    before = session.scalar(sa.select(sa.func.count()).select_from(first.subquery())) or 0
    rest = everybody.where(sa.not_(is_first)).order_by(*BY_NAME)
    lacking = LIST_SIZE - len(ids)
    return [*ids, *session.scalars(rest.offset(max(0, skipped - before)).limit(lacking))]


def _by_beginning(statement: sa.Select[Any]) -> sa.Select[Any]:
    return statement.order_by(Person.search_begins, Person.id)


def _first(wanted: PeopleFilter) -> list[sa.ColumnElement[Any]]:
    if not wanted.words:
        return []
    return [sa.case((begins_with(wanted.words[0]), 0), else_=1)]


def _on_the_way(actor: Actor, wanted: PeopleFilter) -> list[sa.ColumnElement[bool]]:
    """Return the filter as conditions that leave the order of the names to the index of names."""
    conditions = [*_of_person(actor, wanted), holds(wanted.words)]
    places = _of_enrolment(actor, wanted)
    if places:
        # In a bracket of its own, so that no index of places is taken for that of the person.
        place = sa.exists().where(Enrolment.person_id == Person.id, Enrolment.is_current)
        conditions.append(place.where(sa.case((sa.and_(*places), 1), else_=0) == 1))
    if wanted.due_within is not None:
        due = sa.exists().where(Deadline.person_id == Person.id)
        met = sa.case((sa.and_(*_due(wanted.due_within)), 1), else_=0)
        conditions.append(due.where(met == 1))
    return conditions


def _of_person(actor: Actor, wanted: PeopleFilter) -> list[sa.ColumnElement[bool]]:
    conditions = [people_in_scope(actor), Person.closed_at.is_(None)]
    if wanted.citizenship is not None:
        conditions.append(Person.citizenship == wanted.citizenship)
    if wanted.agent_id is not None:
        knows = actor.can(Permission.READ_AGENTS)
        conditions.append(Person.agent_id == wanted.agent_id if knows else sa.false())
    if wanted.is_incomplete:
        conditions.append(Person.missing_count > sa.literal_column("0"))
    if wanted.is_contradicting:
        conditions.append(Person.contradiction_count > sa.literal_column("0"))
    return conditions


def _of_enrolment(actor: Actor, wanted: PeopleFilter) -> list[sa.ColumnElement[bool]]:
    """Return what is asked of the present place; the scope is repeated for its index."""
    conditions: list[sa.ColumnElement[bool]] = []
    if actor.is_bound_to_faculties:
        conditions.append(Enrolment.faculty_id.in_(actor.faculty_ids))
    if wanted.faculty_id is not None:
        conditions.append(Enrolment.faculty_id == wanted.faculty_id)
    if wanted.course is not None:
        conditions.append(Enrolment.course == wanted.course)
    if wanted.status is not None:
        conditions.append(Enrolment.status == wanted.status)
    return conditions


def _due(within: int) -> list[sa.ColumnElement[bool]]:
    """Return the condition that an open case is due by then; a negative number means overdue."""
    last = clock.today(settings.current().time_zone) + timedelta(days=within)
    return [Deadline.is_open.is_(True), Deadline.due_on <= last]
