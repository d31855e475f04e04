"""What a deadline rule may say: each code has its anchors, and some scopes nobody is ever in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from core.errors import DomainError
from core.rules.book import RuleBook
from core.rules.cases import STUDY_CATEGORY
from core.rules.deadlines import (
    FIRST_VISA,
    REGISTRATION,
    REGISTRATION_AFTER_VISA,
    REGISTRATION_EXEMPT,
    REGISTRATION_TARGET,
    STATUS_NOTICE,
    VISA_EXTENSION,
    Rule,
)
from core.rules.periods import ONE_DAY, holds_on
from core.terms import RuleAnchor, RulePurpose, RuleSide, RuleUnit


@dataclass(frozen=True, kw_only=True)
class RuleForm:
    """What every rule of a code has in common, and which anchors it may count from.

    ``is_of_country`` says that the number of days stands in the country table, not in the rule.
    """

    purpose: RulePurpose
    side: RuleSide
    anchors: tuple[RuleAnchor, ...]
    is_of_country: bool = False


_AFTER_ENTRY = (RuleAnchor.ENTRY,)
_BEFORE_EXPIRY = (RuleAnchor.VISA_EXPIRY, RuleAnchor.PASSPORT_EXPIRY, RuleAnchor.CONTRACT_END)

#: code → the form of its rules; there are no other codes.
FORMS = {
    REGISTRATION: RuleForm(purpose=RulePurpose.DUE, side=RuleSide.AFTER, anchors=_AFTER_ENTRY),
    REGISTRATION_EXEMPT: RuleForm(
        purpose=RulePurpose.DUE, side=RuleSide.AFTER, anchors=_AFTER_ENTRY, is_of_country=True
    ),
    REGISTRATION_TARGET: RuleForm(
        purpose=RulePurpose.TARGET, side=RuleSide.AFTER, anchors=_AFTER_ENTRY
    ),
    FIRST_VISA: RuleForm(purpose=RulePurpose.DUE, side=RuleSide.BEFORE, anchors=_BEFORE_EXPIRY),
    VISA_EXTENSION: RuleForm(purpose=RulePurpose.DUE, side=RuleSide.BEFORE, anchors=_BEFORE_EXPIRY),
    REGISTRATION_AFTER_VISA: RuleForm(
        purpose=RulePurpose.DUE, side=RuleSide.AFTER, anchors=(RuleAnchor.VISA_ISSUE,)
    ),
    STATUS_NOTICE: RuleForm(
        purpose=RulePurpose.DUE, side=RuleSide.AFTER, anchors=(RuleAnchor.STATUS_CHANGE,)
    ),
}

#: The codes of which no rule is shipped, because no confirmed source names a term.
UNSHIPPED = (REGISTRATION_AFTER_VISA, STATUS_NOTICE)


def refuse_unreachable(
    rule: Rule, book: RuleBook, *, states: Collection[str], categories: Collection[str]
) -> None:
    """Raise where no fact could ever lead to ``rule``.

    ``rule.code.unknown``, ``rule.anchor.unknown``, ``rule.citizenship.unknown`` and
    ``rule.category.unknown`` (value ``names``) for words nobody uses; ``rule.days.of_country`` for
    days of its own in a rule that takes them from the country table; ``rule.unreachable`` for a
    scope that the other facts of such a case exclude: an extension is for holders of a study visa
    only, a first study visa for all others, the general term of registration for states that are
    not on the list of exempt ones, and the exempt term for those that are.
    """
    form = FORMS.get(rule.code)
    if form is None:
        raise DomainError("rule.code.unknown", name=rule.code)
    if rule.anchor not in form.anchors:
        raise DomainError("rule.anchor.unknown")
    if form.is_of_country and (rule.amount, rule.unit) != (0, RuleUnit.CALENDAR_DAYS):
        raise DomainError("rule.days.of_country")
    if strange := rule.citizenships - set(states):
        raise DomainError("rule.citizenship.unknown", names=tuple(sorted(strange)))
    if strange := rule.visa_categories - set(categories):
        raise DomainError("rule.category.unknown", names=tuple(sorted(strange)))
    if not _is_reachable(rule, book):
        raise DomainError("rule.unreachable")


def _is_reachable(rule: Rule, book: RuleBook) -> bool:
    if rule.code == VISA_EXTENSION:
        return not rule.visa_categories or STUDY_CATEGORY in rule.visa_categories
    if rule.code == FIRST_VISA:
        return rule.visa_categories != {STUDY_CATEGORY}
    if not rule.citizenships or rule.code not in (REGISTRATION, REGISTRATION_EXEMPT):
        return True
    is_exempt = [
        book.exempt_days(iso2, day) is not None
        for iso2 in rule.citizenships
        for day in _turning_days(rule, book, iso2)
    ]
    return any(is_exempt) if rule.code == REGISTRATION_EXEMPT else not all(is_exempt)


def _turning_days(rule: Rule, book: RuleBook, iso2: str) -> list[date]:
    """Return the first day of ``rule`` and those on which the state joins or leaves the list."""
    days = [rule.in_force_from]
    for row in book.exemptions.get(iso2, ()):
        days.append(row.in_force_from)
        if row.in_force_until is not None:
            days.append(row.in_force_until + ONE_DAY)
    return [day for day in days if holds_on(rule, day)]
