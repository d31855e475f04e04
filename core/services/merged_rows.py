"""How a merge moves the histories of a person: papers, stays, study, relatives, decisions.

Every function works in the caller's transaction, for two people it holds.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import clock, settings
from core.permissions import Actor
from core.services.versions import touch
from core.terms import CURRENT_ENROLMENT_STATUSES, PassportHolder
from db.base import Versioned
from db.models.cases import Case
from db.models.custody import Custody, CustodyMove
from db.models.duplicates import NotTheSame
from db.models.messages import Message, MessagePerson
from db.models.people import (
    Crossing,
    Enrolment,
    Passport,
    PlannedTrip,
    Registration,
    Residence,
    StatusChange,
    Visa,
)
from db.models.relations import EmergencyContact, Engagement, FamilyLink, PersonNote

#: Whose rows move as they are, once nothing in them can be current twice.
_PLAIN = (
    Enrolment,
    PlannedTrip,
    Registration,
    Residence,
    StatusChange,
    Custody,
    CustodyMove,
    EmergencyContact,
    Engagement,
    PersonNote,
    Message,
    MessagePerson,
)

#: What names a passport and follows it where it is the same as one of the kept record's.
_NAMING_PASSPORTS = (Crossing.passport_id, Visa.passport_id, CustodyMove.passport_id)


def move_passports(session: Session, actor: Actor, *, keep_id: int, drop_id: int) -> None:
    """Move the passports; they become history where the kept record has a current one.

    One that both records hold, perhaps typed differently, becomes void, and what named it names
    the kept record's.
    """
    kept = session.scalars(
        sa.select(Passport).filter_by(person_id=keep_id, voided_at=None).order_by(Passport.id)
    ).all()
    known = {_printed(passport): passport for passport in kept}
    has_current = any(passport.is_current for passport in kept)
    for passport in _rows_of(session, Passport, drop_id):
        same = known.get(_printed(passport)) if passport.voided_at is None else None
        if same is not None:
            passport.voided_at = clock.utc_now()
            _rename(session, _NAMING_PASSPORTS, passport.id, same.id)
            _join_custody(session, actor, kept_id=same.id, twin_id=passport.id)
        passport.is_current = passport.is_current and same is None and not has_current
        passport.person_id = keep_id
        touch(passport, actor)
    session.flush()


def move_crossings(session: Session, actor: Actor, *, keep_id: int, drop_id: int) -> None:
    """Move the crossings the kept record lacks; the same one noted in both counts once."""
    named_by = (Case.crossing_id, Registration.crossing_id)
    for kept, twin in _move_all_but_twins(
        session, actor, Crossing, _crossed, keep_id=keep_id, drop_id=drop_id
    ):
        _rename(session, named_by, twin.id, kept.id)
        if kept.passport_id is None and twin.passport_id is not None:
            kept.passport_id = twin.passport_id
            touch(kept, actor)
    session.flush()


def move_visas(session: Session, actor: Actor, *, keep_id: int, drop_id: int) -> None:
    """Move the visas the kept record lacks; the same one noted in both counts once."""
    for kept, twin in _move_all_but_twins(
        session, actor, Visa, _granted, keep_id=keep_id, drop_id=drop_id
    ):
        _rename(session, (Case.visa_id, Enrolment.former_visa_id), twin.id, kept.id)
    session.flush()


def move_plain_rows(session: Session, actor: Actor, *, keep_id: int, drop_id: int) -> None:
    """Move enrolments, registrations, residences, custody, contacts and notes.

    The kept record's enrolment, registration and residence stay the current ones; but an enrolment
    that has ended gives way to one that runs.
    """
    _settle_enrolments(session, actor, keep_id=keep_id, drop_id=drop_id)
    _settle_registrations(session, actor, keep_id=keep_id, drop_id=drop_id)
    _settle_residences(session, keep_id=keep_id, drop_id=drop_id)
    for table in _PLAIN:
        for row in _rows_of(session, table, drop_id):
            row.person_id = keep_id
            if isinstance(row, Versioned):
                touch(row, actor)
    session.flush()


def move_family(session: Session, actor: Actor, *, keep_id: int, drop_id: int) -> None:
    """Move the links to relatives, both ways.

    What would link a person to himself, or to a relative he is linked to already, ends where it is.
    """
    links = session.scalars(
        sa.select(FamilyLink)
        .where(sa.or_(FamilyLink.person_id == drop_id, FamilyLink.relative_id == drop_id))
        .order_by(FamilyLink.id)
    ).all()
    for link in links:
        person_id = keep_id if link.person_id == drop_id else link.person_id
        relative_id = keep_id if link.relative_id == drop_id else link.relative_id
        present = session.scalars(
            sa.select(FamilyLink).filter_by(person_id=person_id, relative_id=relative_id)
        ).one_or_none()
        touch(link, actor)
        if present is None and person_id != relative_id:
            link.person_id, link.relative_id = person_id, relative_id
        else:
            _end_link(link, present, actor)
        session.flush()


def carry_decisions(session: Session, *, keep_id: int, drop_id: int) -> None:
    """Let whoever was told apart from the dropped record be told apart from the kept one."""
    decisions = session.scalars(
        sa.select(NotTheSame)
        .where(sa.or_(NotTheSame.first_id == drop_id, NotTheSame.second_id == drop_id))
        .order_by(NotTheSame.first_id, NotTheSame.second_id)
    ).all()
    for decision in decisions:
        other = decision.second_id if decision.first_id == drop_id else decision.first_id
        pair = min(keep_id, other), max(keep_id, other)
        if other == keep_id or session.get(NotTheSame, pair) is not None:
            continue
        session.add(
            NotTheSame(
                first_id=pair[0],
                second_id=pair[1],
                decided_at=decision.decided_at,
                decided_by=decision.decided_by,
            )
        )
    session.flush()


def _rows_of(session: Session, table: type[Any], person_id: int) -> list[Any]:
    return list(session.scalars(sa.select(table).filter_by(person_id=person_id).order_by(table.id)))


def _move_all_but_twins(
    session: Session,
    actor: Actor,
    table: type[Any],
    key: Callable[[Any], object],
    *,
    keep_id: int,
    drop_id: int,
) -> list[tuple[Any, Any]]:
    """Move the rows the kept person lacks; return each he has, with its twin that stays behind."""
    kept = {key(row): row for row in _rows_of(session, table, keep_id)}
    twins = []
    for row in _rows_of(session, table, drop_id):
        if key(row) in kept:
            twins.append((kept[key(row)], row))
        else:
            row.person_id = keep_id
            touch(row, actor)
    return twins


def _rename(
    session: Session,
    columns: tuple[InstrumentedAttribute[Any], ...],
    before_id: int,
    after_id: int,
) -> None:
    """Let every row that names ``before_id`` in one of ``columns`` name ``after_id``."""
    session.flush()
    for column in columns:
        session.execute(
            sa.update(column.class_).where(column == before_id).values({column: after_id})
        )


def _printed(passport: Passport) -> tuple[str, str]:
    """Return state and number without what a typist may add: spaces, dashes, small letters."""
    number = "".join(character for character in passport.number if character.isalnum())
    return passport.issuing_state, number.upper()


def _join_custody(session: Session, actor: Actor, *, kept_id: int, twin_id: int) -> None:
    """Let one passport noted twice be in the hands it came into last; the twin is nobody's."""
    kept, twin = (
        session.scalars(sa.select(Custody).filter_by(passport_id=each)).one_or_none()
        for each in (kept_id, twin_id)
    )
    if twin is None:
        return
    touch(twin, actor)
    if kept is None:
        twin.passport_id = kept_id
        return
    if (_is_held(twin), twin.since_on) > (_is_held(kept), kept.since_on):
        touch(kept, actor)
        kept.holder, kept.since_on = twin.holder, twin.since_on
        kept.expected_back_on = twin.expected_back_on
    twin.holder, twin.expected_back_on = PassportHolder.OWNER, None


def _is_held(custody: Custody) -> bool:
    return custody.holder is not PassportHolder.OWNER


def _crossed(crossing: Crossing) -> object:
    return crossing.direction, crossing.crossed_on


def _granted(visa: Visa) -> object:
    return visa.category, visa.number, visa.entries, visa.valid_from, visa.valid_until, visa.status


def _settle_enrolments(session: Session, actor: Actor, *, keep_id: int, drop_id: int) -> None:
    kept, dropped = (_current(session, Enrolment, each) for each in (keep_id, drop_id))
    if kept is None or dropped is None:
        return
    runs_on = dropped.status in CURRENT_ENROLMENT_STATUSES
    has_ended = kept.status not in CURRENT_ENROLMENT_STATUSES
    past = kept if runs_on and has_ended else dropped
    past.is_current = False
    touch(past, actor)
    session.flush()


def _settle_registrations(session: Session, actor: Actor, *, keep_id: int, drop_id: int) -> None:
    kept, dropped = (_current(session, Registration, each) for each in (keep_id, drop_id))
    if kept is not None and dropped is not None:
        dropped.is_current = False
        touch(dropped, actor)
        session.flush()


def _settle_residences(session: Session, *, keep_id: int, drop_id: int) -> None:
    kept, dropped = (
        [row for row in _rows_of(session, Residence, each) if row.until_on is None]
        for each in (keep_id, drop_id)
    )
    today = clock.today(settings.current().time_zone)
    for residence in dropped if kept else ():
        residence.until_on = max(today, residence.from_on or today)


def _current(session: Session, table: type[Any], person_id: int) -> Any:
    return session.scalars(
        sa.select(table).filter_by(person_id=person_id, is_current=True)
    ).one_or_none()


def _end_link(link: FamilyLink, present: FamilyLink | None, actor: Actor) -> None:
    """End ``link``, whose place ``present`` has; where only ``link`` lasted, ``present`` does now.

    ``present`` is None where the link would lead from a person to himself.
    """
    if present is not None and present.ended_at is not None and link.ended_at is None:
        present.ended_at = None
        touch(present, actor)
    link.ended_at = link.ended_at or clock.utc_now()
