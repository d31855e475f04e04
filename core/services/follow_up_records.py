"""The people a change is followed up for, with the rows that things follow from.

Each table is asked once for all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.rules.cases import StudyFacts
from core.rules.visas import is_extension, is_registered_since
from core.services.case_causes import Causes
from core.services.consequences import PHOTO
from core.services.expiries import known_to
from core.terms import (
    CURRENT_ENROLMENT_STATUSES,
    CaseKind,
    CaseOutcome,
    CrossingDirection,
    VisaStatus,
)
from db.models.cases import Case
from db.models.documents import Document
from db.models.people import (
    Crossing,
    Enrolment,
    Passport,
    Person,
    Registration,
    Residence,
    Visa,
)


@dataclass(kw_only=True)
class Record:
    """A person with the rows that things follow from; ``passports`` begins with the current one.

    ``crossing`` is the last one, in or out; ``open_cases`` are those that are open now, ``refused``
    those that an authority refused, with the visa each began from. ``visa`` is
    the active one, ``replaced`` the letters of those replaced, ``registered_visas`` the ids of
    visas that have a registration case, ``registered_on`` the day of the last registration.
    """

    person: Person
    passports: list[Passport] = field(default_factory=list)
    enrolment: Enrolment | None = None
    residence: Residence | None = None
    visa: Visa | None = None
    exit_visa: Visa | None = None
    replaced: set[str] = field(default_factory=set)
    registered_visas: set[int] = field(default_factory=set)
    registered_on: date | None = None
    crossing: Crossing | None = None
    has_entry: bool = False
    has_photo: bool = False
    is_entry_answered: bool = False
    open_cases: dict[CaseKind, Case] = field(default_factory=dict)
    refused: set[tuple[CaseKind, int | None]] = field(default_factory=set)

    @property
    def current_passport(self) -> Passport | None:
        """The passport in use."""
        return next((passport for passport in self.passports if passport.is_current), None)

    @property
    def entry(self) -> Crossing | None:
        """The last crossing, if it was an entry."""
        is_entry = self.crossing and self.crossing.direction is CrossingDirection.IN
        return self.crossing if is_entry else None

    @property
    def faculty_id(self) -> int | None:
        """The faculty whose dean's office knows him."""
        place = self.enrolment
        return known_to(place.status, place.faculty_id) if place else None

    @property
    def visa_in_force(self) -> Visa | None:
        """The one of his visas in force that ends last."""
        held = [visa for visa in (self.visa, self.exit_visa) if visa is not None]
        return max(held, key=lambda visa: (visa.valid_until, visa.id), default=None)

    @property
    def causes(self) -> Causes:
        """What his cases follow from, as :func:`causes_of` finds it for him alone."""
        place, visa = self.enrolment, self.visa
        is_extended = (
            visa is not None
            and is_extension(visa.category, self.replaced)
            and visa.id not in self.registered_visas
            and not is_registered_since(visa.valid_from, self.registered_on)
        )
        return Causes(
            study=StudyFacts(
                is_student=place is not None and place.status in CURRENT_ENROLMENT_STATUSES,
                visa_category=visa.category if visa else None,
                holds_exit_visa=self.exit_visa is not None,
            ),
            entry=self.entry,
            is_entry_unregistered=self.entry is not None and not self.is_entry_answered,
            is_extension_unregistered=is_extended,
        )


def records_of(session: Session, ids: set[int]) -> list[Record]:
    """Return the people with all that follows is computed from, by a question for each table."""
    people = session.scalars(sa.select(Person).where(Person.id.in_(ids)).order_by(Person.id))
    records = {person.id: Record(person=person) for person in people}
    _add_papers(session, records)
    _add_circumstances(session, records)
    _add_registrations(session, records)
    _add_cases(session, records)
    return list(records.values())


def _add_papers(session: Session, records: Mapping[int, Record]) -> None:
    passports = (
        sa.select(Passport)
        .where(Passport.person_id.in_(records), Passport.voided_at.is_(None))
        .order_by(Passport.is_current.desc(), Passport.id.desc())
    )
    for passport in session.scalars(passports):
        records[passport.person_id].passports.append(passport)
    _add_visas(session, records)
    photos = (
        sa.select(Document.person_id)
        .where(Document.person_id.in_(records), Document.kind == PHOTO)
        .order_by(Document.person_id)
    )
    for person_id in session.scalars(photos):
        records[person_id].has_photo = True


def _add_visas(session: Session, records: Mapping[int, Record]) -> None:
    """Give each record its visas; of two active ones that which ends last."""
    visas = sa.select(Visa).where(Visa.person_id.in_(records), Visa.status != VisaStatus.ANNULLED)
    for visa in session.scalars(visas.order_by(Visa.valid_until, Visa.id)):
        each = records[visa.person_id]
        if visa.status is VisaStatus.ACTIVE:
            each.visa = visa
        elif visa.status is VisaStatus.EXIT:
            each.exit_visa = visa
        else:
            each.replaced.add(visa.category)


def _add_circumstances(session: Session, records: Mapping[int, Record]) -> None:
    current = sa.select(Enrolment).where(Enrolment.person_id.in_(records), Enrolment.is_current)
    for enrolment in session.scalars(current.order_by(Enrolment.id)):
        records[enrolment.person_id].enrolment = enrolment
    present = sa.select(Residence).where(
        Residence.person_id.in_(records), Residence.until_on.is_(None)
    )
    for residence in session.scalars(present.order_by(Residence.id)):
        records[residence.person_id].residence = residence
    crossed = sa.select(Crossing).where(Crossing.person_id.in_(records))
    for crossing in session.scalars(crossed.order_by(Crossing.crossed_on, Crossing.id)):
        each = records[crossing.person_id]
        each.crossing = crossing
        each.has_entry = each.has_entry or crossing.direction is CrossingDirection.IN


def _add_registrations(session: Session, records: Mapping[int, Record]) -> None:
    last = (
        sa.select(Registration.person_id, sa.func.max(Registration.registered_on))
        .where(Registration.person_id.in_(records))
        .group_by(Registration.person_id)
        .order_by(Registration.person_id)
    )
    for person_id, registered_on in session.execute(last):
        records[person_id].registered_on = registered_on


def _add_cases(session: Session, records: Mapping[int, Record]) -> None:
    cases = (
        sa.select(Case)
        .where(
            Case.person_id.in_(records),
            sa.or_(
                Case.closed_at.is_(None),
                Case.kind == CaseKind.REGISTRATION,
                Case.outcome == CaseOutcome.REFUSED,
            ),
        )
        .order_by(Case.id)
    )
    for case in session.scalars(cases):
        each = records[case.person_id]
        if case.closed_at is None:
            each.open_cases[case.kind] = case
        if case.outcome is CaseOutcome.REFUSED:
            each.refused.add((case.kind, case.visa_id))
        if case.kind is not CaseKind.REGISTRATION:
            continue
        if case.visa_id is not None:
            each.registered_visas.add(case.visa_id)
        if each.entry is not None:
            each.is_entry_answered = each.is_entry_answered or case.crossing_id == each.entry.id
