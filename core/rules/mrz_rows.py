"""Lines of a machine-readable zone as a reading machine saw them, fitted to the formats.

The characters of such a line stand at equal distances, so a character that was not seen leaves a
hole and one seen twice crowds the others; both are found by measuring. Some places hold only
digits and some only letters, which settles what O and 0, I and 1 are there. The document number
holds both, and there nothing is ever replaced.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean, median

from core.rules.mrz import FILLER, TD1, Layout, Span

#: What a reader may answer; the last is a filler seen upside down.
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<>"
UPSIDE_DOWN = ">"

#: The same shape in print: at a place of one kind it is no correction to take the other.
SAME_SHAPE = {"0": "O", "1": "I"}
_LIKE_SHAPE = {"2": "Z", "5": "S", "6": "G", "8": "B"}
_TO_LETTER = SAME_SHAPE | _LIKE_SHAPE
_TO_DIGIT = {letter: digit for digit, letter in _TO_LETTER.items()} | {"D": "0", "Q": "0", "L": "1"}
_FREE = frozenset(SAME_SHAPE) | frozenset(SAME_SHAPE.values())

#: Nearer than this to its neighbour, in distances, a character is the same one seen twice.
_CROWDED = 0.45
#: Further than this to its neighbour a distance says nothing about how close characters stand.
_A_GAP = 1.5


@dataclass(frozen=True)
class Glyph:
    """One character seen, and where it stands along its line.

    ``certainty`` goes from 0 to 1. ``shape_certainty`` is that of being this character or the one
    of the same shape, O for 0 and I for 1.
    """

    character: str
    certainty: float
    shape_certainty: float
    at: float


@dataclass(frozen=True)
class FittedRow:
    """A line of exactly the length of its format; ``is_corrected`` if anything was replaced."""

    text: str
    certainties: tuple[float, ...]
    is_corrected: bool


def is_upside_down(rows: Sequence[Sequence[Glyph]]) -> bool:
    """Return whether more fillers point the wrong way than the right one."""
    seen = [glyph.character for row in rows for glyph in row]
    return seen.count(UPSIDE_DOWN) > seen.count(FILLER)


def fit_row(glyphs: Sequence[Glyph], layout: Layout, line: int) -> FittedRow | None:
    """Return line ``line``, counted from 0, of a document of ``layout``; None if it is not one."""
    alone, was_crowded = _without_repeats(glyphs)
    placed, has_holes = _placed(alone)
    sized = _sized(placed, layout.length, ends_open=line == layout.names[0])
    if sized is None:
        return None
    cells, was_cut = sized
    typed = [_typed(glyph, kind) for glyph, kind in zip(cells, _kinds(layout, line), strict=True)]
    if any(glyph is None for glyph in typed):
        return None
    kept = [glyph for glyph in typed if glyph is not None]
    replaced = any(
        new.character != old.character and old.character not in _FREE
        for new, old in zip(kept, cells, strict=True)
    )
    return FittedRow(
        text="".join(glyph.character for glyph in kept),
        certainties=tuple(glyph.certainty for glyph in kept),
        is_corrected=was_crowded or has_holes or was_cut or replaced,
    )


def _without_repeats(glyphs: Sequence[Glyph]) -> tuple[list[Glyph], bool]:
    """Return the characters without those that crowd a more certain one."""
    distance = _distance(glyphs)
    kept: list[Glyph] = []
    for glyph in glyphs:
        if kept and glyph.at - kept[-1].at < _CROWDED * distance:
            if glyph.certainty > kept[-1].certainty:
                kept[-1] = glyph
        else:
            kept.append(glyph)
    return kept, len(kept) != len(glyphs)


def _distance(glyphs: Sequence[Glyph]) -> float:
    """Return how far apart neighbours stand, however many are missing."""
    steps = [after.at - before.at for before, after in pairwise(glyphs)]
    if not steps:
        return 1.0
    middle = median(steps)
    return fmean([step for step in steps if middle / _A_GAP < step < middle * _A_GAP] or [middle])


def _placed(glyphs: Sequence[Glyph]) -> tuple[list[Glyph], bool]:
    """Return the characters with a filler in each hole, and whether a hole changes what is read.

    Among fillers a hole is a filler. Elsewhere it is one too, as the most often overlooked.
    """
    distance, cells, changes = _distance(glyphs), list(glyphs[:1]), False
    for before, after in pairwise(glyphs):
        missing = max(0, round((after.at - before.at) / distance) - 1)
        cells += [Glyph(FILLER, 0.0, 0.0, before.at)] * missing
        changes |= missing > 0 and not before.character == after.character == FILLER
        cells.append(after)
    return cells, changes


def _sized(
    cells: Sequence[Glyph], length: int, *, ends_open: bool
) -> tuple[list[Glyph], bool] | None:
    """Return exactly ``length`` characters and whether the line had to be cut.

    A line of names that ends in fillers may have had more or fewer of them.
    """
    fitting, spare = list(cells), len(cells) - length
    if ends_open and fitting and fitting[-1].character == FILLER:
        while len(fitting) > length and fitting[-1].character == FILLER:
            fitting.pop()
        if -_MOST_LOST <= spare < 0:
            fitting += [Glyph(FILLER, 1.0, 1.0, fitting[-1].at)] * -spare
    if len(fitting) == length:
        return fitting, False
    if not 0 < len(fitting) - length <= _MOST_STRAY:
        return None
    starts = range(len(fitting) - length + 1)
    best = max(starts, key=lambda start: sum(g.certainty for g in fitting[start : start + length]))
    return fitting[best : best + length], True


#: So many fillers may be lost at the end of a line, and so many specks read beside one.
_MOST_LOST, _MOST_STRAY = 8, 2

_ANY, _LETTERS, _DIGITS = "any", "letters", "digits"


def _kinds(layout: Layout, line: int) -> list[str]:
    """Return what each place of a line may hold. A filler may stand everywhere."""
    kinds = [_ANY] * layout.length
    letters: list[Span] = [layout.names, layout.state, layout.nationality, layout.sex]
    if layout is not TD1 or line == 0:
        letters.append((0, 0, 2))
    digits = [layout.birth, layout.expiry, layout.personal_check, layout.composite_check]
    digits += [(span[0], span[2], span[2] + 1) for span in (layout.number, *digits[:2]) if span]
    for spans, kind in ((letters, _LETTERS), (digits, _DIGITS)):
        for span in spans:
            if span and span[0] == line:
                kinds[span[1] : span[2]] = [kind] * (span[2] - span[1])
    return kinds


def _typed(glyph: Glyph, kind: str) -> Glyph | None:
    """Return the character as its place demands, or None where it cannot be one of that kind."""
    seen = FILLER if glyph.character == UPSIDE_DOWN else glyph.character
    if kind == _LETTERS and seen.isdigit():
        seen = _TO_LETTER.get(seen, "")
    elif kind == _DIGITS and seen.isalpha():
        seen = _TO_DIGIT.get(seen, "")
    if kind == _ANY or not seen:
        return replace(glyph, character=seen) if seen else None
    return replace(glyph, character=seen, certainty=glyph.shape_certainty)
