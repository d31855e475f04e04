"""Where lines of text lie on a page, and how one is cut out straight."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from core.recognition.pages import Picture

#: Rows are cut out with this height, in pixels; the models read at 48.
HEIGHT = 56

#: A machine-readable line is at least so many times longer than high.
_SHORTEST = 9.0
#: Pieces of one line: how far apart, and how far beside each other, in heights.
_GAP, _OFFSET = 5.0, 0.45
#: Pieces of one line are alike in height and direction (radians).
_HEIGHT_RATIO, _TURN = 1.7, math.radians(6)

Points = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Row:
    """A line of text: its four corners, clockwise from the beginning of its upper edge."""

    corners: Points

    @property
    def length(self) -> float:
        """How long the line is, in pixels of its page."""
        return float(np.linalg.norm(self.end - self.start))

    @property
    def height(self) -> float:
        """How high the line is, in pixels of its page."""
        left, right = self.corners[3] - self.corners[0], self.corners[2] - self.corners[1]
        return float(np.linalg.norm(left) + np.linalg.norm(right)) / 2

    @property
    def start(self) -> Points:
        """The middle of its left edge."""
        return np.asarray((self.corners[0] + self.corners[3]) / 2, np.float32)

    @property
    def end(self) -> Points:
        """The middle of its right edge."""
        return np.asarray((self.corners[1] + self.corners[2]) / 2, np.float32)

    @property
    def direction(self) -> Points:
        """The way it runs, of length 1."""
        along = self.end - self.start
        return np.asarray(along / max(float(np.linalg.norm(along)), 1e-6), np.float32)

    @property
    def below(self) -> Points:
        """The way to the next line, of length 1."""
        across, down = self.direction
        return np.array([-down, across], np.float32)

    def turned_round(self) -> "Row":
        """Return the line as somebody sees it who holds the page upside down."""
        return Row(np.roll(self.corners, 2, axis=0))

    def widened(self, *, ends: float, sides: float) -> "Row":
        """Return the line with more around it, in heights."""
        along, down = self.direction * self.height * ends, self.below * self.height * sides
        shift = np.array([-along - down, along - down, along + down, -along + down])
        return replace(self, corners=(self.corners + shift).astype(np.float32))


def rows_of(boxes: Sequence[Any] | npt.NDArray[Any]) -> tuple[Row, ...]:
    """Return the long lines that the found pieces of text make up, the longest first."""
    pieces = sorted((_row(np.asarray(box, np.float32)) for box in boxes), key=_reading_order)
    rows: list[Row] = []
    for piece in pieces:
        home = next((row for row in rows if _goes_on(row, piece)), None)
        if home is None:
            rows.append(piece)
        else:
            rows[rows.index(home)] = _joined(home, piece)
    long = [row for row in rows if row.length >= _SHORTEST * row.height]
    return tuple(sorted(long, key=lambda row: row.length, reverse=True))


def cut_out(page: Picture, row: Row, *, height: int = HEIGHT) -> Picture:
    """Return the line as a straight strip ``height`` pixels high."""
    width = max(height, round(row.length / max(row.height, 1.0) * height))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(row.corners, target)
    # What is shrunk by more than half would flicker without an average.
    way = cv2.INTER_AREA if row.height > 2 * height else cv2.INTER_CUBIC
    strip = cv2.warpPerspective(
        page, matrix, (width, height), flags=way, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(strip, np.uint8)


def ink(strip: Picture) -> Picture:
    """Return the strip with its shadows taken out: what is darker than what lies around it."""
    wide = cv2.medianBlur(cv2.dilate(strip, np.ones((7, 7), np.uint8)), 31)
    even = cv2.divide(strip, np.maximum(wide, 1), scale=255)
    low, high = np.percentile(even, (2, 90))
    spread = (even.astype(np.float32) - low) * (255 / max(high - low, 24.0))
    return np.asarray(spread.clip(0, 255), np.uint8)


def _row(box: Points) -> Row:
    """Return the piece of text as a line along its longer sides, running rightwards or down."""
    top, side = np.linalg.norm(box[1] - box[0]), np.linalg.norm(box[2] - box[1])
    row = Row(box if top >= side else np.roll(box, -1, axis=0))
    across, down = row.direction
    is_backwards = across < -abs(down) or (abs(across) <= abs(down) and down < 0)
    return row.turned_round() if is_backwards else row


def _reading_order(row: Row) -> float:
    return float(row.start @ row.direction)


def _goes_on(row: Row, piece: Row) -> bool:
    """Return whether ``piece`` continues ``row`` to the right."""
    higher, lower = max(row.height, piece.height), min(row.height, piece.height)
    if higher > _HEIGHT_RATIO * lower or row.direction @ piece.direction < math.cos(_TURN):
        return False
    gap = piece.start - row.end
    return bool(
        -2 * higher < gap @ row.direction < _GAP * higher
        and abs(gap @ row.below) < _OFFSET * higher
    )


def _joined(row: Row, piece: Row) -> Row:
    if piece.end @ row.direction <= row.end @ row.direction:
        return row
    first, last = row.corners, piece.corners
    return Row(np.array([first[0], last[1], last[2], first[3]], np.float32))


def blocks_of(rows: Sequence[Row]) -> tuple[tuple[Row, ...], ...]:
    """Return the groups of two or three lines that lie as those of a document do, in order."""
    blocks: list[tuple[Row, ...]] = []
    for first in rows:
        following = _following(first, rows)
        if following:
            blocks.append((first, following[0]))
        if len(following) > 1:
            blocks.append((first, *following[:2]))
    return tuple(blocks)


def _following(first: Row, rows: Sequence[Row]) -> list[Row]:
    """Return the lines below ``first`` that are its like and begin where it begins."""
    chain: list[Row] = []
    last = first
    below = sorted(rows, key=lambda row: float((row.start - first.start) @ first.below))
    for row in below:
        if row is not first and _is_next(last, row):
            chain.append(row)
            last = row
    return chain


def _is_next(row: Row, other: Row) -> bool:
    step = other.start - row.start
    down, along = float(step @ row.below), float(step @ row.direction)
    height = (row.height + other.height) / 2
    return bool(
        0.8 * height < down < 3.6 * height
        and abs(along) < 0.12 * row.length
        and 0.8 < other.length / row.length < 1.25
        and row.direction @ other.direction > math.cos(_TURN)
    )
