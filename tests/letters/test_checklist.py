"""The printed checklist: its words in three languages, its pages, its refusals."""

import io
from dataclasses import replace
from datetime import date

import pypdf
import pytest

from core.errors import DomainError
from core.letters.checklist import ChecklistLetter, DateBlock, ItemLine, render_checklist
from core.letters.sheet import has_glyphs, require_glyphs
from core.terms import ItemStatus, Language

DAY = date(2026, 9, 1)

LETTER = ChecklistLetter(
    language=Language.ENGLISH,
    university="Fictitious University",
    department="International Department",
    contact="A. Person, +996 000 000000",
    case_title="First study visa",
    case_number=17,
    opened_on=DAY,
    person_name="NGUYỄN ÖZTÜRK",
    native_name="Ңурлан Өмүр",
    citizenship="India",
    passport_number="ZZ1234567",
    faculty="Fictitious Faculty",
    dates=(
        DateBlock(
            label="Due by law",
            on=date(2026, 9, 8),
            rule_text="Within 5 working days",
            source="[S1] a source\n[S2] another",
            confidence="official source",
            confirmed_by=None,
            steps=("entered on Tuesday", "working day number 5"),
        ),
    ),
    items=(
        ItemLine(name="Passport", remark="", status=ItemStatus.ACCEPTED, reason=""),
        ItemLine(name="Photo", remark="", status=ItemStatus.REJECTED, reason="grey background"),
        ItemLine(name="Contract", remark="(optional)", status=ItemStatus.MISSING, reason=""),
    ),
    settled_count=1,
    required_count=3,
    printed_on=DAY,
    printed_by="Sam",
)


def text_of(letter: ChecklistLetter) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(render_checklist(letter)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_the_sheet_says_everything() -> None:
    (page,) = text_of(LETTER)
    for words in (
        "Fictitious University",
        "Checklist: First study visa",
        "NGUYỄN ÖZTÜRK",
        "Ңурлан Өмүр",
        "ZZ1234567",
        "Due by law: 8 Sept 2026",
        "Within 5 working days",
        "unconfirmed",
        "1 of 3 accepted",
        "☑ Passport",
        "accepted",
        "☒ Photo",
        "Why rejected: grey background",
        "rejected",
        "☐ Contract (optional)",
        "missing",
        "Printed on 1 Sept 2026 by Sam",
        "page 1 of 1",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.RUSSIAN, ("принято 1 из 3", "отклонено", "8 сент. 2026", "страница 1 из 1")),
        (Language.KYRGYZ, ("3 ичинен 1 кабыл алынды", "четке кагылды", "1 ичинен 1-барак")),
    ],
)
def test_it_speaks_the_language_asked_for(language: Language, words: tuple[str, ...]) -> None:
    (page,) = text_of(replace(LETTER, language=language))
    for each in words:
        assert each in page
    assert "accepted" not in page.replace("Passport", "")


def test_a_long_list_goes_on_over_numbered_pages_and_loses_nothing() -> None:
    items = tuple(
        ItemLine(
            name=f"Item number {number} " + "with a long name " * 6,
            remark="",
            status=ItemStatus.PENDING,
            reason="",
        )
        for number in range(1, 41)
    )
    pages = text_of(replace(LETTER, items=items))
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in page
    together = " ".join(pages)
    assert all(f"Item number {number} " in together for number in range(1, 41))


def test_two_letters_of_other_words_can_be_made_one_after_the_other() -> None:
    first = text_of(LETTER)
    other = text_of(replace(LETTER, language=Language.KYRGYZ, person_name="ЩУКА ЁЖ QXZ"))
    assert "ЩУКА ЁЖ QXZ" in other[0]
    assert text_of(LETTER) == first


def test_equal_letters_are_equal_bytes() -> None:
    assert render_checklist(LETTER) == render_checklist(LETTER)


def test_a_character_that_cannot_be_printed_is_refused_by_name() -> None:
    with pytest.raises(DomainError) as refusal:
        render_checklist(replace(LETTER, person_name="KARIM 李"))
    assert refusal.value.code == "letter.glyph_missing"
    assert refusal.value.values["characters"] == "李"


def test_a_native_name_in_another_script_is_left_out() -> None:
    (page,) = text_of(replace(LETTER, native_name="करीम"))
    assert "Native name" not in page


def test_the_scripts_of_the_house_can_be_printed() -> None:
    require_glyphs("ҢӨҮ ңөү ЁЁ Ðđ Ğğ Şş İı Ấạ Ỹỹ ☐☑☒ – — « » № …")
    assert not has_glyphs("漢")


def test_markup_in_a_name_stays_text() -> None:
    (page,) = text_of(replace(LETTER, person_name="**BOLD** <b>X</b> {nb}_"))
    assert "**BOLD** <b>X</b>" in page
