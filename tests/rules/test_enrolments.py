"""The life of an enrolment, step by step, and what is asked of whom."""

import pytest

from core.rules.completeness import ASKED_OF, KnownFacts, missing_facts, share_known
from core.rules.enrolments import status_step, steps_from
from core.terms import CaseKind, EnrolmentStatus, PersonFact, ResidenceKind

#: before → after, written by hand.
ALLOWED = {
    "invited": {"arrived", "left"},
    "arrived": {"studying", "left"},
    "studying": {"on_leave", "graduated", "transferred", "expelled", "left"},
    "on_leave": {"studying", "expelled", "transferred", "left"},
    "graduated": set(),
    "transferred": set(),
    "expelled": set(),
    "left": set(),
}


@pytest.mark.parametrize("before", list(EnrolmentStatus))
def test_only_the_steps_of_the_table_are_allowed(before: EnrolmentStatus) -> None:
    assert {step.after.value for step in steps_from(before)} == ALLOWED[before.value]
    for after in EnrolmentStatus:
        is_allowed = after.value in ALLOWED[before.value]
        assert (status_step(before, after) is not None) is is_allowed


@pytest.mark.parametrize("after", ["graduated", "transferred", "expelled", "left", "on_leave"])
def test_whoever_stops_studying_is_told_to_the_authorities(after: str) -> None:
    step = status_step(EnrolmentStatus.STUDYING, EnrolmentStatus(after))
    assert step is not None
    assert step.opens == (CaseKind.STATUS_NOTICE,)
    assert step.needs_order


def test_an_arrival_needs_no_order_and_no_notice() -> None:
    step = status_step(EnrolmentStatus.INVITED, EnrolmentStatus.ARRIVED)
    assert step is not None
    assert (step.needs_order, step.needs_reason, step.opens) == (False, False, ())


def test_every_fact_is_asked_of_somebody() -> None:
    assert set(ASKED_OF) == set(PersonFact)


def lacking(**facts: object) -> set[str]:
    return {fact.value for fact in missing_facts(KnownFacts(known=frozenset(), **facts))}


def test_a_visitor_is_asked_for_himself_and_his_passport_only() -> None:
    assert lacking() == {
        "name",
        "citizenship",
        "birth_date",
        "sex",
        "passport_number",
        "passport_expiry",
    }


def test_whoever_has_not_come_yet_is_not_asked_where_he_lives() -> None:
    invited = lacking(status=EnrolmentStatus.INVITED)
    assert {"faculty", "contract_end", "photo"} <= invited
    assert not {"entry", "visa", "residence", "address"} & invited


def test_whoever_is_here_is_asked_for_entry_visa_and_residence() -> None:
    here = lacking(status=EnrolmentStatus.ARRIVED)
    assert {"entry", "visa", "residence", "address"} <= here
    assert "landlord_consent" not in here


def test_a_visa_is_not_asked_of_those_who_need_none() -> None:
    assert "visa" not in lacking(status=EnrolmentStatus.ARRIVED, needs_entry_visa=False)
    assert "visa" in lacking(status=EnrolmentStatus.ARRIVED, needs_entry_visa=None)


def test_the_landlord_is_asked_of_tenants_only() -> None:
    flat = lacking(status=EnrolmentStatus.STUDYING, residence=ResidenceKind.FLAT)
    hostel = lacking(status=EnrolmentStatus.STUDYING, residence=ResidenceKind.HOSTEL)
    assert "landlord_consent" in flat
    assert "landlord_consent" not in hostel


def test_a_graduate_is_asked_as_anybody() -> None:
    assert lacking(status=EnrolmentStatus.GRADUATED) == lacking()


@pytest.mark.parametrize(
    ("missing", "asked", "share"), [(0, 17, 100), (1, 17, 94), (17, 17, 0), (0, 0, 100)]
)
def test_the_meter_is_full_only_when_nothing_lacks(missing: int, asked: int, share: int) -> None:
    assert share_known(missing=missing, asked=asked) == share
