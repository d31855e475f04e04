"""What calls for the cases of a person: his last entry, his visas, and that he studies here."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.rules.cases import StudyFacts
from core.rules.visas import is_extension, is_registered_since
from core.services.deadlines import current_visa
from core.terms import CURRENT_ENROLMENT_STATUSES, CaseKind, CrossingDirection, VisaStatus
from db.models.cases import Case
from db.models.people import Crossing, Enrolment, Registration, Visa


@dataclass(frozen=True, kw_only=True)
class Causes:
    """What a person's cases follow from; ``entry`` is the last crossing, if it was one."""

    study: StudyFacts
    entry: Crossing | None
    is_entry_unregistered: bool
    is_extension_unregistered: bool

    @property
    def is_unregistered(self) -> bool:
        """Whether an entry or an extension of the visa asks for a registration."""
        return self.is_entry_unregistered or self.is_extension_unregistered

    def entry_of(self, kind: CaseKind) -> Crossing | None:
        """Return the entry a case of ``kind`` counts from; none for that after an extension."""
        is_after_visa = kind is CaseKind.REGISTRATION and not self.is_entry_unregistered
        return None if is_after_visa else self.entry


def causes_of(session: Session, person_id: int) -> Causes:
    """Return what the cases of a person follow from."""
    entry, visa = last_entry(session, person_id), current_visa(session, person_id)
    return Causes(
        study=study_facts(session, person_id, visa),
        entry=entry,
        is_entry_unregistered=entry is not None and not _has_case(session, crossing_id=entry.id),
        is_extension_unregistered=visa is not None and _is_unregistered(session, visa),
    )


def study_facts(session: Session, person_id: int, visa: Visa | None) -> StudyFacts:
    """Return whether a person studies here and what visa he holds; ``visa`` is the active one."""
    status = session.scalar(
        sa.select(Enrolment.status).filter_by(person_id=person_id, is_current=True)
    )
    exit_visa = sa.select(Visa.id).filter_by(person_id=person_id, status=VisaStatus.EXIT)
    return StudyFacts(
        is_student=status in CURRENT_ENROLMENT_STATUSES,
        visa_category=visa.category if visa else None,
        holds_exit_visa=session.scalar(exit_visa.limit(1)) is not None,
    )


def last_entry(session: Session, person_id: int) -> Crossing | None:
    """Return the person's last crossing if it was an entry."""
    last = session.scalars(
        sa.select(Crossing)
        .filter_by(person_id=person_id)
        .order_by(Crossing.crossed_on.desc(), Crossing.id.desc())
    ).first()
    return last if last is not None and last.direction is CrossingDirection.IN else None


def _is_unregistered(session: Session, visa: Visa) -> bool:
    """Return whether ``visa`` extends another and no registration has followed it."""
    replaced = session.scalars(
        sa.select(Visa.category)
        .filter_by(person_id=visa.person_id, status=VisaStatus.REPLACED)
        .order_by(Visa.id)
    ).all()
    if not is_extension(visa.category, replaced) or _has_case(session, visa_id=visa.id):
        return False
    return not is_registered_since(visa.valid_from, _last_registration(session, visa.person_id))


def _last_registration(session: Session, person_id: int) -> date | None:
    return session.scalar(
        sa.select(sa.func.max(Registration.registered_on)).filter_by(person_id=person_id)
    )


def _has_case(session: Session, **cause: int) -> bool:
    found = sa.select(Case.id).filter_by(kind=CaseKind.REGISTRATION, **cause)
    return session.scalar(found.limit(1)) is not None
