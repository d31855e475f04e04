"""Visas: what a letter makes of one, and what follows when one takes the place of another."""

from collections.abc import Collection
from datetime import date

from core.rules.cases import STUDY_CATEGORY
from core.terms import VisaStatus

#: The letter of an exit visa: it lets its holder out by its last day, and not in again.
EXIT_CATEGORY = "L"


def status_in_force(category: str) -> VisaStatus:
    """Return the status of a visa of this letter while it is in force."""
    return VisaStatus.EXIT if category == EXIT_CATEGORY else VisaStatus.ACTIVE


def is_extension(category: str, replaced: Collection[str]) -> bool:
    """Return whether a visa extends an earlier one; ``replaced`` are the letters it replaced.

    A study visa in the place of a visa of entry is the first one and no extension.
    """
    return category == STUDY_CATEGORY and STUDY_CATEGORY in replaced


def is_registered_since(issued_on: date | None, registered_on: date | None) -> bool:
    """Return whether a registration was made on the day of a visa's issue or after it.

    False while one of both days is not known.
    """
    return issued_on is not None and registered_on is not None and registered_on >= issued_on
