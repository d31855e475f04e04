"""The rule book of one computation, and the due dates it gives for what is known of a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from core.rules.calendar import WorkCalendar
from core.rules.deadlines import (
    DeadlinePair,
    Facts,
    Rule,
    first_visa_deadlines,
    registration_deadlines,
    status_notice_deadlines,
    visa_extension_deadlines,
)
from core.rules.periods import holds_on
from core.terms import CaseKind, ResidenceKind, RuleAnchor


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """For how many calendar days after entry a state's citizens need no registration."""

    days: int
    in_force_from: date
    in_force_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class RuleBook:
    """Everything due dates are computed from besides the facts; ``exemptions`` by ISO alpha-2."""

    rules: tuple[Rule, ...]
    calendar: WorkCalendar
    exemptions: Mapping[str, tuple[Exemption, ...]] = field(default_factory=dict)

    def exempt_days(self, iso2: str | None, on: date | None) -> int | None:
        """Return the exempt days of citizens of ``iso2`` who entered on ``on``; None for none."""
        if iso2 is None or on is None:
            return None
        holding = [row for row in self.exemptions.get(iso2, ()) if holds_on(row, on)]
        return max(holding, key=lambda row: row.in_force_from).days if holding else None


@dataclass(frozen=True)
class CaseDates:
    """What is known of a case when its due dates are computed; None means unknown.

    Two cases of which the same is known have the same due dates.
    """

    kind: CaseKind
    citizenship: str | None = None
    residence: ResidenceKind | None = None
    visa_category: str | None = None
    entered_on: date | None = None
    visa_until: date | None = None
    passport_until: date | None = None
    contract_until: date | None = None
    visa_issued_on: date | None = None
    status_changed_on: date | None = None


def deadlines_of(known: CaseDates, book: RuleBook) -> DeadlinePair | None:
    """Return the legal and the safe date of a case, or None while no dated fact leads to one."""
    anchors = {
        RuleAnchor.ENTRY: known.entered_on,
        RuleAnchor.VISA_EXPIRY: known.visa_until,
        RuleAnchor.PASSPORT_EXPIRY: known.passport_until,
        RuleAnchor.CONTRACT_END: known.contract_until,
        RuleAnchor.VISA_ISSUE: known.visa_issued_on,
        RuleAnchor.STATUS_CHANGE: known.status_changed_on,
    }
    facts = Facts(
        citizenship=known.citizenship,
        residence=known.residence,
        visa_category=known.visa_category,
        exemption_days=book.exempt_days(known.citizenship, known.entered_on),
        anchors={anchor: day for anchor, day in anchors.items() if day is not None},
    )
    if known.kind is CaseKind.REGISTRATION:
        return registration_deadlines(facts, book.rules, book.calendar)
    if known.kind is CaseKind.STUDY_VISA:
        return first_visa_deadlines(facts, book.rules, book.calendar)
    if known.kind is CaseKind.STUDY_VISA_EXTENSION:
        return visa_extension_deadlines(facts, book.rules, book.calendar)
    if known.kind is CaseKind.STATUS_NOTICE:
        return status_notice_deadlines(facts, book.rules, book.calendar)
    return None
