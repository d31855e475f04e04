"""The answers of an authority to a batch: each takes its case on, back, or to its end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial

import pytest
import sqlalchemy as sa

from core.errors import Conflict, DomainError, NotFound, Refused
from core.permissions import Actor
from core.rules.steps import MoveFacts
from core.services.batch_answers import Reply, record_answers
from core.services.batch_gathering import gather
from core.services.batch_views import list_batches, places_of_case
from core.services.batches import take_out
from core.services.case_moves import moves_of_case
from core.services.case_views import case_view, cases_of_person
from core.services.cases import open_by_hand
from core.services.consequences import follow_up
from core.services.follow_ups import follow_up_all
from core.services.person_forms import VisaForm
from core.services.visas import add_visa
from core.terms import BatchAnswer, CaseKind, CaseOutcome, Party, PlaceState, VisaEntries
from db.engine import writing
from db.models.cases import Deadline
from tests.cast import TODAY, Cast
from tests.services.batch_cases import (
    EXTENSION,
    case_of,
    gathered,
    person,
    ready,
    seen,
    submitted,
    view,
)

APPROVED = Reply(answer=BatchAnswer.APPROVED, answered_on=TODAY, reference="MFA-77")
RETURNED = Reply(answer=BatchAnswer.RETURNED, answered_on=TODAY, reason="the photo is grey")
REFUSED = Reply(answer=BatchAnswer.REFUSED, answered_on=TODAY, reason="not named")


def answer(cast: Cast, batch_id: int, case_id: int, reply: Reply, by: Actor | None = None) -> None:
    stayed = record_answers(by or cast.staff, batch_id, seen(cast, [case_id]), reply)
    assert stayed == {}


def test_three_answers_take_three_cases_their_ways_and_close_the_batch(cast: Cast) -> None:
    first, second, third = ready(cast, "ALFA", "BETA", "GAMMA", step="scnb")
    batch_id = submitted(cast, [first, second, third])
    answer(cast, batch_id, first, APPROVED)
    answer(cast, batch_id, second, RETURNED, by=cast.head)
    line = view(cast, batch_id).line
    assert (line.count, line.answered, line.is_closed) == (3, 2, False)
    answer(cast, batch_id, third, REFUSED)
    line = view(cast, batch_id).line
    assert (line.answered, line.is_closed, line.waited_days) == (3, True, None)
    assert list_batches(cast.staff).rows == ()

    issued, back, refused = (case_of(cast, each) for each in (first, second, third))
    assert (issued.step, issued.waits_for) == ("issued", Party.STUDENT)
    assert moves_of_case(cast.staff, first)[0].reference == "MFA-77"
    assert (back.step, back.waits_for) == ("department", Party.DEPARTMENT)
    assert back.returned_reason == "the photo is grey"
    assert (refused.step, refused.outcome) == ("dcs", CaseOutcome.REFUSED)
    assert refused.waits_for is None
    with writing() as session:
        is_open = session.scalar(sa.select(Deadline.is_open).filter_by(case_id=third))
    assert is_open is False
    place = person(cast, batch_id, second)
    assert (place.state, place.by, place.reason) == (
        PlaceState.RETURNED,
        "Helen",
        "the photo is grey",
    )


def test_a_dean_is_told_where_a_case_stands_and_not_what_the_authority_answered(
    cast: Cast,
) -> None:
    back, refused = ready(cast, "ALFA", "BETA", step="scnb")
    batch_id = submitted(cast, [back, refused])
    answer(cast, batch_id, back, RETURNED)
    answer(cast, batch_id, refused, REFUSED)
    for actor, told in (
        (cast.staff, ("the photo is grey", CaseOutcome.REFUSED)),
        (cast.rector, ("the photo is grey", CaseOutcome.REFUSED)),
        (cast.dean, ("", None)),
    ):
        seen_back, seen_refused = case_view(actor, back), case_view(actor, refused)
        assert (seen_back.returned_reason, seen_refused.outcome) == told, actor.role
        assert (seen_back.step, seen_refused.closed_at is None) == ("department", False)


def test_several_have_one_answer_at_once(cast: Cast) -> None:
    cases = ready(cast, "ALFA", "BETA", "GAMMA", step="scnb")
    batch_id = submitted(cast, cases)
    assert record_answers(cast.staff, batch_id, seen(cast, cases), APPROVED) == {}
    assert {case_of(cast, each).step for each in cases} == {"issued"}
    assert view(cast, batch_id).line.is_closed


def test_what_scnb_approves_waits_for_the_department_to_submit_it_to_dcs(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA")
    batch_id = submitted(cast, [case_id], "scnb")
    assert not view(cast, batch_id).goes_on
    answer(cast, batch_id, case_id, APPROVED)
    approved = case_of(cast, case_id)
    assert (approved.step, approved.waits_for) == ("scnb", Party.DEPARTMENT)
    assert len(moves_of_case(cast.staff, case_id)) == 1
    second = submitted(cast, [case_id], "dcs")
    at_dcs = case_of(cast, case_id)
    assert (at_dcs.step, at_dcs.waits_for) == ("dcs", Party.DCS)
    told = [
        (place.line.batch_id, place.state, place.reference)
        for place in places_of_case(cast.rector, case_id)
    ]
    assert told == [
        (second, PlaceState.WAITING, ""),
        (batch_id, PlaceState.APPROVED, "MFA-77"),
    ]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(answer=BatchAnswer.RETURNED, answered_on=TODAY), "case.reason_missing"),
        (Reply(answer=BatchAnswer.REFUSED, answered_on=TODAY, reason=" "), "case.reason_missing"),
    ],
)
def test_a_bad_answer_needs_its_reason(cast: Cast, reply: Reply, code: str) -> None:
    (case_id,) = ready(cast, "ALFA", step="scnb")
    batch_id = submitted(cast, [case_id])
    with pytest.raises(DomainError) as refusal:
        record_answers(cast.staff, batch_id, seen(cast, [case_id]), reply)
    assert refusal.value.code == code
    assert person(cast, batch_id, case_id).waits


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 9, 2), "case.move.future"),
        (date(2026, 8, 27), "case.move.before_last"),
        (date(2026, 8, 28), None),
        (TODAY, None),
    ],
)
def test_an_answer_comes_between_the_submission_and_today(
    cast: Cast, day: date, code: str | None
) -> None:
    (case_id,) = ready(cast, "ALFA", step="scnb")
    batch_id = submitted(cast, [case_id], on=date(2026, 8, 28))
    reply = Reply(answer=BatchAnswer.REFUSED, answered_on=day, reason="x")
    stayed = record_answers(cast.staff, batch_id, seen(cast, [case_id]), reply)
    assert [error.code for error in stayed.values()] == ([code] if code else [])
    assert person(cast, batch_id, case_id).waits is (code is not None)


def test_there_is_no_answer_to_what_was_not_submitted_or_is_in_no_batch(cast: Cast) -> None:
    first, second = ready(cast, "ALFA", "BETA")
    batch_id = gathered(cast, [first])
    with pytest.raises(DomainError) as refusal:
        record_answers(cast.staff, batch_id, seen(cast, [first]), APPROVED)
    assert refusal.value.code == "batch.not_submitted"
    other = submitted(cast, [second], "scnb")
    stayed = record_answers(cast.staff, other, seen(cast, [first]), APPROVED)
    assert [error.code for error in stayed.values()] == ["batch.waits_no_more"]
    assert case_of(cast, first).step == "department"
    with pytest.raises(NotFound):
        record_answers(cast.staff, 999_999, seen(cast, [first]), APPROVED)
    for actor in (cast.dean, cast.rector, cast.admin):
        with pytest.raises(Refused):
            record_answers(actor, other, seen(cast, [second]), APPROVED)


def test_of_two_answers_to_one_person_the_second_is_told_who_came_first(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA", step="scnb")
    batch_id = submitted(cast, [case_id])
    shown = seen(cast, [case_id])
    assert record_answers(cast.head, batch_id, shown, APPROVED) == {}
    (error,) = record_answers(cast.staff, batch_id, shown, REFUSED).values()
    assert isinstance(error, Conflict)
    assert error.values["changed_by"] == "Helen"
    assert case_of(cast, case_id).step == "issued"
    (error,) = take_out(cast.staff, batch_id, shown, MoveFacts(moved_on=TODAY, reason="x")).values()
    assert isinstance(error, Conflict)


def test_answers_from_many_at_once_have_one_winner_for_each_person(cast: Cast) -> None:
    cases = ready(cast, *(f"P{number}" for number in range(4)), step="scnb")
    batch_id = submitted(cast, cases)
    shown = seen(cast, cases)
    replies = [(cast.staff, APPROVED), (cast.head, REFUSED), (cast.head, RETURNED)] * 2

    def reply_to_all(each: tuple[Actor, Reply]) -> set[int]:
        actor, reply = each
        return set(cases) - set(record_answers(actor, batch_id, shown, reply))

    with ThreadPoolExecutor(len(replies)) as crowd:
        won = list(crowd.map(reply_to_all, replies))
    assert sorted(case_id for each in won for case_id in each) == sorted(cases)
    assert all(len(moves_of_case(cast.staff, each)) <= 2 for each in cases)
    line = view(cast, batch_id).line
    assert (line.answered, line.is_closed) == (4, True)


def test_the_last_answers_of_two_at_once_close_the_batch(cast: Cast) -> None:
    for round_number in range(5):
        cases = ready(cast, f"A{round_number}", f"B{round_number}", step="scnb")
        batch_id = submitted(cast, cases)
        shown = [seen(cast, [case_id]) for case_id in cases]
        approve = partial(record_answers, cast.staff, batch_id, reply=APPROVED)
        with ThreadPoolExecutor(2) as crowd:
            assert list(crowd.map(approve, shown)) == [{}, {}]
        assert view(cast, batch_id).line.is_closed


def test_one_case_gathered_by_many_at_once_is_in_one_batch(cast: Cast) -> None:
    cases = ready(cast, "ALFA", "BETA")
    shown = seen(cast, cases)

    def attempt(_number: int) -> int:
        try:
            return gather(cast.staff, EXTENSION, "scnb", shown).count
        except DomainError:
            return 0

    with ThreadPoolExecutor(4) as crowd:
        assert sorted(crowd.map(attempt, range(4))) == [0, 0, 0, 2]
    assert len(list_batches(cast.staff).rows) == 1


def refused_extension(cast: Cast) -> tuple[int, int]:
    """Return a person whose extension was refused, and the case."""
    (case_id,) = ready(cast, "ALFA", step="scnb")
    batch_id = submitted(cast, [case_id])
    answer(cast, batch_id, case_id, REFUSED)
    return case_of(cast, case_id).person_id, case_id


def open_kinds(cast: Cast, person_id: int) -> set[CaseKind]:
    cases = cases_of_person(cast.staff, person_id)
    return {case.kind for case in cases if case.closed_at is None}


@pytest.mark.parametrize("at_once", [False, True])
def test_what_was_refused_does_not_begin_anew_by_itself(cast: Cast, at_once: bool) -> None:
    person_id, _case_id = refused_extension(cast)
    with writing() as session:
        if at_once:
            follow_up_all(session, cast.staff, [person_id])
        else:
            follow_up(session, cast.staff, person_id)
    assert open_kinds(cast, person_id) == {CaseKind.REGISTRATION}


def test_what_was_refused_begins_anew_with_another_visa(cast: Cast) -> None:
    person_id, _case_id = refused_extension(cast)
    form = VisaForm(category="S", entries=VisaEntries.SINGLE, valid_until=date(2027, 5, 1))
    add_visa(cast.staff, person_id, form)
    assert EXTENSION in open_kinds(cast, person_id)


def test_what_was_refused_begins_anew_by_hand(cast: Cast) -> None:
    person_id, case_id = refused_extension(cast)
    assert open_by_hand(cast.staff, person_id, EXTENSION) != case_id
