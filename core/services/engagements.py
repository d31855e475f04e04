"""What a person who is no student is to the university: teacher, clinic staff, visitor."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor, Permission
from core.services.consequences import follow_up
from core.services.guard import requires
from core.services.person_forms import EngagementForm, engagement_faults
from core.services.person_records import claimed, held_person, put, record, refuse_all
from core.services.scope import visible_person
from db.engine import reading, writing
from db.models.relations import Engagement


@dataclass(frozen=True, kw_only=True)
class EngagementView:
    """An engagement on the card."""

    engagement_id: int
    version: int
    known: EngagementForm


@requires(Permission.READ_PEOPLE)
def engagements_of_person(actor: Actor, person_id: int) -> tuple[EngagementView, ...]:
    """Return what a person is and was to the university besides a student, the newest first."""
    with reading() as session:
        visible_person(session, actor, person_id)
        rows = session.scalars(
            sa.select(Engagement).filter_by(person_id=person_id).order_by(Engagement.id.desc())
        )
        return tuple(
            EngagementView(
                engagement_id=row.id,
                version=row.version,
                known=EngagementForm(
                    **{name: getattr(row, name) for name in EngagementForm.__dataclass_fields__}
                ),
            )
            for row in rows
        )


@requires(Permission.EDIT_PEOPLE)
def add_engagement(actor: Actor, person_id: int, form: EngagementForm) -> int:
    """Note what a person is to the university; return the id. Raises :class:`Invalid`."""
    with writing() as session:
        held_person(session, actor, person_id)
        return engage(session, actor, person_id, form)


def engage(session: Session, actor: Actor, person_id: int, form: EngagementForm) -> int:
    """Add an engagement in the caller's transaction and return its id."""
    refuse_all(engagement_faults(form))
    row = Engagement(person_id=person_id)
    changes = put(row, asdict(form))
    session.add(row)
    session.flush()
    record(session, actor, "engagement.add", row, changes)
    follow_up(session, actor, person_id)
    return row.id


@requires(Permission.EDIT_PEOPLE)
def change_engagement(
    actor: Actor, engagement_id: int, form: EngagementForm, *, version: int
) -> None:
    """Correct or end an engagement. Raises :class:`Invalid` and :class:`Conflict`."""
    with writing() as session:
        row = claimed(session, actor, Engagement, engagement_id, version=version)
        refuse_all(engagement_faults(form))
        record(session, actor, "engagement.change", row, put(row, asdict(form)))
        follow_up(session, actor, row.person_id)
