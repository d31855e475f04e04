"""The pages of a file as pictures, upright where the file says how it was held."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image, ImageOps

from core.recognition.limits import DOTS_PER_INCH, LARGEST_SIDE, MOST_PAGES
from core.terms import MediaType

#: A picture as rows of pixels: grey, one byte each.
Picture = npt.NDArray[np.uint8]

_POINTS_PER_INCH = 72


def pictures_of(content: bytes, media_type: MediaType) -> Iterator[Picture]:
    """Yield the pages of a scan in grey, one at a time; of a PDF the first few."""
    if media_type is MediaType.PDF:
        yield from _drawn(content)
        return
    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as opened:
        yield _grey(ImageOps.exif_transpose(opened))


def _drawn(content: bytes) -> Iterator[Picture]:
    document = pypdfium2.PdfDocument(content)
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        scale = DOTS_PER_INCH / _POINTS_PER_INCH
        yield _grey(_bounded(page, scale))


def _bounded(page: Any, scale: float) -> Image.Image:
    """Return the page drawn at ``scale``, or smaller where it would be a poster."""
    longest = max(page.get_size())
    drawn: Image.Image = page.render(scale=min(scale, LARGEST_SIDE / longest)).to_pil()
    return drawn


def _grey(picture: Image.Image) -> Picture:
    small = picture.convert("L")
    small.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    return np.asarray(small)
