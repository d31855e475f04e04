"""Which documents are asked for, by the facts and by the day."""

from datetime import date

import pytest

from core.rules.checklists import CaseFacts, Requirement, requirements_for
from core.terms import RequirementCondition, ResidenceKind

DAY = date(2026, 9, 1)


def requirement(code: str, *conditions: RequirementCondition, **changes: object) -> Requirement:
    values: dict[str, object] = {
        "item_code": code,
        "document_kind": code,
        "name_en": code,
        "is_required": True,
        "conditions": frozenset(conditions),
        "position": 10,
        "in_force_from": date(2020, 1, 1),
    }
    return Requirement(**{**values, **changes})


ALWAYS = requirement("passport", position=1)
FLAT = requirement("landlord_consent", RequirementCondition.LIVES_IN_FLAT, position=2)
HOSTEL = requirement("hostel_certificate", RequirementCondition.LIVES_IN_HOSTEL, position=3)
LATE = requirement("police_clearance", RequirementCondition.SUBMITTED_LATE, position=4)
ENTRY = requirement("invitation", RequirementCondition.NEEDS_ENTRY_VISA, position=5)
EVERY = (ENTRY, LATE, HOSTEL, FLAT, ALWAYS)


@pytest.mark.parametrize(
    ("residence", "needs_visa", "is_late", "codes"),
    [
        (ResidenceKind.FLAT, False, False, ["passport", "landlord_consent"]),
        (ResidenceKind.HOSTEL, False, False, ["passport", "hostel_certificate"]),
        (ResidenceKind.HOSTEL, True, True,
         ["passport", "hostel_certificate", "police_clearance", "invitation"]),
    ],
)  # fmt: skip
def test_the_facts_decide(
    residence: ResidenceKind, needs_visa: bool, is_late: bool, codes: list[str]
) -> None:
    facts = CaseFacts(residence=residence, needs_entry_visa=needs_visa, is_late=is_late)
    chosen = requirements_for(EVERY, facts, on=DAY)
    assert [each.item_code for each in chosen] == codes
    assert all(each.is_required and not each.is_uncertain for each in chosen)


def test_what_is_not_known_is_kept_as_uncertain_and_blocks_nothing() -> None:
    facts = CaseFacts(residence=None, needs_entry_visa=None, is_late=False)
    chosen = {each.item_code: each for each in requirements_for(EVERY, facts, on=DAY)}
    assert set(chosen) == {"passport", "landlord_consent", "hostel_certificate", "invitation"}
    assert chosen["landlord_consent"].is_uncertain
    assert not chosen["landlord_consent"].is_required
    assert chosen["passport"].is_required


@pytest.mark.parametrize(
    ("on", "is_asked"),
    [
        (date(2026, 8, 31), False),
        (date(2026, 9, 1), True),
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
    ],
)
def test_a_requirement_holds_from_its_first_day_to_its_last(on: date, is_asked: bool) -> None:
    dated = requirement(
        "photo",
        in_force_from=date(2026, 9, 1),
        in_force_until=date(2026, 9, 30),
    )
    facts = CaseFacts(residence=None, needs_entry_visa=None, is_late=False)
    assert bool(requirements_for([dated], facts, on=on)) is is_asked


def test_an_inactive_requirement_is_not_asked_for() -> None:
    facts = CaseFacts(residence=None, needs_entry_visa=None, is_late=False)
    off = requirement("photo", is_active=False)
    assert requirements_for([off], facts, on=DAY) == ()
