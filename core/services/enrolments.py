"""A student's place: what is known of it, the steps of its life, and a new one after its end."""

from dataclasses import asdict, dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.errors import DomainError
from core.permissions import Actor, Permission
from core.rules.enrolments import StatusStep, status_step
from core.services.arrivals import write_step
from core.services.cases import open_case, report_change
from core.services.consequences import follow_up
from core.services.deadlines import current_visa
from core.services.guard import requires
from core.services.person_records import claimed, held_person, put, record, refuse, today
from core.services.scope import visible_person
from core.terms import (
    CURRENT_ENROLMENT_STATUSES,
    CaseKind,
    CrossingDirection,
    EnrolmentStatus,
    Funding,
)
from db.engine import reading, writing
from db.models.access import Faculty
from db.models.people import Crossing, Enrolment, StatusChange


@dataclass(frozen=True, kw_only=True)
class EnrolmentForm:
    """A place at a faculty; the order is that of admission, the last days are inclusive.

    ``transferred_from`` is the university of the country the student comes from, empty for none.
    """

    faculty_id: int | None = None
    programme: str = ""
    group_name: str = ""
    course: int | None = None
    funding: Funding | None = None
    order_number: str = ""
    order_on: date | None = None
    contract_number: str = ""
    contract_from: date | None = None
    contract_until: date | None = None
    course_until: date | None = None
    transferred_from: str = ""


@dataclass(frozen=True, kw_only=True)
class StatusForm:
    """The status that begins on a day, with the order and the reason behind it."""

    after: EnrolmentStatus
    happened_on: date | None
    order_number: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StatusChangeView:
    """A step of an enrolment's life on the card."""

    before: EnrolmentStatus
    after: EnrolmentStatus
    happened_on: date
    order_number: str
    reason: str
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentView:
    """An enrolment on the card with the steps of its life, the last first."""

    enrolment_id: int
    version: int
    status: EnrolmentStatus
    is_current: bool
    known: EnrolmentForm
    steps: tuple[StatusChangeView, ...]

    @property
    def has_ended(self) -> bool:
        """Whether the student has left this place for good."""
        return self.status not in CURRENT_ENROLMENT_STATUSES


@requires(Permission.READ_PEOPLE)
def enrolments_of_person(actor: Actor, person_id: int) -> tuple[EnrolmentView, ...]:
    """Return the person's enrolments, the current one first.

    A dean's office is told of those at its own faculties. Raises :class:`NotFound` outside the
    actor's scope.
    """
    conditions = [Enrolment.person_id == person_id]
    if actor.is_bound_to_faculties:
        conditions.append(Enrolment.faculty_id.in_(actor.faculty_ids))
    with reading() as session:
        visible_person(session, actor, person_id)
        rows = session.scalars(
            sa.select(Enrolment)
            .where(*conditions)
            .order_by(Enrolment.is_current.desc(), Enrolment.id.desc())
        )
        return tuple(_view(session, row) for row in rows)


@requires(Permission.EDIT_PEOPLE)
def add_enrolment(actor: Actor, person_id: int, form: EnrolmentForm) -> int:
    """Give a person a place and return its id; whoever is in the country has arrived already.

    One who comes from another university of the country needs an invitation of ours, and the visa
    he holds through that one is to be annulled.

    Raises :class:`Invalid`, ``enrolment.still_current`` while an earlier place has not ended, and
    ``person.closed``.
    """
    with writing() as session:
        held_person(session, actor, person_id)
        _refuse(session, form, present=None)
        _retire_ended(session, person_id)
        is_here = _is_here(session, person_id)
        status = EnrolmentStatus.ARRIVED if is_here else EnrolmentStatus.INVITED
        row = Enrolment(person_id=person_id, status=status)
        changes = put(row, asdict(form))
        session.add(row)
        session.flush()
        record(session, actor, "enrolment.add", row, changes, faculty_id=row.faculty_id)
        if row.transferred_from:
            _take_over(session, actor, row)
        follow_up(session, actor, person_id)
        return row.id


@requires(Permission.EDIT_PEOPLE)
def change_enrolment(actor: Actor, enrolment_id: int, form: EnrolmentForm, *, version: int) -> None:
    """Correct or complete a place; the dean's office of a faculty he leaves sees him no more.

    Raises :class:`Invalid` and :class:`Conflict`.
    """
    with writing() as session:
        row = claimed(session, actor, Enrolment, enrolment_id, version=version)
        _refuse(session, form, present=row.faculty_id)
        changes = put(row, asdict(form))
        record(session, actor, "enrolment.change", row, changes, faculty_id=row.faculty_id)
        before, after = changes.get("transferred_from", ("", ""))
        if after and not before:
            _take_over(session, actor, row)
        elif before and not after:
            row.former_visa_id = None
        follow_up(session, actor, row.person_id)


@requires(Permission.EDIT_PEOPLE)
def change_status(actor: Actor, enrolment_id: int, form: StatusForm, *, version: int) -> None:
    """Make one step in the life of an enrolment and open the cases it calls for.

    Raises ``status.step_not_allowed`` for a step that is not in the table, :class:`Invalid` for
    what the step asks and the form lacks, and :class:`Conflict`.
    """
    with writing() as session:
        row = claimed(session, actor, Enrolment, enrolment_id, version=version)
        step = status_step(row.status, form.after)
        if step is None or not row.is_current:
            raise DomainError("status.step_not_allowed")
        happened_on = _day_of(step, form)
        change = write_step(
            session,
            actor,
            row,
            step.after,
            happened_on=happened_on,
            order_number=form.order_number,
            reason=form.reason,
        )
        for kind in step.opens:
            report_change(session, actor, change, kind)
        follow_up(session, actor, row.person_id)


def _take_over(session: Session, actor: Actor, row: Enrolment) -> None:
    """Note the visa he holds through the other university, and open the case of our invitation."""
    visa = current_visa(session, row.person_id)
    row.former_visa_id = visa.id if visa is not None else None
    open_case(session, actor, row.person_id, CaseKind.ENTRY_INVITATION)


def _day_of(step: StatusStep, form: StatusForm) -> date:
    """Return the day of the step; raises :class:`Invalid` for everything the form lacks."""
    day = form.happened_on
    refuse(
        (day is None, "happened_on", "status.day.missing"),
        (day is not None and day > today(), "happened_on", "status.future"),
        (
            step.needs_order and not form.order_number.strip(),
            "order_number",
            "status.order.missing",
        ),
        (step.needs_reason and not form.reason.strip(), "reason", "status.reason.missing"),
    )
    if day is None:
        raise DomainError("status.day.missing")
    return day


def _refuse(session: Session, form: EnrolmentForm, *, present: int | None) -> None:
    """Refuse what cannot be; the faculty of before may stay though it takes nobody new."""
    faculty = session.get(Faculty, form.faculty_id) if form.faculty_id is not None else None
    is_closed = faculty is None or not faculty.is_active
    first, last = form.contract_from, form.contract_until
    refuse(
        (
            form.faculty_id is not None and form.faculty_id != present and is_closed,
            "faculty_id",
            "faculty.missing",
        ),
        (
            first is not None and last is not None and first > last,
            "contract_until",
            "contract.reversed",
        ),
    )


def _retire_ended(session: Session, person_id: int) -> None:
    current = session.scalars(
        sa.select(Enrolment).filter_by(person_id=person_id, is_current=True)
    ).one_or_none()
    if current is None:
        return
    if current.status in CURRENT_ENROLMENT_STATUSES:
        raise DomainError("enrolment.still_current")
    current.is_current = False
    session.flush()


def _is_here(session: Session, person_id: int) -> bool:
    last = session.scalars(
        sa.select(Crossing.direction)
        .filter_by(person_id=person_id)
        .order_by(Crossing.crossed_on.desc(), Crossing.id.desc())
    ).first()
    return last is CrossingDirection.IN


def _view(session: Session, row: Enrolment) -> EnrolmentView:
    steps = session.scalars(
        sa.select(StatusChange).filter_by(enrolment_id=row.id).order_by(StatusChange.id.desc())
    )
    return EnrolmentView(
        enrolment_id=row.id,
        version=row.version,
        status=row.status,
        is_current=row.is_current,
        known=EnrolmentForm(**{name: getattr(row, name) for name in _FIELDS}),
        steps=tuple(
            StatusChangeView(
                before=step.before,
                after=step.after,
                happened_on=step.happened_on,
                order_number=step.order_number,
                reason=step.reason,
                recorded_by=step.recorded_by,
            )
            for step in steps
        ),
    )


_FIELDS = tuple(EnrolmentForm.__dataclass_fields__)
