"""Passports of the demonstration that are not with their owners, some of them overdue.

Called by the loader of the demonstration only.
"""

from collections.abc import Sequence

from core.permissions import SYSTEM_ACTOR
from core.rules.custody import HandOver
from core.services.custody import hand_over, take_in
from core.services.custody_list import CustodyFilter, held_passports
from core.services.demonstration_people import Surroundings
from core.terms import PassportHolder

#: The numbers taken in: so many days ago, and expected back so many days from today.
_TAKEN_IN: Sequence[tuple[tuple[int, ...], int, int | None]] = (
    ((1, 2, 3), 40, -12),
    ((5, 6, 7, 8), 12, 9),
    ((13, 14), 5, None),
    ((17,), 30, -3),
)

#: How the first few went on.
_WENT_ON = (PassportHolder.DCS, PassportHolder.DCS, PassportHolder.SCNB, PassportHolder.EMBASSY)


def add_custody(around: Surroundings) -> None:
    """Take passports of the fictitious students in, and pass some of them on."""
    for numbers, ago, ahead in _TAKEN_IN:
        known = HandOver(
            moved_on=around.ago(ago),
            expected_back_on=None if ahead is None else around.ago(-ahead),
            note="Fictitious: visa extension",
        )
        take_in(SYSTEM_ACTOR, [f"ZZ{number:05}" for number in numbers], known)
    lines = held_passports(SYSTEM_ACTOR, CustodyFilter()).rows
    for line, after in zip(lines, _WENT_ON, strict=False):
        known = HandOver(moved_on=line.since_on, expected_back_on=line.expected_back_on)
        hand_over(SYSTEM_ACTOR, line.passport_id, after, known, version=line.version)
    last = lines[-1]
    back = HandOver(moved_on=around.today)
    hand_over(SYSTEM_ACTOR, last.passport_id, PassportHolder.OWNER, back, version=last.version)
