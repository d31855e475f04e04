"""The board: how many cases stand where, for how long, and who sees them."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
import time_machine

from core.errors import DomainError
from core.rules.steps import MoveFacts
from core.services.board import BoardFilter, board, cases_in_step, ways_from
from core.services.case_moves import move_cases
from core.services.cases import complete_case, open_by_hand
from core.services.page import PAGE_SIZE
from core.terms import CaseKind, MoveKind, Party
from db.engine import writing
from db.models.cases import Case
from tests.cast import TODAY, Cast, enrol, passport

EXTENSION = CaseKind.STUDY_VISA_EXTENSION


def enrol_many(cast: Cast, *since: date) -> list[int]:
    """Register students of medicine whose extension has stood since these days."""
    people = [
        enrol(cast.staff, cast.medicine, passport=passport(number=f"ZZ{n}", surname=f"TESTOV{n}"))
        for n in range(len(since))
    ]
    with writing() as session:
        for person_id, day in zip(people, since, strict=True):
            session.execute(
                sa.update(Case).filter_by(person_id=person_id, kind=EXTENSION).values(moved_on=day)
            )
    return people


def counts(cast: Cast, **wanted: int) -> dict[str, int]:
    return {step.code: step.count for step in board(cast.staff, EXTENSION, BoardFilter(**wanted))}


def test_each_step_tells_how_many_stand_there_and_for_how_long(cast: Cast) -> None:
    enrol_many(cast, date(2026, 8, 1), date(2026, 8, 22), date(2026, 8, 29), TODAY)
    dean, *others = board(cast.staff, EXTENSION)
    assert (dean.code, dean.waits_for, dean.count) == ("dean", Party.DEAN, 4)
    # Of four the earlier middle one: 22 August, ten days before 1 September.
    assert (dean.median_days, dean.oldest_days) == (10, 31)
    assert [(step.code, step.count, step.median_days) for step in others] == [
        ("department", 0, None),
        ("scnb", 0, None),
        ("dcs", 0, None),
        ("issued", 0, None),
    ]


def test_moving_many_leaves_those_that_cannot_go_and_says_why(cast: Cast) -> None:
    enrol_many(cast, TODAY, TODAY, TODAY)
    lines = cases_in_step(cast.staff, EXTENSION, "dean").rows
    first, second, third = (line.case_id for line in lines)
    complete_case(cast.staff, third, version=lines[2].version)
    seen = {first: lines[0].version, second: lines[1].version + 1, third: lines[2].version + 1}
    refused = move_cases(
        cast.staff, seen, "department", MoveFacts(moved_on=TODAY, reason="the dean is ill")
    )
    assert {case_id: error.code for case_id, error in refused.items()} == {
        second: "version.conflict",
        third: "case.closed",
    }
    assert counts(cast) == {"dean": 1, "department": 1, "scnb": 0, "dcs": 0, "issued": 0}


def test_a_step_past_its_plan_is_counted_from_the_day_after(cast: Cast) -> None:
    person_id, _other = enrol_many(cast, TODAY, TODAY)
    with writing() as session:
        session.execute(
            sa.update(Case)
            .filter_by(person_id=person_id, kind=EXTENSION)
            .values(planned_until=TODAY)
        )
    assert board(cast.staff, EXTENSION)[0].late_count == 0
    with time_machine.travel(datetime(2026, 9, 1, 18, tzinfo=UTC), tick=False):
        # Midnight in Bishkek: it is the day after.
        assert board(cast.staff, EXTENSION)[0].late_count == 1
        line = cases_in_step(cast.staff, EXTENSION, "dean").rows[0]
        assert (line.person_id, line.is_late) == (person_id, True)


def test_a_dean_sees_the_cases_of_own_faculties_and_nothing_of_others(cast: Cast) -> None:
    enrol_many(cast, TODAY, TODAY)
    assert board(cast.dean, EXTENSION)[0].count == 2
    assert [step.count for step in board(cast.other_dean, EXTENSION)] == [0] * 5
    assert cases_in_step(cast.other_dean, EXTENSION, "dean").rows == ()
    assert counts(cast, faculty_id=cast.dentistry)["dean"] == 0
    assert counts(cast, faculty_id=cast.medicine)["dean"] == 2


def test_the_longest_there_comes_first_and_a_page_beyond_the_last_is_the_last(
    cast: Cast,
) -> None:
    people = enrol_many(cast, TODAY, date(2026, 8, 1))
    page = cases_in_step(cast.staff, EXTENSION, "dean", page=9)
    assert [line.person_id for line in page.rows] == people[::-1]
    assert (page.number, page.total, page.size) == (1, 2, PAGE_SIZE)
    assert [line.days_in_step for line in page.rows] == [31, 0]


def test_the_ways_from_a_step_are_those_of_its_cases(cast: Cast) -> None:
    assert [(way.code, way.kind) for way in ways_from(cast.staff, EXTENSION, "scnb")] == [
        ("dean", MoveKind.RETURN),
        ("department", MoveKind.RETURN),
        ("dcs", MoveKind.ADVANCE),
        ("issued", MoveKind.SKIP),
    ]


@pytest.mark.parametrize(
    "kind",
    [
        CaseKind.ENTRY_INVITATION,
        CaseKind.EXIT_VISA,
        CaseKind.EMBASSY_EXTENSION,
        CaseKind.OUTBOUND_VISA,
        CaseKind.STATUS_NOTICE,
    ],
)
def test_a_case_of_any_kind_is_opened_by_hand_once(cast: Cast, kind: CaseKind) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    case_id = open_by_hand(cast.staff, person_id, kind)
    line = cases_in_step(cast.rector, kind, "department").rows[0]
    assert (line.case_id, line.person_id) == (case_id, person_id)
    assert board(cast.staff, kind)[0].waits_for is Party.DEPARTMENT
    with pytest.raises(DomainError) as refusal:
        open_by_hand(cast.head, person_id, kind)
    assert refusal.value.code == "case.open_already"
