"""An explanation is stored and read back without a loss."""

import json

from core.rules.explanation import Step, from_json, to_json

COUNT = (
    Step("anchor.entry", {"on": "2026-09-01"}),
    Step("count.working_day", {"number": 5, "on": "2026-09-08"}),
)


def test_an_explanation_is_stored_as_codes_and_values() -> None:
    assert to_json(COUNT) == [
        {"code": "anchor.entry", "values": {"on": "2026-09-01"}},
        {"code": "count.working_day", "values": {"number": 5, "on": "2026-09-08"}},
    ]


def test_what_was_stored_is_read_back_the_same() -> None:
    assert from_json(json.loads(json.dumps(to_json(COUNT)))) == COUNT
    assert from_json([]) == ()
