"""Passports that change hands: receipts, refusals, the list, and what a merge makes of them."""

import io
from datetime import date
from threading import Barrier, Thread

import openpyxl
import pypdf
import pytest
import sqlalchemy as sa

from core.errors import Conflict, DomainError, NotFound, Refused
from core.rules.custody import HandOver
from core.services.cards import person_card
from core.services.custody import PassportCustody, custody_of_person, hand_over, take_in
from core.services.custody import hand_over_many as over
from core.services.custody_list import (
    CustodyFilter,
    custody_filter,
    export_held_passports,
    held_counts,
    held_passports,
    query_of,
)
from core.services.person_history import person_history
from core.services.receipts import receipts_pdf
from core.terms import Language, PassportHolder
from db.engine import reading
from db.models.custody import Custody, CustodyMove
from tests.cast import TODAY, Cast, enrol, passport
from tests.services.test_merging import merge, two
from tests.services.test_rule_changes import refusal_of

OWNER, DEPARTMENT, DCS, SCNB, EMBASSY = PassportHolder
BACK = date(2026, 9, 20)


def somebody(cast: Cast, number: str = "ZZ1234567", *, born: int = 1) -> tuple[int, int]:
    """Return a new student and the id of his passport."""
    form = passport(number=number, birth_date=date(2004, 1, born))
    person_id = enrol(cast.staff, cast.medicine, passport=form)
    return person_id, person_card(cast.staff, person_id).passports[0].passport_id


def put(cast: Cast, passport_id: int, after: PassportHolder, **said: object) -> int:
    with reading() as session:
        row = session.scalars(sa.select(Custody).filter_by(passport_id=passport_id)).one_or_none()
    known = HandOver(**{"moved_on": TODAY, **said})  # type: ignore[arg-type]
    return hand_over(cast.staff, passport_id, after, known, version=row.version if row else 0)


def custody(cast: Cast, person_id: int) -> PassportCustody:
    (found,) = custody_of_person(cast.staff, person_id).values()
    return found


def test_a_passport_goes_from_hand_to_hand_and_keeps_its_way(cast: Cast) -> None:
    person_id, held = somebody(cast)
    assert custody_of_person(cast.staff, person_id) == {}

    put(cast, held, DEPARTMENT, moved_on=date(2026, 8, 30), expected_back_on=BACK, note=" visa ")
    put(cast, held, DCS, moved_on=date(2026, 8, 31), expected_back_on=date(2026, 9, 25))
    put(cast, held, DEPARTMENT)
    put(cast, held, OWNER, expected_back_on=BACK)

    now = custody(cast, person_id)
    assert (now.holder, now.since_on, now.expected_back_on, now.is_held) == (
        OWNER,
        TODAY,
        None,
        False,
    )
    assert [(move.before, move.after, move.receipt) for move in now.moves] == [
        (DEPARTMENT, OWNER, ""),
        (DCS, DEPARTMENT, ""),
        (DEPARTMENT, DCS, ""),
        (OWNER, DEPARTMENT, "2026/0001"),
    ]
    first = now.moves[-1]
    assert (first.note, first.expected_back_on, first.recorded_by) == ("visa", BACK, "Sam")
    told = [line.action for line in person_history(cast.rector, person_id).rows]
    assert told[:4] == ["custody.return", "custody.pass_on", "custody.pass_on", "custody.take_in"]


def test_what_was_never_taken_in_cannot_be_passed_on_or_returned(cast: Cast) -> None:
    _person, held = somebody(cast)
    known = HandOver(moved_on=TODAY)
    assert refusal_of(hand_over, cast.staff, held, DCS, known, version=0) == "custody.not_taken_in"
    assert (
        refusal_of(hand_over, cast.staff, held, OWNER, known, version=0) == "custody.there_already"
    )
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(CustodyMove)) == 0


def test_whoever_saw_an_earlier_state_is_told_who_was_first(cast: Cast) -> None:
    _person, held = somebody(cast)
    put(cast, held, DEPARTMENT)
    with pytest.raises(Conflict) as told:
        hand_over(cast.head, held, DCS, HandOver(moved_on=TODAY), version=0)
    assert told.value.values["changed_by"] == "Sam"


def test_receipts_are_numbered_without_a_gap_within_a_year(cast: Cast) -> None:
    numbers = []
    for born, day in enumerate((date(2025, 12, 30), date(2026, 1, 2), date(2026, 1, 3)), start=1):
        person_id, held = somebody(cast, f"ZZ{born}", born=born)
        put(cast, held, DEPARTMENT, moved_on=day)
        numbers.append(custody(cast, person_id).moves[0].receipt)
    assert numbers == ["2025/0001", "2026/0001", "2026/0002"]


def test_two_who_take_in_at_once_get_different_numbers(cast: Cast) -> None:
    held = [somebody(cast, f"ZZ{born}", born=born)[1] for born in range(1, 9)]
    together = Barrier(len(held))

    def act(passport_id: int) -> None:
        together.wait()
        hand_over(cast.staff, passport_id, DEPARTMENT, HandOver(moved_on=TODAY), version=0)

    threads = [Thread(target=act, args=(each,)) for each in held]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading() as session:
        numbers = session.scalars(sa.select(CustodyMove.receipt_number).order_by("receipt_number"))
        assert list(numbers) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_many_are_taken_in_by_number_and_the_others_say_why_not(cast: Cast) -> None:
    _one, first = somebody(cast, "ZZ1", born=1)
    somebody(cast, "ZZ2", born=2)
    put(cast, first, DEPARTMENT)
    came_of_it = take_in(cast.staff, ["zz 2", "", "ZZ2", "ZZ1", "NOBODY"], HandOver(moved_on=TODAY))
    assert len(came_of_it.move_ids) == 1
    assert {number: error.code for number, error in came_of_it.refused.items()} == {
        "ZZ1": "custody.there_already",
        "NOBODY": "passport.number.unknown",
    }
    nothing = HandOver(moved_on=TODAY)
    assert refusal_of(take_in, cast.staff, [" "], nothing) == "custody.no_numbers"
    many = [str(number) for number in range(101)]
    assert refusal_of(take_in, cast.staff, many, nothing) == "custody.too_many"


def test_a_number_that_two_states_gave_is_not_guessed_at(cast: Cast) -> None:
    somebody(cast, "ZZ1", born=1)
    form = passport(number="ZZ1", issuing_state="IND", nationality="IND", surname="OTHER")
    enrol(cast.staff, cast.medicine, passport=form)
    came_of_it = take_in(cast.staff, ["ZZ1"], HandOver(moved_on=TODAY))
    assert came_of_it.refused["ZZ1"].code == "passport.number.of_many"


def test_many_go_on_at_once_and_the_others_say_why_not(cast: Cast) -> None:
    _one, first = somebody(cast, "ZZ1", born=1)
    _two, second = somebody(cast, "ZZ2", born=2)
    put(cast, first, DEPARTMENT)
    seen = {first: ("FIRST", 1), second: ("SECOND", 0)}
    came_of_it = over(cast.staff, seen, DCS, HandOver(moved_on=TODAY))
    assert len(came_of_it.move_ids) == 1
    assert [(name, error.code) for name, error in came_of_it.refused.items()] == [
        ("SECOND", "custody.not_taken_in")
    ]


# The list


def test_the_list_begins_with_what_is_overdue(cast: Cast) -> None:
    plan = (
        ("ZZ1", DEPARTMENT, None),
        ("ZZ2", DEPARTMENT, date(2026, 9, 1)),
        ("ZZ3", DCS, date(2026, 8, 31)),
        ("ZZ4", OWNER, None),
        ("ZZ5", DEPARTMENT, date(2026, 8, 29)),
    )
    for born, (number, holder, back) in enumerate(plan, start=1):
        _person, held = somebody(cast, number, born=born)
        day = {"moved_on": date(2026, 8, 29), "expected_back_on": back}
        put(cast, held, DEPARTMENT, **day)
        if holder is not DEPARTMENT:
            put(cast, held, holder, **day)
    page = held_passports(cast.rector, CustodyFilter())
    assert [(line.passport_masked, line.days_overdue) for line in page.rows] == [
        ("•••", 3),
        ("•••", 1),
        ("•••", 0),
        ("•••", 0),
    ]
    assert [line.receipt for line in page.rows] == [
        "2026/0005",
        "2026/0003",
        "2026/0002",
        "2026/0001",
    ]
    assert page.rows[0].days_held == 3
    counts = held_counts(cast.staff)
    assert (counts.total, counts.by_holder[DCS], counts.by_holder[EMBASSY]) == (4, 1, 0)
    assert counts.overdue == 2
    late = held_passports(cast.staff, CustodyFilter(is_overdue=True))
    assert [line.holder for line in late.rows] == [DEPARTMENT, DCS]
    assert held_passports(cast.staff, CustodyFilter(holder=DCS, is_overdue=True)).total == 1


def test_the_file_holds_the_list_as_shown(cast: Cast) -> None:
    _person, held = somebody(cast)
    put(cast, held, DEPARTMENT, expected_back_on=BACK)
    file = export_held_passports(cast.staff, CustodyFilter(holder=DEPARTMENT))
    rows = list(openpyxl.load_workbook(io.BytesIO(file.content)).active.iter_rows(values_only=True))
    assert rows[1][:3] == ("TESTOV KARIM", "ZZ•••••67", "the International Department")
    assert rows[1][7] == "2026/0001"
    nothing = export_held_passports(cast.staff, CustodyFilter(holder=DCS))
    sheet = openpyxl.load_workbook(io.BytesIO(nothing.content)).active
    assert len(list(sheet.iter_rows())) == 1


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, CustodyFilter()),
        ({"holder": "dcs", "overdue": "1"}, CustodyFilter(holder=DCS, is_overdue=True)),
        ({"holder": "owner"}, CustodyFilter()),
        ({"holder": "x", "overdue": "yes"}, CustodyFilter()),
    ],
)
def test_the_filter_is_read_from_an_address(query: dict[str, str], wanted: CustodyFilter) -> None:
    assert custody_filter(query) == wanted
    assert custody_filter(query_of(wanted)) == wanted


# Receipts


def pages_of(content: bytes) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_a_receipt_says_what_was_taken_from_whom_and_until_when(cast: Cast) -> None:
    _person, held = somebody(cast)
    taken = put(cast, held, DEPARTMENT, expected_back_on=BACK, note="visa extension")
    (page,) = pages_of(receipts_pdf(cast.staff, [taken], language=Language.ENGLISH).content)
    for words in (
        "Receipt 2026/0001 for a passport",
        "TESTOV KARIM",
        "Pakistan · ZZ1234567",
        "visa extension",
        "Sam",
        "Copy of the department",
    ):
        assert words in page
    assert page.count("Receipt 2026/0001") == 2
    # Nothing more of the person than his passport says on its cover.
    for words in ("2004", "2030", "Fictitious Medicine"):
        assert words not in page


def test_a_receipt_printed_after_the_return_says_when_that_was(cast: Cast) -> None:
    _person, held = somebody(cast)
    taken = put(cast, held, DEPARTMENT, moved_on=date(2026, 8, 20))
    back = put(cast, held, OWNER, moved_on=date(2026, 8, 25))
    again = put(cast, held, DEPARTMENT)
    file = receipts_pdf(cast.rector, [taken, again], language=Language.RUSSIAN)
    first, second = pages_of(file.content)
    assert "Возвращён владельцу 25 авг. 2026" in first
    assert "Возвращён владельцу ____" in second
    with pytest.raises(DomainError, match=r"receipt\.none"):
        receipts_pdf(cast.staff, [back], language=Language.KYRGYZ)
    with pytest.raises(DomainError, match=r"receipt\.none"):
        receipts_pdf(cast.staff, [], language=Language.KYRGYZ)
    with pytest.raises(NotFound):
        receipts_pdf(cast.staff, [999_999], language=Language.KYRGYZ)


def test_a_dean_sees_no_custody(cast: Cast) -> None:
    person_id, held = somebody(cast)
    taken = put(cast, held, DEPARTMENT)
    with pytest.raises(Refused):
        custody_of_person(cast.dean, person_id)
    with pytest.raises(Refused):
        held_passports(cast.dean, CustodyFilter())
    with pytest.raises(Refused):
        receipts_pdf(cast.dean, [taken], language=Language.ENGLISH)


# Merging


def test_a_merge_moves_the_custody_with_the_passports(cast: Cast) -> None:
    keep, drop = two(cast)
    (held,) = person_card(cast.staff, drop).passports
    put(cast, held.passport_id, DEPARTMENT)
    merge(cast, keep, drop)
    now = custody(cast, keep)
    assert (now.passport_id, now.holder, len(now.moves)) == (held.passport_id, DEPARTMENT, 1)
    assert custody_of_person(cast.staff, drop) == {}


@pytest.mark.parametrize("kept_was_taken_in", [True, False])
def test_one_passport_noted_twice_is_in_the_hands_it_is_held_by(
    cast: Cast, *, kept_was_taken_in: bool
) -> None:
    keep = enrol(cast.staff, cast.medicine)
    drop = enrol(
        cast.staff, cast.medicine, passport=passport(number="ZZ-1234567"), is_new_person=True
    )
    (kept,) = person_card(cast.staff, keep).passports
    (twin,) = person_card(cast.staff, drop).passports
    if kept_was_taken_in:
        put(cast, kept.passport_id, DEPARTMENT, moved_on=date(2026, 8, 29))
        put(cast, kept.passport_id, OWNER)
    put(cast, twin.passport_id, DEPARTMENT, moved_on=date(2026, 8, 30), expected_back_on=BACK)
    merge(cast, keep, drop)
    now = custody_of_person(cast.staff, keep)[kept.passport_id]
    assert (now.holder, now.since_on, now.expected_back_on) == (
        DEPARTMENT,
        date(2026, 8, 30),
        BACK,
    )
    assert len(now.moves) == (3 if kept_was_taken_in else 1)
    assert held_passports(cast.staff, CustodyFilter()).total == 1
