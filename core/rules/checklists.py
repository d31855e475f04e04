"""Checklists: which documents a procedure asks of a person with these facts, on this day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from core.terms import RequirementCondition, ResidenceKind


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One document of a procedure. ``is_uncertain`` says that its condition is not known."""

    item_code: str
    document_kind: str
    name_en: str
    name_ru: str = ""
    name_ky: str = ""
    is_required: bool
    condition: RequirementCondition
    position: int
    in_force_from: date
    in_force_until: date | None = None
    is_active: bool = True
    is_uncertain: bool = False

    def is_in_force(self, on: date) -> bool:
        """Return whether the requirement is asked for on the day ``on``."""
        return (
            self.is_active
            and self.in_force_from <= on
            and (self.in_force_until is None or on <= self.in_force_until)
        )


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """The facts conditions ask about; None means unknown."""

    residence: ResidenceKind | None
    needs_entry_visa: bool | None
    is_late: bool


def requirements_for(
    requirements: Iterable[Requirement], facts: CaseFacts, *, on: date
) -> tuple[Requirement, ...]:
    """Return the requirements in force on ``on`` whose condition holds, in their order.

    Where the condition asks for a fact that is not known, the requirement is kept as optional and
    marked uncertain: it must neither be forgotten nor block the case.
    """
    kept = []
    for requirement in requirements:
        holds = _holds(requirement.condition, facts)
        if not requirement.is_in_force(on) or holds is False:
            continue
        if holds is None:
            kept.append(replace(requirement, is_required=False, is_uncertain=True))
        else:
            kept.append(requirement)
    return tuple(sorted(kept, key=lambda requirement: requirement.position))


def _holds(condition: RequirementCondition, facts: CaseFacts) -> bool | None:
    residence = facts.residence
    return {
        RequirementCondition.ALWAYS: True,
        RequirementCondition.LIVES_IN_HOSTEL: _lives_in(residence, ResidenceKind.HOSTEL),
        RequirementCondition.LIVES_IN_FLAT: _lives_in(residence, ResidenceKind.FLAT),
        RequirementCondition.NEEDS_ENTRY_VISA: facts.needs_entry_visa,
        RequirementCondition.SUBMITTED_LATE: facts.is_late,
    }[condition]


def _lives_in(residence: ResidenceKind | None, kind: ResidenceKind) -> bool | None:
    return None if residence is None else residence is kind
