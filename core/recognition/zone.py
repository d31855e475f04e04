"""One file read: its pages searched for a machine-readable zone until one is read for certain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from core.recognition.limits import SIDES
from core.recognition.pages import Picture, pictures_of
from core.recognition.reader import Reader
from core.recognition.rows import Row, blocks_of, cut_out, ink
from core.recognition.second import SecondReader
from core.recognition.strip import strip_of
from core.rules.mrz import FILLER
from core.rules.mrz_rows import UPSIDE_DOWN, Glyph, is_upside_down
from core.rules.mrz_votes import NOTHING, Judgement, Sighting, judge
from core.terms import MediaType, ScanStatus

#: A zone has at least so many fillers; ordinary text has none.
_FEWEST_FILLERS = 3
#: So many of the longest lines of a page are read, and so many groups of them looked at closely.
_MOST_ROWS, _MOST_BLOCKS = 10, 2

#: How a line is cut out for each reading beside the first: more around it at its ends and sides, in
#: heights, and how high.
_FIRST_CUT = (0.5, 0.0, 56)
_OTHER_CUTS = ((0.7, 0.12, 64), (0.35, -0.06, 44))
_SECOND_CUT = (0.3, 0.2, 48)


@dataclass(frozen=True)
class Found:
    """What was read, and the picture of the lines it was read from; empty where none were found."""

    judgement: Judgement
    strip_png: bytes


@dataclass(frozen=True)
class _Block:
    """A group of lines in reading order, and what the first look at them said."""

    rows: tuple[Row, ...]
    first_look: Sighting

    @property
    def fillers(self) -> int:
        """How many fillers the first look saw."""
        return sum(glyph.character == FILLER for line in self.first_look for glyph in line)


def read_file(content: bytes, media_type: MediaType, *, today: date) -> Found:
    """Return the best reading of the file's pages, GREEN as soon as one is."""
    reader, second = Reader(), SecondReader.if_installed()
    best = Found(NOTHING, b"")
    for page in pictures_of(content, media_type):
        for found in _looks(page, reader, second, today):
            if _rank(found) > _rank(best):
                best = found
            if best.judgement.status is ScanStatus.GREEN:
                return best
        if best.judgement.status is ScanStatus.YELLOW:
            return best
    return best


def _rank(found: Found) -> tuple[int, int, int]:
    order = (ScanStatus.RED, ScanStatus.YELLOW, ScanStatus.GREEN)
    judgement = found.judgement
    return order.index(judgement.status), -len(judgement.doubts), len(found.strip_png) > 0


def _looks(
    page: Picture, reader: Reader, second: SecondReader | None, today: date
) -> Iterator[Found]:
    """Yield what each look at the page comes to, each closer and with all that was seen before."""
    sightings: list[Sighting] = []
    for side in SIDES:
        for block in _blocks(page, reader, side):
            sightings += _sightings(page, block, reader, second)
            yield Found(judge(sightings, today=today), strip_of(page, block.rows))


def _blocks(page: Picture, reader: Reader, side: int) -> list[_Block]:
    """Return the groups of lines that may be a zone, the likeliest first."""
    rows = reader.find_rows(page, side=side)[:_MOST_ROWS]
    groups = blocks_of(rows)
    used = [row for row in rows if any(row is each for group in groups for each in group)]
    if not used:
        return []
    said = {id(row): line for row, line in zip(used, _read(page, used, reader), strict=True)}
    blocks = [
        _upright(page, group, [said[id(row)] for row in group], reader)
        for group in groups
        if _is_zone_like([said[id(row)] for row in group])
    ]
    likely = [block for block in blocks if block.fillers >= _FEWEST_FILLERS]
    return sorted(likely, key=lambda block: block.fillers, reverse=True)[:_MOST_BLOCKS]


def _is_zone_like(lines: Sighting) -> bool:
    seen = [glyph.character for line in lines for glyph in line]
    return seen.count(FILLER) + seen.count(UPSIDE_DOWN) >= _FEWEST_FILLERS


def _upright(page: Picture, group: tuple[Row, ...], said: Sighting, reader: Reader) -> _Block:
    if not is_upside_down(said):
        return _Block(group, said)
    turned = tuple(row.turned_round() for row in reversed(group))
    return _Block(turned, _read(page, turned, reader))


def _sightings(
    page: Picture, block: _Block, reader: Reader, second: SecondReader | None
) -> Iterator[Sighting]:
    """Yield the lines as each way of looking shows them."""
    yield block.first_look
    for cut in _OTHER_CUTS:
        strips = [ink(strip) for strip in _strips(page, block.rows, cut)]
        yield reader.read(strips)
    if second is not None:
        yield second.read([ink(strip) for strip in _strips(page, block.rows, _SECOND_CUT)])


def _read(page: Picture, rows: Sequence[Row], reader: Reader) -> tuple[tuple[Glyph, ...], ...]:
    return reader.read(_strips(page, rows, _FIRST_CUT))


def _strips(
    page: Picture, rows: Sequence[Row], cut: tuple[float, float, int]
) -> tuple[Picture, ...]:
    ends, sides, height = cut
    return tuple(cut_out(page, row.widened(ends=ends, sides=sides), height=height) for row in rows)
