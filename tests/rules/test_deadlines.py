"""Deadlines: the worked examples of the domain facts, and which rule is chosen."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.rules.calendar import WorkCalendar
from core.rules.deadlines import (
    Facts,
    Rule,
    compute_deadline,
    first_visa_deadlines,
    registration_deadlines,
    select_rule,
    visa_extension_deadlines,
)
from core.rules.periods import last_day_before
from core.terms import Confidence, RuleAnchor, RulePurpose, RuleSide, RuleUnit
from tests.rules.shipped import shipped_calendar, shipped_exemptions, shipped_rules

RULES, CALENDAR, EXEMPT = shipped_rules(), shipped_calendar(), shipped_exemptions()


def facts(entry: str, citizenship: str = "PK", **anchors: str) -> Facts:
    days = {RuleAnchor.ENTRY: date.fromisoformat(entry)}
    days |= {RuleAnchor(name): date.fromisoformat(day) for name, day in anchors.items()}
    return Facts(citizenship=citizenship, exemption_days=EXEMPT.get(citizenship), anchors=days)


@pytest.mark.parametrize(
    ("entry", "due", "target"),
    [
        ("2026-09-01", "2026-09-08", "2026-09-06"),
        ("2026-08-28", "2026-09-07", "2026-09-02"),
        ("2026-04-29", "2026-05-14", "2026-05-04"),
        ("2025-12-30", "2026-01-13", "2026-01-04"),
        ("2026-11-05", "2026-11-12", "2026-11-10"),
        ("2026-03-18", "2026-03-26", "2026-03-23"),
        ("2026-05-25", "2026-06-02", "2026-05-30"),
        ("2027-03-05", "2027-03-16", "2027-03-10"),
        # Counted by hand on a wall calendar, the days off struck out:
        ("2026-01-08", "2026-01-15", "2026-01-13"),  # Thu; 9 12 13 14 15
        ("2026-01-05", "2026-01-14", "2026-01-10"),  # a day off; 8 9 12 13 14
        ("2026-02-20", "2026-02-27", "2026-02-25"),  # Fri; 23 Feb works since 2025
        ("2026-02-26", "2026-03-05", "2026-03-03"),  # Thu; 27 2 3 4 5
        ("2026-03-06", "2026-03-13", "2026-03-11"),  # 8 March is a Sunday
        ("2026-03-19", "2026-03-27", "2026-03-24"),  # Fri 20 off; 23 24 25 26 27
        ("2026-04-06", "2026-04-13", "2026-04-11"),  # 7 April works; 7 8 9 10 13
        ("2026-04-30", "2026-05-15", "2026-05-05"),  # 11 12 13 14 15
        ("2026-05-09", "2026-05-15", "2026-05-14"),  # from a holiday; 11 12 13 14 15
        ("2026-05-22", "2026-06-01", "2026-05-27"),  # 25 26 28 29 1 (27 off)
        ("2026-05-26", "2026-06-03", "2026-05-31"),  # 28 29 1 2 3
        ("2026-08-24", "2026-09-01", "2026-08-29"),  # 25 26 27 28 1 (31 off)
        ("2026-08-31", "2026-09-07", "2026-09-05"),  # 1 2 3 4 7
        ("2026-10-30", "2026-11-06", "2026-11-04"),  # 2 3 4 5 6
        ("2026-11-06", "2026-11-13", "2026-11-11"),  # 9 10 11 12 13
        ("2026-12-28", "2027-01-11", "2027-01-02"),  # 29 30 31 8 11
        ("2025-12-31", "2026-01-14", "2026-01-05"),  # 8 9 12 13 14
        ("2026-12-31", "2027-01-14", "2027-01-05"),  # 8 11 12 13 14
        ("2027-01-01", "2027-01-14", "2027-01-06"),  # from a holiday; 8 11 12 13 14
        ("2027-02-26", "2027-03-05", "2027-03-03"),  # Fri; 1 2 3 4 5
        ("2027-02-28", "2027-03-05", "2027-03-05"),  # Sun; 1 2 3 4 5
        ("2028-02-25", "2028-03-03", "2028-03-01"),  # Fri; 28 29 1 2 3
        # Into a year whose days off nobody knows yet: its weekdays count.
        ("2027-12-28", "2028-01-04", "2028-01-02"),  # 29 30 31 3 4
    ],
)
def test_five_working_days_after_entry(entry: str, due: str, target: str) -> None:
    pair = registration_deadlines(facts(entry), RULES, CALENDAR)
    assert pair is not None
    assert pair[0].due_on == date.fromisoformat(due)
    assert pair[1] is not None
    assert pair[1].due_on == date.fromisoformat(target)


@pytest.mark.parametrize(
    ("citizenship", "entry", "due"),
    [
        ("IN", "2026-09-01", "2026-10-01"),  # 30 calendar days
        ("TR", "2026-09-01", "2026-11-30"),  # 90
        ("KZ", "2026-01-31", "2026-03-02"),  # 30 over the end of February
        ("KZ", "2028-01-31", "2028-03-01"),  # and in a leap year
        ("KZ", "2026-12-02", "2027-01-01"),  # onto a holiday, and it does not shift
        ("AZ", "2026-09-01", "2026-09-11"),  # 10
        ("IR", "2026-04-25", "2026-05-03"),  # 8, ends on a holiday and does not shift
        ("LK", "2028-02-01", "2028-03-02"),  # 30 over a leap day
        ("UZ", "2026-09-01", "2026-09-08"),  # not on the list: five working days
        ("BD", "2026-09-01", "2026-09-08"),
        ("NP", "2026-09-01", "2026-09-08"),
        ("CN", "2026-09-01", "2026-09-08"),
        ("AF", "2026-09-01", "2026-09-08"),
    ],
)
def test_states_on_the_list_have_calendar_days(citizenship: str, entry: str, due: str) -> None:
    pair = registration_deadlines(facts(entry, citizenship), RULES, CALENDAR)
    assert pair is not None
    assert pair[0].due_on == date.fromisoformat(due)


@given(
    st.dates(min_value=date(2025, 1, 1), max_value=date(2027, 11, 30)),
    st.sampled_from(["PK", "UZ", *sorted(EXEMPT)]),
)
def test_law_and_safe_date_keep_their_order_on_every_entry(entry: date, citizenship: str) -> None:
    pair = registration_deadlines(facts(entry.isoformat(), citizenship), RULES, CALENDAR)
    assert pair is not None
    due, target = pair
    assert target is not None
    assert entry < target.due_on <= due.due_on
    if citizenship in EXEMPT:
        assert (due.due_on - entry).days == EXEMPT[citizenship]
    else:
        assert CALENDAR.is_working(due.due_on)


def test_an_exempt_date_is_explained_by_the_country_table() -> None:
    pair = registration_deadlines(facts("2026-09-01", "IN"), RULES, CALENDAR)
    assert pair is not None
    assert [(step.code, dict(step.values)) for step in pair[0].explanation] == [
        ("anchor.entry", {"on": "2026-09-01"}),
        ("count.exempt", {"country": "IN", "days": 30}),
        ("count.calendar", {"days": 30, "on": "2026-10-01"}),
    ]
    assert pair[0].rule.code == "registration.exempt"


def test_a_working_day_date_is_explained_run_by_run() -> None:
    pair = registration_deadlines(facts("2026-08-28"), RULES, CALENDAR)
    assert pair is not None
    assert [(step.code, dict(step.values)) for step in pair[0].explanation] == [
        ("anchor.entry", {"on": "2026-08-28"}),
        (
            "count.holidays",
            {
                "first": "2026-08-29",
                "last": "2026-08-31",
                "names": "Independence Day",
                "names_ru": "День независимости Кыргызской Республики",
                "names_ky": "Кыргыз Республикасынын Көз карандысыздыгынын күнү",
            },
        ),
        ("count.weekend", {"first": "2026-09-05", "last": "2026-09-06"}),
        ("count.working_day", {"number": 5, "on": "2026-09-07"}),
    ]


@pytest.mark.parametrize(
    ("expiry", "due"),
    [
        ("2027-03-31", "2027-03-01"),  # back over the end of March
        ("2027-03-30", "2027-02-28"),  # onto the last day of February
        ("2028-03-30", "2028-02-29"),  # onto a leap day
        ("2028-03-31", "2028-03-01"),  # the day after it
        ("2027-01-15", "2026-12-16"),  # over the new year
        ("2027-01-30", "2026-12-31"),  # onto the last day of a year
        ("2027-01-31", "2027-01-01"),  # onto the first
        ("2027-06-08", "2027-05-09"),  # onto a day off: it does not shift
    ],
)
def test_thirty_days_before_the_visa_ends_are_counted_by_hand(expiry: str, due: str) -> None:
    pair = visa_extension_deadlines(facts("2026-09-01", visa_expiry=expiry), RULES, CALENDAR)
    assert pair is not None
    assert pair[0].due_on == date.fromisoformat(due)


def test_the_safe_date_is_never_later_than_the_law() -> None:
    short = Facts(citizenship="XX", exemption_days=3, anchors={RuleAnchor.ENTRY: date(2026, 9, 1)})
    pair = registration_deadlines(short, RULES, CALENDAR)
    assert pair is not None
    assert pair[1] is not None
    assert pair[0].due_on == pair[1].due_on == date(2026, 9, 4)
    assert pair[1].explanation[-1].code == "count.not_after_due"


def test_without_an_entry_there_is_no_date() -> None:
    assert registration_deadlines(Facts(citizenship="PK"), RULES, CALENDAR) is None


def test_papers_for_an_extension_are_due_thirty_days_before_the_visa_ends() -> None:
    pair = visa_extension_deadlines(facts("2026-08-28", visa_expiry="2026-11-26"), RULES, CALENDAR)
    assert pair is not None
    assert pair[0].due_on == date(2026, 10, 27)


def test_papers_are_never_due_before_the_entry() -> None:
    pair = first_visa_deadlines(facts("2026-09-01", visa_expiry="2026-09-20"), RULES, CALENDAR)
    assert pair is not None
    assert pair[0].due_on == date(2026, 9, 1)
    assert pair[0].explanation[-1].code == "count.not_before_entry"


def test_a_student_without_a_known_visa_has_no_visa_date() -> None:
    assert first_visa_deadlines(facts("2026-09-01"), RULES, CALENDAR) is None


def rule(**changes: object) -> Rule:
    base = Rule(
        rule_id=1,
        code="visa.extend.papers",
        purpose=RulePurpose.DUE,
        anchor=RuleAnchor.VISA_EXPIRY,
        side=RuleSide.BEFORE,
        amount=30,
        unit=RuleUnit.CALENDAR_DAYS,
        in_force_from=date(2020, 1, 1),
        in_force_until=date(2026, 12, 31),
        source="test",
        confidence=Confidence.SECONDARY,
    )
    return replace(base, **changes)


OLD = rule()
NEW = rule(
    rule_id=2,
    amount=25,
    unit=RuleUnit.WORKING_DAYS,
    in_force_from=date(2027, 1, 1),
    in_force_until=None,
)


@pytest.mark.parametrize(("expiry", "rule_id"), [("2026-12-31", 1), ("2027-01-01", 2)])
def test_the_date_of_the_event_selects_the_rule(expiry: str, rule_id: int) -> None:
    chosen = select_rule(
        (OLD, NEW), facts("2026-09-01", visa_expiry=expiry), code="visa.extend.papers"
    )
    assert chosen is not None
    assert chosen.rule_id == rule_id


@pytest.mark.parametrize(
    ("first", "expiry", "rule_id"),
    [
        ("2028-02-29", "2028-02-28", 1),
        ("2028-02-29", "2028-02-29", 2),
        ("2028-02-29", "2028-03-01", 2),
        ("2028-03-01", "2028-02-29", 1),
        ("2026-12-31", "2026-12-30", 1),
        ("2026-12-31", "2026-12-31", 2),
    ],
)
def test_a_rule_begins_on_a_leap_day_and_on_the_last_of_a_year(
    first: str, expiry: str, rule_id: int
) -> None:
    begins = date.fromisoformat(first)
    old = rule(in_force_until=last_day_before(begins))
    new = rule(rule_id=2, amount=10, in_force_from=begins, in_force_until=None)
    known = facts("2026-09-01", visa_expiry=expiry)
    chosen = select_rule((old, new), known, code="visa.extend.papers")
    assert chosen is not None
    assert chosen.rule_id == rule_id


def test_twenty_five_working_days_before_are_counted_over_new_year_by_hand() -> None:
    # Back from Thursday 14 January 2027: 13 12 11 8 | (1 to 7 January off) 31 30 29 28 |
    # 25 24 23 22 21 | 18 17 16 15 14 | 11 10 9 8 7 | 4 3 December: the 25th is 3 December.
    day = compute_deadline(NEW, facts("2026-09-01", visa_expiry="2027-01-14"), CALENDAR)
    assert day is not None
    assert day.due_on == date(2026, 12, 3)


def test_twenty_five_working_days_before_are_counted_by_hand() -> None:
    # Back from Friday 26 March 2027: 25 24 23 22 | 19 18 17 16 15 | 12 11 10 | (9 off) 8 off |
    # 5 4 3 2 1 | 26 25 24 23 22 | 19 18 17 February: the 25th is 17 February.
    day = compute_deadline(NEW, facts("2026-09-01", visa_expiry="2027-03-26"), CALENDAR)
    assert day is not None
    assert day.due_on == date(2027, 2, 17)


def test_a_rule_for_the_citizenship_wins_over_the_general_one() -> None:
    particular = rule(rule_id=3, citizenships=frozenset({"PK"}), amount=45)
    known = facts("2026-09-01", visa_expiry="2026-11-26")
    chosen = select_rule((particular, OLD), known, code="visa.extend.papers")
    assert chosen is particular
    others = replace(known, citizenship="IN")
    assert select_rule((particular, OLD), others, code="visa.extend.papers") is OLD


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": -1}, "rule.days.out_of_range"),
        ({"amount": 3651}, "rule.days.out_of_range"),
        ({"source": "  "}, "rule.source.empty"),
        ({"in_force_until": date(2019, 12, 31)}, "period.reversed"),
    ],
)
def test_an_impossible_rule_is_refused_by_name(changes: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        rule(**changes)
    assert refusal.value.code == code


def test_a_rule_may_ask_for_no_days_and_for_ten_years() -> None:
    assert rule(amount=0).amount == 0
    assert rule(amount=3650).amount == 3650


def test_no_holidays_known_means_weekends_only() -> None:
    pair = registration_deadlines(facts("2026-04-29"), RULES, WorkCalendar())
    assert pair is not None
    assert pair[0].due_on == date(2026, 5, 6)
