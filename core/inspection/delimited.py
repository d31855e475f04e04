"""CSV files and pasted cells: whatever encoding, delimiter and end of line they were saved with."""

import csv
import io
import re
from collections import Counter
from itertools import pairwise

from core.errors import DomainError
from core.inspection.limits import MOST_COLUMNS, MOST_ROWS
from core.inspection.table import Table, TableRow

_DELIMITERS = ("\t", ";", ",", "|")
_LOOKED_AT = 30

#: One-byte encodings of Cyrillic: Windows, Mac, DOS, and the old one of networks.
_CYRILLIC_ENCODINGS = ("cp1251", "mac_cyrillic", "cp866", "koi8_r")
_LATIN_ENCODING = "cp1252"
_COMMON_LETTERS = frozenset("оеаинтсрвлкмдпуя")

#: The longest cell anybody means.
_LONGEST_CELL = 5_000


def read(content: bytes) -> Table:
    """Return the rows. Raises ``table.no_table``, ``table.no_rows``, ``table.too_many_rows``."""
    text = decoded(content)
    if "\0" in text:
        raise DomainError("table.no_table")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    csv.field_size_limit(_LONGEST_CELL)
    if not text.strip():
        raise DomainError("table.no_rows")
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=delimiter_of(text)))
    except csv.Error as fault:
        raise DomainError("table.damaged") from fault
    rows = []
    for number, cells in enumerate(lines, start=1):
        plain = [cell.strip() or None for cell in cells[:MOST_COLUMNS]]
        while plain and plain[-1] is None:
            plain.pop()
        if plain:
            rows.append(TableRow(number=number, cells=tuple(plain)))
    if not rows:
        raise DomainError("table.no_rows")
    if len(rows) > MOST_ROWS:
        raise DomainError("table.too_many_rows", most=MOST_ROWS)
    return Table(sheet="", sheets=(), rows=tuple(rows))


def decoded(content: bytes) -> str:
    """Return the text of a file that does not say in which encoding it is."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        best = max(_CYRILLIC_ENCODINGS, key=lambda encoding: _likeness(content, encoding))
        chosen = best if _likeness(content, best) > 0 else _LATIN_ENCODING
        return content.decode(chosen, errors="replace")


def delimiter_of(text: str) -> str:
    """Return the sign that cuts the first lines into the most cells, equally often in each."""
    lines = [line for line in text.split("\n") if line.strip()][:_LOOKED_AT]

    def steadiness(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
        width, times = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
        return (times if width > 1 else 0, width)

    return max(_DELIMITERS, key=steadiness)


def _likeness(content: bytes, encoding: str) -> int:
    """Return how much the bytes above 127 look like Cyrillic words in ``encoding``."""
    text = content.decode(encoding, errors="replace")
    letters = [sign for sign in text if ord(sign) > 127]
    common = sum(sign.lower() in _COMMON_LETTERS for sign in letters)
    strange = sum(not sign.isalpha() for sign in letters)
    odd_case = sum(first.islower() and second.isupper() for first, second in pairwise(letters))
    # In Latin scripts a letter with an accent stands alone among plain ones.
    alone = len(re.findall(r"(?<![^\x00-\x7f])[^\x00-\x7f](?![^\x00-\x7f])", text))
    return common - 3 * strange - 2 * odd_case - 2 * alone - len(letters) // 3
