"""What a release ships beside what the head has changed: told, and settled by the head."""

from datetime import date

import pytest
import sqlalchemy as sa

from core.errors import Conflict, DomainError, NotFound
from core.jobs.work import work_until_nothing_waits
from core.rules.deadlines import REGISTRATION, VISA_EXTENSION
from core.services.case_views import cases_of_person
from core.services.countries import list_countries
from core.services.reference import LoadReport, load_reference_data
from core.services.releases import (
    has_shipped_changes,
    keep_ours,
    preview_shipped,
    shipped_changes,
    take_shipped,
)
from core.services.rule_changes import change_rule, withdraw_rule
from core.services.rule_views import list_rules
from core.terms import CaseKind
from db.engine import reading, writing
from db.models.jobs import Job
from db.models.reference import HouseSetting, RegistrationExemption, RuleRow
from tests.cast import Cast, enrol
from tests.services.test_rule_changes import change, rule_of_code

GENERAL = "rule registration.place_of_stay 2016-12-26"


def an_earlier_release_was_loaded() -> None:
    """Let the files look new to the loader."""
    with writing() as session:
        session.get_one(HouseSetting, "reference_digest").value = {"digest": "earlier"}


def the_house_has_seven_days(cast: Cast) -> None:
    """Make the general term 7 days here, of a row an earlier release had loaded otherwise."""
    with writing() as session:
        row = session.scalars(sa.select(RuleRow).filter_by(code=REGISTRATION)).one()
        row.amount, row.reference_digest, row.confirmed_by = 7, "of an earlier release", "Helen"
    an_earlier_release_was_loaded()


def due(cast: Cast, person_id: int) -> date | None:
    case = next(
        case for case in cases_of_person(cast.head, person_id) if case.kind is CaseKind.REGISTRATION
    )
    return case.due.on if case.due else None


def test_a_fresh_database_has_nothing_to_settle(cast: Cast) -> None:
    assert shipped_changes(cast.head) == ()
    assert not has_shipped_changes(cast.head)


def test_both_values_are_told_until_the_head_has_chosen(cast: Cast) -> None:
    the_house_has_seven_days(cast)
    assert load_reference_data().differs == (GENERAL,)
    assert has_shipped_changes(cast.head)
    for _ in range(2):
        (waiting,) = shipped_changes(cast.head)
        assert (waiting.key, waiting.kind, waiting.is_new) == (GENERAL, "rule", False)
        (difference,) = waiting.differences
        assert (difference.column, difference.ours, difference.shipped) == ("amount", 7, 5)
        assert load_reference_data().differs == ()


def test_the_shipped_values_are_taken_over_unconfirmed_and_due_dates_follow(cast: Cast) -> None:
    the_house_has_seven_days(cast)
    person_id = enrol(cast.staff, cast.medicine)
    # Entered on Friday 28 August 2026; Monday 31 August is Independence Day.
    assert due(cast, person_id) == date(2026, 9, 9)
    assert preview_shipped(cast.head, GENERAL).moved == 1
    (waiting,) = shipped_changes(cast.head)

    take_shipped(cast.head, GENERAL, version=waiting.version)
    work_until_nothing_waits()

    assert due(cast, person_id) == date(2026, 9, 7)
    assert shipped_changes(cast.head) == ()
    rule = rule_of_code(cast.head, REGISTRATION)
    assert (rule.amount, rule.confirmed_by) == (5, None)


def test_what_the_head_keeps_is_not_asked_about_again(cast: Cast) -> None:
    the_house_has_seven_days(cast)
    (waiting,) = shipped_changes(cast.head)

    keep_ours(cast.head, GENERAL, version=waiting.version)

    assert shipped_changes(cast.head) == ()
    an_earlier_release_was_loaded()
    assert load_reference_data().differs == ()
    assert rule_of_code(cast.head, REGISTRATION).amount == 7


@pytest.mark.parametrize("settle", [take_shipped, keep_ours])
def test_of_two_heads_the_second_is_told(cast: Cast, settle: object) -> None:
    the_house_has_seven_days(cast)
    with writing() as session:
        session.scalars(sa.select(RuleRow).filter_by(code=REGISTRATION)).one().version = 2

    with pytest.raises(Conflict):
        settle(cast.head, GENERAL, version=1)

    keep_ours(cast.head, GENERAL, version=2)
    with pytest.raises(NotFound):
        settle(cast.head, GENERAL, version=3)


def the_release_ships_a_row_anew(key: str) -> None:
    """Let the shipped row ``key`` be one that this database has never had."""
    with writing() as session:
        row = session.scalars(sa.select(RuleRow).filter_by(reference_key=key)).one()
        row.reference_key = row.reference_digest = None
        row.amount = 7
    an_earlier_release_was_loaded()


def test_a_new_shipped_row_is_not_put_beside_one_of_the_house(cast: Cast) -> None:
    the_release_ships_a_row_anew(GENERAL)

    report = load_reference_data()

    assert (report.added, report.differs) == (0, (GENERAL,))
    assert has_shipped_changes(cast.head)
    (waiting,) = shipped_changes(cast.head)
    assert waiting.is_new
    with pytest.raises(DomainError) as refusal:
        preview_shipped(cast.head, GENERAL)
    assert refusal.value.code == "period.overlap"


def test_a_new_shipped_row_may_be_declined_for_good(cast: Cast) -> None:
    the_release_ships_a_row_anew(GENERAL)

    keep_ours(cast.head, GENERAL, version=0)

    assert shipped_changes(cast.head) == ()
    an_earlier_release_was_loaded()
    assert load_reference_data().differs == ()
    alive = [r for r in list_rules(cast.head) if r.code == REGISTRATION and not r.withdrawn_by]
    assert [rule.amount for rule in alive] == [7]


def test_a_shipped_row_the_head_ended_cannot_come_back_over_his_own(cast: Cast) -> None:
    change_rule(cast.head, change())
    with writing() as session:
        ended = session.scalars(
            sa.select(RuleRow).filter_by(code=VISA_EXTENSION, in_force_until=date(2026, 9, 30))
        ).one()
        ended.reference_digest = "of an earlier release"
    (waiting,) = shipped_changes(cast.head)
    assert [each.column for each in waiting.differences] == ["in_force_until"]

    with pytest.raises(DomainError) as refusal:
        take_shipped(cast.head, waiting.key, version=waiting.version)
    assert refusal.value.code == "period.overlap"

    own = next(rule for rule in list_rules(cast.head) if rule.amount == 25)
    withdraw_rule(cast.head, own.rule_id, version=own.version)
    assert shipped_changes(cast.head) == ()


def test_a_release_that_moves_due_dates_begins_a_recomputation(cast: Cast) -> None:
    with reading() as session:
        assert session.scalars(sa.select(Job)).all() == []
    an_earlier_release_was_loaded()

    load_reference_data()

    with reading() as session:
        assert len(session.scalars(sa.select(Job)).all()) == 1


def test_exempt_days_are_taken_over_with_the_cases_they_move(cast: Cast) -> None:
    with writing() as session:
        row = session.scalars(sa.select(RegistrationExemption).filter_by(iso2="KZ")).one()
        row.exempt_days, row.reference_digest = 10, "of an earlier release"
    (waiting,) = shipped_changes(cast.head)
    assert (waiting.iso2, waiting.name) == ("KZ", None)

    take_shipped(cast.head, waiting.key, version=waiting.version)

    (state,) = list_countries(cast.head, search="KZ")
    assert state.exemption is not None
    assert state.exemption.days == 30


def the_rule(code: str) -> tuple[int, str, str]:
    with reading() as session:
        row = session.scalars(sa.select(RuleRow).filter_by(code=code)).one()
        return row.amount, row.note, row.note_ru


def test_a_better_translation_of_a_note_comes_even_to_a_row_the_head_changed(cast: Cast) -> None:
    amount, note, note_ru = the_rule(VISA_EXTENSION)
    with writing() as session:
        row = session.scalars(sa.select(RuleRow).filter_by(code=VISA_EXTENSION)).one()
        row.amount, row.note_ru = 40, "как переводил прежний выпуск"
    an_earlier_release_was_loaded()

    assert load_reference_data() == LoadReport()

    assert amount == 30
    assert the_rule(VISA_EXTENSION) == (40, note, note_ru)
    assert "25 рабочих дней" in note_ru
    assert shipped_changes(cast.head) == ()


def test_a_note_that_is_not_the_shipped_one_keeps_its_own_words(cast: Cast) -> None:
    with writing() as session:
        row = session.scalars(sa.select(RuleRow).filter_by(code=VISA_EXTENSION)).one()
        row.note, row.note_ru = "ours", "наше"

    for _ in range(2):
        an_earlier_release_was_loaded()
        assert load_reference_data() == LoadReport()

    assert the_rule(VISA_EXTENSION) == (30, "ours", "наше")
