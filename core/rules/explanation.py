"""How a date came about, as steps that carry a code and values; the words stand elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """One step of a count. Dates among the values are ISO texts, so that a step can be stored."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)


Explanation = tuple[Step, ...]


def to_json(explanation: Explanation) -> list[dict[str, Any]]:
    """Return ``explanation`` as plain lists and dictionaries for storing."""
    return [{"code": step.code, "values": dict(step.values)} for step in explanation]


def from_json(stored: Sequence[Mapping[str, Any]]) -> Explanation:
    """Return the explanation that :func:`to_json` made ``stored`` from."""
    return tuple(Step(str(step["code"]), dict(step["values"])) for step in stored)
