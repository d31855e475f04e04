"""Which limit binds a student's next visa, from the facts of his card."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import clock, settings
from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.cases import STUDY_CATEGORY
from core.rules.limits import PASSPORT_MARGIN_MONTHS, VisaEnd, VisaPlan, study_visa_end
from core.services import audit
from core.services.deadlines import current_visa
from core.services.guard import requires
from core.services.scope import visible_person
from core.services.versions import claim
from db.engine import reading, writing
from db.models.people import Enrolment, Passport, Visa
from db.models.reference import HouseSetting

LONGEST_MARGIN = 60

_NAME = "visa_limits"


@dataclass(frozen=True, kw_only=True)
class Margin:
    """How many months a passport has to outlast a visa; ``version`` is 0 while unconfirmed."""

    months: int = PASSPORT_MARGIN_MONTHS
    changed_by: str | None = None
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class VisaLimits:
    """The limits of the visa that would follow, and the margin that was reckoned with."""

    end: VisaEnd
    starts_on: date
    margin: Margin


@requires(Permission.READ_RULES)
def passport_margin(actor: Actor) -> Margin:  # noqa: ARG001
    """Return the margin in force."""
    with reading() as session:
        return load_margin(session)


@requires(Permission.EDIT_RULES)
def change_passport_margin(actor: Actor, months: int, *, version: int) -> None:
    """Put another margin in force. Raises ``limits.margin_out_of_range`` and :class:`Conflict`."""
    if not 0 <= months <= LONGEST_MARGIN:
        raise DomainError("limits.margin_out_of_range", longest=LONGEST_MARGIN)
    with writing() as session:
        row = session.get(HouseSetting, _NAME)
        if row is None:
            row = HouseSetting(name=_NAME, value={}, version=0)
            session.add(row)
            session.flush()
        claim(session, row, actor, seen_version=version)
        row.value = {"months": months}
        audit.record(
            session,
            actor,
            action="limits.margin",
            subject_kind="house",
            clear={"months": months},
        )


@requires(Permission.READ_CASES)
def visa_limits(actor: Actor, person_id: int, *, requested_until: date | None = None) -> VisaLimits:
    """Return what limits the study visa that follows the person's present one.

    It starts on the day after the present visa, or today where there is none or it is over.
    Raises :class:`NotFound` outside the actor's scope.
    """
    today = clock.today(settings.current().time_zone)
    with reading() as session:
        visible_person(session, actor, person_id)
        visa = current_visa(session, person_id)
        starts_on = max(today, visa.valid_until + timedelta(days=1)) if visa else today
        enrolment = session.scalars(
            sa.select(Enrolment).filter_by(person_id=person_id, is_current=True)
        ).one_or_none()
        plan = VisaPlan(
            starts_on=starts_on,
            requested_until=requested_until,
            contract_until=enrolment.contract_until if enrolment else None,
            course_until=enrolment.course_until if enrolment else None,
            passport_until=session.scalar(
                sa.select(Passport.expires_on).filter_by(person_id=person_id, is_current=True)
            ),
            first_visa_on=session.scalar(
                sa.select(sa.func.min(Visa.valid_from)).filter_by(
                    person_id=person_id, category=STUDY_CATEGORY
                )
            ),
            passport_margin_months=(margin := load_margin(session)).months,
        )
    return VisaLimits(end=study_visa_end(plan), starts_on=starts_on, margin=margin)


def load_margin(session: Session) -> Margin:
    """Return the margin in force, or as shipped where the head has not decided."""
    row = session.get(HouseSetting, _NAME)
    if row is None:
        return Margin()
    return Margin(months=row.value["months"], changed_by=row.changed_by, version=row.version)
