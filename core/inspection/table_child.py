"""The child that reads a spreadsheet or a CSV file: the file on its input, JSON on its output.

Started by :mod:`core.inspection.run` with the name of the sheet that is wanted.
"""

import sys

from core import children
from core.errors import DomainError
from core.inspection import delimited, workbook
from core.inspection.limits import MEMORY, PROCESSOR_SECONDS
from core.inspection.table import Table, table_to_json

#: What people send instead, and how it is called: offset, signature, code of the refusal.
_STRANGERS = (
    (0, b"\xd0\xcf\x11\xe0", "table.old_excel"),
    (0, b"%PDF-", "table.no_table"),
    (0, b"\xff\xd8\xff", "table.no_table"),
    (0, b"\x89PNG", "table.no_table"),
    (0, b"Rar!", "table.no_table"),
    (0, b"7z\xbc\xaf", "table.no_table"),
)


def main() -> None:
    """Read the table on standard input and write it to standard output."""
    children.limit_self(memory=MEMORY, processor_seconds=PROCESSOR_SECONDS)
    content = sys.stdin.buffer.read()
    sheet = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        table = _read(content, sheet)
    except DomainError as refusal:
        children.answer_refusal(refusal)
        return
    children.answer(table_to_json(table))


def _read(content: bytes, sheet: str) -> Table:
    for offset, signature, code in _STRANGERS:
        if content[offset:].startswith(signature):
            raise DomainError(code)
    if content.startswith(b"PK"):
        return workbook.read(content, sheet)
    return delimited.read(content)


if __name__ == "__main__":
    main()
