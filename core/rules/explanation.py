"""How a date came about, as steps that carry a code and values; the words stand elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Step:
    """One step of a count. Dates among the values are ISO texts, so that a step can be stored."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)


Explanation = tuple[Step, ...]


def years_of_working_days(explanation: Explanation) -> range:
    """Return the years whose days off decided a count; none where no working days were counted."""
    if not any(step.code == "count.working_day" for step in explanation):
        return range(0)
    counted = [step for step in explanation if step.code.startswith(("anchor.", "count.working"))]
    years = [date.fromisoformat(str(step.values["on"])).year for step in counted]
    return range(min(years), max(years) + 1)


def to_json(explanation: Explanation) -> list[dict[str, Any]]:
    """Return ``explanation`` as plain lists and dictionaries for storing."""
    return [{"code": step.code, "values": dict(step.values)} for step in explanation]


def from_json(stored: Sequence[Mapping[str, Any]]) -> Explanation:
    """Return the explanation that :func:`to_json` made ``stored`` from."""
    return tuple(Step(str(step["code"]), dict(step["values"])) for step in stored)
