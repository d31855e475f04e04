"""Lists of people: the dry run, the taking over, and the way back out."""

import datetime as dt
import io
from collections.abc import Sequence
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine

from core import clock, store
from core.errors import DomainError, NotFound
from core.jobs.work import work_until_nothing_waits
from core.permissions import Actor
from core.services import audit
from core.services.crossings import CrossingForm, add_crossing
from core.services.imports import taking
from core.services.imports.batches import (
    ImportChoices,
    choose_sheet,
    receive_file,
    start_check,
    start_commit,
    start_undo,
)
from core.services.imports.judging import Namesakes
from core.services.imports.sheets import error_file, template_file
from core.services.imports.views import (
    BatchView,
    batch_faults,
    batch_view,
)
from core.services.jobs import advance, claim_job
from core.services.orphans import sweep_orphans
from core.services.people_list import list_people
from core.services.purge import purge_expired
from core.terms import (
    CaseOutcome,
    ClosedReason,
    CrossingDirection,
    DayOrder,
    ImportField,
    ImportStatus,
    Language,
    Sex,
)
from db.engine import reading, writing
from db.models.cases import Case, Deadline
from db.models.imports import ImportBatch, ImportRow
from db.models.jobs import Job
from db.models.people import Enrolment, Passport, Person, Visa
from tests.cast import Cast, enrol
from tests.inspection.test_tables import saved, workbook

HEADINGS = ("Surname", "Given names", "Sex", "Birth date", "Citizenship", "Passport number")
MORE = ("Expiry date", "Faculty", "Course", "Date of entry", "Visa letter", "Visa until")

KHAN = ("KHAN", "ALI", "M", "05.06.2004", "Pakistan", "PK0000001")
SHARMA = ("SHARMA", "SITA", "F", "17.08.2005", "Индия", "IN0000001")


def received(actor: Actor, *rows: Sequence[object]) -> BatchView:
    batch_id = receive_file(actor, file_name="list.xlsx", content=workbook(rows))
    return batch_view(actor, batch_id)


def checked(actor: Actor, *rows: Sequence[object], **choices: object) -> BatchView:
    batch = received(actor, *rows)
    fields = {column.place: column.field for column in batch.columns}
    chosen = ImportChoices(**{"fields": fields, "orders": {}, **choices})
    start_check(actor, batch.batch_id, chosen, version=batch.version)
    work_until_nothing_waits()
    return batch_view(actor, batch.batch_id)


def taken(actor: Actor, *rows: Sequence[object], **choices: object) -> BatchView:
    batch = checked(actor, *rows, **choices)
    start_commit(actor, batch.batch_id, version=batch.version)
    work_until_nothing_waits()
    return batch_view(actor, batch.batch_id)


def undone(actor: Actor, batch: BatchView) -> BatchView:
    start_undo(actor, batch.batch_id, version=batch.version)
    work_until_nothing_waits()
    return batch_view(actor, batch.batch_id)


def counts(batch: BatchView) -> tuple[int, int, int, int]:
    return batch.new_count, batch.update_count, batch.same_count, batch.error_count


def faults(actor: Actor, batch: BatchView) -> list[tuple[int, str, str, str]]:
    lines = batch_faults(actor, batch.batch_id).rows
    return [(line.row, line.column, line.value, line.code) for line in lines]


def people() -> list[Person]:
    with reading() as session:
        return list(session.scalars(sa.select(Person).order_by(Person.id)))


def passports() -> list[Passport]:
    with reading() as session:
        return list(session.scalars(sa.select(Passport).order_by(Passport.id)))


def test_a_dry_run_saves_nobody(cast: Cast) -> None:
    batch = checked(cast.staff, HEADINGS, KHAN, SHARMA)
    assert batch.status is ImportStatus.CHECKED
    assert counts(batch) == (2, 0, 0, 0)
    assert people() == []


def test_the_good_rows_are_taken_over_with_all_they_say(cast: Cast) -> None:
    entered = (
        "14.05.2030",
        "Fictitious Medicine",
        "2 курс",
        dt.date(2026, 8, 28),
        "S",
        "26.11.2026",
    )
    batch = taken(cast.staff, (*HEADINGS, *MORE), (*KHAN, *entered))
    assert batch.status is ImportStatus.COMMITTED
    (person,) = people()
    assert (person.surname, person.given_names, person.sex) == ("KHAN", "ALI", Sex.MALE)
    assert (person.birth_date, person.citizenship) == (dt.date(2004, 6, 5), "PK")
    (passport,) = passports()
    assert (passport.issuing_state, passport.expires_on) == ("PAK", dt.date(2030, 5, 14))
    with reading() as session:
        enrolment = session.scalars(sa.select(Enrolment)).one()
        visa = session.scalars(sa.select(Visa)).one()
        open_cases = session.scalar(sa.select(sa.func.count()).select_from(Case))
    assert (enrolment.faculty_id, enrolment.course) == (cast.medicine, 2)
    assert (visa.category, visa.valid_until) == ("S", dt.date(2026, 11, 26))
    # Registration at the place of stay, and the extension of the study visa.
    assert open_cases == 2
    assert audit.verify().faults == ()


def test_each_fault_is_named_by_row_and_column_and_the_rest_is_good(cast: Cast) -> None:
    batch = taken(
        cast.staff,
        HEADINGS,
        KHAN,
        ("SHARMA", "SITA", "F", "31.02.2004", "India", "IN0000001"),
        ("АHMED", "ALI", "M", "01.01.2004", "Pakistan", "PK0000002"),
        ("LI", "WEI", "M", "01.01.2004", "Atlantis", "CN0000001"),
        ("NOBODY", "YET", "M", "02.09.2026", "India", "IN0000002"),
    )
    assert counts(batch) == (1, 0, 0, 4)
    assert faults(cast.staff, batch) == [
        (3, "Birth date", "31.02.2004", "import.date"),
        (4, "Surname", "АHMED", "import.cyrillic"),
        (5, "Citizenship", "Atlantis", "import.state"),
        (6, "Birth date", "02.09.2026", "person.birth_date.future"),
    ]
    assert [person.surname for person in people()] == ["KHAN"]


def test_a_passport_that_ends_before_it_was_issued_is_an_error(cast: Cast) -> None:
    batch = checked(
        cast.staff,
        (*HEADINGS, "Date of issue", "Expiry date"),
        (*KHAN, "02.01.2030", "01.01.2030"),
        (*SHARMA, "01.01.2030", "01.01.2030"),
    )
    assert faults(cast.staff, batch) == [
        (2, "Expiry date", "01.01.2030", "passport.expires_before_issue")
    ]


def test_the_same_person_twice_in_a_file_is_an_error(cast: Cast) -> None:
    batch = checked(cast.staff, HEADINGS, KHAN, KHAN)
    assert counts(batch) == (1, 0, 0, 1)
    assert faults(cast.staff, batch) == [(3, "Passport number", "PK0000001", "import.row_twice")]


def test_a_known_passport_is_updated_and_what_is_empty_stays(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    batch = taken(
        cast.staff,
        ("Passport number", "Phone", "Course", "Group"),
        ("ZZ1234567", "0555 123456", 2, None),
    )
    assert counts(batch) == (0, 1, 0, 0)
    (person,) = people()
    assert (person.id, person.phone, person.surname) == (person_id, "+996555123456", "TESTOV")
    with reading() as session:
        assert session.scalars(sa.select(Enrolment)).one().course == 2


def test_a_row_that_says_nothing_new_is_unchanged(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    batch = checked(cast.staff, ("Passport number", "Course"), ("ZZ1234567", 1))
    assert counts(batch) == (0, 0, 1, 0)


def test_a_passport_of_somebody_else_is_an_error(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    other = ("KHAN", "ALI", "M", "05.06.2004", "Pakistan", "ZZ1234567")
    batch = checked(cast.staff, HEADINGS, other)
    assert faults(cast.staff, batch) == [(2, "Passport number", "ZZ1234567", "import.other_person")]


def test_a_namesake_is_asked_about_unless_the_operator_knows(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    twin = ("Testov", "Karim", "M", "29.02.2004", "Pakistan", "PK7777777")
    asked = checked(cast.staff, HEADINGS, twin)
    assert faults(cast.staff, asked) == [(2, "Surname", "TESTOV KARIM", "import.maybe_same")]
    told = checked(cast.staff, HEADINGS, twin, namesakes=Namesakes.NEW)
    assert counts(told) == (1, 0, 0, 0)


def test_newcomers_without_a_faculty_get_the_one_of_the_file(cast: Cast) -> None:
    taken(cast.staff, HEADINGS, KHAN, faculty_id=cast.dentistry)
    assert list_people(cast.dean).total == 0
    assert list_people(cast.other_dean).total == 1


def test_the_order_of_day_and_month_can_be_corrected(cast: Cast) -> None:
    row = ("KHAN", "ALI", "M", "05/06/2004", "Pakistan", "PK0000001")
    batch = received(cast.staff, HEADINGS, row)
    birth = batch.columns[3]
    assert (birth.order, birth.is_certain) == (DayOrder.DAY_FIRST, False)
    taken(cast.staff, HEADINGS, row, orders={3: DayOrder.MONTH_FIRST})
    assert people()[0].birth_date == dt.date(2004, 5, 6)


def test_what_a_column_was_taken_for_is_remembered(cast: Cast) -> None:
    headings = ("Tag", "Citizenship")
    first = received(cast.staff, headings, ("KHAN", "Pakistan"))
    assert first.columns[0].field is None
    fields = {0: ImportField.SURNAME, 1: ImportField.CITIZENSHIP}
    taken(cast.staff, headings, ("KHAN", "Pakistan"), fields=fields)
    again = received(cast.staff, headings, ("LI", "China"))
    assert again.columns[0].field is ImportField.SURNAME


def test_hidden_rows_merged_headings_repeated_columns_and_sheets_are_told(cast: Cast) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (
        ("Surname", "Group", "Group", "Passport number", None),
        ("KHAN", "1", "2", "PK0000001", "x"),
        ("LI", "1", "2", "CN0000001", "x"),
    ):
        sheet.append(line)
    sheet.merge_cells("D1:E1")
    sheet.row_dimensions[3].hidden = True
    book.create_sheet("Second").append(["Surname"])
    batch_id = receive_file(cast.staff, file_name="odd.xlsx", content=saved(book))
    batch = batch_view(cast.staff, batch_id)
    assert batch.notices == (
        ("import.hidden_rows", {"count": 1, "rows": "3"}),
        ("import.merged_headings", {}),
        ("import.column_twice", {"names": "Group, Passport number"}),
        ("import.sheets", {"sheet": "Sheet", "count": 2}),
    )
    assert [column.field for column in batch.columns] == [
        ImportField.SURNAME,
        ImportField.GROUP,
        None,
        ImportField.PASSPORT_NUMBER,
        None,
    ]


def test_headings_below_a_title_are_found_and_rows_count_as_the_sheet_does(cast: Cast) -> None:
    batch = checked(
        cast.staff, ("List of students",), (), HEADINGS, ("KHAN", "ALI", "M", "x", "Pakistan", "")
    )
    assert batch.header_row == 3
    assert faults(cast.staff, batch) == [(4, "Birth date", "x", "import.date")]


def test_another_sheet_can_be_chosen(cast: Cast) -> None:
    content = workbook([HEADINGS, KHAN], [HEADINGS, SHARMA])
    batch_id = receive_file(cast.staff, file_name="two.xlsx", content=content)
    version = batch_view(cast.staff, batch_id).version
    choose_sheet(cast.staff, batch_id, sheet="Other 1", header_row=None, version=version)
    batch = batch_view(cast.staff, batch_id)
    assert (batch.sheet, batch.columns[0].samples) == ("Other 1", ("SHARMA",))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({0: ImportField.SURNAME, 1: ImportField.SURNAME}, "import.field_twice"),
        ({0: ImportField.SEX, 1: None}, "import.no_name_column"),
    ],
)
def test_columns_must_name_somebody_and_no_field_twice(
    cast: Cast, fields: dict[int, ImportField | None], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        checked(cast.staff, HEADINGS, KHAN, fields=fields)
    assert refused.value.code == code


def test_headings_without_anybody_below_are_refused(cast: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        received(cast.staff, HEADINGS)
    assert refused.value.code == "import.no_people"


def test_undo_closes_newcomers_and_frees_their_passports(cast: Cast) -> None:
    entered = ("14.05.2030", "Fictitious Medicine", 1, dt.date(2026, 8, 28), "S", "26.11.2026")
    rows = ((*HEADINGS, *MORE), (*KHAN, *entered))
    batch = undone(cast.staff, taken(cast.staff, *rows))
    assert batch.status is ImportStatus.UNDONE
    (person,) = people()
    assert person.closed_reason is ClosedReason.IMPORT_UNDONE
    assert list_people(cast.staff).total == 0
    with reading() as session:
        assert set(session.scalars(sa.select(Case.outcome))) == {CaseOutcome.WITHDRAWN}
        assert set(session.scalars(sa.select(Deadline.is_open))) == {False}
    # The same list can come in once more.
    assert counts(taken(cast.staff, *rows)) == (1, 0, 0, 0)


def test_undo_gives_back_what_an_update_overwrote(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine, phone="+996555000000")
    batch = taken(
        cast.staff,
        ("Passport number", "Phone", "Expiry date", "Date of entry", "Room", "Visa until"),
        ("ZZ1234567", "0700 123456", "01.01.2033", "31.08.2026", "12", "01.12.2026"),
    )
    with reading() as session:
        assert session.get_one(Person, person_id).phone == "+996700123456"
        assert session.scalars(sa.select(Visa.valid_until)).one() == dt.date(2026, 12, 1)
    undone(cast.staff, batch)
    with reading() as session:
        assert session.get_one(Person, person_id).phone == "+996555000000"
        assert session.scalars(sa.select(Passport.expires_on)).one() == dt.date(2030, 5, 14)
        assert session.scalars(sa.select(Visa.valid_until)).one() == dt.date(2026, 11, 26)


def test_a_file_whose_person_was_changed_since_is_not_undone_at_all(cast: Cast) -> None:
    batch = taken(cast.staff, HEADINGS, KHAN, SHARMA)
    crossing = CrossingForm(direction=CrossingDirection.IN, crossed_on=dt.date(2026, 8, 30))
    add_crossing(cast.staff, people()[0].id, crossing)
    with pytest.raises(DomainError) as refused:
        start_undo(cast.staff, batch.batch_id, version=batch.version)
    assert refused.value.code == "import.changed_since"
    assert refused.value.values == {"count": 1, "names": ("KHAN ALI",)}
    assert [person.closed_at for person in people()] == [None, None]


def test_a_killed_taking_over_goes_on_and_doubles_nobody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "CHUNK", 1)
    batch = checked(cast.staff, HEADINGS, KHAN, SHARMA)
    start_commit(cast.staff, batch.batch_id, version=batch.version)
    job = claim_job()
    assert job is not None
    # The process dies after its first chunk.
    with writing() as session:
        row = taking._next_rows(session, batch.batch_id)
        stored = session.get_one(ImportBatch, batch.batch_id)
        taking._take_rows(session, cast.staff, stored, row)
        assert advance(session, job.job_id, cursor=1, done=1, total=2)
    with writing() as session:
        session.get_one(Job, job.job_id).beat_at = clock.utc_now() - timedelta(seconds=61)
    work_until_nothing_waits()
    assert [person.surname for person in people()] == ["KHAN", "SHARMA"]
    assert batch_view(cast.staff, batch.batch_id).status is ImportStatus.COMMITTED


def test_a_row_overtaken_since_the_check_becomes_an_error(cast: Cast) -> None:
    row = ("TESTOV", "KARIM", "M", "29.02.2004", "Pakistan", "ZZ1234567")
    batch = checked(cast.staff, HEADINGS, row, SHARMA)
    enrol(cast.staff, cast.medicine)
    start_commit(cast.staff, batch.batch_id, version=batch.version)
    work_until_nothing_waits()
    after = batch_view(cast.staff, batch.batch_id)
    assert counts(after) == (1, 0, 0, 1)
    assert faults(cast.staff, after)[0][3] == "import.overtaken"


def test_a_file_is_taken_over_once(cast: Cast) -> None:
    batch = taken(cast.staff, HEADINGS, KHAN)
    with pytest.raises(DomainError) as refused:
        start_commit(cast.staff, batch.batch_id, version=batch.version)
    assert refused.value.code == "import.not_checked"


def test_the_error_file_holds_the_rows_as_they_were_and_the_reasons(cast: Cast) -> None:
    batch = checked(cast.staff, HEADINGS, KHAN, ("=cmd()", "X", "M", "x", "India", "IN0000009"))
    made = error_file(cast.staff, batch.batch_id, language=Language.ENGLISH)
    rows = list(openpyxl.load_workbook(io.BytesIO(made.content)).active.iter_rows())
    assert [cell.value for cell in rows[0]] == [*HEADINGS, "What is wrong"]
    assert len(rows) == 2
    assert rows[1][-1].value.startswith("Surname: The formula in this cell has no result.")
    assert "Birth date: “x” is no date." in rows[1][-1].value
    assert {cell.data_type for cell in rows[1]} == {"s"}


def test_without_errors_there_is_no_error_file(cast: Cast) -> None:
    batch = checked(cast.staff, HEADINGS, KHAN)
    with pytest.raises(NotFound):
        error_file(cast.staff, batch.batch_id, language=Language.ENGLISH)


@pytest.mark.parametrize("language", list(Language))
def test_the_template_is_understood_in_every_language(cast: Cast, language: Language) -> None:
    made = template_file(cast.staff, language=language)
    batch_id = receive_file(cast.staff, file_name="t.xlsx", content=made.content)
    batch = batch_view(cast.staff, batch_id)
    assert [column.field for column in batch.columns] == [
        field for field in ImportField if field not in (ImportField.FULL_NAME, ImportField.AGENT)
    ]
    fields = {column.place: column.field for column in batch.columns}
    choices = ImportChoices(fields=fields, orders={})
    start_check(cast.staff, batch_id, choices, version=batch.version)
    work_until_nothing_waits()
    assert [fault[1:] for fault in faults(cast.staff, batch_view(cast.staff, batch_id))] == []


def test_the_template_offers_the_words_of_its_columns(cast: Cast) -> None:
    made = template_file(cast.staff, language=Language.ENGLISH)
    sheet = openpyxl.load_workbook(io.BytesIO(made.content)).active
    offered = {choice.formula1 for choice in sheet.data_validations.dataValidation}
    assert '"male,female"' in offered
    assert '"Fictitious Dentistry,Fictitious Medicine"' in offered


def test_old_files_are_deleted_with_their_rows(cast: Cast) -> None:
    batch = taken(cast.staff, HEADINGS, KHAN)
    assert sweep_orphans(older_than=timedelta(0)) == 0
    later = clock.utc_now() + timedelta(days=61)
    with time_machine.travel(later):
        purge_expired()
    assert list(store.opened().names()) == []
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ImportRow)) == 0
    assert batch_view(cast.staff, batch.batch_id).new_count == 1
    assert [person.surname for person in people()] == ["KHAN"]
