"""Which papers are watched for whom."""

from datetime import date

import pytest

from core.rules.expiries import Paper, Standing, watched
from core.terms import EnrolmentStatus, Matter

PAPERS = [
    Paper(matter=matter, record_id=7, ends_on=date(2027, 2, 28))
    for matter in Matter
    if matter is not Matter.CASE
]

EVERYTHING = {"visa", "registration", "passport", "contract", "consent", "document"}

STUDYING, EXPELLED = EnrolmentStatus.STUDYING, EnrolmentStatus.EXPELLED


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing(status=STUDYING), EVERYTHING),
        (Standing(status=EnrolmentStatus.INVITED), EVERYTHING),
        (Standing(status=EnrolmentStatus.ON_LEAVE), EVERYTHING),
        # At home for the summer: the registration ended at the border, the visa did not.
        (Standing(status=STUDYING, has_left=True), EVERYTHING - {"registration", "consent"}),
        # Expelled and still here: the university answers for his stay, and for nothing else.
        (Standing(status=EXPELLED), {"visa", "registration"}),
        (Standing(status=EnrolmentStatus.GRADUATED), {"visa", "registration"}),
        (Standing(status=EXPELLED, has_left=True), set()),
        # A graduate who stayed as a teacher is ours again, without a student's contract.
        (
            Standing(status=EnrolmentStatus.GRADUATED, is_engaged=True, was_engaged=True),
            EVERYTHING - {"contract"},
        ),
        (Standing(is_engaged=True, was_engaged=True), EVERYTHING - {"contract"}),
        (Standing(was_engaged=True), {"visa", "registration"}),
        (Standing(was_engaged=True, has_left=True), set()),
        # A wife who came along was never a student, nor does she work here.
        (Standing(), EVERYTHING - {"contract"}),
    ],
)
def test_what_is_watched_depends_on_what_somebody_is_to_us(
    standing: Standing, expected: set[str]
) -> None:
    assert {paper.matter.value for paper in watched(PAPERS, standing)} == expected
