"""The child that reads a passport scan: the file on its input, the answer on its output.

Started by :mod:`core.recognition.run`; what it reads is written nowhere else.
"""

import argparse
import sys
from datetime import date

import cv2

from core import children
from core.recognition.limits import MEMORY, PROCESSOR_SECONDS
from core.recognition.zone import read_file
from core.terms import MediaType


def main() -> None:
    """Read the file on standard input and write the answer to standard output."""
    children.limit_self(memory=MEMORY, processor_seconds=PROCESSOR_SECONDS)
    cv2.setNumThreads(1)
    asked = _asked()
    found = read_file(sys.stdin.buffer.read(), asked.media_type, today=asked.today)
    judgement = found.judgement
    head = {
        "status": judgement.status.value,
        "lines": judgement.reading.lines if judgement.reading else (),
        "doubts": judgement.doubts,
    }
    children.answer(head, (found.strip_png,))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("media_type", type=MediaType)
    parser.add_argument("today", type=date.fromisoformat)
    return parser.parse_args()


if __name__ == "__main__":
    main()
