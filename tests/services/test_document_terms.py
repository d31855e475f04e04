"""Until what day a scan holds: said by who decides, told by the radar, over with a newer one."""

from datetime import date

import pytest
import sqlalchemy as sa

from core.errors import DomainError, NotFound
from core.services.case_views import case_view, cases_of_person
from core.services.decisions import accept_item
from core.services.document_terms import set_last_day
from core.services.person_documents import add_document, documents_of_person
from core.services.person_history import person_history
from core.services.radar import RadarFilter, radar_counts, radar_list
from core.terms import ItemStatus, Matter, Urgency
from db.engine import reading
from db.models.cases import Expiry
from tests.cast import Cast, enrol
from tests.services.test_documents import picture

KIND = "photo_digital"


@pytest.fixture
def person_id(cast: Cast) -> int:
    return enrol(cast.staff, cast.medicine)


@pytest.fixture
def document_id(cast: Cast, person_id: int) -> int:
    return scan(cast, person_id, "white")


def scan(cast: Cast, person_id: int, colour: str) -> int:
    return add_document(
        cast.staff, person_id, kind=KIND, file_name="scan.png", content=picture(colour)
    )


def watched() -> list[tuple[int, date]]:
    with reading() as session:
        rows = session.execute(
            sa.select(Expiry.record_id, Expiry.ends_on)
            .filter_by(matter=Matter.DOCUMENT)
            .order_by(Expiry.record_id)
        )
        return [(row.record_id, row.ends_on) for row in rows]


def last_days(cast: Cast, person_id: int) -> list[date | None]:
    (kind,) = documents_of_person(cast.staff, person_id)
    return [each.valid_until for each in kind.scans]


def test_a_last_day_stands_on_the_card_and_in_the_radar(
    cast: Cast, person_id: int, document_id: int
) -> None:
    assert watched() == []
    set_last_day(cast.staff, document_id, valid_until=date(2026, 9, 5))
    assert last_days(cast, person_id) == [date(2026, 9, 5)]
    assert watched() == [(document_id, date(2026, 9, 5))]
    assert radar_counts(cast.dean)[Matter.DOCUMENT][Urgency.THIS_WEEK] == 1
    (line,) = radar_list(cast.staff, RadarFilter(matter=Matter.DOCUMENT)).rows
    assert (line.person_id, line.days_left) == (person_id, 4)


def test_it_can_be_taken_back(cast: Cast, person_id: int, document_id: int) -> None:
    set_last_day(cast.staff, document_id, valid_until=date(2026, 9, 5))
    set_last_day(cast.staff, document_id, valid_until=None)
    assert last_days(cast, person_id) == [None]
    assert watched() == []


def test_a_newer_version_takes_the_old_ones_place(
    cast: Cast, person_id: int, document_id: int
) -> None:
    set_last_day(cast.staff, document_id, valid_until=date(2026, 9, 5))
    newer = scan(cast, person_id, "black")
    assert watched() == []
    with pytest.raises(DomainError, match=r"document\.replaced"):
        set_last_day(cast.staff, document_id, valid_until=date(2027, 9, 5))
    set_last_day(cast.staff, newer, valid_until=date(2027, 9, 5))
    assert watched() == [(newer, date(2027, 9, 5))]
    assert last_days(cast, person_id) == [date(2027, 9, 5), date(2026, 9, 5)]


@pytest.mark.parametrize(
    ("day", "is_taken"),
    [
        (date(2046, 12, 31), True),
        (date(2047, 1, 1), False),
        (date(2006, 1, 1), True),
        (date(2005, 12, 31), False),
    ],
)
def test_a_day_beyond_twenty_years_is_a_slip(
    cast: Cast, document_id: int, day: date, *, is_taken: bool
) -> None:
    if is_taken:
        set_last_day(cast.staff, document_id, valid_until=day)
    else:
        with pytest.raises(DomainError, match=r"document\.last_day\.out_of_range"):
            set_last_day(cast.staff, document_id, valid_until=day)
    assert watched() == ([(document_id, day)] if is_taken else [])


def test_whoever_accepts_says_it_in_the_same_click(cast: Cast, person_id: int) -> None:
    document_id = scan(cast, person_id, "white")
    (item,) = (
        (item.case_item_id, item.version, case.case_id)
        for case in cases_of_person(cast.staff, person_id)
        for item in case.items
        if item.status is ItemStatus.PENDING
    )
    case_item_id, version, case_id = item
    with pytest.raises(DomainError, match=r"document\.last_day\.out_of_range"):
        accept_item(cast.staff, case_item_id, version=version, valid_until=date(2126, 9, 5))
    assert status_of(cast, case_id, case_item_id) is ItemStatus.PENDING
    accept_item(cast.staff, case_item_id, version=version, valid_until=date(2026, 9, 5))
    assert status_of(cast, case_id, case_item_id) is ItemStatus.ACCEPTED
    assert watched() == [(document_id, date(2026, 9, 5))]


def status_of(cast: Cast, case_id: int, case_item_id: int) -> ItemStatus:
    items = case_view(cast.staff, case_id).items
    return next(item.status for item in items if item.case_item_id == case_item_id)


def test_the_history_tells_it_once(cast: Cast, person_id: int, document_id: int) -> None:
    for _twice in range(2):
        set_last_day(cast.staff, document_id, valid_until=date(2026, 9, 5))
    lines = [
        line
        for line in person_history(cast.staff, person_id).rows
        if line.action == "document.last_day"
    ]
    assert [line.values for line in lines] == [{"valid_until": [None, "2026-09-05"]}]


def test_a_scan_that_is_not_there_has_no_last_day(cast: Cast) -> None:
    with pytest.raises(NotFound):
        set_last_day(cast.staff, 999_999, valid_until=date(2026, 9, 5))
