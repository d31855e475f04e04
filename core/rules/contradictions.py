"""Contradictions: what a record says that cannot all be true, or must not stay so.

Only what nobody's ordinary life looks like stands here. A summer at home, a registration that is
kept on paper meanwhile, and a fact nobody has entered yet (see ``completeness``) are none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from core.terms import (
    CURRENT_ENROLMENT_STATUSES,
    Contradiction,
    EnrolmentStatus,
    ResidenceKind,
)

#: The students of the house are no younger and no older, in whole years, both inclusive.
YOUNGEST, OLDEST = 15, 70

#: So long a student may be away and still study: the summer with its holidays, and some more.
LONGEST_AWAY = timedelta(days=120)

#: Who holds no visa of Kyrgyzstan.
OWN_CITIZENSHIP = "KG"

_HERE = frozenset({EnrolmentStatus.ARRIVED, EnrolmentStatus.STUDYING})


@dataclass(frozen=True, kw_only=True)
class VisaFacts:
    """The visa in use, and the passport it stands in; a passport not named is the present one."""

    valid_until: date
    passport_until: date | None = None
    is_passport_replaced: bool = False


@dataclass(frozen=True, kw_only=True)
class RecordFacts:
    """What a record says of a person on the day ``today``; None is a fact not known.

    ``left_on`` is the day of the last crossing if that led out of the country, ``entered_on`` that
    of the last entry and ``entry_passport_issued_on`` belongs to the passport shown at it.
    ``residence`` and ``consent_until`` are of the place he moved to last; ``home_count`` counts
    the places where he lives now.
    """

    today: date
    citizenship: str | None = None
    birth_date: date | None = None
    status: EnrolmentStatus | None = None
    contract_until: date | None = None
    visa: VisaFacts | None = None
    registered_on: date | None = None
    left_on: date | None = None
    entered_on: date | None = None
    entry_passport_issued_on: date | None = None
    residence: ResidenceKind | None = None
    consent_until: date | None = None
    home_count: int = 0

    @property
    def is_said_to_be_here(self) -> bool:
        """Whether his status says that he studies here now."""
        return self.status in _HERE

    @property
    def visa_in_force(self) -> VisaFacts | None:
        """The visa, while it has not run out."""
        return self.visa if self.visa and self.visa.valid_until >= self.today else None


def _visa_outlives_passport(facts: RecordFacts) -> bool:
    visa = facts.visa_in_force
    return bool(visa and visa.passport_until and visa.valid_until > visa.passport_until)


def _visa_in_replaced_passport(facts: RecordFacts) -> bool:
    return facts.visa_in_force is not None and facts.visa_in_force.is_passport_replaced


def _visa_of_a_citizen(facts: RecordFacts) -> bool:
    return facts.citizenship == OWN_CITIZENSHIP and facts.visa_in_force is not None


def _studies_without_contract(facts: RecordFacts) -> bool:
    is_over = facts.contract_until is not None and facts.contract_until < facts.today
    return facts.is_said_to_be_here and is_over


def _studies_from_abroad(facts: RecordFacts) -> bool:
    is_away = facts.left_on is not None and facts.today - facts.left_on > LONGEST_AWAY
    return facts.is_said_to_be_here and is_away


def _registered_while_away(facts: RecordFacts) -> bool:
    return bool(facts.left_on and facts.registered_on and facts.registered_on > facts.left_on)


def _lives_without_consent(facts: RecordFacts) -> bool:
    is_over = facts.consent_until is not None and facts.consent_until < facts.today
    lives_there = facts.residence is ResidenceKind.FLAT and facts.left_on is None
    return facts.is_said_to_be_here and lives_there and is_over


def _lives_in_two_places(facts: RecordFacts) -> bool:
    return facts.home_count > 1


def _has_no_students_age(facts: RecordFacts) -> bool:
    if facts.birth_date is None or facts.status not in CURRENT_ENROLMENT_STATUSES:
        return False
    return not YOUNGEST <= age_on(facts.birth_date, facts.today) <= OLDEST


def _entered_before_passport(facts: RecordFacts) -> bool:
    issued = facts.entry_passport_issued_on
    return bool(facts.entered_on and issued and facts.entered_on < issued)


#: contradiction → whether a record holds it, in the order in which they are told.
HELD: dict[Contradiction, Callable[[RecordFacts], bool]] = {
    Contradiction.VISA_OUTLIVES_PASSPORT: _visa_outlives_passport,
    Contradiction.VISA_IN_REPLACED_PASSPORT: _visa_in_replaced_passport,
    Contradiction.VISA_OF_A_CITIZEN: _visa_of_a_citizen,
    Contradiction.STUDIES_WITHOUT_CONTRACT: _studies_without_contract,
    Contradiction.STUDIES_FROM_ABROAD: _studies_from_abroad,
    Contradiction.REGISTERED_WHILE_AWAY: _registered_while_away,
    Contradiction.LIVES_WITHOUT_CONSENT: _lives_without_consent,
    Contradiction.LIVES_IN_TWO_PLACES: _lives_in_two_places,
    Contradiction.NO_STUDENTS_AGE: _has_no_students_age,
    Contradiction.ENTERED_BEFORE_PASSPORT: _entered_before_passport,
}


def contradictions(facts: RecordFacts) -> tuple[Contradiction, ...]:
    """Return what of the record contradicts itself, in the order in which it is told."""
    return tuple(each for each, is_held in HELD.items() if is_held(facts))


def age_on(birth_date: date, day: date) -> int:
    """Return the age in whole years; who was born on 29 February turns a year on 1 March."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)
