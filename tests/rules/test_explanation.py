"""An explanation is stored and read back without a loss."""

import json

import pytest

from core.rules.explanation import Step, from_json, to_json, years_of_working_days

COUNT = (
    Step("anchor.entry", {"on": "2026-09-01"}),
    Step("count.working_day", {"number": 5, "on": "2026-09-08"}),
)


def test_an_explanation_is_stored_as_codes_and_values() -> None:
    assert to_json(COUNT) == [
        {"code": "anchor.entry", "values": {"on": "2026-09-01"}},
        {"code": "count.working_day", "values": {"number": 5, "on": "2026-09-08"}},
    ]


@pytest.mark.parametrize(
    ("steps", "years"),
    [
        (COUNT, [2026]),
        (
            (
                Step("anchor.visa_expiry", {"on": "2028-01-03"}),
                Step("count.working_day", {"number": 25, "on": "2026-12-31"}),
            ),
            [2026, 2027, 2028],
        ),
        ((COUNT[0], Step("count.calendar", {"days": 9, "on": "2027-01-01"})), []),
    ],
)
def test_a_count_of_working_days_leans_on_the_days_off_of_its_years(
    steps: tuple[Step, ...], years: list[int]
) -> None:
    assert list(years_of_working_days(steps)) == years


def test_what_was_stored_is_read_back_the_same() -> None:
    assert from_json(json.loads(json.dumps(to_json(COUNT)))) == COUNT
    assert from_json([]) == ()
