"""Batches gathered, submitted as a whole or not at all, and left again by some."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy as sa
import time_machine

from core import clock
from core.errors import Conflict, DomainError, NotFound, Refused
from core.rules.steps import MoveFacts
from core.services.batch_gathering import Prospect, add_to_batch, gather, prospect
from core.services.batch_views import batch_of_each, batch_view, list_batches, places_of_case
from core.services.batches import submit_batch, take_out
from core.services.case_moves import move_case, moves_of_case
from core.services.cases import complete_case
from core.services.enrolments import StatusForm, change_status, enrolments_of_person
from core.services.steps import StepForm, change_step, list_steps
from core.terms import CaseKind, CaseOutcome, EnrolmentStatus, ItemStatus, Party, PlaceState
from db import engine
from db.engine import reading, writing
from db.models.audit import AuditEntry
from db.models.batches import BatchCase
from db.models.cases import CaseItem
from tests.cast import TODAY, Cast
from tests.services.batch_cases import (
    CAME,
    EXTENSION,
    case_of,
    gathered,
    person,
    ready,
    seen,
    submitted,
    view,
)
from tests.services.test_merging import merge

ON_TODAY = MoveFacts(moved_on=TODAY)


def prospects(cast: Cast, step: str, case_ids: list[int]) -> Prospect:
    found = prospect(cast.staff, EXTENSION, step, case_ids)
    assert found is not None
    return found


def reject_a_paper(case_id: int) -> None:
    with writing() as session:
        item = session.scalars(
            sa.select(CaseItem)
            .filter_by(case_id=case_id, is_required=True)
            .order_by(CaseItem.position)
        ).first()
        assert item is not None
        item.status, item.name_en = ItemStatus.REJECTED, "Fictitious photo"


def test_before_it_is_gathered_a_batch_tells_who_can_go_and_who_cannot(cast: Cast) -> None:
    first, second, third = ready(cast, "ALFA", "BETA", "GAMMA")
    reject_a_paper(second)
    earlier = gathered(cast, [third])
    found = prospects(cast, "department", [first, second, third])
    assert (found.step, found.authority) == ("scnb", Party.SCNB)
    assert found.step_name.en == "Approval of SCNB (GKNB)"
    told = {case_id: (error.code, dict(error.values)) for case_id, error in found.refused.items()}
    assert told == {
        second: ("batch.papers_missing", {"items": ("Fictitious photo",)}),
        third: ("batch.in_another", {"batch": earlier}),
    }
    assert [(batch.batch_id, batch.count) for batch in found.batches] == [(earlier, 1)]
    assert prospect(cast.staff, EXTENSION, "dean", [first]) is None
    assert prospect(cast.staff, EXTENSION, "dcs", [first]) is None


def test_gathering_takes_in_those_that_can_go_and_leaves_their_step(cast: Cast) -> None:
    first, second = ready(cast, "ALFA", "BETA")
    reject_a_paper(second)
    done = gather(cast.staff, EXTENSION, "scnb", seen(cast, [first, second]), name=" September ")
    assert (done.count, list(done.refused)) == (1, [second])
    line = view(cast, done.batch_id).line
    assert (line.kind, line.step, line.authority) == (EXTENSION, "scnb", Party.SCNB)
    assert (line.name, line.gathered_by, line.gathered_on) == ("September", "Sam", TODAY)
    assert (line.count, line.answered, line.submitted_on, line.waited_days) == (1, 0, None, None)
    assert case_of(cast, first).step == "department"
    assert moves_of_case(cast.staff, first) == ()
    assert batch_of_each(cast.rector, [first, second]) == {first: done.batch_id}


def test_a_batch_nobody_can_go_with_is_not_gathered(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA")
    for kind, to in ((EXTENSION, "dcs"), (EXTENSION, "nowhere"), (CaseKind.EXIT_VISA, "dcs")):
        with pytest.raises(DomainError) as refusal:
            gather(cast.staff, kind, to, seen(cast, [case_id]))
        assert refusal.value.code == "batch.nobody"
    with pytest.raises(DomainError):
        gather(cast.staff, EXTENSION, "scnb", {999_999: 1})
    assert list_batches(cast.staff).rows == ()


def test_of_two_who_gather_the_same_case_the_second_is_told_who_came_first(cast: Cast) -> None:
    first, second = ready(cast, "ALFA", "BETA")
    shown = seen(cast, [first, second])
    gather(cast.staff, EXTENSION, "scnb", {first: shown[first]})
    done = gather(cast.head, EXTENSION, "scnb", shown)
    (error,) = done.refused.values()
    assert isinstance(error, Conflict)
    assert error.values["changed_by"] == "Sam"
    assert [each.name for each in view(cast, done.batch_id).persons] == ["BETA KARIM"]


def test_cases_are_added_until_the_batch_is_submitted(cast: Cast) -> None:
    first, second, third = ready(cast, "ALFA", "BETA", "GAMMA")
    batch_id = gathered(cast, [first])
    assert add_to_batch(cast.head, batch_id, seen(cast, [second])).count == 1
    assert [each.case_id for each in view(cast, batch_id).persons] == [first, second]
    submit_batch(cast.staff, batch_id, ON_TODAY, version=view(cast, batch_id).line.version)
    with pytest.raises(DomainError) as refusal:
        add_to_batch(cast.head, batch_id, seen(cast, [third]))
    assert refusal.value.code == "batch.submitted"
    with pytest.raises(NotFound):
        add_to_batch(cast.head, 999_999, seen(cast, [third]))
    assert batch_of_each(cast.staff, [third]) == {}


def test_submitting_takes_every_case_to_the_authority_and_tells_its_way(cast: Cast) -> None:
    cases = ready(cast, "ALFA", "BETA")
    batch_id = gathered(cast, cases)
    known = MoveFacts(moved_on=date(2026, 8, 31), reference=" 17/26 ")
    submit_batch(cast.head, batch_id, known, version=view(cast, batch_id).line.version)
    line = view(cast, batch_id).line
    assert (line.submitted_on, line.submitted_by, line.reference) == (
        date(2026, 8, 31),
        "Helen",
        "17/26",
    )
    assert line.waited_days == 1
    for case_id in cases:
        case = case_of(cast, case_id)
        assert (case.step, case.waits_for, case.moved_on) == ("scnb", Party.SCNB, line.submitted_on)
        # Four working days after Monday 31 August 2026.
        assert case.planned_until == date(2026, 9, 4)
        (move,) = moves_of_case(cast.staff, case_id)
        assert (move.reference, move.recorded_by) == ("17/26", "Helen")


def test_one_case_that_cannot_go_holds_the_whole_batch_back_by_name(cast: Cast) -> None:
    first, second = ready(cast, "ALFA", "BETA")
    batch_id = gathered(cast, [first, second])
    reject_a_paper(second)
    version = view(cast, batch_id).line.version
    with pytest.raises(DomainError) as refusal:
        submit_batch(cast.staff, batch_id, ON_TODAY, version=version)
    assert refusal.value.code == "batch.hindered"
    assert refusal.value.values["people"] == ("BETA KARIM (Not accepted yet: Fictitious photo.)",)
    assert {case_of(cast, each).step for each in (first, second)} == {"department"}
    line = view(cast, batch_id).line
    assert (line.submitted_on, line.version) == (None, version)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 9, 2), "case.move.future"),
        (date(2026, 8, 19), "batch.hindered"),
        (CAME, None),
        (TODAY, None),
    ],
)
def test_a_batch_is_submitted_between_the_last_step_and_today(
    cast: Cast, day: date, code: str | None
) -> None:
    batch_id = gathered(cast, ready(cast, "ALFA"))
    if code is None:
        submit_batch(cast.staff, batch_id, MoveFacts(moved_on=day), version=1)
        assert view(cast, batch_id).line.submitted_on == day
        return
    with pytest.raises(DomainError) as refusal:
        submit_batch(cast.staff, batch_id, MoveFacts(moved_on=day), version=1)
    assert refusal.value.code == code


def change(cast: Cast, code: str, **values: object) -> None:
    step = next(each for each in list_steps(cast.head, EXTENSION) if each.code == code)
    form = StepForm(
        procedure=EXTENSION,
        name_en=step.name.en,
        waits_for=step.waits_for,
        source=step.source,
        **values,  # type: ignore[arg-type]
    )
    change_step(cast.head, step.step_id, form, version=step.version)


def test_a_step_that_asks_for_a_number_gets_one_for_all(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA")
    batch_id = gathered(cast, [case_id])
    change(cast, "scnb", needs_reference=True)
    assert view(cast, batch_id).needs_reference
    with pytest.raises(DomainError) as refusal:
        submit_batch(cast.staff, batch_id, ON_TODAY, version=1)
    assert refusal.value.code == "case.reference_missing"
    submit_batch(cast.staff, batch_id, MoveFacts(moved_on=TODAY, reference="5"), version=1)
    assert moves_of_case(cast.staff, case_id)[0].reference == "5"


def test_a_batch_for_a_step_out_of_use_is_not_submitted(cast: Cast) -> None:
    batch_id = gathered(cast, ready(cast, "ALFA"))
    change(cast, "scnb", is_active=False)
    with pytest.raises(DomainError) as refusal:
        submit_batch(cast.staff, batch_id, ON_TODAY, version=1)
    assert refusal.value.code == "batch.step_gone"


def test_a_batch_that_changed_since_it_was_shown_is_not_submitted(cast: Cast) -> None:
    first, second = ready(cast, "ALFA", "BETA")
    batch_id = gathered(cast, [first])
    add_to_batch(cast.head, batch_id, seen(cast, [second]))
    with pytest.raises(Conflict) as conflict:
        submit_batch(cast.staff, batch_id, ON_TODAY, version=1)
    assert conflict.value.values["changed_by"] == "Helen"
    submit_batch(cast.staff, batch_id, ON_TODAY, version=2)
    with pytest.raises(DomainError) as refusal:
        submit_batch(cast.staff, batch_id, ON_TODAY, version=3)
    assert refusal.value.code == "batch.submitted"


def test_before_the_submission_a_case_simply_leaves(cast: Cast) -> None:
    first, second = ready(cast, "ALFA", "BETA")
    batch_id = gathered(cast, [first, second])
    assert take_out(cast.staff, batch_id, seen(cast, [first])) == {}
    assert (case_of(cast, first).step, moves_of_case(cast.staff, first)) == ("department", ())
    assert person(cast, batch_id, first).state is PlaceState.TAKEN_OUT
    assert view(cast, batch_id).line.count == 1
    # It may go with another one, or with this one after all.
    assert add_to_batch(cast.staff, batch_id, seen(cast, [first])).count == 1
    assert [each.waits for each in view(cast, batch_id).persons] == [False, True, True]


def test_a_batch_everybody_was_taken_out_of_is_closed(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA")
    batch_id = gathered(cast, [case_id])
    take_out(cast.staff, batch_id, seen(cast, [case_id]))
    assert list_batches(cast.staff).rows == ()
    assert [line.batch_id for line in list_batches(cast.staff, is_closed=True).rows] == [batch_id]
    with pytest.raises(DomainError) as refusal:
        add_to_batch(cast.staff, batch_id, seen(cast, [case_id]))
    assert refusal.value.code == "batch.closed"


def test_after_the_submission_a_case_goes_back_to_its_step_with_a_reason(cast: Cast) -> None:
    first, second = ready(cast, "ALFA", "BETA", step="scnb")
    batch_id = submitted(cast, [first, second])
    assert case_of(cast, first).step == "dcs"
    with pytest.raises(DomainError) as refusal:
        take_out(cast.staff, batch_id, seen(cast, [first]), ON_TODAY)
    assert refusal.value.code == "case.reason_missing"
    early = MoveFacts(moved_on=date(2026, 8, 31), reason="x")
    stayed = take_out(cast.staff, batch_id, seen(cast, [first]), early)
    assert [error.code for error in stayed.values()] == ["case.move.before_last"]
    known = MoveFacts(moved_on=TODAY, reason="the passport is at the embassy")
    assert take_out(cast.staff, batch_id, seen(cast, [first]), known) == {}
    back = case_of(cast, first)
    # The approval of SCNB holds: it is for the department to submit the case once more.
    assert (back.step, back.waits_for) == ("scnb", Party.DEPARTMENT)
    assert moves_of_case(cast.staff, first)[0].reason == "the passport is at the embassy"
    assert person(cast, batch_id, first).reason == "the passport is at the embassy"
    assert (view(cast, batch_id).line.count, case_of(cast, second).step) == (1, "dcs")


def test_whose_step_is_out_of_use_meanwhile_goes_back_to_the_department(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA", step="scnb")
    batch_id = submitted(cast, [case_id])
    change(cast, "scnb", is_active=False)
    take_out(cast.staff, batch_id, seen(cast, [case_id]), MoveFacts(moved_on=TODAY, reason="x"))
    assert case_of(cast, case_id).step == "department"


@pytest.mark.parametrize(
    ("after", "state"),
    [("issued", PlaceState.APPROVED), ("department", PlaceState.RETURNED)],
)
def test_a_move_by_hand_is_the_answer_of_the_authority(
    cast: Cast, after: str, state: PlaceState
) -> None:
    first, second = ready(cast, "ALFA", "BETA", step="scnb")
    batch_id = submitted(cast, [first, second])
    known = MoveFacts(moved_on=TODAY, reference="9", reason="by telephone")
    move_case(cast.head, first, after, known, version=case_of(cast, first).version)
    place = person(cast, batch_id, first)
    assert (place.state, place.on, place.by) == (state, TODAY, "Helen")
    assert (place.reference, place.reason) == ("9", "by telephone")
    line = view(cast, batch_id).line
    assert (line.count, line.answered, line.is_closed) == (2, 1, False)


def test_a_move_past_the_next_step_leaves_the_batch_without_an_answer(cast: Cast) -> None:
    first, second = ready(cast, "ALFA", "BETA")
    batch_id = submitted(cast, [first, second], "scnb")
    known = MoveFacts(moved_on=TODAY, reason="issued at once")
    move_case(cast.staff, first, "issued", known, version=case_of(cast, first).version)
    place = person(cast, batch_id, first)
    assert (place.state, place.on, place.reason) == (PlaceState.TAKEN_OUT, TODAY, "issued at once")


def test_a_case_that_moves_leaves_the_batch_it_is_gathered_in(cast: Cast) -> None:
    first, second = ready(cast, "ALFA", "BETA")
    batch_id = gathered(cast, [first, second])
    move_case(cast.staff, first, "scnb", ON_TODAY, version=case_of(cast, first).version)
    place = person(cast, batch_id, first)
    assert (place.state, place.on) == (PlaceState.TAKEN_OUT, TODAY)
    # Who looked before is told that the batch is another one now.
    with pytest.raises(Conflict):
        submit_batch(cast.staff, batch_id, ON_TODAY, version=1)


@pytest.mark.parametrize(
    ("is_submitted", "state"), [(False, PlaceState.TAKEN_OUT), (True, PlaceState.APPROVED)]
)
def test_a_case_closed_as_done_leaves_its_batch(
    cast: Cast, is_submitted: bool, state: PlaceState
) -> None:
    first, second = ready(cast, "ALFA", "BETA", step="scnb")
    put = submitted if is_submitted else gathered
    batch_id = put(cast, [first, second], "dcs")
    complete_case(cast.staff, first, version=case_of(cast, first).version)
    place = person(cast, batch_id, first)
    assert (place.state, place.on, place.waits) == (state, TODAY, False)


def test_an_expelled_student_leaves_the_batch_and_the_last_one_closes_it(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA", step="scnb")
    batch_id = submitted(cast, [case_id])
    person_id = case_of(cast, case_id).person_id
    enrolment = enrolments_of_person(cast.staff, person_id)[0]
    for status in (EnrolmentStatus.STUDYING, EnrolmentStatus.EXPELLED):
        form = StatusForm(after=status, happened_on=TODAY, order_number="1", reason="x")
        version = enrolments_of_person(cast.staff, person_id)[0].version
        change_status(cast.staff, enrolment.enrolment_id, form, version=version)
    assert case_of(cast, case_id).outcome is CaseOutcome.WITHDRAWN
    assert person(cast, batch_id, case_id).state is PlaceState.TAKEN_OUT
    assert view(cast, batch_id).line.is_closed


def test_of_two_merged_records_the_case_goes_on_that_an_authority_has(cast: Cast) -> None:
    kept, dropped, other = ready(cast, "ALFA", "BETA", "GAMMA", step="scnb")
    batch_id = submitted(cast, [dropped, other])
    keep_id, drop_id = case_of(cast, kept).person_id, case_of(cast, dropped).person_id
    merge(cast, keep_id, drop_id)
    going_on = case_of(cast, dropped)
    assert (going_on.person_id, going_on.step, going_on.closed_at) == (keep_id, "dcs", None)
    assert case_of(cast, kept).outcome is CaseOutcome.SUPERSEDED
    assert person(cast, batch_id, dropped).waits


def test_of_two_merged_records_in_one_batch_one_place_is_given_up(cast: Cast) -> None:
    kept, dropped = ready(cast, "ALFA", "BETA", step="scnb")
    batch_id = submitted(cast, [kept, dropped])
    merge(cast, case_of(cast, kept).person_id, case_of(cast, dropped).person_id)
    assert (person(cast, batch_id, kept).waits, person(cast, batch_id, dropped).waits) == (
        True,
        False,
    )
    assert case_of(cast, kept).step == "dcs"


@contextmanager
def statements_counted() -> Iterator[list[str]]:
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        told.append(statement)

    sa.event.listen(engine.engine(), "before_cursor_execute", note)
    yield told
    sa.event.remove(engine.engine(), "before_cursor_execute", note)


def test_many_cases_take_as_many_statements_as_few(cast: Cast) -> None:
    counts = []
    for names in (["A1", "A2"], [f"B{number}" for number in range(12)]):
        cases = ready(cast, *names)
        shown = seen(cast, cases)
        with statements_counted() as told:
            batch_id = gather(cast.staff, EXTENSION, "scnb", shown).batch_id
            submit_batch(cast.staff, batch_id, ON_TODAY, version=1)
            view(cast, batch_id)
        with statements_counted() as more:
            versions = {each.case_id: each.case_version for each in view(cast, batch_id).persons}
            take_out(cast.staff, batch_id, versions, MoveFacts(moved_on=TODAY, reason="x"))
        counts.append((len(told), len(more)))
    assert counts[0] == counts[1]


def test_a_batch_on_a_card_waits_a_day_longer_after_midnight(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA", step="scnb")
    submitted(cast, [case_id])
    # Midnight in Bishkek is six in the evening in Greenwich.
    for moment, days in (("2026-09-01T17:59:59Z", 0), ("2026-09-01T18:00:00Z", 1)):
        with time_machine.travel(moment):
            (place,) = places_of_case(cast.staff, case_id)
            assert place.line.waited_days == days


def test_batches_are_read_by_the_rector_and_never_by_a_dean(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA")
    batch_id = gathered(cast, [case_id])
    assert batch_view(cast.rector, batch_id).line.count == 1
    assert places_of_case(cast.rector, case_id)[0].line.batch_id == batch_id
    for actor in (cast.dean, cast.other_dean, cast.admin):
        for ask in (
            list_batches,
            lambda who: batch_view(who, batch_id),
            lambda who: places_of_case(who, case_id),
            lambda who: batch_of_each(who, [case_id]),
        ):
            with pytest.raises(Refused):
                ask(actor)
    for actor in (cast.dean, cast.rector, cast.admin):
        with pytest.raises(Refused):
            submit_batch(actor, batch_id, ON_TODAY, version=1)
        with pytest.raises(Refused):
            gather(actor, EXTENSION, "scnb", {case_id: 2})
        with pytest.raises(Refused):
            take_out(actor, batch_id, {case_id: 2})
    with pytest.raises(NotFound):
        batch_view(cast.staff, 999_999)


def test_what_happens_to_a_batch_is_in_the_log_of_each_person(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA")
    batch_id = submitted(cast, [case_id], "scnb")
    person_id = case_of(cast, case_id).person_id
    with reading() as session:
        own = session.execute(
            sa.select(AuditEntry.action, AuditEntry.clear)
            .where(AuditEntry.person_id == person_id, AuditEntry.subject_id == case_id)
            .where(AuditEntry.action.in_(("case.batch.in", "case.move.advance")))
            .order_by(AuditEntry.sequence)
        ).all()
        whole = session.scalars(
            sa.select(AuditEntry.action)
            .filter_by(subject_kind="batch", subject_id=batch_id)
            .order_by(AuditEntry.sequence)
        ).all()
    assert [tuple(row) for row in own] == [
        ("case.batch.in", {"batch": batch_id}),
        ("case.move.advance", {"step": "scnb"}),
    ]
    assert whole == ["batch.gather", "batch.submit"]


def test_a_case_waits_in_one_batch_whatever_is_written(cast: Cast) -> None:
    (case_id,) = ready(cast, "ALFA")
    batch_id = gathered(cast, [case_id])
    twin = BatchCase(
        batch_id=batch_id, case_id=case_id, gathered_at=clock.utc_now(), gathered_by="x"
    )
    with writing() as session:
        session.add(twin)
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()
        session.rollback()
