"""Files that call themselves lists: what is read out of them, and what is refused and how."""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

import openpyxl
import pytest

from core.errors import DomainError
from core.inspection.limits import LARGEST_FILE
from core.inspection.run import inspect_table

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def workbook(rows: Sequence[Sequence[object]], *more: Sequence[Sequence[object]]) -> bytes:
    """Return an Excel file with ``rows`` on its first sheet and ``more`` on further ones."""
    book = openpyxl.Workbook()
    for place, lines in enumerate((rows, *more)):
        sheet = book.active if place == 0 else book.create_sheet(f"Other {place}")
        for line in lines:
            sheet.append(list(line))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_cells_keep_their_kinds() -> None:
    content = workbook([["Name", "Born", "Number"], ["KHAN", dt.date(2004, 5, 31), 1234567]])
    table = inspect_table(content)
    assert [row.cells for row in table.rows] == [
        ("Name", "Born", "Number"),
        ("KHAN", dt.date(2004, 5, 31), 1234567),
    ]
    assert [row.number for row in table.rows] == [1, 2]


def test_forty_thousand_empty_rows_below_are_not_rows() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Surname"])
    book.active.append(["KHAN"])
    book.active.cell(40_002, 1).number_format = "@"
    assert len(inspect_table(saved(book)).rows) == 2


def test_hidden_rows_and_merged_cells_are_told() -> None:
    book = openpyxl.Workbook()
    for line in (["Passport", None], ["AB1", "x"], ["AB2", "y"]):
        book.active.append(line)
    book.active.merge_cells("A1:B1")
    book.active.row_dimensions[3].hidden = True
    table = inspect_table(saved(book))
    assert table.merged == ("A1:B1",)
    assert [row.is_hidden for row in table.rows] == [False, False, True]


def test_the_first_visible_sheet_with_rows_is_read_unless_another_is_named() -> None:
    content = workbook([], [["Surname"], ["KHAN"]], [["Name"], ["ALI"]])
    assert inspect_table(content).sheet == "Other 1"
    assert inspect_table(content).sheets == ("Sheet", "Other 1", "Other 2")
    assert inspect_table(content, "Other 2").rows[1].cells == ("ALI",)


def test_a_formula_without_a_result_is_not_taken_for_empty() -> None:
    table = inspect_table(workbook([["Surname"], ["=1+1"]]))
    assert table.rows[1].cells == ("#N/A",)


@pytest.mark.parametrize(
    ("content", "cells"),
    [
        ("Фамилия;Имя\rИванов;Пётр\r".encode("mac_cyrillic"), ("Иванов", "Пётр")),
        ("Фамилия;Имя\r\nИванов;Пётр\r\n".encode("cp1251"), ("Иванов", "Пётр")),
        ("Фамилия,Имя\nИванов,Пётр\n".encode("utf-8-sig"), ("Иванов", "Пётр")),
        ("Фамилия\tИмя\nИванов\tПётр\n".encode("utf-16"), ("Иванов", "Пётр")),
        (b'Surname,Address\nKHAN,"Street 1, room 2"\n', ("KHAN", "Street 1, room 2")),
        ("Surname;Name\r\nGarcía;José\r\n".encode("cp1252"), ("García", "José")),
    ],
)
def test_a_csv_file_is_read_whatever_saved_it(content: bytes, cells: tuple[str, ...]) -> None:
    assert inspect_table(content).rows[1].cells == cells


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table.empty"),
        (bytes(LARGEST_FILE + 1), "table.too_large"),
        (OLD_EXCEL, "table.old_excel"),
        (archive(**{"mimetype": b"x", "content.xml": b"<x/>"}), "table.other_office"),
        (archive(**{"Index__Document.iwa": b"x"}), "table.other_office"),
        (archive(**{"word__document.xml": b"<x/>"}), "table.no_table"),
        (b"%PDF-1.7 ...", "table.no_table"),
        (b"PK\x03\x04 broken", "table.damaged"),
        (archive(**{"xl__workbook.xml": b"<x/>"}), "table.damaged"),
        (archive(**{"xl__workbook.xml": bytes(30_000_000)}), "table.bomb"),
        (archive(**{f"xl__{number}": b"" for number in range(2_001)}), "table.bomb"),
        (workbook([]), "table.no_rows"),
        (b"\n\n\n", "table.no_rows"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        inspect_table(content)
    assert refused.value.code == code


def test_entities_in_the_xml_are_not_followed() -> None:
    content = workbook([["Surname"], ["KHAN"]])
    source = zipfile.ZipFile(io.BytesIO(content))
    parts = {name: source.read(name) for name in source.namelist()}
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    head, rest = (
        parts["xl/workbook.xml"].split(b"?>", 1)
        if b"?>" in parts["xl/workbook.xml"]
        else (b"", parts["xl/workbook.xml"])
    )
    parts["xl/workbook.xml"] = (head + b"?>" if head else b"") + bomb + rest
    with pytest.raises(DomainError) as refused:
        inspect_table(archive(**{name.replace("/", "__"): part for name, part in parts.items()}))
    assert refused.value.code == "table.damaged"
