"""The list of persons for an authority: lying, over many pages, complete or refused."""

import io
from dataclasses import replace
from datetime import date

import pypdf
import pytest

from core.errors import DomainError
from core.letters.persons import Column, PersonsLetter, render_persons
from core.terms import Language

LETTER = PersonsLetter(
    language=Language.ENGLISH,
    university="Fictitious University",
    department="International Department",
    contact="A. Person, +996 000 000000",
    title="Table of persons: Study visa extension",
    lines=("Batch 7, persons: 2", "Submitted on 1 Sept 2026 · 17/26"),
    columns=(
        Column(heading="No.", share=1),
        Column(heading="Name as in the passport", share=6),
        Column(heading="Native name", share=4, may_lack=True),
        Column(heading="Passport", share=3),
    ),
    rows=(
        ("1", "NGUYỄN ÖZTÜRK", "Ңурлан Өмүр", "ZZ1234567"),
        ("2", "TESTOV KARIM", "अर्जुन", "ZZ7654321"),
    ),
    printed_on=date(2026, 9, 1),
    printed_by="Sam",
)


def pages_of(letter: PersonsLetter) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(io.BytesIO(render_persons(letter))).pages)


def test_the_list_names_everybody_and_leaves_out_what_the_font_has_not() -> None:
    (page,) = pages_of(LETTER)
    assert page.mediabox.width > page.mediabox.height
    text = page.extract_text()
    for said in (
        "Fictitious University",
        "Batch 7, persons: 2",
        "17/26",
        "NGUYỄN ÖZTÜRK",
        "Ңурлан Өмүр",
        "TESTOV KARIM",
        "ZZ7654321",
        "Printed on 1 Sept 2026 by Sam",
    ):
        assert said in text
    assert "अ" not in text


def test_each_page_of_a_long_list_has_the_head_of_the_table_and_no_row_is_lost() -> None:
    rows = tuple((str(n), f"TESTOV {n:03}", "", f"ZZ{n:05}") for n in range(1, 121))
    pages = pages_of(replace(LETTER, rows=rows))
    texts = [page.extract_text() for page in pages]
    assert len(pages) > 2
    assert all(page.mediabox.width > page.mediabox.height for page in pages)
    assert all("Name as in the passport" in text for text in texts)
    found = [n for text in texts for n in range(1, 121) if f"ZZ{n:05}" in text]
    assert found == list(range(1, 121))
    assert f"page {len(pages)} of {len(pages)}" in texts[-1]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.RUSSIAN, "Подпись и дата"),
        (Language.KYRGYZ, "Колу жана датасы"),
    ],
)
def test_the_foot_speaks_the_language_of_the_list(language: Language, said: str) -> None:
    (page,) = pages_of(replace(LETTER, language=language))
    assert said in page.extract_text()


def test_a_name_that_cannot_be_printed_is_refused_and_not_left_out() -> None:
    letter = replace(LETTER, rows=(("1", "अर्जुन", "", "ZZ1"),))
    with pytest.raises(DomainError) as refusal:
        render_persons(letter)
    assert refusal.value.code == "letter.glyph_missing"


def test_equal_lists_are_equal_files() -> None:
    assert render_persons(LETTER) == render_persons(LETTER)
