"""Steps of an enrolment's life as they are written down, and the one that an entry makes."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock
from core.permissions import Actor
from core.services import audit
from core.services.versions import touch
from core.terms import CrossingDirection, EnrolmentStatus
from db.models.people import Crossing, Enrolment, StatusChange


def note_arrival(session: Session, actor: Actor, crossing: Crossing) -> None:
    """Let a student who was invited have arrived with this crossing, if it is an entry."""
    if crossing.direction is not CrossingDirection.IN:
        return
    enrolment = session.scalars(
        sa.select(Enrolment).filter_by(
            person_id=crossing.person_id, is_current=True, status=EnrolmentStatus.INVITED
        )
    ).one_or_none()
    if enrolment is not None:
        touch(enrolment, actor)
        write_step(
            session, actor, enrolment, EnrolmentStatus.ARRIVED, happened_on=crossing.crossed_on
        )


def write_step(
    session: Session,
    actor: Actor,
    enrolment: Enrolment,
    after: EnrolmentStatus,
    *,
    happened_on: date,
    order_number: str = "",
    reason: str = "",
) -> StatusChange:
    """Put ``enrolment`` into the status ``after``; return the step with what stands behind it."""
    before, enrolment.status = enrolment.status, after
    change = StatusChange(
        person_id=enrolment.person_id,
        enrolment_id=enrolment.id,
        before=before,
        after=after,
        happened_on=happened_on,
        order_number=order_number.strip(),
        reason=reason.strip(),
        recorded_at=clock.utc_now(),
        recorded_by=actor.full_name,
    )
    session.add(change)
    session.flush()
    audit.record(
        session,
        actor,
        action="enrolment.change_status",
        subject_kind="enrolment",
        subject_id=enrolment.id,
        person_id=enrolment.person_id,
        clear={"before": before.value, "after": after.value},
        sealed={"happened_on": happened_on, "order_number": order_number, "reason": reason},
    )
    return change
