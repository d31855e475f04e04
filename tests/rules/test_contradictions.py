"""What contradicts itself and what is ordinary life, on both sides of each boundary."""

from datetime import date

import pytest

from core.rules.contradictions import HELD, RecordFacts, VisaFacts, age_on, contradictions
from core.terms import Contradiction, EnrolmentStatus, ResidenceKind

TODAY = date(2026, 9, 1)
STUDYING, ARRIVED = EnrolmentStatus.STUDYING, EnrolmentStatus.ARRIVED
ON_LEAVE, EXPELLED = EnrolmentStatus.ON_LEAVE, EnrolmentStatus.EXPELLED
FLAT, HOSTEL = ResidenceKind.FLAT, ResidenceKind.HOSTEL


def visa(until: date = date(2027, 1, 31), **of_passport: object) -> VisaFacts:
    return VisaFacts(valid_until=until, **of_passport)  # type: ignore[arg-type]


#: contradiction, facts, whether they hold it.
CASES: list[tuple[Contradiction, dict[str, object], bool]] = [
    # A visa may end on the last day of its passport, and not a day later.
    (
        Contradiction.VISA_OUTLIVES_PASSPORT,
        {"visa": visa(passport_until=date(2027, 1, 31))},
        False,
    ),
    (Contradiction.VISA_OUTLIVES_PASSPORT, {"visa": visa(passport_until=date(2027, 1, 30))}, True),
    (Contradiction.VISA_OUTLIVES_PASSPORT, {"visa": visa()}, False),
    # What has run out is past: until 1 September it is in force, since 31 August no more.
    (
        Contradiction.VISA_OUTLIVES_PASSPORT,
        {"visa": visa(date(2026, 9, 1), passport_until=date(2026, 8, 1))},
        True,
    ),
    (
        Contradiction.VISA_OUTLIVES_PASSPORT,
        {"visa": visa(date(2026, 8, 31), passport_until=date(2026, 8, 1))},
        False,
    ),
    (Contradiction.VISA_IN_REPLACED_PASSPORT, {"visa": visa(is_passport_replaced=True)}, True),
    (Contradiction.VISA_IN_REPLACED_PASSPORT, {"visa": visa(is_passport_replaced=False)}, False),
    (
        Contradiction.VISA_IN_REPLACED_PASSPORT,
        {"visa": visa(date(2026, 8, 31), is_passport_replaced=True)},
        False,
    ),
    (Contradiction.VISA_OF_A_CITIZEN, {"citizenship": "KG", "visa": visa()}, True),
    (Contradiction.VISA_OF_A_CITIZEN, {"citizenship": "KZ", "visa": visa()}, False),
    (Contradiction.VISA_OF_A_CITIZEN, {"citizenship": "KG"}, False),
    (Contradiction.VISA_OF_A_CITIZEN, {"citizenship": None, "visa": visa()}, False),
    (
        Contradiction.VISA_OF_A_CITIZEN,
        {"citizenship": "KG", "visa": visa(date(2026, 8, 31))},
        False,
    ),
    # The last day of the contract is still its own.
    (
        Contradiction.STUDIES_WITHOUT_CONTRACT,
        {"status": STUDYING, "contract_until": date(2026, 9, 1)},
        False,
    ),
    (
        Contradiction.STUDIES_WITHOUT_CONTRACT,
        {"status": STUDYING, "contract_until": date(2026, 8, 31)},
        True,
    ),
    (
        Contradiction.STUDIES_WITHOUT_CONTRACT,
        {"status": ARRIVED, "contract_until": date(2026, 8, 31)},
        True,
    ),
    (
        Contradiction.STUDIES_WITHOUT_CONTRACT,
        {"status": ON_LEAVE, "contract_until": date(2026, 8, 31)},
        False,
    ),
    (
        Contradiction.STUDIES_WITHOUT_CONTRACT,
        {"status": EXPELLED, "contract_until": date(2026, 8, 31)},
        False,
    ),
    # From 4 May to 1 September there are 120 days, from 3 May 121. A summer at home is less.
    (Contradiction.STUDIES_FROM_ABROAD, {"status": STUDYING, "left_on": date(2026, 6, 20)}, False),
    (Contradiction.STUDIES_FROM_ABROAD, {"status": STUDYING, "left_on": date(2026, 5, 4)}, False),
    (Contradiction.STUDIES_FROM_ABROAD, {"status": STUDYING, "left_on": date(2026, 5, 3)}, True),
    (Contradiction.STUDIES_FROM_ABROAD, {"status": ON_LEAVE, "left_on": date(2026, 5, 3)}, False),
    (Contradiction.STUDIES_FROM_ABROAD, {"status": STUDYING}, False),
    # Registered and gone on one day is possible; gone and registered the day after is not.
    (
        Contradiction.REGISTERED_WHILE_AWAY,
        {"left_on": date(2026, 8, 1), "registered_on": date(2026, 8, 1)},
        False,
    ),
    (
        Contradiction.REGISTERED_WHILE_AWAY,
        {"left_on": date(2026, 8, 1), "registered_on": date(2026, 8, 2)},
        True,
    ),
    (Contradiction.REGISTERED_WHILE_AWAY, {"registered_on": date(2026, 8, 2)}, False),
    (Contradiction.REGISTERED_WHILE_AWAY, {"left_on": date(2026, 8, 1)}, False),
    (
        Contradiction.LIVES_WITHOUT_CONSENT,
        {"status": STUDYING, "residence": FLAT, "consent_until": date(2026, 8, 31)},
        True,
    ),
    (
        Contradiction.LIVES_WITHOUT_CONSENT,
        {"status": STUDYING, "residence": FLAT, "consent_until": date(2026, 9, 1)},
        False,
    ),
    (
        Contradiction.LIVES_WITHOUT_CONSENT,
        {"status": STUDYING, "residence": HOSTEL, "consent_until": date(2026, 8, 31)},
        False,
    ),
    (
        Contradiction.LIVES_WITHOUT_CONSENT,
        {
            "status": STUDYING,
            "residence": FLAT,
            "consent_until": date(2026, 8, 31),
            "left_on": date(2026, 8, 1),
        },
        False,
    ),
    (
        Contradiction.LIVES_WITHOUT_CONSENT,
        {"status": EXPELLED, "residence": FLAT, "consent_until": date(2026, 8, 31)},
        False,
    ),
    (Contradiction.LIVES_IN_TWO_PLACES, {"home_count": 1}, False),
    (Contradiction.LIVES_IN_TWO_PLACES, {"home_count": 2}, True),
    # Fifteen today; fifteen tomorrow. Seventy for a day yet; seventy-one today.
    (
        Contradiction.NO_STUDENTS_AGE,
        {"status": STUDYING, "birth_date": date(2011, 9, 1)},
        False,
    ),
    (Contradiction.NO_STUDENTS_AGE, {"status": STUDYING, "birth_date": date(2011, 9, 2)}, True),
    (Contradiction.NO_STUDENTS_AGE, {"status": STUDYING, "birth_date": date(1955, 9, 2)}, False),
    (Contradiction.NO_STUDENTS_AGE, {"status": STUDYING, "birth_date": date(1955, 9, 1)}, True),
    (
        Contradiction.NO_STUDENTS_AGE,
        {"status": EnrolmentStatus.INVITED, "birth_date": date(2020, 9, 1)},
        True,
    ),
    (Contradiction.NO_STUDENTS_AGE, {"status": EXPELLED, "birth_date": date(1950, 9, 1)}, False),
    (Contradiction.NO_STUDENTS_AGE, {"status": None, "birth_date": date(2020, 9, 1)}, False),
    (Contradiction.NO_STUDENTS_AGE, {"status": STUDYING}, False),
    (
        Contradiction.ENTERED_BEFORE_PASSPORT,
        {"entered_on": date(2026, 8, 1), "entry_passport_issued_on": date(2026, 8, 1)},
        False,
    ),
    (
        Contradiction.ENTERED_BEFORE_PASSPORT,
        {"entered_on": date(2026, 8, 1), "entry_passport_issued_on": date(2026, 8, 2)},
        True,
    ),
    (Contradiction.ENTERED_BEFORE_PASSPORT, {"entered_on": date(2026, 8, 1)}, False),
]


@pytest.mark.parametrize(("which", "known", "is_held"), CASES)
def test_a_record_holds_it_or_not(
    which: Contradiction, known: dict[str, object], is_held: bool
) -> None:
    facts = RecordFacts(today=TODAY, **known)  # type: ignore[arg-type]
    assert contradictions(facts) == ((which,) if is_held else ())


def test_each_is_asked_about_on_both_sides() -> None:
    for which in Contradiction:
        assert {is_held for each, _known, is_held in CASES if each is which} == {True, False}


def test_a_record_of_which_nothing_is_known_contradicts_nothing() -> None:
    assert contradictions(RecordFacts(today=TODAY)) == ()


def test_several_are_told_in_the_order_of_the_vocabulary() -> None:
    facts = RecordFacts(
        today=TODAY,
        citizenship="KG",
        visa=visa(passport_until=date(2026, 10, 1)),
        home_count=2,
    )
    assert contradictions(facts) == (
        Contradiction.VISA_OUTLIVES_PASSPORT,
        Contradiction.VISA_OF_A_CITIZEN,
        Contradiction.LIVES_IN_TWO_PLACES,
    )
    assert list(HELD) == list(Contradiction)


@pytest.mark.parametrize(
    ("day", "age"), [(date(2026, 2, 28), 21), (date(2026, 3, 1), 22), (date(2028, 2, 29), 24)]
)
def test_who_was_born_on_a_leap_day_turns_a_year_on_the_first_of_march(day: date, age: int) -> None:
    assert age_on(date(2004, 2, 29), day) == age
