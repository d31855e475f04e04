"""Rules that cannot be: unknown words, and scopes nobody is ever in."""

from dataclasses import replace
from datetime import date

import pytest

from core.commands.explain import shipped_book
from core.errors import DomainError
from core.rules.book import Exemption
from core.rules.deadlines import (
    FIRST_VISA,
    REGISTRATION,
    REGISTRATION_EXEMPT,
    REGISTRATION_TARGET,
    VISA_EXTENSION,
    Rule,
)
from core.rules.reach import FORMS, refuse_unreachable
from core.terms import Confidence, RuleAnchor, RuleUnit

BOOK = shipped_book()
STATES, LETTERS = {"IN", "PK", "KZ"}, {"S", "J"}


def rule(code: str, **changes: object) -> Rule:
    form = FORMS[code]
    made = Rule(
        rule_id=1,
        code=code,
        purpose=form.purpose,
        anchor=form.anchors[0],
        side=form.side,
        amount=5,
        unit=RuleUnit.WORKING_DAYS,
        in_force_from=date(2027, 1, 1),
        source="a fictitious act",
        confidence=Confidence.OFFICIAL,
    )
    if form.is_of_country:
        made = replace(made, amount=0, unit=RuleUnit.CALENDAR_DAYS)
    return replace(made, **changes)


@pytest.mark.parametrize(
    "possible",
    [
        rule(VISA_EXTENSION, visa_categories=frozenset({"S"})),
        rule(VISA_EXTENSION, anchor=RuleAnchor.CONTRACT_END),
        rule(FIRST_VISA, visa_categories=frozenset({"S", "J"})),
        rule(REGISTRATION, citizenships=frozenset({"PK"})),
        rule(REGISTRATION, citizenships=frozenset({"PK", "IN"})),
        rule(REGISTRATION_EXEMPT, citizenships=frozenset({"KZ"})),
        rule(REGISTRATION_TARGET, citizenships=frozenset({"KZ"})),
    ],
)
def test_what_somebody_comes_under_is_possible(possible: Rule) -> None:
    refuse_unreachable(possible, BOOK, states=STATES, categories=LETTERS)


def test_a_state_that_leaves_the_list_comes_under_the_general_term_then() -> None:
    # India is exempt up to 29 June 2027.
    until_june = Exemption(
        days=30, in_force_from=date(2016, 12, 26), in_force_until=date(2027, 6, 29)
    )
    book = replace(BOOK, exemptions={"IN": (until_june,)})
    only = {"citizenships": frozenset({"IN"})}
    refuse_unreachable(
        rule(REGISTRATION, **only, in_force_until=date(2027, 6, 30)),
        book,
        states=STATES,
        categories=LETTERS,
    )
    with pytest.raises(DomainError):
        refuse_unreachable(
            rule(REGISTRATION, **only, in_force_until=date(2027, 6, 29)),
            book,
            states=STATES,
            categories=LETTERS,
        )


@pytest.mark.parametrize(
    ("impossible", "code"),
    [
        (rule(VISA_EXTENSION, visa_categories=frozenset({"J"})), "rule.unreachable"),
        (rule(FIRST_VISA, visa_categories=frozenset({"S"})), "rule.unreachable"),
        # India is on the list of exempt states, Pakistan is not.
        (rule(REGISTRATION, citizenships=frozenset({"IN"})), "rule.unreachable"),
        (rule(REGISTRATION_EXEMPT, citizenships=frozenset({"PK"})), "rule.unreachable"),
        # How many days a state is exempt for is said in the country table only.
        (rule(REGISTRATION_EXEMPT, amount=10), "rule.days.of_country"),
        (rule(REGISTRATION_EXEMPT, unit=RuleUnit.WORKING_DAYS), "rule.days.of_country"),
        (rule(VISA_EXTENSION, anchor=RuleAnchor.ENTRY), "rule.anchor.unknown"),
        (rule(REGISTRATION, anchor=RuleAnchor.VISA_ISSUE), "rule.anchor.unknown"),
        (rule(REGISTRATION, citizenships=frozenset({"QQ"})), "rule.citizenship.unknown"),
        (rule(FIRST_VISA, visa_categories=frozenset({"QQ"})), "rule.category.unknown"),
        (replace(rule(FIRST_VISA), code="visa.whatever"), "rule.code.unknown"),
    ],
)
def test_what_nobody_comes_under_is_refused(impossible: Rule, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        refuse_unreachable(impossible, BOOK, states=STATES, categories=LETTERS)
    assert refusal.value.code == code
