"""Whether somebody could come back from a trip."""

from dataclasses import replace
from datetime import date

import pytest

from core.rules.trips import TripFacts, TripPlan, trip_warnings
from core.terms import TripWarning, VisaEntries

SINGLE, DOUBLE, MULTIPLE = VisaEntries
EXIT_VISA, USED_UP, VISA_ENDS, PASSPORT_ENDS = TripWarning

TRIP = TripPlan(leaves_on=date(2026, 10, 1), returns_on=date(2026, 10, 20))
WELL = TripFacts(
    entries=MULTIPLE,
    visa_from=date(2026, 9, 1),
    visa_until=date(2027, 8, 31),
    is_exit_visa=False,
    passport_until=date(2030, 1, 1),
)
BEFORE, FIRST_DAY, LATER = date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 15)


@pytest.mark.parametrize(
    ("changes", "warnings"),
    [
        ({}, ()),
        ({"entries": SINGLE}, (USED_UP,)),
        ({"entries": SINGLE, "entered_on": (FIRST_DAY,)}, (USED_UP,)),
        ({"entries": DOUBLE}, ()),
        ({"entries": DOUBLE, "entered_on": (FIRST_DAY,)}, ()),
        ({"entries": DOUBLE, "entered_on": (BEFORE, FIRST_DAY)}, ()),
        ({"entries": DOUBLE, "entered_on": (FIRST_DAY, LATER)}, (USED_UP,)),
        ({"entries": DOUBLE, "entered_on": (FIRST_DAY,), "earlier_returns": 1}, (USED_UP,)),
        ({"entries": DOUBLE, "entered_on": (BEFORE, LATER), "visa_from": None}, (USED_UP,)),
        ({"entries": MULTIPLE, "entered_on": (FIRST_DAY, LATER), "earlier_returns": 3}, ()),
        ({"visa_until": date(2026, 10, 20)}, ()),
        ({"visa_until": date(2026, 10, 19)}, (VISA_ENDS,)),
        ({"passport_until": date(2026, 10, 20)}, ()),
        ({"passport_until": date(2026, 10, 19)}, (PASSPORT_ENDS,)),
        ({"passport_until": None}, ()),
        ({"entries": SINGLE, "is_exit_visa": True}, (EXIT_VISA,)),
        (
            {
                "entries": SINGLE,
                "visa_until": date(2026, 10, 2),
                "passport_until": date(2026, 10, 3),
            },
            (USED_UP, VISA_ENDS, PASSPORT_ENDS),
        ),
        ({"entries": None, "visa_from": None, "visa_until": None}, ()),
    ],
)
def test_what_stands_in_the_way_of_coming_back(
    changes: dict[str, object], warnings: tuple[TripWarning, ...]
) -> None:
    assert trip_warnings(TRIP, replace(WELL, **changes)) == warnings  # type: ignore[arg-type]
