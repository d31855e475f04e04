"""How well passport scans are read, condition by condition: ``python -m tests.bench.recognition``.

Each file goes through a child of its own, as in the product; its processor time is what one core
takes that has nothing else to do. Numbers are free of look-alikes in the first table and full of
them in the second, where nothing is asked but that wrong data is never GREEN.
"""

import math
import resource
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.recognition.run import recognise
from core.rules.mrz import parse_mrz
from core.terms import ScanStatus
from tests.recognition.pictures import CONDITIONS, Sample, sample
from tests.recognition.test_recognition import media_type, says

SEEDS, LOOK_ALIKE_SEEDS = range(1, 9), range(101, 103)
TODAY = date(2026, 9, 1)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one file came to, and the processor time it took in seconds."""

    status: ScanStatus
    is_exact: bool
    seconds: float


def main() -> None:
    """Measure and print; a wrong GREEN ends with a fault."""
    clear = _table("clear numbers", SEEDS, look_alikes=False)
    alike = _table("look-alikes in the numbers", LOOK_ALIKE_SEEDS, look_alikes=True)
    if any(each.status is ScanStatus.GREEN and not each.is_exact for each in (*clear, *alike)):
        sys.exit("Wrong data was marked GREEN.")


def _table(title: str, seeds: Iterable[int], *, look_alikes: bool) -> list[Outcome]:
    sys.stdout.write(f"{title:28}  n  exact green yellow red wrong-green  p50 s  p90 s\n")
    every: list[Outcome] = []
    for condition in CONDITIONS:
        outcomes = [_outcome(sample(condition, seed, look_alikes=look_alikes)) for seed in seeds]
        _row(condition, outcomes)
        every += outcomes
    _row("all", every)
    return every


def _outcome(given: Sample) -> Outcome:
    begin = _processor_seconds()
    found = recognise(given.content, media_type(given.content), today=TODAY)
    seconds = _processor_seconds() - begin
    reading = parse_mrz("\n".join(found.lines), today=TODAY) if found.lines else None
    return Outcome(status=found.status, is_exact=says(reading, given.identity), seconds=seconds)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _row(name: str, outcomes: list[Outcome]) -> None:
    counted = [sum(each.status is status for each in outcomes) for status in ScanStatus]
    exact = sum(each.is_exact for each in outcomes)
    wrong = sum(each.status is ScanStatus.GREEN and not each.is_exact for each in outcomes)
    spent = sorted(each.seconds for each in outcomes)
    middle, slow = (spent[math.ceil(len(spent) * part) - 1] for part in (0.5, 0.9))
    green, yellow, red = counted
    sys.stdout.write(
        f"{name:28}{len(outcomes):4}{exact:6}{green:6}{yellow:7}{red:4}{wrong:12}"
        f"{middle:7.2f}{slow:7.2f}\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
