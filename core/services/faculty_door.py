"""The dean's door: the faculty's open cases, and what is missing for each."""

from dataclasses import dataclass

import sqlalchemy as sa

from core import clock, settings
from core.permissions import Actor, Permission
from core.rules.cases import urgency
from core.rules.names import fold
from core.services.cards import full_name
from core.services.case_views import CaseView, views_of
from core.services.guard import requires
from core.services.page import Page, last_page
from core.services.scope import people_in_scope
from core.terms import Urgency
from db.engine import reading
from db.models.cases import Case, Deadline
from db.models.people import Person
from db.queries.people_search import found

#: A door shows each case with all its papers, so a page of it holds fewer.
DOOR_SIZE = 10


@dataclass(frozen=True, kw_only=True)
class DoorCase:
    """An open case of a student of the faculty; ``urgency`` is None while it has no due date."""

    person_id: int
    name: str
    citizenship: str | None
    case: CaseView
    urgency: Urgency | None


@requires(Permission.UPLOAD_DOCUMENT)
def faculty_door(actor: Actor, *, search: str = "", page: int = 1) -> Page[DoorCase]:
    """Return a page of the open cases in the actor's scope, the soonest due first.

    A page beyond the last is the last one.
    """
    words = fold(search).split()
    conditions = [
        Case.closed_at.is_(None),
        Person.closed_at.is_(None),
        people_in_scope(actor),
        found(words),
    ]
    joined = sa.join(Case, Person, Person.id == Case.person_id)
    with reading() as session:
        counted = sa.select(sa.func.count()).select_from(joined).where(*conditions)
        total = session.scalar(counted) or 0
        number = min(page, last_page(total, DOOR_SIZE))
        rows = session.execute(
            sa.select(Case, Person)
            .select_from(joined)
            .outerjoin(Deadline, Deadline.case_id == Case.id)
            .where(*conditions)
            .order_by(Deadline.due_on.is_(None), Deadline.due_on, Case.id)
            .offset((number - 1) * DOOR_SIZE)
            .limit(DOOR_SIZE)
        ).all()
        views = views_of(session, actor, [case for case, _ in rows])
        cases = tuple(_line(row[1], view) for row, view in zip(rows, views, strict=True))
    return Page(rows=cases, total=total, number=number, size=DOOR_SIZE)


def _line(person: Person, case: CaseView) -> DoorCase:
    today = clock.today(settings.current().time_zone)
    return DoorCase(
        person_id=person.id,
        name=full_name(person),
        citizenship=person.citizenship,
        case=case,
        urgency=urgency(case.due.on, today=today) if case.due else None,
    )
