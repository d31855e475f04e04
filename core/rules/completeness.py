"""Completeness: which facts the department still needs of a person, and how much is known."""

from collections.abc import Callable
from dataclasses import dataclass

from core.terms import CURRENT_ENROLMENT_STATUSES, EnrolmentStatus, PersonFact, ResidenceKind


@dataclass(frozen=True, kw_only=True)
class KnownFacts:
    """What a record holds: ``known`` are the facts that are there.

    ``status`` is that of the current enrolment, None for whoever is no student;
    ``needs_entry_visa`` is None while the citizenship does not tell.
    """

    known: frozenset[PersonFact]
    status: EnrolmentStatus | None = None
    residence: ResidenceKind | None = None
    needs_entry_visa: bool | None = None

    @property
    def is_student(self) -> bool:
        """Whether the person has a place at a faculty now."""
        return self.status in CURRENT_ENROLMENT_STATUSES

    @property
    def is_here(self) -> bool:
        """Whether a student has come already."""
        return self.is_student and self.status is not EnrolmentStatus.INVITED


Applies = Callable[[KnownFacts], bool]


def _to_everybody(_facts: KnownFacts) -> bool:
    return True


def _to_students(facts: KnownFacts) -> bool:
    return facts.is_student


def _to_those_here(facts: KnownFacts) -> bool:
    return facts.is_here


def _to_those_who_need_a_visa(facts: KnownFacts) -> bool:
    return facts.is_here and facts.needs_entry_visa is not False


def _to_tenants(facts: KnownFacts) -> bool:
    return facts.is_here and facts.residence is ResidenceKind.FLAT


#: fact → of whom it is asked; each fact of the vocabulary stands here once, in the form's order.
ASKED_OF: dict[PersonFact, Applies] = {
    PersonFact.NAME: _to_everybody,
    PersonFact.CITIZENSHIP: _to_everybody,
    PersonFact.BIRTH_DATE: _to_everybody,
    PersonFact.SEX: _to_everybody,
    PersonFact.PASSPORT_NUMBER: _to_everybody,
    PersonFact.PASSPORT_EXPIRY: _to_everybody,
    PersonFact.FACULTY: _to_students,
    PersonFact.COURSE: _to_students,
    PersonFact.CONTRACT_NUMBER: _to_students,
    PersonFact.CONTRACT_END: _to_students,
    PersonFact.ENTRY: _to_those_here,
    PersonFact.VISA: _to_those_who_need_a_visa,
    PersonFact.RESIDENCE: _to_those_here,
    PersonFact.ADDRESS: _to_those_here,
    PersonFact.LANDLORD_CONSENT: _to_tenants,
    PersonFact.PHONE: _to_students,
    PersonFact.PHOTO: _to_students,
}


def asked_facts(facts: KnownFacts) -> tuple[PersonFact, ...]:
    """Return the facts that are asked of such a person, in the order of the form."""
    return tuple(fact for fact, applies in ASKED_OF.items() if applies(facts))


def missing_facts(facts: KnownFacts) -> tuple[PersonFact, ...]:
    """Return the facts still to be asked for, in the order of the form."""
    return tuple(fact for fact in asked_facts(facts) if fact not in facts.known)


def share_known(*, missing: int, asked: int) -> int:
    """Return how much is known in whole per cent, rounded down: 100 means that nothing lacks."""
    return 100 if asked == 0 else (asked - missing) * 100 // asked
