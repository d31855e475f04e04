"""A measured thing, and how it is measured: warm first, then the median and the 95th centile."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

RUNS, WARM = 40, 5


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured thing, in milliseconds; ``ratio`` is its median against that of ``against``."""

    name: str
    median_ms: float
    p95_ms: float
    ratio: float | None
    against: str | None
    n: int


def measure(name: str, run: Callable[[], object], against: Figure | None) -> Figure:
    """Return the figure of ``run``, after some runs to warm up."""
    for _ in range(WARM):
        run()
    return figure_of(name, [spent_on(run) for _ in range(RUNS)], against)


def spent_on(run: Callable[[], object]) -> float:
    """Return how many milliseconds ``run`` takes."""
    begin = time.perf_counter()
    run()
    return (time.perf_counter() - begin) * 1000


def figure_of(name: str, spent: Sequence[float], against: Figure | None = None) -> Figure:
    """Return the figure of single times in milliseconds."""
    median = statistics.median(spent)
    return Figure(
        name=name,
        median_ms=round(median, 2),
        p95_ms=round(sorted(spent)[math.ceil(len(spent) * 0.95) - 1], 2),
        ratio=round(median / against.median_ms, 2) if against else None,
        against=against.name if against else None,
        n=len(spent),
    )
