"""The last days of people's papers, stored so that the radar reads them by one index.

They are computed anew when facts of a person change and, for everybody, by the daily sweep.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.rules.expiries import Paper, Standing, watched
from core.services.house import today
from core.terms import (
    CURRENT_ENROLMENT_STATUSES,
    VISA_STATUSES_IN_FORCE,
    CrossingDirection,
    EnrolmentStatus,
    Matter,
)
from db.models.cases import Expiry
from db.models.documents import Document
from db.models.people import Crossing, Enrolment, Passport, Person, Registration, Residence, Visa
from db.models.relations import Engagement

_Key = tuple[Matter, int]
_Row = dict[str, Any]


def refresh_expiries(session: Session, person_ids: Collection[int]) -> None:
    """Store what of the papers of these people runs out; the caller holds them.

    A closed record has nothing that could.
    """
    session.flush()
    wanted = _wanted(session, person_ids)
    stored = _stored(session, person_ids)
    gone = [row["id"] for key, row in stored.items() if key not in wanted]
    new = [row for key, row in wanted.items() if key not in stored]
    changed = [
        _revised(stored[key], row)
        for key, row in wanted.items()
        if key in stored and stored[key] != stored[key] | row
    ]
    if gone:
        session.execute(sa.delete(Expiry).where(Expiry.id.in_(gone)))
    if new:
        session.execute(sa.insert(Expiry).execution_options(render_nulls=True), new)
    if changed:
        session.execute(sa.update(Expiry), changed)


def _revised(before: _Row, row: _Row) -> _Row:
    """Return what is to be stored of a paper that is known; another day is told to calendars."""
    after = before | row
    if after["ends_on"] != before["ends_on"]:
        after |= {"revision": before["revision"] + 1, "changed_at": clock.utc_now()}
    return after


def _stored(session: Session, person_ids: Collection[int]) -> dict[_Key, _Row]:
    columns = (Expiry.id, Expiry.person_id, Expiry.faculty_id, Expiry.ends_on, Expiry.revision)
    rows = session.execute(
        sa.select(Expiry.matter, Expiry.record_id, *columns)
        .where(Expiry.person_id.in_(person_ids))
        .order_by(Expiry.id)
    )
    return {(row.matter, row.record_id): dict(row._mapping) for row in rows}  # noqa: SLF001 - its name in the library


def _wanted(session: Session, person_ids: Collection[int]) -> dict[_Key, _Row]:
    papers: defaultdict[int, list[Paper]] = defaultdict(list)
    for person_id, matter, record_id, ends_on in session.execute(_dated(person_ids)):
        paper = Paper(matter=Matter(matter), record_id=record_id, ends_on=ends_on)
        papers[person_id].append(paper)
    if not papers:
        return {}
    standings = _standings(session, papers)
    return {
        (paper.matter, paper.record_id): {
            "matter": paper.matter,
            "record_id": paper.record_id,
            "person_id": person_id,
            "faculty_id": standings[person_id][1],
            "ends_on": paper.ends_on,
        }
        for person_id, of_person in papers.items()
        for paper in watched(of_person, standings[person_id][0])
    }


def _dated(person_ids: Collection[int]) -> sa.CompoundSelect[Any]:
    """Return the question for every present paper of these people with a last day."""
    # Written out: a file brings hundreds at a time, and as parameters of six arms they take longer
    # to hand over than to look up.
    ids: sa.BindParameter[Any] = sa.bindparam(
        "ids", sorted(person_ids), expanding=True, literal_execute=True
    )
    newer = sa.orm.aliased(Document)
    is_newest = ~sa.exists().where(newer.replaces_id == Document.id)
    arms = (
        (Matter.VISA, Visa, Visa.valid_until, Visa.status.in_(VISA_STATUSES_IN_FORCE)),
        (
            Matter.REGISTRATION,
            Registration,
            Registration.valid_until,
            Registration.is_current.is_(True),
        ),
        (
            Matter.PASSPORT,
            Passport,
            Passport.expires_on,
            sa.and_(Passport.is_current, Passport.voided_at.is_(None)),
        ),
        (Matter.CONTRACT, Enrolment, Enrolment.contract_until, Enrolment.is_current.is_(True)),
        (Matter.CONSENT, Residence, Residence.consent_until, Residence.until_on.is_(None)),
        (Matter.DOCUMENT, Document, Document.valid_until, is_newest),
    )
    return sa.union_all(
        *(
            sa.select(table.person_id, sa.literal(matter.value), table.id, ends_on)
            .join(Person, Person.id == table.person_id)
            .where(
                table.person_id.in_(ids),
                Person.closed_at.is_(None),
                ends_on.is_not(None),
                is_present,
            )
            for matter, table, ends_on, is_present in arms
        )
    )


def _standings(
    session: Session, person_ids: Collection[int]
) -> dict[int, tuple[Standing, int | None]]:
    """Return what each person is to us, and the faculty whose dean's office knows him."""
    last = (
        sa.select(Crossing.direction)
        .where(Crossing.person_id == Person.id)
        .order_by(Crossing.crossed_on.desc(), Crossing.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    lasts = sa.or_(Engagement.until_on.is_(None), Engagement.until_on >= today())
    of_person = Engagement.person_id == Person.id
    rows = session.execute(
        sa.select(
            Person.id,
            Enrolment.status,
            Enrolment.faculty_id,
            sa.exists().where(of_person, lasts),
            sa.exists().where(of_person),
            last,
        )
        .outerjoin(Enrolment, sa.and_(Enrolment.person_id == Person.id, Enrolment.is_current))
        .where(Person.id.in_(person_ids))
        .order_by(Person.id)
    )
    return {
        person_id: (
            Standing(
                status=status,
                is_engaged=is_engaged,
                was_engaged=was_engaged,
                has_left=direction is CrossingDirection.OUT,
            ),
            known_to(status, faculty_id),
        )
        for person_id, status, faculty_id, is_engaged, was_engaged, direction in rows
    }


def known_to(status: EnrolmentStatus | None, faculty_id: int | None) -> int | None:
    """Return the faculty whose dean's office knows a person now; None where there is none."""
    return faculty_id if status in CURRENT_ENROLMENT_STATUSES else None
