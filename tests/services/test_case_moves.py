"""Cases on their way through the steps of Settings, by whoever may take them."""

from datetime import date

import pytest

from core.errors import Conflict, DomainError, NotFound, Refused
from core.rules.steps import MoveFacts
from core.services.case_moves import move_case, moves_of_case
from core.services.case_views import CaseView, cases_of_person
from core.services.cases import complete_case
from core.services.steps import StepForm, add_step, change_step, list_steps
from core.terms import CaseKind, MoveKind, Party
from tests.cast import TODAY, Cast, enrol

EXTENSION = CaseKind.STUDY_VISA_EXTENSION


def extension(cast: Cast, person_id: int) -> CaseView:
    cases = cases_of_person(cast.staff, person_id)
    return next(case for case in cases if case.kind is EXTENSION)


def go(cast: Cast, person_id: int, after: str, moved_on: date = TODAY, **more: str) -> CaseView:
    case = extension(cast, person_id)
    known = MoveFacts(moved_on=moved_on, **more)
    move_case(cast.staff, case.case_id, after, known, version=case.version)
    return extension(cast, person_id)


def test_a_case_goes_the_whole_way_and_tells_how(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    begun = extension(cast, person_id)
    assert (begun.step, begun.waits_for, begun.moved_on) == ("dean", Party.DEAN, TODAY)
    assert [(way.code, way.kind, way.needs_reason) for way in begun.ways] == [
        ("department", MoveKind.ADVANCE, True),
        ("scnb", MoveKind.SKIP, True),
        ("dcs", MoveKind.SKIP, True),
        ("issued", MoveKind.SKIP, True),
    ]
    go(cast, person_id, "department", reason="the dean is ill")
    at_scnb = go(cast, person_id, "scnb", reference="17/26")
    # Four working days from Tuesday 1 September 2026.
    assert (at_scnb.waits_for, at_scnb.planned_until) == (Party.SCNB, date(2026, 9, 7))
    assert at_scnb.step_name.ru == "Согласование с ГКНБ"
    moves = moves_of_case(cast.rector, at_scnb.case_id)
    told = [(move.before.en, move.after.en, move.reference, move.reason) for move in moves]
    application = "Application of the dean's office"
    papers, approval = "Papers with the International Department", "Approval of SCNB (GKNB)"
    assert told == [
        (papers, approval, "17/26", ""),
        (application, papers, "", "the dean is ill"),
    ]
    complete_case(cast.staff, at_scnb.case_id, version=at_scnb.version)
    assert moves_of_case(cast.rector, at_scnb.case_id) == moves
    closed = extension(cast, person_id)
    assert (closed.waits_for, closed.planned_until, closed.ways) == (None, None, ())


def test_a_case_that_goes_back_to_the_dean_says_why_and_waits_there(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    go(cast, person_id, "department", reason="the dean is ill")
    back = go(cast, person_id, "dean", reason="the contract is unsigned")
    assert (back.waits_for, back.returned_reason) == (Party.DEAN, "the contract is unsigned")
    on = go(cast, person_id, "department", reason="signed now")
    assert on.returned_reason == ""


@pytest.mark.parametrize(
    ("after", "known", "code"),
    [
        ("dcs", MoveFacts(moved_on=TODAY), "case.reason_missing"),
        ("dean", MoveFacts(moved_on=TODAY, reason="x"), "case.step_not_allowed"),
        ("police", MoveFacts(moved_on=TODAY, reason="x"), "case.step_not_allowed"),
        ("scnb", MoveFacts(moved_on=date(2026, 9, 2), reason="x"), "case.move.future"),
        ("scnb", MoveFacts(moved_on=date(2026, 8, 31), reason="x"), "case.move.before_last"),
    ],
)
def test_a_refused_move_leaves_the_case_where_it_is(
    cast: Cast, after: str, known: MoveFacts, code: str
) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    before = extension(cast, person_id)
    with pytest.raises(DomainError) as refusal:
        move_case(cast.staff, before.case_id, after, known, version=before.version)
    assert refusal.value.code == code
    assert extension(cast, person_id) == before
    assert moves_of_case(cast.staff, before.case_id) == ()


def test_of_two_who_move_a_case_at_once_one_is_told(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    seen = extension(cast, person_id)
    go(cast, person_id, "department", reason="the dean is ill")
    with pytest.raises(Conflict):
        move_case(
            cast.head,
            seen.case_id,
            "department",
            MoveFacts(moved_on=TODAY, reason="too"),
            version=seen.version,
        )
    assert len(moves_of_case(cast.staff, seen.case_id)) == 1


def test_only_the_department_moves_a_case_and_a_dean_does_not_read_its_way(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    case = extension(cast, person_id)
    known = MoveFacts(moved_on=TODAY, reason="x")
    for actor in (cast.dean, cast.other_dean, cast.rector, cast.admin):
        with pytest.raises(Refused):
            move_case(actor, case.case_id, "department", known, version=case.version)
    with pytest.raises(Refused):
        moves_of_case(cast.dean, case.case_id)
    with pytest.raises(NotFound):
        move_case(cast.staff, 999_999, "department", known, version=1)


def test_a_closed_case_moves_no_more(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    case = extension(cast, person_id)
    complete_case(cast.staff, case.case_id, version=case.version)
    with pytest.raises(DomainError) as refusal:
        go(cast, person_id, "department", reason="x")
    assert refusal.value.code == "case.closed"


def test_the_head_adds_a_step_that_asks_for_a_number_and_cases_go_there(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    add_step(
        cast.head,
        StepForm(
            procedure=EXTENSION,
            name_en="At the archive",
            waits_for=Party.EMBASSY,
            needs_reference=True,
            source="a fictitious order",
        ),
    )
    archive = extension(cast, person_id).ways[-1]
    assert (archive.code, archive.needs_reference) == ("at_the_archive", True)
    with pytest.raises(DomainError) as refusal:
        go(cast, person_id, archive.code, reason="x")
    assert refusal.value.code == "case.reference_missing"
    there = go(cast, person_id, archive.code, reason="x", reference="5")
    assert (there.step_name.en, there.waits_for) == ("At the archive", Party.EMBASSY)


def test_a_case_in_a_step_taken_out_of_use_goes_on_from_there(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    go(cast, person_id, "scnb", reason="urgent")
    step = next(each for each in list_steps(cast.head, EXTENSION) if each.code == "scnb")
    form = StepForm(
        procedure=EXTENSION,
        name_en=step.name.en,
        waits_for=step.waits_for,
        is_active=False,
        source=step.source,
    )
    change_step(cast.head, step.step_id, form, version=step.version)
    left = extension(cast, person_id)
    assert left.step_name.en == "Approval of SCNB (GKNB)"
    assert [(way.code, way.kind) for way in left.ways] == [
        ("dean", MoveKind.RETURN),
        ("department", MoveKind.RETURN),
        ("dcs", MoveKind.ADVANCE),
        ("issued", MoveKind.SKIP),
    ]
