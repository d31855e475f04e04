"""Checklists: which documents a procedure asks of a person with these facts, on this day."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from datetime import date

from core.rules.periods import holds_on
from core.terms import RequirementCondition, ResidenceKind


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One document of a procedure, asked for where every condition holds.

    ``citizenships`` (ISO alpha-2) is empty where it does not matter; ``is_uncertain`` says that a
    fact one of the conditions asks about is not known.
    """

    item_code: str
    document_kind: str
    name_en: str
    name_ru: str = ""
    name_ky: str = ""
    is_required: bool
    conditions: frozenset[RequirementCondition] = frozenset()
    citizenships: frozenset[str] = frozenset()
    copies: int = 1
    needs_original: bool = False
    needs_translation: bool = False
    position: int
    in_force_from: date
    in_force_until: date | None = None
    is_active: bool = True
    is_uncertain: bool = False

    def is_asked_for(self, on: date) -> bool:
        """Return whether the requirement is asked for in cases opened on the day ``on``."""
        return self.is_active and holds_on(self, on)


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """The facts conditions ask about; None means unknown."""

    residence: ResidenceKind | None
    needs_entry_visa: bool | None
    is_late: bool
    holds_study_visa: bool = False
    citizenship: str | None = None


#: Of each pair one condition holds and never both.
_OPPOSITES = (
    {RequirementCondition.LIVES_IN_HOSTEL, RequirementCondition.LIVES_IN_FLAT},
    {RequirementCondition.HOLDS_STUDY_VISA, RequirementCondition.HOLDS_NO_STUDY_VISA},
)


def excludes_everybody(conditions: Set[RequirementCondition]) -> bool:
    """Return whether there can be nobody of whom all ``conditions`` hold."""
    return any(pair <= conditions for pair in _OPPOSITES)


def requirements_for(
    requirements: Iterable[Requirement], facts: CaseFacts, *, on: date
) -> tuple[Requirement, ...]:
    """Return the requirements in force on ``on`` whose conditions hold, in their order.

    Where a condition asks for a fact that is not known, the requirement is kept as optional and
    marked uncertain: it must neither be forgotten nor block the case.
    """
    kept = []
    for requirement in requirements:
        held = _held(requirement, facts)
        if not requirement.is_asked_for(on) or False in held:
            continue
        if None in held:
            kept.append(replace(requirement, is_required=False, is_uncertain=True))
        else:
            kept.append(requirement)
    return tuple(sorted(kept, key=lambda requirement: requirement.position))


def _held(requirement: Requirement, facts: CaseFacts) -> list[bool | None]:
    residence = facts.residence
    known = {
        RequirementCondition.LIVES_IN_HOSTEL: _lives_in(residence, ResidenceKind.HOSTEL),
        RequirementCondition.LIVES_IN_FLAT: _lives_in(residence, ResidenceKind.FLAT),
        RequirementCondition.NEEDS_ENTRY_VISA: facts.needs_entry_visa,
        RequirementCondition.HOLDS_STUDY_VISA: facts.holds_study_visa,
        RequirementCondition.HOLDS_NO_STUDY_VISA: not facts.holds_study_visa,
        RequirementCondition.SUBMITTED_LATE: facts.is_late,
    }
    held = [known[condition] for condition in requirement.conditions]
    if requirement.citizenships:
        is_member = facts.citizenship in requirement.citizenships
        held.append(None if facts.citizenship is None else is_member)
    return held


def _lives_in(residence: ResidenceKind | None, kind: ResidenceKind) -> bool | None:
    return None if residence is None else residence is kind
