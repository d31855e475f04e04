"""Rows about people who are registered: what they change, what is asked, and the way back."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from core import clock
from core.errors import DomainError
from core.jobs.work import work_until_nothing_waits
from core.rules.steps import MoveFacts
from core.services import audit
from core.services.batches import submit_batch
from core.services.cards import person_card
from core.services.case_moves import move_case
from core.services.case_views import cases_of_person
from core.services.cases import open_by_hand
from core.services.crossings import CrossingForm, add_crossing
from core.services.imports import undoing
from core.services.imports.batches import answer_namesakes, start_commit, start_undo
from core.services.imports.differences import batch_changes, batch_namesakes
from core.services.imports.judging import Namesakes
from core.services.imports.undoing import undo_batch
from core.services.imports.views import BatchView, batch_view
from core.services.jobs import claim_job
from core.services.payments import PaymentForm, add_payment, withdraw_payment
from core.services.person_notes import add_note, withdraw_note
from core.services.residences import residences_of_person
from core.terms import (
    CaseKind,
    CaseOutcome,
    CrossingDirection,
    ImportField,
    ImportStatus,
    PlaceState,
    ResidenceKind,
    VisaStatus,
)
from db.engine import give_way, reading, writing
from db.models.cases import Case
from db.models.duplicates import NotTheSame
from db.models.jobs import Job
from db.models.people import Passport, Person, Visa
from tests.cast import Cast, enrol, passport
from tests.services.batch_cases import gathered, person, ready, submitted, view
from tests.services.test_imports import HEADINGS, checked, counts, faults, taken, undone
from tests.services.test_newcomers import rows_of

NUMBER = "Passport number"
VISA = (NUMBER, "Visa number", "Visa letter", "Visa until")
TWIN = ("Testov", "Karim", "M", "29.02.2004", "Pakistan", "PK7777777")


def changes(cast: Cast, batch: BatchView) -> list[tuple[int, str, ImportField, object, object]]:
    lines = batch_changes(cast.staff, batch.batch_id).rows
    return [(line.row, line.name, line.field, line.before, line.after) for line in lines]


def answered(cast: Cast, batch: BatchView, answer: Namesakes) -> BatchView:
    (pair,) = batch_namesakes(cast.staff, batch.batch_id).rows
    answer_namesakes(
        cast.staff,
        batch.batch_id,
        {pair.row: answer},
        others=Namesakes.ASK,
        version=batch.version,
    )
    work_until_nothing_waits()
    return batch_view(cast.staff, batch.batch_id)


def committed(cast: Cast, batch: BatchView) -> BatchView:
    start_commit(cast.staff, batch.batch_id, version=batch.version)
    work_until_nothing_waits()
    return batch_view(cast.staff, batch.batch_id)


def test_the_dry_run_tells_each_field_that_an_update_would_overwrite(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine, phone="+996555000000")
    batch = checked(
        cast.staff,
        (NUMBER, "Phone", "Course", "Faculty", "Expiry date", "Lives in"),
        ("ZZ1234567", "0700 123456", 1, "Fictitious Dentistry", "01.01.2033", "hostel"),
    )
    assert changes(cast, batch) == [
        (2, "TESTOV KARIM", ImportField.EXPIRES_ON, dt.date(2030, 5, 14), dt.date(2033, 1, 1)),
        (2, "TESTOV KARIM", ImportField.FACULTY, cast.medicine, cast.dentistry),
        (2, "TESTOV KARIM", ImportField.RESIDENCE, ResidenceKind.FLAT, ResidenceKind.HOSTEL),
        (2, "TESTOV KARIM", ImportField.PHONE, "+996555000000", "+996700123456"),
    ]
    # What was overwritten can still be read when it is done.
    assert changes(cast, committed(cast, batch)) == changes(cast, batch)


def test_what_somebody_changed_since_the_dry_run_is_not_overwritten_unseen(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine, phone="+996555000000")
    rows = ((NUMBER, "Phone"), ("ZZ1234567", "0700 123456"))
    first = checked(cast.staff, *rows)
    taken(cast.staff, (NUMBER, "Phone"), ("ZZ1234567", "0700 999999"))
    after = committed(cast, first)
    assert counts(after) == (0, 0, 0, 1)
    assert faults(cast.staff, after)[0][3] == "import.overtaken"


def test_what_somebody_else_wrote_meanwhile_costs_nothing_and_is_no_update(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    rows = ((NUMBER, "Phone"), ("ZZ1234567", "0700 123456"))
    first = checked(cast.staff, *rows)
    taken(cast.staff, *rows)
    with reading() as session:
        version = session.scalars(sa.select(Person.version)).one()
    assert counts(committed(cast, first)) == (0, 0, 1, 0)
    with reading() as session:
        assert session.scalars(sa.select(Person.version)).one() == version


def test_who_moved_into_the_hostel_keeps_the_flat_in_his_history(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, address="Street 1")
    batch = taken(cast.staff, (NUMBER, "Lives in", "Room"), ("ZZ1234567", "hostel", "12"))
    places = residences_of_person(cast.staff, person_id)
    assert [(place.kind, place.address, place.from_on, place.until_on) for place in places] == [
        (ResidenceKind.HOSTEL, "12", dt.date(2026, 9, 1), None),
        (ResidenceKind.FLAT, "Street 1", dt.date(2026, 8, 28), dt.date(2026, 8, 31)),
    ]
    undone(cast.staff, batch)
    (place,) = residences_of_person(cast.staff, person_id)
    assert (place.kind, place.address, place.until_on) == (ResidenceKind.FLAT, "Street 1", None)


def test_who_moves_in_on_the_same_day_is_put_right(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, entered_on=dt.date(2026, 9, 1))
    taken(cast.staff, (NUMBER, "Lives in"), ("ZZ1234567", "hostel"))
    (place,) = residences_of_person(cast.staff, person_id)
    assert (place.kind, place.from_on) == (ResidenceKind.HOSTEL, dt.date(2026, 9, 1))


def test_a_visa_of_another_number_takes_over_from_the_earlier_one(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    headings = (NUMBER, "Visa number", "Visa until")
    taken(cast.staff, headings, ("ZZ1234567", "V1", "26.11.2026"))
    batch = taken(cast.staff, headings, ("ZZ1234567", "V2", "26.11.2026"))
    with reading() as session:
        visas = session.scalars(sa.select(Visa).order_by(Visa.id)).all()
    assert [(visa.number, visa.category, visa.status) for visa in visas] == [
        ("V1", "S", VisaStatus.REPLACED),
        ("V2", "S", VisaStatus.ACTIVE),
    ]
    undone(cast.staff, batch)
    with reading() as session:
        assert session.scalars(sa.select(Visa.status)).one() is VisaStatus.ACTIVE


def test_a_visa_that_does_not_say_until_when_is_named_and_not_dropped(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine, visa=None)
    batch = checked(cast.staff, (NUMBER, "Visa letter"), ("ZZ1234567", "S"))
    assert faults(cast.staff, batch) == [(2, "", "", "visa.until.missing")]


def test_an_entry_opens_the_registration_that_undo_turns_back(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    before = rows_of(person_id)
    batch = taken(cast.staff, (NUMBER, "Date of entry"), ("ZZ1234567", "31.08.2026"))

    def registrations() -> list[tuple[bool, str | None, str | None]]:
        with reading() as session:
            cases = session.scalars(
                sa.select(Case).filter_by(kind=CaseKind.REGISTRATION).order_by(Case.id)
            )
            return [(case.closed_at is None, case.outcome, case.waits_for) for case in cases]

    assert registrations() == [(False, "superseded", None), (True, None, "department")]
    undone(cast.staff, batch)
    assert registrations() == [(True, None, "department"), (False, "withdrawn", None)]
    after = rows_of(person_id)
    # He has the due date he had, and no trace of the entry; the other case's date is closed.
    assert after["crossing"] == before["crossing"]
    due = [(row["due_on"], row["is_open"]) for row in after["deadline"]]
    assert due[: len(before["deadline"])] == [(row["due_on"], True) for row in before["deadline"]]
    assert [is_open for _due, is_open in due[len(before["deadline"]) :]] == [False]
    assert audit.verify().faults == ()


def outcomes(cast: Cast, person_id: int, kind: CaseKind) -> list[CaseOutcome | None]:
    """Return how the cases of a kind ended, the first opened first; None for an open one."""
    cases = [case for case in cases_of_person(cast.staff, person_id) if case.kind is kind]
    return [case.outcome for case in sorted(cases, key=lambda case: case.case_id)]


@pytest.mark.parametrize("goes_on", [True, False])
def test_a_case_somebody_went_on_with_stays_open_and_the_one_before_it_closed(
    cast: Cast, goes_on: bool
) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    taken(cast.staff, VISA, ("ZZ1234567", "V1", "S", "26.11.2026"))
    batch = taken(cast.staff, VISA, ("ZZ1234567", "V2", "S", "26.11.2027"))
    kind = CaseKind.STUDY_VISA_EXTENSION
    assert outcomes(cast, person_id, kind) == [CaseOutcome.DONE, None]
    if goes_on:
        case = next(c for c in cases_of_person(cast.staff, person_id) if c.outcome is None)
        known = MoveFacts(moved_on=dt.date(2026, 9, 1), reason="it was on paper")
        move_case(cast.staff, case.case_id, "department", known, version=case.version)
    assert undone(cast.staff, batch).status is ImportStatus.UNDONE
    after = [CaseOutcome.DONE, None] if goes_on else [None, CaseOutcome.WITHDRAWN]
    assert outcomes(cast, person_id, kind) == after


def note(cast: Cast, person_id: int) -> Callable[[], None]:
    """Write a note about the person; return what takes it back."""
    note_id = add_note(cast.staff, person_id, "came with his father")
    return lambda: withdraw_note(cast.staff, note_id, version=1)


def pay(cast: Cast, person_id: int) -> Callable[[], None]:
    """Note a payment for a case of the person; return what takes it back."""
    case_id = cases_of_person(cast.staff, person_id)[0].case_id
    form = PaymentForm(name="State fee", amount="100", paid_on=dt.date(2026, 9, 1))
    payment_id = add_payment(cast.staff, case_id, form)
    return lambda: withdraw_payment(cast.staff, payment_id, version=1)


@pytest.mark.parametrize("act", [note, pay])
def test_a_newcomer_somebody_noted_something_about_is_not_undone(
    cast: Cast, act: Callable[[Cast, int], Callable[[], None]]
) -> None:
    entered = (*HEADINGS, "Date of entry", "Faculty")
    batch = taken(cast.staff, entered, (*TWIN, "31.08.2026", "Fictitious Medicine"))
    with reading() as session:
        person_id = session.scalars(sa.select(Person.id)).one()
    take_back = act(cast, person_id)
    with pytest.raises(DomainError) as refused:
        start_undo(cast.staff, batch.batch_id, version=batch.version)
    assert refused.value.code == "import.changed_since"
    take_back()
    assert undone(cast.staff, batch).status is ImportStatus.UNDONE


@pytest.mark.parametrize("is_submitted", [True, False])
def test_a_case_that_a_file_closed_waits_in_its_batch_again_once_it_is_undone(
    cast: Cast, is_submitted: bool
) -> None:
    (case_id,) = ready(cast, "ALFA")
    taken(cast.staff, VISA, ("ZZALFA", "V1", "S", "26.11.2026"))
    batch_id = submitted(cast, [case_id], "scnb") if is_submitted else gathered(cast, [case_id])
    batch = taken(cast.staff, VISA, ("ZZALFA", "V2", "S", "26.11.2027"))
    left = PlaceState.APPROVED if is_submitted else PlaceState.TAKEN_OUT
    assert person(cast, batch_id, case_id).state is left
    assert view(cast, batch_id).line.is_closed
    undone(cast.staff, batch)
    waits = PlaceState.WAITING if is_submitted else PlaceState.GATHERED
    assert person(cast, batch_id, case_id).state is waits
    assert not view(cast, batch_id).line.is_closed
    assert audit.verify().faults == ()


def test_a_batch_submitted_meanwhile_goes_on_without_the_case_of_a_file_undone(cast: Cast) -> None:
    case_id, other = ready(cast, "ALFA", "BETA")
    taken(cast.staff, VISA, ("ZZALFA", "V1", "S", "26.11.2026"))
    batch_id = gathered(cast, [case_id, other])
    batch = taken(cast.staff, VISA, ("ZZALFA", "V2", "S", "26.11.2027"))
    version = view(cast, batch_id).line.version
    submit_batch(cast.staff, batch_id, MoveFacts(moved_on=dt.date(2026, 9, 1)), version=version)
    undone(cast.staff, batch)
    assert person(cast, batch_id, case_id).state is PlaceState.TAKEN_OUT
    assert person(cast, batch_id, other).state is PlaceState.WAITING


@pytest.mark.parametrize("earlier", ["", "V1"])
def test_an_exit_visa_out_of_a_file_is_one_and_ends_its_case_until_it_is_undone(
    cast: Cast, earlier: str
) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    if earlier:
        taken(cast.staff, VISA, ("ZZ1234567", earlier, "S", "26.11.2026"))
    open_by_hand(cast.staff, person_id, CaseKind.EXIT_VISA)
    batch = taken(cast.staff, VISA, ("ZZ1234567", "V2", "L", "01.10.2026"))
    visa = person_card(cast.staff, person_id).visas[0]
    assert (visa.category, visa.status) == ("L", VisaStatus.EXIT)
    assert outcomes(cast, person_id, CaseKind.EXIT_VISA) == [CaseOutcome.DONE]
    assert outcomes(cast, person_id, CaseKind.STUDY_VISA) == []
    undone(cast.staff, batch)
    visa = person_card(cast.staff, person_id).visas[0]
    assert (visa.category, visa.status) == ("S", VisaStatus.ACTIVE)
    assert outcomes(cast, person_id, CaseKind.EXIT_VISA) == [None]


def test_a_pair_is_shown_side_by_side_with_its_passports_masked(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    headings = (*HEADINGS, "Faculty")
    batch = checked(cast.staff, headings, (*TWIN, "Fictitious Dentistry"))
    (pair,) = batch_namesakes(cast.staff, batch.batch_id).rows
    assert (pair.row, pair.answer) == (2, Namesakes.ASK)
    assert (pair.in_file.name, pair.in_file.passport_masked) == ("TESTOV KARIM", "PK•••••77")
    assert pair.registered.passport_masked == "ZZ•••••67"
    assert (pair.in_file.faculty_id, pair.registered.faculty_id) == (cast.dentistry, cast.medicine)
    assert pair.in_file.birth_date == pair.registered.birth_date == dt.date(2004, 2, 29)


def test_the_same_person_gets_the_other_passport_beside_the_earlier_one(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    headings = (*HEADINGS, "Expiry date")
    asked = checked(cast.staff, headings, (*TWIN, "14.05.2036"))
    told = answered(cast, asked, Namesakes.SAME)
    assert counts(told) == (0, 1, 0, 0)
    assert changes(cast, told)[0][2:] == (ImportField.PASSPORT_NUMBER, "ZZ•••••67", "PK•••••77")
    batch = committed(cast, told)
    with reading() as session:
        held = session.scalars(sa.select(Passport).order_by(Passport.id)).all()
        assert [(row.person_id, row.number, row.is_current) for row in held] == [
            (person_id, "ZZ1234567", False),
            (person_id, "PK7777777", True),
        ]
        assert (held[1].nationality, held[1].expires_on) == ("PAK", dt.date(2036, 5, 14))
    undone(cast.staff, batch)
    with reading() as session:
        (row,) = session.scalars(sa.select(Passport))
        assert (row.number, row.is_current) == ("ZZ1234567", True)


def test_an_older_passport_does_not_become_the_current_one(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    asked = checked(cast.staff, (*HEADINGS, "Expiry date"), (*TWIN, "13.05.2030"))
    committed(cast, answered(cast, asked, Namesakes.SAME))
    with reading() as session:
        current = session.scalars(sa.select(Passport.number).filter_by(is_current=True)).one()
    assert current == "ZZ1234567"


def test_a_first_passport_takes_over_what_was_noted_without_one(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine, passport=passport(number=""))
    asked = checked(cast.staff, HEADINGS, TWIN)
    batch = committed(cast, answered(cast, asked, Namesakes.SAME))
    with reading() as session:
        number = sa.select(Passport.number).join(Visa, Visa.passport_id == Passport.id)
        assert session.scalars(number).one() == "PK7777777"
    assert undone(cast.staff, batch).status is ImportStatus.UNDONE
    with reading() as session:
        assert session.scalars(sa.select(Passport)).all() == []
        assert session.scalars(sa.select(Visa.passport_id)).one() is None


def test_another_person_is_registered_and_never_asked_about_again(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    told = answered(cast, checked(cast.staff, HEADINGS, TWIN), Namesakes.NEW)
    assert counts(told) == (1, 0, 0, 0)
    committed(cast, told)
    with reading() as session:
        pair = session.scalars(sa.select(NotTheSame)).one()
        assert pair.first_id == person_id


def test_one_answer_may_hold_for_all_the_others(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    asked = checked(cast.staff, HEADINGS, TWIN)
    for others, expected in ((Namesakes.SAME, (0, 1, 0, 0)), (Namesakes.NEW, (1, 0, 0, 0))):
        version = batch_view(cast.staff, asked.batch_id).version
        answer_namesakes(cast.staff, asked.batch_id, {}, others=others, version=version)
        work_until_nothing_waits()
        assert counts(batch_view(cast.staff, asked.batch_id)) == expected


def test_two_rows_about_one_person_by_two_passports_are_told(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    own = (*TWIN[:5], "ZZ1234567")
    batch = checked(
        cast.staff, (*HEADINGS, "Course"), (*own, 2), (*TWIN, 3), namesakes=Namesakes.SAME
    )
    assert faults(cast.staff, batch) == [(3, NUMBER, "PK7777777", "import.row_twice")]


def test_a_killed_undoing_goes_on_and_takes_nobody_back_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "CHUNK", 1)
    rows = [(f"KHAN{letter}", *TWIN[1:5], f"PK{letter}00001") for letter in "ABC"]
    batch = taken(cast.staff, HEADINGS, *rows)
    start_undo(cast.staff, batch.batch_id, version=batch.version)
    job = claim_job()
    assert job is not None

    def die() -> None:
        raise KeyboardInterrupt

    # The process dies after its first chunk.
    monkeypatch.setattr(undoing, "give_way", die)
    with pytest.raises(KeyboardInterrupt):
        undo_batch(job)
    monkeypatch.setattr(undoing, "give_way", give_way)
    with writing() as session:
        session.get_one(Job, job.job_id).beat_at = clock.utc_now() - dt.timedelta(seconds=61)
    work_until_nothing_waits()
    with reading() as session:
        assert set(session.scalars(sa.select(Person.version))) == {3}
    assert batch_view(cast.staff, batch.batch_id).status is ImportStatus.UNDONE


def test_who_is_changed_while_the_file_is_undone_stays_and_is_named(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "CHUNK", 1)
    rows = [(f"KHAN{letter}", *TWIN[1:5], f"PK{letter}00001") for letter in "AB"]
    batch = taken(cast.staff, HEADINGS, *rows)
    start_undo(cast.staff, batch.batch_id, version=batch.version)
    with reading() as session:
        last = session.scalars(sa.select(sa.func.max(Person.id))).one()
    crossing = CrossingForm(direction=CrossingDirection.IN, crossed_on=dt.date(2026, 8, 30))

    def change_the_last() -> None:
        monkeypatch.setattr(undoing, "give_way", give_way)
        add_crossing(cast.staff, last, crossing)

    monkeypatch.setattr(undoing, "give_way", change_the_last)
    work_until_nothing_waits()
    after = batch_view(cast.staff, batch.batch_id)
    assert after.status is ImportStatus.COMMITTED
    with pytest.raises(DomainError) as refused:
        start_undo(cast.staff, after.batch_id, version=after.version)
    assert refused.value.values == {"count": 1, "names": ("KHANB KARIM",)}
