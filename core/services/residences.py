"""Where a person lives, and where he lived before."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.permissions import Actor, Permission
from core.services.consequences import follow_up
from core.services.guard import requires
from core.services.person_records import claimed, held_person, put, record, refuse, today
from core.services.scope import visible_person
from core.services.versions import touch
from core.terms import ResidenceKind
from db.engine import reading, writing
from db.models.people import Residence


@dataclass(frozen=True, kw_only=True)
class ResidenceForm:
    """A room of the hostel, or a flat with its owner; his consent runs to ``consent_until``."""

    kind: ResidenceKind
    address: str = ""
    owner_name: str = ""
    owner_phone: str = ""
    consent_until: date | None = None
    from_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ResidenceView:
    """A residence on the card; ``until_on`` is its last day, None while he lives there."""

    residence_id: int
    version: int
    kind: ResidenceKind
    address: str
    owner_name: str
    owner_phone: str
    consent_until: date | None
    from_on: date | None
    until_on: date | None


@requires(Permission.READ_PEOPLE)
def residences_of_person(actor: Actor, person_id: int) -> tuple[ResidenceView, ...]:
    """Return where the person lives and lived, the present place first.

    Raises :class:`NotFound` outside the actor's scope.
    """
    with reading() as session:
        visible_person(session, actor, person_id)
        rows = session.scalars(
            sa.select(Residence)
            .filter_by(person_id=person_id)
            .order_by(Residence.until_on.is_not(None), Residence.id.desc())
        )
        return tuple(_view(row) for row in rows)


@requires(Permission.EDIT_PEOPLE)
def move(actor: Actor, person_id: int, form: ResidenceForm) -> int:
    """Note where the person lives from a day on and return the id of the residence.

    The present one ends the day before. Raises :class:`Invalid`, among others with
    ``residence.from.missing`` where he lived somewhere before and ``residence.not_after`` where
    that began on the same day or later, and ``person.closed``.
    """
    with writing() as session:
        held_person(session, actor, person_id)
        present = _present(session, person_id)
        _refuse(form, present)
        if present is not None and form.from_on is not None:
            present.until_on = form.from_on - timedelta(days=1)
            touch(present, actor)
            session.flush()
        row = Residence(person_id=person_id)
        changes = put(row, asdict(form))
        session.add(row)
        session.flush()
        record(session, actor, "residence.move", row, changes)
        follow_up(session, actor, person_id)
        return row.id


@requires(Permission.EDIT_PEOPLE)
def change_residence(actor: Actor, residence_id: int, form: ResidenceForm, *, version: int) -> None:
    """Correct a residence as it was entered. Raises :class:`Invalid` and :class:`Conflict`."""
    with writing() as session:
        row = claimed(session, actor, Residence, residence_id, version=version)
        is_reversed = (
            form.from_on is not None and row.until_on is not None and form.from_on > row.until_on
        )
        refuse((is_reversed, "from_on", "residence.reversed"))
        record(session, actor, "residence.change", row, put(row, asdict(form)))
        follow_up(session, actor, row.person_id)


def _present(session: Session, person_id: int) -> Residence | None:
    return session.scalars(
        sa.select(Residence)
        .filter_by(person_id=person_id, until_on=None)
        .order_by(Residence.id.desc())
    ).first()


def _refuse(form: ResidenceForm, present: Residence | None) -> None:
    day = form.from_on
    began = present.from_on if present else None
    refuse(
        (present is not None and day is None, "from_on", "residence.from.missing"),
        (day is not None and day > today(), "from_on", "residence.future"),
        (
            day is not None and began is not None and day <= began,
            "from_on",
            "residence.not_after",
        ),
    )


def _view(row: Residence) -> ResidenceView:
    return ResidenceView(
        residence_id=row.id,
        version=row.version,
        kind=row.kind,
        address=row.address,
        owner_name=row.owner_name,
        owner_phone=row.owner_phone,
        consent_until=row.consent_until,
        from_on=row.from_on,
        until_on=row.until_on,
    )
