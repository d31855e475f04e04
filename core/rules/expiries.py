"""Which papers of a person must not run out unseen, and until what day each holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.terms import CURRENT_ENROLMENT_STATUSES, CaseKind, EnrolmentStatus, Matter

#: Which cases take care that a paper does not run out; the others are renewed without a case.
TAKEN_CARE_OF_BY: dict[Matter, tuple[CaseKind, ...]] = {
    Matter.VISA: (CaseKind.STUDY_VISA_EXTENSION, CaseKind.STUDY_VISA, CaseKind.EXIT_VISA),
    Matter.REGISTRATION: (CaseKind.REGISTRATION,),
    Matter.PASSPORT: (CaseKind.EMBASSY_EXTENSION,),
}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a person is to the university now.

    ``status`` is that of the current enrolment, None for whoever never was a student;
    ``is_engaged`` says that he works or stays here, ``was_engaged`` that he ever did. ``has_left``
    says that the last crossing known led out of the country.
    """

    status: EnrolmentStatus | None = None
    is_engaged: bool = False
    was_engaged: bool = False
    has_left: bool = False

    @property
    def is_student(self) -> bool:
        """Whether he has a place at a faculty now."""
        return self.status in CURRENT_ENROLMENT_STATUSES

    @property
    def is_ours(self) -> bool:
        """Whether the university answers for him: not for who studied or worked here once.

        Whoever was neither is a relative, a visitor or an applicant, and is ours while the record
        is open.
        """
        is_neither = self.status is None and not self.was_engaged
        return self.is_student or self.is_engaged or is_neither


@dataclass(frozen=True, kw_only=True, order=True)
class Paper:
    """A paper and its last day; ``record_id`` is the id in the table of its matter."""

    matter: Matter
    record_id: int
    ends_on: date


def watched(papers: Iterable[Paper], standing: Standing) -> tuple[Paper, ...]:
    """Return those of the present ``papers`` whose last day matters for such a person.

    A visa and a registration are watched as long as somebody may be here, also after he was
    expelled, because the university that invited him answers for it. Abroad, a registration and an
    owner's consent mean nothing. A contract binds students only.
    """
    return tuple(sorted(paper for paper in papers if _is_watched(paper.matter, standing)))


def _is_watched(matter: Matter, standing: Standing) -> bool:
    return {
        Matter.VISA: standing.is_ours or not standing.has_left,
        Matter.REGISTRATION: not standing.has_left,
        Matter.PASSPORT: standing.is_ours,
        Matter.CONTRACT: standing.is_student,
        Matter.CONSENT: standing.is_ours and not standing.has_left,
        Matter.DOCUMENT: standing.is_ours,
    }[matter]
