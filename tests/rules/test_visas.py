"""What a letter makes of a visa, and what follows when one takes the place of another."""

from datetime import date

import pytest

from core.rules.visas import is_extension, is_registered_since, status_in_force
from core.terms import VisaStatus

ISSUED = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("category", "status"),
    [("L", VisaStatus.EXIT), ("S", VisaStatus.ACTIVE), ("RL", VisaStatus.ACTIVE)],
)
def test_the_letter_of_exit_makes_a_visa_of_its_own_status(
    category: str, status: VisaStatus
) -> None:
    assert status_in_force(category) is status


@pytest.mark.parametrize(
    ("category", "replaced", "extends"),
    [
        ("S", ["S"], True),
        ("S", ["J", "S"], True),
        ("S", ["J"], False),
        ("S", [], False),
        ("J", ["S"], False),
        ("L", ["S"], False),
    ],
)
def test_only_a_study_visa_after_a_study_visa_is_an_extension(
    category: str, replaced: list[str], *, extends: bool
) -> None:
    assert is_extension(category, replaced) is extends


@pytest.mark.parametrize(
    ("issued_on", "registered_on", "is_done"),
    [
        (ISSUED, date(2026, 8, 31), False),
        (ISSUED, date(2026, 9, 1), True),
        (ISSUED, date(2026, 9, 2), True),
        (ISSUED, None, False),
        (None, date(2026, 9, 2), False),
    ],
)
def test_a_registration_counts_from_the_day_of_issue(
    issued_on: date | None, registered_on: date | None, *, is_done: bool
) -> None:
    assert is_registered_since(issued_on, registered_on) is is_done
