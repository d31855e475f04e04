"""Several readings of one machine-readable zone, weighed against each other.

Check digits protect number and dates, and nobody protects names, states and sex. GREEN says: every
check digit fits, nothing was corrected, and two readings agree on every line. YELLOW says: every
check digit fits, and the doubtful fields are named. RED says: type it by hand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from core.rules.countries import is_known_code
from core.rules.mrz import (
    FILLER,
    MRV_A,
    MRV_B,
    TD1,
    TD2,
    TD3,
    Layout,
    MrzReading,
    Span,
    parse_mrz,
)
from core.rules.mrz_rows import FittedRow, Glyph, fit_row
from core.terms import ScanStatus

#: The rows of a zone as one reader saw them, from top to bottom.
Sighting = Sequence[Sequence[Glyph]]

#: So many readings must agree, and each of their characters must be so certain.
_ENOUGH, _CERTAIN = 2, 0.7
#: In a document number these look like others, and two taken for their likes may cancel out in the
#: check digit: ZZ and 22 in the first places have the same one.
_LOOK_ALIKES, _VERY_CERTAIN = frozenset("0ODQ1IL2Z5S6G8B"), 0.95
#: No check digit covers these.
_UNPROTECTED = frozenset({"names", "issuing_state", "nationality", "sex"})
#: So many versions of a line are tried with those of the others.
_MOST_VERSIONS = 5

_LAYOUTS = {2: (TD3, TD2, MRV_A, MRV_B), 3: (TD1,)}
_VISAS = (MRV_A, MRV_B)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the readings come to; ``doubts`` names fields, ``reading`` is None for RED."""

    status: ScanStatus
    reading: MrzReading | None
    doubts: tuple[str, ...]


NOTHING = Judgement(status=ScanStatus.RED, reading=None, doubts=())


def judge(sightings: Iterable[Sighting], *, today: date) -> Judgement:
    """Return the reading that most agree on and whose check digits all fit, with its doubts."""
    seen = list(sightings)
    candidates = [
        candidate
        for count, layouts in _LAYOUTS.items()
        for layout in layouts
        for candidate in _candidates([s for s in seen if len(s) == count], layout, today)
    ]
    if not candidates:
        return NOTHING
    best = max(candidates, key=lambda candidate: candidate.support)
    rivals = [each.reading for each in candidates if each.layout is best.layout]
    doubts = _doubts(best, rivals)
    status = ScanStatus.YELLOW if doubts else ScanStatus.GREEN
    return Judgement(status=status, reading=best.reading, doubts=doubts)


@dataclass(frozen=True)
class _Candidate:
    """A valid zone and, line by line, every fitted row it was chosen from."""

    layout: Layout
    reading: MrzReading
    rows: tuple[tuple[FittedRow, ...], ...]

    @property
    def support(self) -> tuple[int, int, float]:
        """How likely it looks: nothing strange, many rows that say the same, and for certain."""
        agreeing = [
            row
            for line, rows in zip(self.reading.lines, self.rows, strict=True)
            for row in rows
            if row.text == line
        ]
        strange = _strange(self.reading, _text(self.reading, self.layout.names))
        return -len(strange), len(agreeing), sum(min(row.certainties) for row in agreeing)


def _candidates(sightings: Sequence[Sighting], layout: Layout, today: date) -> Iterator[_Candidate]:
    rows = tuple(
        tuple(filter(None, (fit_row(sighting[line], layout, line) for sighting in sightings)))
        for line in range(layout.lines)
    )
    if not all(rows):
        return
    for lines in product(*(_versions(line) for line in rows)):
        if not _begins_as(lines[0], layout):
            continue
        reading = parse_mrz("\n".join(lines), today=today)
        if reading.is_valid and not {"birth_date", "expiry_date"} & set(reading.doubts):
            yield _Candidate(layout, reading, rows)


def _begins_as(first: str, layout: Layout) -> bool:
    """Return whether a first line names the kind of document it would be of."""
    if layout in _VISAS:
        return first.startswith("V")
    return first.startswith("P") if layout is TD3 else first[0] in "ACI"


def _versions(rows: Sequence[FittedRow]) -> list[str]:
    """Return the texts of a line, the most frequent first, and what a vote by place makes of it."""
    texts = [row.text for row in rows]
    voted = "".join(_elected(rows, place) for place in range(len(texts[0])))
    ranked = sorted(dict.fromkeys(texts), key=texts.count, reverse=True)
    return list(dict.fromkeys([*ranked[: _MOST_VERSIONS - 1], voted]))


def _elected(rows: Sequence[FittedRow], place: int) -> str:
    votes: dict[str, float] = {}
    for row in rows:
        votes[row.text[place]] = votes.get(row.text[place], 0.0) + row.certainties[place]
    return max(votes, key=lambda character: votes[character])


def _doubts(chosen: _Candidate, rivals: Sequence[MrzReading]) -> tuple[str, ...]:
    """Return the fields a person must compare, in the order in which a form shows them."""
    reading, layout = chosen.reading, chosen.layout
    spans = _spans(layout)
    unsure = {
        field
        for field, span in spans.items()
        if not _is_agreed(chosen.rows[span[0]], reading.lines[span[0]], field, span)
    }
    unsure |= {
        field
        for field, span in spans.items()
        if any(
            len(r.lines) == layout.lines and _text(r, span) != _text(reading, span) for r in rivals
        )
    }
    if "names" in unsure:
        unsure |= {"surname", "given_names"}
    unsure |= _strange(reading, _text(reading, layout.names))
    return tuple(field for field in _FIELDS if field in unsure)


_FIELDS = (
    "surname",
    "given_names",
    "document_number",
    "issuing_state",
    "nationality",
    "birth_date",
    "sex",
    "expiry_date",
)


def _spans(layout: Layout) -> dict[str, Span]:
    """Return where each field stands, check digits included."""
    line, first, last = layout.number
    return {
        "names": layout.names,
        # On a card a long number goes on behind its check digit, to the end of the line.
        "document_number": (line, first, layout.length if layout is TD1 else last + 1),
        "issuing_state": layout.state,
        "nationality": layout.nationality,
        "birth_date": _with_digit(layout.birth),
        "sex": layout.sex,
        "expiry_date": _with_digit(layout.expiry),
    }


def _with_digit(span: Span) -> Span:
    line, first, last = span
    return line, first, last + 1


def _text(reading: MrzReading, span: Span) -> str:
    line, first, last = span
    return reading.lines[line][first:last]


def _is_agreed(rows: Sequence[FittedRow], line: str, field: str, span: Span) -> bool:
    """Return whether enough readings say for certain what ``line`` says in ``field``.

    Nobody may say otherwise where no check digit protects, nor where no two read the whole line.
    """
    first, last = span[1:]
    agreeing = [row for row in rows if row.text[first:last] == line[first:last]]
    sure = [row for row in agreeing if not row.is_corrected and _is_sure(row, field, span)]
    whole = [row for row in rows if row.text == line and not row.is_corrected]
    must_be_one = field in _UNPROTECTED or len(whole) < _ENOUGH
    return len(sure) >= _ENOUGH and not (must_be_one and len(agreeing) < len(rows))


def _is_sure(row: FittedRow, field: str, span: Span) -> bool:
    cells = list(zip(row.text, row.certainties, strict=True))[span[1] : span[2]]
    return all(certainty >= _demanded(character, field) for character, certainty in cells)


def _demanded(character: str, field: str) -> float:
    """Return how certain a character must be."""
    is_treacherous = field == "document_number" and character in _LOOK_ALIKES
    return _VERY_CERTAIN if is_treacherous else _CERTAIN


def _strange(reading: MrzReading, names: str) -> set[str]:
    """Return the fields that are readable but unlikely."""
    said = names.rstrip(FILLER)
    strange = {
        "surname": not reading.surname or said.startswith(FILLER),
        # A second double filler, or none where there are several words, is often a misread letter.
        "given_names": said.count("<<") > 1
        or "<<<" in said
        or ("<<" not in said and FILLER in said)
        or "names_truncated" in reading.doubts,
        "document_number": reading.kind == TD2.kind and len(reading.document_number) > 9,
        "issuing_state": not is_known_code(reading.issuing_state),
        "nationality": not is_known_code(reading.nationality),
        "sex": "sex" in reading.doubts,
    }
    return {field for field, is_strange in strange.items() if is_strange}
