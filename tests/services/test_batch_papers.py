"""The lists of a batch: the same rows on paper and in Excel, for who may edit cases only."""

import io
from datetime import date

import openpyxl
import pypdf
import pytest
import sqlalchemy as sa

from core.errors import NotFound, Refused
from core.services.batch_papers import batch_excel, batch_pdf
from core.services.batches import take_out
from core.terms import BatchPaper, Language
from db.engine import reading
from db.models.audit import AuditEntry
from tests.cast import Cast
from tests.services.batch_cases import gathered, ready, seen, submitted
from tests.services.test_exports import rows

ENGLISH = Language.ENGLISH

PERSONS = [
    "No.",
    "Name as in the passport",
    "Native name",
    "Citizenship",
    "Birth date",
    "Passport",
    "Passport ends",
    "Visa",
    "Visa until",
    "Faculty",
    "Course",
    "Requested until",
]
SCNB = [
    "No.",
    "Name as in the passport",
    "Birth date",
    "Citizenship",
    "Passport",
    "Passport ends",
    "Address of stay",
    "Purpose of the request",
]


def test_the_table_of_persons_says_all_of_each(cast: Cast) -> None:
    batch_id = submitted(cast, ready(cast, "BETA", "ALFA", step="scnb"))
    file = batch_excel(cast.staff, batch_id, BatchPaper.PERSONS, language=ENGLISH)
    head, first, second = rows(file.content)
    assert head == PERSONS
    assert first == [
        1,
        "ALFA KARIM",
        None,
        "Pakistan",
        date(2004, 2, 29),
        "ZZALFA",
        date(2030, 5, 14),
        "S",
        date(2026, 11, 26),
        "Fictitious Medicine",
        1,
        # One academic year after 26 November 2026; contract and passport last longer.
        date(2027, 11, 26),
    ]
    assert second[:2] == [2, "BETA KARIM"]
    assert file.file_name == f"batch-{batch_id}-persons-en.xlsx"


def test_the_list_for_scnb_has_address_and_purpose(cast: Cast) -> None:
    batch_id = gathered(cast, ready(cast, "ALFA"))
    file = batch_excel(cast.staff, batch_id, BatchPaper.SCNB, language=Language.RUSSIAN)
    assert rows(file.content)[1] == [
        1,
        "ALFA KARIM",
        date(2004, 2, 29),
        "Пакистан",
        "ZZALFA",
        date(2030, 5, 14),
        "Квартира",
        "Продление учебной визы",
    ]
    english = batch_excel(cast.staff, batch_id, BatchPaper.SCNB, language=ENGLISH)
    assert rows(english.content)[0] == SCNB


@pytest.mark.parametrize("paper", BatchPaper)
@pytest.mark.parametrize("language", Language)
def test_the_paper_has_every_row_of_the_file(
    cast: Cast, paper: BatchPaper, language: Language
) -> None:
    batch_id = gathered(cast, ready(cast, "BETA", "ALFA"))
    file = batch_pdf(cast.head, batch_id, paper, language=language)
    text = pypdf.PdfReader(io.BytesIO(file.content)).pages[0].extract_text()
    assert text.index("ALFA KARIM") < text.index("BETA KARIM")
    assert {"ZZALFA", "ZZBETA", "29.02.2004", "14.05.2030"} <= set(text.split())


def test_who_was_taken_out_is_on_no_list(cast: Cast) -> None:
    first, second = ready(cast, "ALFA", "BETA")
    batch_id = gathered(cast, [first, second])
    take_out(cast.staff, batch_id, seen(cast, [first]))
    file = batch_excel(cast.staff, batch_id, BatchPaper.PERSONS, language=ENGLISH)
    assert [row[1] for row in rows(file.content)[1:]] == ["BETA KARIM"]


def test_a_name_like_a_formula_stays_text(cast: Cast) -> None:
    batch_id = gathered(cast, ready(cast, "=1+1"))
    file = batch_excel(cast.staff, batch_id, BatchPaper.PERSONS, language=ENGLISH)
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
    assert sheet is not None
    cell = sheet["B2"]
    assert (cell.value, cell.data_type) == ("=1+1 KARIM", "s")


def test_only_who_edits_cases_is_given_passport_numbers_and_it_is_written_down(
    cast: Cast,
) -> None:
    batch_id = gathered(cast, ready(cast, "ALFA"))
    for make in (batch_pdf, batch_excel):
        for actor in (cast.dean, cast.rector, cast.admin):
            with pytest.raises(Refused):
                make(actor, batch_id, BatchPaper.PERSONS, language=ENGLISH)
        with pytest.raises(NotFound):
            make(cast.staff, 999_999, BatchPaper.PERSONS, language=ENGLISH)
        make(cast.staff, batch_id, BatchPaper.SCNB, language=ENGLISH)
    with reading() as session:
        told = session.scalars(
            sa.select(AuditEntry)
            .where(AuditEntry.action.in_(("batch.print", "case.batch.print")))
            .order_by(AuditEntry.sequence)
        ).all()
        assert [(entry.action, entry.person_id is None) for entry in told] == [
            ("batch.print", True),
            ("case.batch.print", False),
        ] * 2
        assert told[1].clear == {"batch": batch_id, "paper": "scnb", "file": "pdf"}
        assert told[2].clear == {
            "batch": batch_id,
            "paper": "scnb",
            "file": "xlsx",
            "language": "en",
            "count": 1,
        }
