"""The first reader: finds pieces of text, and reads lines letter by letter with a neural network.

The models are those the package rapidocr brings in its wheel; nothing is downloaded. They know
eighteen thousand characters; here only those of machine-readable lines may win, so that a filler is
no Chinese bracket.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
import rapidocr

from core.recognition.pages import Picture
from core.recognition.rows import Row, rows_of
from core.rules.mrz_rows import ALPHABET, SAME_SHAPE, Glyph

#: Characters of the model that stand for one of ours; ``>`` shows a line that is upside down.
_ALSO = {"<": "«‹〈《≪＜⟨く", ">": "»›〉》≫＞⟩"}
_MODEL_HEIGHT = 48
_ONE_THREAD = 1
#: What the model holds less likely than this to be one of our characters is none.
_LEAST_CHANCE = 0.15

#: Pairs of places in our alphabet that hold characters of the same shape.
_TWINS = [(ALPHABET.index(digit), ALPHABET.index(letter)) for digit, letter in SAME_SHAPE.items()]

Floats = npt.NDArray[np.float32]


class Reader:
    """The loaded models. Loading takes about a second, so one reader serves a whole file."""

    def __init__(self) -> None:
        self._finder = rapidocr.RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_vertical_padding": False,
                "Global.use_preprocess_img": False,
                "Det.limit_type": "max",
                "Det.limit_side_len": 4000,
                "EngineConfig.onnxruntime.intra_op_num_threads": _ONE_THREAD,
            }
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _ONE_THREAD
        models = Path(rapidocr.__file__).parent / "models"
        self._model = onnxruntime.InferenceSession(
            str(models / "PP-OCRv6_rec_small.onnx"), options, providers=["CPUExecutionProvider"]
        )
        known = self._model.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._classes = [_places(known, character) for character in ALPHABET]

    def find_rows(self, page: Picture, *, side: int) -> tuple[Row, ...]:
        """Return the long lines on the page, looked for at ``side`` pixels."""
        scale = min(1.0, side / max(page.shape))
        small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        colours = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)
        found: Any = self._finder(colours, use_det=True, use_cls=False, use_rec=False)
        return () if found.boxes is None else rows_of(np.asarray(found.boxes) / scale)

    def read(self, strips: Sequence[Picture]) -> tuple[tuple[Glyph, ...], ...]:
        """Return what each strip says, character by character."""
        pictures = [_prepared(strip) for strip in strips]
        widest = max(picture.shape[2] for picture in pictures)
        batch = np.zeros((len(pictures), 3, _MODEL_HEIGHT, widest), np.float32)
        for number, picture in enumerate(pictures):
            batch[number, :, :, : picture.shape[2]] = picture
        (chances,) = self._model.run(None, {self._model.get_inputs()[0].name: batch})
        width = widest / chances.shape[1]
        return tuple(
            self._glyphs(chances[number], step=width / pictures[number].shape[2])
            for number in range(len(pictures))
        )

    def _glyphs(self, chances: Floats, *, step: float) -> tuple[Glyph, ...]:
        """Return the characters of one line: the likeliest at each step, repeats taken as one."""
        ours = np.stack([chances[:, places].sum(axis=1) for places in self._classes], axis=1)
        shapes = ours.copy()
        for digit, letter in _TWINS:
            shapes[:, [digit, letter]] = ours[:, [digit]] + ours[:, [letter]]
        best, steps = ours.argmax(axis=1), np.arange(len(ours))
        whole, chance = ours.sum(axis=1).clip(1e-6), ours[steps, best]
        certain, of_shape = chance / whole, shapes[steps, best] / whole
        is_nothing = (chances[:, 0] >= chance) | (chance < _LEAST_CHANCE)
        glyphs: list[Glyph] = []
        last = -1
        for at, choice in enumerate(best):
            if is_nothing[at]:
                last = -1
                continue
            glyph = Glyph(
                ALPHABET[choice], float(certain[at]), float(of_shape[at]), (at + 0.5) * step
            )
            if choice != last:
                glyphs.append(glyph)
            elif glyph.certainty > glyphs[-1].certainty:
                glyphs[-1] = glyph
            last = int(choice)
        return tuple(glyphs)


def _places(known: Sequence[str], character: str) -> list[int]:
    """Return where the model's answer holds ``character`` and its like; place 0 is the blank."""
    wanted = {character, character.lower(), *_ALSO.get(character, "")}
    wide = chr(ord(character) + 0xFEE0)
    return [place for place, each in enumerate(known, start=1) if each in wanted | {wide}]


def _prepared(strip: Picture) -> Floats:
    width = math.ceil(strip.shape[1] * _MODEL_HEIGHT / strip.shape[0])
    small = cv2.resize(strip, (width, _MODEL_HEIGHT), interpolation=cv2.INTER_AREA)
    scaled = small.astype(np.float32) / 127.5 - 1
    return np.repeat(scaled[np.newaxis], 3, axis=0)
