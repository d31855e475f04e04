"""The picture of the machine-readable lines, for whoever compares."""

from collections.abc import Sequence

import cv2
import numpy as np

from core.recognition.pages import Picture
from core.recognition.rows import Row

#: As wide as it is shown, in pixels, and what stays around the lines, in heights of a line.
_WIDTH, _AROUND = 1100, 0.5
#: More grey levels than the eye tells apart only make the picture heavier.
_LEVELS = 16


def strip_of(page: Picture, rows: Sequence[Row]) -> bytes:
    """Return the lines cut out straight, as a PNG."""
    first, last = (row.widened(ends=_AROUND, sides=_AROUND) for row in (rows[0], rows[-1]))
    corners = np.array([*first.corners[:2], *last.corners[2:]], np.float32)
    height = round(_WIDTH * float(np.linalg.norm(corners[3] - corners[0])) / first.length)
    target = np.array([[0, 0], [_WIDTH, 0], [_WIDTH, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    strip = cv2.warpPerspective(
        page, matrix, (_WIDTH, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    coarse = np.asarray(strip // _LEVELS * _LEVELS + _LEVELS // 2, np.uint8)
    _is_done, encoded = cv2.imencode(".png", coarse, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return encoded.tobytes()
