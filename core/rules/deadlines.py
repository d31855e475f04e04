"""Deadlines: which rule applies to a person, and which day it comes to.

A rule is a dated row: so many days before or after a dated fact. The row is selected by the date
of that fact (the entry, the expiry), not by today's, so that an old case keeps the law of its day.
Legal terms counted in calendar days do not move when they end on a holiday.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from core.errors import DomainError
from core.rules.calendar import WorkCalendar, explain_working_days
from core.rules.explanation import Explanation, Step
from core.rules.periods import holds_on
from core.terms import Confidence, ResidenceKind, RuleAnchor, RulePurpose, RuleSide, RuleUnit

#: The longest term a rule may set, in days.
LONGEST_TERM = 3650

REGISTRATION = "registration.place_of_stay"
REGISTRATION_EXEMPT = "registration.exempt"
REGISTRATION_TARGET = "registration.target"
REGISTRATION_AFTER_VISA = "registration.after_visa"
FIRST_VISA = "visa.first.papers"
VISA_EXTENSION = "visa.extend.papers"
STATUS_NOTICE = "status.notice"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One dated row of law or of house practice.

    ``citizenships`` (ISO alpha-2) and ``visa_categories`` are empty where the rule does not ask;
    ``in_force_until`` is inclusive. For ``registration.exempt`` the number of days comes from the
    country table and ``amount`` is 0.
    """

    rule_id: int
    code: str
    purpose: RulePurpose
    anchor: RuleAnchor
    side: RuleSide
    amount: int
    unit: RuleUnit
    in_force_from: date
    in_force_until: date | None = None
    citizenships: frozenset[str] = frozenset()
    visa_categories: frozenset[str] = frozenset()
    residence: ResidenceKind | None = None
    source: str
    confidence: Confidence

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= LONGEST_TERM:
            raise DomainError("rule.days.out_of_range", amount=self.amount, longest=LONGEST_TERM)
        if not self.source.strip():
            raise DomainError("rule.source.empty")
        if self.in_force_until is not None and self.in_force_until < self.in_force_from:
            raise DomainError("period.reversed")

    @property
    def scope(self) -> tuple[str, frozenset[str], frozenset[str], ResidenceKind | None]:
        """Of whom the rule speaks: of rules with one scope, one holds on a day."""
        return self.code, self.citizenships, self.visa_categories, self.residence

    def applies_to(self, facts: "Facts") -> bool:
        """Return whether the rule speaks of somebody with these facts."""
        return (
            (not self.citizenships or facts.citizenship in self.citizenships)
            and (not self.visa_categories or facts.visa_category in self.visa_categories)
            and (self.residence is None or self.residence is facts.residence)
        )

    @property
    def precedence(self) -> tuple[bool, bool, bool, date, int]:
        """How particular the rule is: citizenship before visa before residence, then the newest."""
        return (
            bool(self.citizenships),
            bool(self.visa_categories),
            self.residence is not None,
            self.in_force_from,
            self.rule_id,
        )


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a person when his dates are computed; None and absent mean unknown.

    ``exemption_days`` is the number the country table held on the day of entry, in calendar days.
    """

    citizenship: str | None = None
    residence: ResidenceKind | None = None
    visa_category: str | None = None
    exemption_days: int | None = None
    anchors: Mapping[RuleAnchor, date] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A date, the rule that made it, and how it was counted."""

    rule: Rule
    due_on: date
    explanation: Explanation


DeadlinePair = tuple[Deadline, Deadline | None]


def select_rule(rules: Iterable[Rule], facts: Facts, *, code: str) -> Rule | None:
    """Return the rule ``code`` in force on the day of its anchor that fits the facts best.

    The most particular row wins, in the order of :attr:`Rule.precedence`. None where no row
    applies or the dated fact is not known.
    """
    fitting = [
        rule
        for rule in rules
        if rule.code == code
        and (anchor := facts.anchors.get(rule.anchor)) is not None
        and holds_on(rule, anchor)
        and rule.applies_to(facts)
    ]
    return max(fitting, key=lambda rule: rule.precedence, default=None)


def compute_deadline(rule: Rule, facts: Facts, calendar: WorkCalendar) -> Deadline | None:
    """Return the date ``rule`` comes to, or None where its dated fact is not known."""
    anchor = facts.anchors.get(rule.anchor)
    if anchor is None:
        return None
    direction = 1 if rule.side is RuleSide.AFTER else -1
    if rule.unit is RuleUnit.WORKING_DAYS:
        due_on, steps = explain_working_days(calendar, anchor, rule.amount, direction=direction)
    else:
        due_on = anchor + timedelta(days=rule.amount * direction)
        steps = (Step("count.calendar", {"days": rule.amount, "on": due_on.isoformat()}),)
    return Deadline(rule=rule, due_on=due_on, explanation=(_anchor_step(rule, anchor), *steps))


def registration_deadlines(
    facts: Facts, rules: tuple[Rule, ...], calendar: WorkCalendar
) -> DeadlinePair | None:
    """Return the legal and the safe date of registration at the place of stay.

    Citizens of the listed states have the calendar days of the country table; everybody else has
    5 working days from the crossing of the border, the day of entry being day 0 (Gov. Res. 689 of
    2016-12-19). The safe date is never later than the legal one. A registration that no entry asks
    for is due after the issue of the visa, if a rule says when. None while no day is known.
    """
    if RuleAnchor.ENTRY not in facts.anchors:
        return _due_only(REGISTRATION_AFTER_VISA, facts, rules, calendar)
    if facts.exemption_days is None:
        rule = select_rule(rules, facts, code=REGISTRATION)
        due = compute_deadline(rule, facts, calendar) if rule else None
    else:
        rule = select_rule(rules, facts, code=REGISTRATION_EXEMPT)
        due = _exempt_deadline(rule, facts, calendar) if rule else None
    if due is None:
        return None
    target_rule = select_rule(rules, facts, code=REGISTRATION_TARGET)
    target = compute_deadline(target_rule, facts, calendar) if target_rule else None
    return due, _not_after(target, due)


def first_visa_deadlines(
    facts: Facts, rules: tuple[Rule, ...], calendar: WorkCalendar
) -> DeadlinePair | None:
    """Return by when the papers for a first study visa must be in; None without an entry visa."""
    return _before_expiry(FIRST_VISA, facts, rules, calendar)


def visa_extension_deadlines(
    facts: Facts, rules: tuple[Rule, ...], calendar: WorkCalendar
) -> DeadlinePair | None:
    """Return by when the papers for an extension must be in; None while no visa is known."""
    return _before_expiry(VISA_EXTENSION, facts, rules, calendar)


def status_notice_deadlines(
    facts: Facts, rules: tuple[Rule, ...], calendar: WorkCalendar
) -> DeadlinePair | None:
    """Return by when a change of status must be told; None while no rule says so."""
    return _due_only(STATUS_NOTICE, facts, rules, calendar)


def _due_only(
    code: str, facts: Facts, rules: tuple[Rule, ...], calendar: WorkCalendar
) -> DeadlinePair | None:
    rule = select_rule(rules, facts, code=code)
    due = compute_deadline(rule, facts, calendar) if rule else None
    return None if due is None else (due, None)


def _before_expiry(
    code: str, facts: Facts, rules: tuple[Rule, ...], calendar: WorkCalendar
) -> DeadlinePair | None:
    rule = select_rule(rules, facts, code=code)
    due = compute_deadline(rule, facts, calendar) if rule else None
    return None if due is None else (_not_before_entry(due, facts), None)


def _exempt_deadline(rule: Rule, facts: Facts, calendar: WorkCalendar) -> Deadline | None:
    days = facts.exemption_days or 0
    counted = compute_deadline(replace(rule, amount=days), facts, calendar)
    if counted is None:
        return None
    listed = Step("count.exempt", {"country": facts.citizenship or "", "days": days})
    anchor, *count = counted.explanation
    return Deadline(rule=rule, due_on=counted.due_on, explanation=(anchor, listed, *count))


def _not_after(target: Deadline | None, due: Deadline) -> Deadline | None:
    if target is None or target.due_on <= due.due_on:
        return target
    step = Step("count.not_after_due", {"on": due.due_on.isoformat()})
    return replace(target, due_on=due.due_on, explanation=(*target.explanation, step))


def _not_before_entry(due: Deadline, facts: Facts) -> Deadline:
    entered_on = facts.anchors.get(RuleAnchor.ENTRY)
    if entered_on is None or due.due_on >= entered_on:
        return due
    step = Step("count.not_before_entry", {"on": entered_on.isoformat()})
    return replace(due, due_on=entered_on, explanation=(*due.explanation, step))


def _anchor_step(rule: Rule, anchor: date) -> Step:
    return Step(f"anchor.{rule.anchor.value}", {"on": anchor.isoformat()})
