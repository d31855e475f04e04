"""Rules changed by the head: looked at first, in force from a day on, and followed by due dates."""

import random
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
import time_machine

from core import clock
from core.errors import Conflict, DomainError, NotFound
from core.jobs import work
from core.permissions import Actor
from core.rules.book import deadlines_of
from core.rules.deadlines import (
    FIRST_VISA,
    REGISTRATION,
    REGISTRATION_EXEMPT,
    REGISTRATION_TARGET,
    VISA_EXTENSION,
)
from core.services.case_views import ExplainedDate, Names, cases_of_person
from core.services.countries import (
    ExemptionForm,
    VisaFreeForm,
    change_exemption,
    change_visa_free,
    list_countries,
    preview_exemption,
)
from core.services.crossings import (
    CrossingForm,
    add_crossing,
    change_crossing,
    crossings_of_person,
)
from core.services.deadlines import case_dates, known_dates, recompute_chunk
from core.services.holidays import (
    DayForm,
    add_day,
    confirm_year,
    preview_day,
    strike_day,
    year_of_holidays,
    year_to_confirm,
)
from core.services.jobs import advance, claim_job, finish, recomputation, recompute
from core.services.person_forms import PassportForm, VisaForm
from core.services.reference import load_reference_data
from core.services.rule_changes import (
    RuleChange,
    change_rule,
    confirm_rule,
    preview_rule,
    withdraw_rule,
)
from core.services.rule_views import RuleView, list_rules, rules_to_recheck
from core.services.rulebook import note_computing, open_rule_book
from core.terms import (
    CaseKind,
    CrossingDirection,
    JobStatus,
    ResidenceKind,
    RuleAnchor,
    RuleUnit,
    VisaEntries,
)
from db.engine import reading, writing
from db.models.audit import AuditEntry
from db.models.cases import Case, Deadline
from db.models.jobs import Job
from db.models.reference import Holiday, HouseSetting, RuleRow
from tests.cast import Cast, enrol, passport


def change(**changes: object) -> RuleChange:
    """Return "the papers 25 working days before the visa ends, for visas ending from 1 October"."""
    made = RuleChange(
        code=VISA_EXTENSION,
        anchor=RuleAnchor.VISA_EXPIRY,
        amount=25,
        unit=RuleUnit.WORKING_DAYS,
        in_force_from=date(2026, 10, 1),
        source="a fictitious act",
    )
    return replace(made, **changes)


def unlike(number: int) -> PassportForm:
    """Return the passport of another fictitious student for each number."""
    return passport(number=f"ZZ{number}", surname=f"PERSON{number}")


def due(actor: Actor, person_id: int, kind: CaseKind) -> ExplainedDate | None:
    return next(case for case in cases_of_person(actor, person_id) if case.kind is kind).due


def due_on(actor: Actor, person_id: int, kind: CaseKind) -> date | None:
    explained = due(actor, person_id, kind)
    return explained.on if explained else None


def rule_of_code(actor: Actor, code: str) -> RuleView:
    return next(rule for rule in list_rules(actor) if rule.code == code)


def refusal_of(call: object, *arguments: object, **words: object) -> str:
    with pytest.raises(DomainError) as refusal:
        call(*arguments, **words)
    return refusal.value.code


def test_a_changed_rule_moves_the_cases_it_speaks_of_and_no_others(cast: Cast) -> None:
    # His visa ends on 26 November; hers on 15 September, before the new rule.
    his = enrol(cast.staff, cast.medicine)
    visa = VisaForm(category="S", entries=VisaEntries.SINGLE, valid_until=date(2026, 9, 15))
    hers = enrol(
        cast.staff, cast.medicine, passport=passport(number="ZZ2", surname="SECONDOVA"), visa=visa
    )
    impact = preview_rule(cast.head, change())
    assert (impact.open_cases, impact.moved, impact.lost) == (4, 1, 0)
    (move,) = impact.most
    assert (move.name, move.before, move.after) == (
        "TESTOV KARIM",
        date(2026, 10, 27),
        date(2026, 10, 22),
    )
    assert move.days == -5
    change_rule(cast.head, change())
    # Nothing moves before the work is done, and the screen can tell how far it is.
    assert due_on(cast.staff, his, CaseKind.STUDY_VISA_EXTENSION) == date(2026, 10, 27)
    waiting = recomputation(cast.staff)
    assert waiting is not None
    assert waiting.status is JobStatus.WAITING
    work.work_until_nothing_waits()
    assert due_on(cast.staff, his, CaseKind.STUDY_VISA_EXTENSION) == date(2026, 10, 22)
    # Thirty days before would be 16 August; a date never lies before the entry.
    assert due_on(cast.staff, hers, CaseKind.STUDY_VISA_EXTENSION) == date(2026, 8, 28)
    done = recomputation(cast.staff)
    assert done is not None
    assert (done.status, done.done) == (JobStatus.DONE, 4)


def test_the_old_rule_keeps_its_past_and_the_date_says_all_of_it(cast: Cast) -> None:
    his = enrol(cast.staff, cast.medicine)
    old = rule_of_code(cast.head, VISA_EXTENSION)
    new_id = change_rule(cast.head, change(recheck_by=date(2027, 3, 1), note_ru="вымысел"))
    work.work_until_nothing_waits()
    rules = {rule.rule_id: rule for rule in list_rules(cast.dean)}
    assert rules[old.rule_id].in_force_until == date(2026, 9, 30)
    assert rules[new_id].confirmed_by == "Helen"
    explained = due(cast.dean, his, CaseKind.STUDY_VISA_EXTENSION)
    assert explained is not None
    assert explained.rule_id == new_id
    assert explained.source == "a fictitious act"
    assert explained.in_force_from == date(2026, 10, 1)
    assert explained.confirmed_by == "Helen"
    assert explained.rule_text.en == (
        "Papers for the visa extension: 25 working days before the visa ends."
    )
    assert explained.note == Names(en="", ru="вымысел", ky="")
    assert "25 рабочих дней" in explained.rule_text.ru
    assert "25 жумуш күнү" in explained.rule_text.ky
    with reading() as session:
        entry = session.scalars(sa.select(AuditEntry).filter_by(action="rule.change")).one()
        assert (entry.actor_name, entry.subject_id) == ("helen", new_id)


def test_a_rule_for_some_stands_beside_the_rule_for_all(cast: Cast) -> None:
    his = enrol(cast.staff, cast.medicine)
    other = passport(number="ZZ2", surname="OTHEROV", nationality="BGD", issuing_state="BGD")
    others = enrol(cast.staff, cast.medicine, passport=other)
    change_rule(
        cast.head,
        change(
            citizenships=frozenset({"BD"}),
            residence=ResidenceKind.FLAT,
            in_force_from=date(2026, 9, 1),
        ),
    )
    work.work_until_nothing_waits()
    assert due_on(cast.staff, his, CaseKind.STUDY_VISA_EXTENSION) == date(2026, 10, 27)
    assert due_on(cast.staff, others, CaseKind.STUDY_VISA_EXTENSION) == date(2026, 10, 22)
    assert rule_of_code(cast.head, VISA_EXTENSION).in_force_until is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": -1}, "rule.days.out_of_range"),
        ({"amount": 3651}, "rule.days.out_of_range"),
        ({"source": "  "}, "rule.source.empty"),
        ({"anchor": RuleAnchor.ENTRY}, "rule.anchor.unknown"),
        ({"code": "visa.whatever"}, "rule.code.unknown"),
        ({"citizenships": frozenset({"QQ"})}, "rule.citizenship.unknown"),
        ({"visa_categories": frozenset({"J"})}, "rule.unreachable"),
        ({"in_force_from": date(2016, 12, 26)}, "period.overlap"),
        ({"source": "x" * 2001}, "text.too_long"),
        ({"note": "x" * 2001}, "text.too_long"),
        ({"note": "a\x00b"}, "text.characters"),
        ({"source_url": "javascript:alert(1)"}, "source.link_unusable"),
        ({"source_url": "ftp://example.org"}, "source.link_unusable"),
        ({"source_url": "https://example.org/a b"}, "source.link_unusable"),
        ({"anchor": RuleAnchor.VISA_ISSUE}, "rule.anchor.unknown"),
        ({"in_force_until": date(2026, 9, 30)}, "period.reversed"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_nothing_is_written(
    cast: Cast, changes: dict[str, object], code: str
) -> None:
    before = list_rules(cast.head)
    assert refusal_of(preview_rule, cast.head, change(**changes)) == code
    assert refusal_of(change_rule, cast.head, change(**changes)) == code
    assert list_rules(cast.head) == before
    assert recomputation(cast.head) is None


def test_no_days_and_ten_years_are_the_ends_of_what_a_rule_may_say(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    days = RuleUnit.CALENDAR_DAYS
    assert preview_rule(cast.head, change(amount=0, unit=days)).most[0].after == date(2026, 11, 26)
    assert preview_rule(cast.head, change(amount=3650, unit=days)).late_count == 1


def test_a_rule_for_some_may_end_and_leave_them_to_the_rule_for_all(cast: Cast) -> None:
    only = {"citizenships": frozenset({"PK"}), "unit": RuleUnit.CALENDAR_DAYS, "amount": 10}
    for number, until in enumerate((date(2026, 11, 26), date(2026, 11, 27))):
        visa = VisaForm(category="S", entries=VisaEntries.SINGLE, valid_until=until)
        enrol(cast.staff, cast.medicine, passport=unlike(number), visa=visa)
    change_rule(cast.head, change(**only, in_force_until=date(2026, 11, 26)))
    work.work_until_nothing_waits()
    with reading() as session:
        days = session.execute(
            sa.select(Deadline.due_on)
            .join(Case, Case.id == Deadline.case_id)
            .where(Case.kind == CaseKind.STUDY_VISA_EXTENSION)
            .order_by(Deadline.due_on)
        )
        assert [str(day) for (day,) in days] == ["2026-10-28", "2026-11-16"]


def test_of_two_heads_who_change_one_rule_the_second_is_told(cast: Cast) -> None:
    seen = rule_of_code(cast.head, VISA_EXTENSION)
    mine = change(looked_at=seen.rule_id, version=seen.version)
    theirs = replace(mine, in_force_from=date(2026, 11, 1), amount=20)
    change_rule(cast.head, mine)
    with pytest.raises(Conflict):
        change_rule(cast.head, theirs)


def test_of_two_heads_at_the_same_moment_one_puts_his_rule_in_force(cast: Cast) -> None:
    outcomes: list[str] = []

    def put(amount: int) -> None:
        try:
            change_rule(cast.head, change(amount=amount))
            outcomes.append("done")
        except DomainError as refusal:
            outcomes.append(refusal.code)

    heads = [threading.Thread(target=put, args=(amount,)) for amount in (20, 25, 35)]
    for head in heads:
        head.start()
    for head in heads:
        head.join()
    assert sorted(outcomes) == ["done", "period.overlap", "period.overlap"]
    ours = [rule for rule in list_rules(cast.head) if rule.code == VISA_EXTENSION]
    assert [rule.in_force_from for rule in ours] == [date(2026, 10, 1), date(2016, 12, 26)]


def test_a_case_being_opened_while_the_rule_changes_is_recomputed_too(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    change_rule(cast.head, change())
    worker = threading.Thread(target=work.work_until_nothing_waits)
    with writing() as session:
        # A transaction that read the rules before they changed, and is slower than all the rest.
        note_computing(session)
        open_rule_book(session)
        worker.start()
        time.sleep(0.3)
        session.execute(sa.update(Deadline).values(due_on=date(2030, 1, 1)))
    worker.join()
    assert due_on(cast.head, person_id, CaseKind.STUDY_VISA_EXTENSION) == date(2026, 10, 22)


def test_a_change_during_an_earlier_recomputation_leaves_no_mix(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        enrol(cast.staff, cast.medicine, passport=unlike(number))
    monkeypatch.setattr(work, "CHUNK", 4)
    change_rule(cast.head, change())
    first = claim_job()
    assert first is not None
    with writing() as session:
        cursor, count = recompute_chunk(session, after_case_id=0, limit=4)
        advance(session, first.job_id, cursor=cursor, done=count, total=14)
    # Four cases have 25 working days; before the other ten are reached, the head says 20.
    own = next(rule for rule in list_rules(cast.head) if rule.amount == 25)
    withdraw_rule(cast.head, own.rule_id, version=own.version)
    change_rule(cast.head, change(amount=20))
    work.recompute_deadlines(replace(first, cursor=cursor, done=count))
    finish(first.job_id)
    work.work_until_nothing_waits()
    with reading() as session:
        book = open_rule_book(session)
        days = session.scalars(
            sa.select(Deadline.due_on)
            .join(Case, Case.id == Deadline.case_id)
            .where(Case.kind == CaseKind.STUDY_VISA_EXTENSION)
            .order_by(Deadline.id)
        ).all()
    assert len(book.rules) == 6
    assert {str(day) for day in days} == {"2026-10-29"}
    assert len(days) == 7


def test_cases_that_would_be_late_at_once_are_shown_and_must_be_accepted(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    sudden = change(amount=120, in_force_from=date(2026, 9, 2), unit=RuleUnit.CALENDAR_DAYS)
    impact = preview_rule(cast.head, sudden)
    assert impact.late_count == 1
    assert [(move.before, move.after) for move in impact.late] == [
        (date(2026, 10, 27), date(2026, 8, 28))
    ]
    assert refusal_of(change_rule, cast.head, sudden) == "rule.cases_late"
    assert change_rule(cast.head, sudden, accepts_late=True)


def test_a_mistaken_rule_is_withdrawn_and_the_one_before_it_holds_again(cast: Cast) -> None:
    his = enrol(cast.staff, cast.medicine)
    old = rule_of_code(cast.head, VISA_EXTENSION)
    new_id = change_rule(cast.head, change())
    work.work_until_nothing_waits()
    withdraw_rule(cast.head, new_id, version=1)
    work.work_until_nothing_waits()
    assert due_on(cast.staff, his, CaseKind.STUDY_VISA_EXTENSION) == date(2026, 10, 27)
    rules = {rule.rule_id: rule for rule in list_rules(cast.head)}
    assert rules[old.rule_id].in_force_until is None
    assert rules[new_id].withdrawn_by == "Helen"
    assert refusal_of(withdraw_rule, cast.head, new_id, version=2) == "rule.withdrawn"
    # The same days may be given to another rule now.
    assert change_rule(cast.head, change(amount=20))


def periods(cast: Cast, **scope: object) -> list[tuple[int, str, str]]:
    """Return amount, first and last day of the rules of a scope that were not withdrawn."""
    wanted = {"citizenships": frozenset(), **scope}
    return sorted(
        (rule.amount, str(rule.in_force_from), str(rule.in_force_until))
        for rule in list_rules(cast.head)
        if rule.code == VISA_EXTENSION
        and rule.citizenships == wanted["citizenships"]
        and rule.withdrawn_by is None
    )


def withdraw(cast: Cast, rule_id: int) -> None:
    rule = next(rule for rule in list_rules(cast.head) if rule.rule_id == rule_id)
    withdraw_rule(cast.head, rule_id, version=rule.version)


def test_a_withdrawn_rule_does_not_lengthen_one_that_had_ended_by_itself(cast: Cast) -> None:
    only = {"citizenships": frozenset({"PK"})}
    change_rule(cast.head, change(amount=10, in_force_until=date(2026, 10, 31), **only))
    mistake = change_rule(cast.head, change(amount=20, in_force_from=date(2026, 11, 1), **only))

    withdraw(cast, mistake)

    assert periods(cast, **only) == [(10, "2026-10-01", "2026-10-31")]


def test_a_rule_for_some_weeks_leaves_the_days_after_it_to_the_one_before(cast: Cast) -> None:
    people = {}
    for number, until in enumerate(("2026-09-30", "2026-10-01", "2026-12-31", "2027-01-01")):
        visa = VisaForm(
            category="S", entries=VisaEntries.SINGLE, valid_until=date.fromisoformat(until)
        )
        people[until] = enrol(cast.staff, cast.medicine, passport=unlike(number), visa=visa)
    winter = change(amount=10, unit=RuleUnit.CALENDAR_DAYS, in_force_until=date(2026, 12, 31))
    assert preview_rule(cast.head, winter).moved == 2
    change_rule(cast.head, winter)
    work.work_until_nothing_waits()
    dates = [
        str(due_on(cast.head, person, CaseKind.STUDY_VISA_EXTENSION)) for person in people.values()
    ]
    assert dates == ["2026-08-31", "2026-09-21", "2026-12-21", "2026-12-02"]
    assert periods(cast) == [
        (10, "2026-10-01", "2026-12-31"),
        (30, "2016-12-26", "2026-09-30"),
        (30, "2027-01-01", "None"),
    ]
    assert_stored_is_computed()


def test_a_withdrawn_rule_for_some_weeks_leaves_no_hole(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    mistake = change_rule(cast.head, change(in_force_until=date(2026, 12, 31)))

    withdraw(cast, mistake)

    assert periods(cast) == [(30, "2016-12-26", "2026-12-31"), (30, "2027-01-01", "None")]
    # What was repeated says the same, so it may be taken back, too, and all is as before.
    again = next(rule for rule in list_rules(cast.head) if rule.in_force_from == date(2027, 1, 1))
    withdraw(cast, again.rule_id)
    assert periods(cast) == [(30, "2016-12-26", "None")]


def test_a_rule_that_was_cut_short_gets_its_own_end_back(cast: Cast) -> None:
    only = {"citizenships": frozenset({"PK"})}
    change_rule(cast.head, change(amount=10, in_force_until=date(2026, 12, 31), **only))
    mistake = change_rule(cast.head, change(amount=20, in_force_from=date(2026, 11, 1), **only))

    withdraw(cast, mistake)

    assert periods(cast, **only) == [(10, "2026-10-01", "2026-12-31")]


@pytest.mark.parametrize("first_goes_first", [True, False])
def test_of_three_rules_in_a_row_the_mistakes_go_in_any_order(
    cast: Cast, first_goes_first: bool
) -> None:
    second = change_rule(cast.head, change(amount=20))
    third = change_rule(cast.head, change(amount=10, in_force_from=date(2026, 11, 1)))
    if first_goes_first:
        withdraw(cast, second)
        assert periods(cast) == [
            (10, "2026-11-01", "None"),
            (30, "2016-12-26", "2026-10-31"),
        ]
        withdraw(cast, third)
    else:
        withdraw(cast, third)
        assert periods(cast) == [
            (20, "2026-10-01", "None"),
            (30, "2016-12-26", "2026-09-30"),
        ]
        withdraw(cast, second)
    assert periods(cast) == [(30, "2016-12-26", "None")]


def test_a_rule_that_holds_again_is_followed_by_the_one_that_had_ended_it(cast: Cast) -> None:
    winter = change_rule(cast.head, change(amount=10, in_force_from=date(2026, 12, 1)))
    change_rule(cast.head, change(amount=20, in_force_until=date(2026, 10, 31)))

    withdraw(cast, winter)

    # No hole from December on: what held in November goes on.
    assert periods(cast) == [
        (20, "2026-10-01", "2026-10-31"),
        (30, "2016-12-26", "2026-09-30"),
        (30, "2026-11-01", "None"),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_put_in_force_and_withdrawn_one_rule_holds_on_each_day(
    cast: Cast, seed: int
) -> None:
    chance = random.Random(seed)
    made: list[int] = []
    for number in range(12):
        if made and chance.random() < 0.4:
            withdraw(cast, made.pop(chance.randrange(len(made))))
        else:
            first = date(2027, 1, 1) + timedelta(days=chance.randrange(365))
            last = first + timedelta(days=chance.randrange(200)) if chance.random() < 0.7 else None
            wanted = change(amount=number, in_force_from=first, in_force_until=last)
            # One that begins before another is refused, and nothing of it is written.
            with suppress(DomainError):
                made.append(change_rule(cast.head, wanted))
        spans = sorted((first, last) for _amount, first, last in periods(cast))
        assert spans[0][0] == "2016-12-26"
        assert spans[-1][1] == "None"
        for (_first, ends), (begins, _last) in pairwise(spans):
            assert date.fromisoformat(begins) - date.fromisoformat(ends) == timedelta(days=1)


def corrected(rule: RuleView, **changes: object) -> RuleChange:
    """Return other days for ``rule`` from its own first day on, by who has it open."""
    seen = {"looked_at": rule.rule_id, "version": rule.version}
    return change(in_force_from=rule.in_force_from, **seen, **changes)


def test_a_rule_is_replaced_on_its_own_first_day_too(cast: Cast) -> None:
    his = enrol(cast.staff, cast.medicine)
    only = rule_of_code(cast.head, VISA_EXTENSION)
    fewer = corrected(only, amount=20, unit=RuleUnit.CALENDAR_DAYS)
    # Twenty days before 26 November, and nobody is left without a date.
    impact = preview_rule(cast.head, fewer)
    assert (impact.moved, impact.lost) == (1, 0)
    change_rule(cast.head, fewer)
    work.work_until_nothing_waits()
    assert due_on(cast.staff, his, CaseKind.STUDY_VISA_EXTENSION) == date(2026, 11, 6)
    assert periods(cast) == [(20, "2016-12-26", "None")]
    withdrawn = next(rule for rule in list_rules(cast.head) if rule.rule_id == only.rule_id)
    assert withdrawn.withdrawn_by == "Helen"
    # Who has not seen the rule that holds now replaces nothing.
    unseen = replace(fewer, looked_at=None, version=None)
    assert refusal_of(change_rule, cast.head, unseen) == "period.overlap"
    with pytest.raises(Conflict):
        change_rule(cast.head, fewer)
    assert_stored_is_computed()


def test_a_rule_replaced_on_its_first_day_leaves_its_neighbours_as_they_were(cast: Cast) -> None:
    autumn = change_rule(cast.head, change(amount=20))
    winter = change_rule(cast.head, change(amount=10, in_force_from=date(2026, 12, 1)))
    seen = next(rule for rule in list_rules(cast.head) if rule.rule_id == autumn)
    without_end = corrected(seen, amount=15)
    assert refusal_of(change_rule, cast.head, without_end) == "period.overlap"

    better = change_rule(
        cast.head, replace(without_end, in_force_until=date(2026, 10, 31)), accepts_late=True
    )

    assert periods(cast) == [
        (10, "2026-12-01", "None"),
        (15, "2026-10-01", "2026-10-31"),
        (20, "2026-11-01", "2026-11-30"),
        (30, "2016-12-26", "2026-09-30"),
    ]
    withdraw(cast, better)
    withdraw(cast, winter)
    assert periods(cast)[-1] == (30, "2016-12-26", "2026-10-31")


def test_a_rule_is_withdrawn_once(cast: Cast) -> None:
    mistake = change_rule(cast.head, change())
    withdraw(cast, mistake)
    with pytest.raises(DomainError) as refusal:
        withdraw(cast, mistake)
    assert refusal.value.code == "rule.withdrawn"


def test_the_last_rule_that_gives_a_date_cannot_be_withdrawn(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    only = rule_of_code(cast.head, VISA_EXTENSION)
    with pytest.raises(DomainError) as refusal:
        withdraw_rule(cast.head, only.rule_id, version=only.version)
    assert (refusal.value.code, refusal.value.values["count"]) == ("rule.cases_lost", 1)


def test_a_confirmed_rule_is_quiet_until_its_day_of_rechecking(cast: Cast) -> None:
    rule = rule_of_code(cast.head, REGISTRATION)
    assert rule.confirmed_by is None
    with time_machine.travel("2027-02-01T06:00:00Z"):
        waiting = rules_to_recheck(cast.head)
        assert rule.rule_id in {each.rule_id for each in waiting}
        confirm_rule(cast.head, rule.rule_id, recheck_by=date(2028, 1, 31), version=rule.version)
        assert rule.rule_id not in {each.rule_id for each in rules_to_recheck(cast.head)}
    confirmed = rule_of_code(cast.head, REGISTRATION)
    assert (confirmed.confirmed_by, confirmed.recheck_by) == ("Helen", date(2028, 1, 31))
    with pytest.raises(Conflict):
        confirm_rule(cast.head, rule.rule_id, recheck_by=None, version=rule.version)
    with pytest.raises(NotFound):
        confirm_rule(cast.head, 999_999, recheck_by=None, version=1)


def test_the_next_recheck_lies_ahead(cast: Cast) -> None:
    rule = rule_of_code(cast.head, REGISTRATION)
    assert rule.next_recheck == date(2027, 1, 31)
    with time_machine.travel("2027-01-31T06:00:00Z"):
        # Its own day has come, so the same day a year later is proposed.
        assert rule_of_code(cast.head, REGISTRATION).next_recheck == date(2028, 1, 31)
        words = {"version": rule.version}
        today, tomorrow = date(2027, 1, 31), date(2027, 2, 1)
        refused = refusal_of(confirm_rule, cast.head, rule.rule_id, recheck_by=today, **words)
        assert refused == "rule.recheck_past"
        confirm_rule(cast.head, rule.rule_id, recheck_by=tomorrow, **words)
        past = change(recheck_by=today, in_force_from=date(2027, 3, 1))
        assert refusal_of(preview_rule, cast.head, past) == "rule.recheck_past"


def test_loading_again_leaves_what_the_head_changed_and_tells_it(cast: Cast) -> None:
    change_rule(cast.head, change())
    before = list_rules(cast.head)
    with writing() as session:
        row = session.get_one(RuleRow, rule_of_code(cast.head, REGISTRATION_EXEMPT).rule_id)
        row.reference_digest = "an earlier release"
        row.amount = 7
        digest = session.get_one(HouseSetting, "reference_digest")
        digest.value = {"digest": "an earlier release"}
        ended = session.scalars(
            sa.select(RuleRow).filter_by(code=VISA_EXTENSION, in_force_until=date(2026, 9, 30))
        ).one()
        ended.reference_digest = "an earlier release"
    report = load_reference_data()
    assert (report.added, report.updated) == (0, 0)
    assert sorted(report.differs) == [
        "rule registration.exempt 2016-12-26",
        "rule visa.extend.papers 2016-12-26",
    ]
    after = {rule.rule_id: rule for rule in list_rules(cast.head)}
    for rule in before:
        if rule.code != REGISTRATION_EXEMPT:
            assert after[rule.rule_id] == rule


def test_exempt_days_of_a_state_change_from_a_day_on(cast: Cast) -> None:
    indian = passport(nationality="IND", issuing_state="IND")
    his = enrol(cast.staff, cast.medicine, passport=indian)
    assert due_on(cast.staff, his, CaseKind.REGISTRATION) == date(2026, 9, 27)
    form = ExemptionForm(
        iso2="IN", days=10, in_force_from=date(2026, 8, 1), source="a fictitious act"
    )
    assert preview_exemption(cast.head, form).moved == 1
    change_exemption(cast.head, form)
    work.work_until_nothing_waits()
    assert due_on(cast.staff, his, CaseKind.REGISTRATION) == date(2026, 9, 7)
    off = replace(form, days=None, in_force_from=date(2026, 8, 20))
    change_exemption(cast.head, off)
    work.work_until_nothing_waits()
    # No exemption on the day of entry, 28 August: five working days, 31 August being one off.
    assert due_on(cast.staff, his, CaseKind.REGISTRATION) == date(2026, 9, 7)
    (india,) = list_countries(cast.dean, search="IN")[:1] or (None,)
    state = next(each for each in list_countries(cast.dean) if each.iso2 == "IN")
    assert state.exemption is None
    assert [term.days for term in state.exemptions] == [10, 30]
    assert india is not None
    assert refusal_of(preview_exemption, cast.head, off) == "country.not_exempt"
    assert refusal_of(change_exemption, cast.head, off) == "country.not_exempt"
    wrong = (
        ({"iso2": "QQ"}, "country.unknown"),
        ({"days": 3651}, "rule.days.out_of_range"),
        ({"source": ""}, "rule.source.empty"),
        ({"note": "x" * 2001}, "text.too_long"),
        ({"in_force_from": date(2026, 8, 1)}, "period.overlap"),
    )
    for changes, code in wrong:
        assert refusal_of(change_exemption, cast.head, replace(form, **changes)) == code


def test_of_two_heads_who_change_one_state_the_second_is_told(cast: Cast) -> None:
    india = next(each for each in list_countries(cast.head) if each.iso2 == "IN")
    mine = ExemptionForm(
        iso2="IN",
        days=10,
        in_force_from=date(2027, 1, 1),
        source="a fictitious act",
        edition=india.exemption_edition,
    )
    change_exemption(cast.head, mine)
    for theirs in (mine, replace(mine, in_force_from=date(2027, 3, 1)), replace(mine, days=None)):
        with pytest.raises(Conflict) as conflict:
            change_exemption(cast.head, replace(theirs, in_force_from=date(2027, 3, 1)))
        assert conflict.value.values["changed_by"] == "Helen"
    free = VisaFreeForm(
        iso2="IN",
        days=30,
        window=60,
        in_force_from=date(2027, 1, 1),
        source="a fictitious act",
        edition=india.visa_free_edition,
    )
    change_visa_free(cast.head, free)
    with pytest.raises(Conflict):
        change_visa_free(cast.head, replace(free, in_force_from=date(2027, 3, 1)))


def test_of_two_heads_who_put_a_state_on_the_list_the_second_is_told(cast: Cast) -> None:
    pakistan = next(each for each in list_countries(cast.head) if each.iso2 == "PK")
    assert pakistan.exemption is None
    mine = ExemptionForm(
        iso2="PK",
        days=10,
        in_force_from=date(2027, 1, 1),
        source="a fictitious act",
        edition=pakistan.exemption_edition,
    )
    change_exemption(cast.head, mine)
    with pytest.raises(Conflict):
        change_exemption(cast.head, replace(mine, in_force_from=date(2027, 3, 1)))
    (term,) = next(each for each in list_countries(cast.head) if each.iso2 == "PK").exemptions
    assert (term.days, term.confirmed_by) == (10, "Helen")
    assert term.confirmed_at is not None


def test_a_visa_free_term_changes_from_a_day_on(cast: Cast) -> None:
    form = VisaFreeForm(
        iso2="KZ", days=60, window=120, in_force_from=date(2027, 1, 1), source="a fictitious act"
    )
    change_visa_free(cast.head, form)
    state = next(each for each in list_countries(cast.rector) if each.iso2 == "KZ")
    assert [(term.words, term.in_force_until) for term in state.visa_free_terms] == [
        ("60/120", None),
        ("90/180 (EAEU)", date(2026, 12, 31)),
    ]
    assert state.visa_free is not None
    assert (state.visa_free.days, state.visa_free.window) == (90, 180)
    for changes, code in (
        ({"days": 120}, "stay.term.out_of_range"),
        ({"days": 0}, "stay.term.out_of_range"),
        ({"days": -1}, "rule.days.out_of_range"),
        ({"iso2": "QQ"}, "country.unknown"),
    ):
        assert refusal_of(change_visa_free, cast.head, replace(form, **changes)) == code


def test_a_day_off_added_or_struck_moves_what_is_counted_over_it(cast: Cast) -> None:
    his = enrol(cast.staff, cast.medicine)
    assert due_on(cast.staff, his, CaseKind.REGISTRATION) == date(2026, 9, 7)
    confirm_year(cast.head, 2026, edition=year_of_holidays(cast.head, 2026).edition)
    swap = DayForm(day=date(2026, 9, 3), name_en="A fictitious swap", source="a fictitious act")
    assert preview_day(cast.head, swap).moved == 1
    add_day(cast.head, swap)
    work.work_until_nothing_waits()
    assert due_on(cast.staff, his, CaseKind.REGISTRATION) == date(2026, 9, 8)
    # What was confirmed is another list now.
    assert year_of_holidays(cast.dean, 2026).confirmed_by is None
    worked = DayForm(
        day=date(2026, 9, 5), name_en="A fictitious swap", is_working=True, source="the same act"
    )
    add_day(cast.head, worked)
    work.work_until_nothing_waits()
    assert due_on(cast.staff, his, CaseKind.REGISTRATION) == date(2026, 9, 7)
    strike_day(cast.head, swap.day, version=1)
    work.work_until_nothing_waits()
    assert due_on(cast.staff, his, CaseKind.REGISTRATION) == date(2026, 9, 5)
    with pytest.raises(Conflict):
        strike_day(cast.head, swap.day, version=1)
    for form, code in (
        (worked, "holiday.taken"),
        # It is in the list, but struck: it is restored there and not added once more.
        (swap, "holiday.struck"),
        (replace(worked, day=date(2026, 9, 9)), "holiday.no_weekend"),
        (replace(swap, day=date(2026, 9, 10), name_en=" "), "holiday.name_missing"),
        (replace(swap, day=date(2026, 9, 10), source=" "), "rule.source.empty"),
        (replace(swap, day=date(2026, 9, 10), name_ky="x" * 201), "text.too_long"),
    ):
        assert refusal_of(add_day, cast.head, form) == code
    assert refusal_of(strike_day, cast.head, date(2026, 9, 10), version=1) == "holiday.unknown"


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        ("2026-09-30T17:59:00Z", None),
        ("2026-09-30T18:00:00Z", 2027),  # midnight in Bishkek
        ("2026-12-31T17:59:00Z", 2027),
        ("2026-12-31T18:00:00Z", None),
    ],
)
def test_next_years_days_off_are_asked_for_from_october(
    cast: Cast, moment: str, year: int | None
) -> None:
    with time_machine.travel(moment):
        assert year_to_confirm(cast.dean) == year
        if year is not None:
            confirm_year(cast.head, year, edition=year_of_holidays(cast.head, year).edition)
            assert year_to_confirm(cast.dean) is None


@pytest.mark.parametrize("seed", range(4))
def test_what_is_stored_is_what_would_be_computed_after_any_history(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    people: list[int] = []
    for step in range(14):
        _something_happens(cast, chance, people, step)
        if chance.random() < 0.3:
            work.work_until_nothing_waits()
    work.work_until_nothing_waits()
    assert_stored_is_computed()


#: What random histories run into.
REFUSALS = frozenset(
    "crossing.taken period.overlap country.not_exempt holiday.taken rule.cases_lost".split()
)


def _something_happens(cast: Cast, chance: random.Random, people: list[int], step: int) -> None:
    what = chance.choice(["enrol", "enrol", "cross", "correct", "rule", "state", "day"])
    day = date(2026, 8, 1) + timedelta(days=chance.randrange(31))
    first = date(2026, 7, 1) + timedelta(days=chance.randrange(200))
    try:
        if what == "enrol" or not people:
            state = chance.choice(["PAK", "IND", "KAZ", "UZB"])
            name = passport(
                number=f"ZZ{step}", surname=f"PERSON{step}", nationality=state, issuing_state=state
            )
            people.append(
                enrol(
                    cast.staff,
                    cast.medicine,
                    passport=name,
                    entered_on=chance.choice([None, day]),
                    residence=chance.choice([None, *ResidenceKind]),
                    visa=None if state in {"KAZ", "UZB"} else _some_visa(chance, day),
                )
            )
        elif what == "cross":
            direction = chance.choice(list(CrossingDirection))
            form = CrossingForm(direction=direction, crossed_on=day)
            add_crossing(cast.staff, chance.choice(people), form)
        elif what == "correct":
            crossings = crossings_of_person(cast.staff, chance.choice(people))
            if crossings:
                crossing = chance.choice(crossings)
                form = CrossingForm(direction=crossing.direction, crossed_on=day)
                change_crossing(cast.staff, crossing.crossing_id, form, version=crossing.version)
        elif what == "rule":
            code = chance.choice([VISA_EXTENSION, FIRST_VISA, REGISTRATION])
            anchor = RuleAnchor.ENTRY if code == REGISTRATION else RuleAnchor.VISA_EXPIRY
            unit, amount = chance.choice(list(RuleUnit)), chance.randrange(1, 60)
            made = change(code=code, anchor=anchor, amount=amount, unit=unit, in_force_from=first)
            change_rule(cast.head, made, accepts_late=True)
        elif what == "state":
            form = ExemptionForm(
                iso2=chance.choice(["IN", "KZ", "UZ", "PK"]),
                days=chance.choice([None, 3, 60]),
                in_force_from=first,
                source="a fictitious act",
            )
            change_exemption(cast.head, form, accepts_late=True)
        else:
            form = DayForm(day=first, name_en="A fictitious day", source="a fictitious act")
            add_day(cast.head, form, accepts_late=True)
    except DomainError as refusal:
        # What is refused must leave nothing behind; that is what the end of the test looks at.
        if refusal.code not in REFUSALS:
            raise


def _some_visa(chance: random.Random, day: date) -> VisaForm:
    return VisaForm(
        category=chance.choice(["S", "J"]),
        entries=VisaEntries.SINGLE,
        valid_until=day + timedelta(days=chance.randrange(20, 200)),
    )


def assert_stored_is_computed() -> None:
    with reading() as session:
        book = open_rule_book(session)
        stored = {
            row.case_id: row
            for row in session.scalars(sa.select(Deadline).order_by(Deadline.case_id))
        }
        compared = 0
        for case_id, _person, _faculty, *values in session.execute(
            known_dates(Case.closed_at.is_(None)).order_by(Case.id)
        ):
            pair = deadlines_of(case_dates(values), book)
            row = stored.get(case_id)
            if pair is None:
                assert row is None or not row.is_open
                continue
            assert row is not None
            target = pair[1].due_on if pair[1] else None
            assert (row.due_on, row.due_rule_id, row.target_on, row.is_open) == (
                pair[0].due_on,
                pair[0].rule.rule_id,
                target,
                True,
            )
            compared += 1
        assert compared > 0
        closed = session.scalars(sa.select(Case.id).where(Case.closed_at.is_not(None))).all()
        assert not [case_id for case_id in closed if case_id in stored and stored[case_id].is_open]


def test_a_recomputation_killed_ten_times_ends_as_if_it_had_not_been(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        name = passport(number=f"ZZ{number}", surname=f"PERSON{number}")
        enrol(cast.staff, cast.medicine, passport=name)
    change_rule(cast.head, change(in_force_from=date(2026, 9, 2)))
    monkeypatch.setattr(work, "CHUNK", 2)
    real = work.recompute_chunk
    kills = 0

    class Killed(BaseException):
        """What a process does not survive."""

    def dying(session: object, *, after_case_id: int, limit: int) -> tuple[int, int]:
        nonlocal kills
        done = real(session, after_case_id=after_case_id, limit=limit)
        if kills < 10 and random.Random(after_case_id + kills).random() < 0.8:
            kills += 1
            raise Killed
        return done

    monkeypatch.setattr(work, "recompute_chunk", dying)
    monkeypatch.setattr(work, "finish", lambda *_args, **_words: None)
    while kills < 10:
        with pytest.raises(Killed):
            work.work_until_nothing_waits()
        with writing() as session:
            dead = clock.utc_now() - timedelta(minutes=2)
            session.execute(sa.update(Job).values(beat_at=dead))
    monkeypatch.undo()
    work.work_until_nothing_waits()
    assert_stored_is_computed()
    job = recomputation(cast.head)
    assert job is not None
    assert (job.status, job.done) == (JobStatus.DONE, 24)


def test_every_row_of_days_off_has_its_names(cast: Cast) -> None:
    with reading() as session:
        rows = session.scalars(sa.select(Holiday).order_by(Holiday.day)).all()
    assert rows
    assert all(row.name_en and row.name_ru and row.name_ky for row in rows)


def test_changes_in_a_row_are_followed_by_one_recomputation(cast: Cast) -> None:
    his = enrol(cast.staff, cast.medicine)
    change_rule(cast.head, change())
    change_rule(cast.head, change(amount=20, in_force_from=date(2026, 11, 1)))
    assert work.work_until_nothing_waits() == 1
    # Four whole weeks of working days before Thursday, 26 November.
    assert due_on(cast.staff, his, CaseKind.STUDY_VISA_EXTENSION) == date(2026, 10, 29)


def test_a_change_while_one_recomputation_runs_begins_another(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    change_rule(cast.head, change())
    assert claim_job() is not None
    change_rule(cast.head, change(amount=20, in_force_from=date(2026, 11, 1)))
    assert claim_job() is not None
    assert claim_job() is None


def test_waiting_work_is_not_begun_before_the_change_it_is_to_follow_is_committed(
    cast: Cast,
) -> None:
    enrol(cast.staff, cast.medicine)
    change_rule(cast.head, change())
    claimed: list[object] = []
    worker = threading.Thread(target=lambda: claimed.append(claim_job()))
    with writing() as session:
        recompute(session, cast.head)
        worker.start()
        time.sleep(0.3)
        assert claimed == []
    worker.join()
    assert claimed != [None]


def test_a_change_of_the_safe_date_says_how_many_cases_it_moves(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    # He entered on Friday, 28 August: the safe date is 2 September, the law's is the 7th.
    sooner = change(
        code=REGISTRATION_TARGET,
        anchor=RuleAnchor.ENTRY,
        amount=3,
        unit=RuleUnit.CALENDAR_DAYS,
        in_force_from=date(2026, 8, 28),
    )
    impact = preview_rule(cast.head, sooner)
    assert (impact.open_cases, impact.moved, impact.safe_moved) == (2, 0, 1)
    later = replace(sooner, in_force_from=date(2026, 8, 29))
    assert preview_rule(cast.head, later).safe_moved == 0
