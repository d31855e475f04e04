"""The calendar of a user: whose dates it holds, who may read it, and how a changed date shows."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from core import clock
from core.errors import DomainError, NotFound
from core.permissions import SYSTEM_ACTOR, Actor, Role
from core.services.calendar_files import calendar_file
from core.services.calendars import (
    calendar_address,
    end_calendar_address,
    make_calendar_address,
)
from core.services.deadlines import recompute_person
from core.services.expiries import refresh_expiries
from core.services.users import UserForm, change_own_language, change_user, list_users
from core.terms import Language, Matter
from db.engine import reading, writing
from db.models.access import SignInAttempt
from db.models.audit import AuditEntry
from db.models.calendars import CalendarAddress
from db.models.cases import Deadline, Expiry
from db.models.people import Visa
from tests.cast import TODAY, Cast, enrol, passport

SITE = "https://dates.example"
HOME = "10.0.0.1"


def token_of(actor: Actor) -> str:
    address = make_calendar_address(actor, site=SITE)
    assert address.startswith(f"{SITE}/calendar/")
    return address.removeprefix(f"{SITE}/calendar/").removesuffix(".ics")


def read(token: str, network: str = HOME) -> bytes:
    content = calendar_file(token, network=network, site=SITE).content
    assert content is not None
    return content


def events(content: bytes) -> dict[str, Event]:
    calendar = Calendar.from_ical(content)
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def summaries(content: bytes) -> set[str]:
    return {str(event["summary"]) for event in events(content).values()}


def days_of(content: bytes) -> list[date]:
    return [event.decoded("dtstart") for event in events(content).values()]


def put_expiry(session: Session, person_id: int, record_id: int, ends_on: date) -> None:
    session.add(
        Expiry(matter=Matter.DOCUMENT, record_id=record_id, person_id=person_id, ends_on=ends_on)
    )


def actions_of(actor: Actor) -> list[str]:
    with reading() as session:
        return list(
            session.scalars(
                sa.select(AuditEntry.action)
                .filter_by(actor_id=actor.user_id)
                .order_by(AuditEntry.sequence)
            )
        )


def test_it_holds_cases_and_papers_by_initials_and_nothing_personal(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    content = read(token_of(cast.staff))
    # Entered on 28 August: registration; the visa ends on 26 November, and is to be extended.
    assert {
        "K. T. · Registration at the place of stay",
        "K. T. · Study visa extension",
        "K. T. · Visa: last day",
    } <= summaries(content)
    for personal in (b"TESTOV", b"KARIM", b"ZZ1234567", b"2004", b"PAK", b"Testov"):
        assert personal not in content
    event = next(e for e in events(content).values() if str(e["summary"]).endswith("last day"))
    assert event.decoded("dtstart") == date(2026, 11, 26)
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert str(event["url"]) == f"{SITE}/students?person={person_id}"


def test_a_case_leads_to_the_case(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with reading() as session:
        case_id = session.scalars(sa.select(Deadline.case_id).order_by(Deadline.case_id)).first()
    event = events(read(token_of(cast.staff)))[f"case-{case_id}@dashboard.invalid"]
    assert str(event["url"]) == f"{SITE}/students?person={person_id}&case={case_id}"


def test_a_changed_date_keeps_its_id_and_says_that_it_changed(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    token = token_of(cast.staff)
    with reading() as session:
        visa_id = session.scalars(sa.select(Visa.id)).one()
    uid = f"visa-{visa_id}@dashboard.invalid"
    before = events(read(token))[uid]
    with time_machine.travel(clock.utc_now() + timedelta(hours=1), tick=True):
        with writing() as session:
            session.get_one(Visa, visa_id).valid_until = date(2026, 12, 1)
            refresh_expiries(session, [person_id])
        after = events(read(token))[uid]
    assert (before.decoded("dtstart"), before["sequence"]) == (date(2026, 11, 26), 0)
    assert (after.decoded("dtstart"), after["sequence"]) == (date(2026, 12, 1), 1)
    assert after.decoded("last-modified") > before.decoded("last-modified")


def test_what_is_written_down_again_unchanged_changes_nothing(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    token = token_of(cast.staff)
    before = read(token)
    with writing() as session:
        refresh_expiries(session, [person_id])
    assert read(token) == before


def test_the_due_date_of_a_case_counts_its_changes(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    with writing() as session:
        visa = session.scalars(sa.select(Visa)).one()
        visa.valid_until = date(2026, 12, 1)
        recompute_person(session, person_id)
    with reading() as session:
        rows = session.execute(sa.select(Deadline.revision).order_by(Deadline.revision)).scalars()
        # The registration goes by the entry and stays; the extension goes by the visa.
        assert list(rows) == [0, 1]


def test_it_reaches_from_30_days_back_to_365_ahead(cast: Cast) -> None:
    person_id = enrol(cast.staff, cast.medicine)
    days = {1: -31, 2: -30, 3: -1, 4: 0, 5: 365, 6: 366}
    with writing() as session:
        session.execute(sa.delete(Expiry))
        session.execute(sa.update(Deadline).values(is_open=False))
        for record_id, away in days.items():
            put_expiry(session, person_id, record_id, TODAY + timedelta(days=away))
    assert days_of(read(token_of(cast.staff))) == [
        date(2026, 8, 2),
        date(2026, 8, 31),
        date(2026, 9, 1),
        date(2027, 9, 1),
    ]


def test_of_too_many_the_days_nearest_to_today_are_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.services.calendar_days.MOST_BACK", 1)
    monkeypatch.setattr("core.services.calendar_days.MOST_AHEAD", 2)
    person_id = enrol(cast.staff, cast.medicine)
    with writing() as session:
        session.execute(sa.delete(Expiry))
        session.execute(sa.update(Deadline).values(is_open=False))
        for record_id, away in enumerate((-20, -10, 3, 2, 1)):
            put_expiry(session, person_id, record_id, TODAY + timedelta(days=away))
    assert days_of(read(token_of(cast.staff))) == [
        date(2026, 8, 22),
        date(2026, 9, 2),
        date(2026, 9, 3),
    ]


def test_a_deans_office_reads_its_own_students_only(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    enrol(
        cast.staff,
        cast.dentistry,
        passport=passport(number="ZZ2", surname="OTHER", given_names="ZED"),
    )
    assert {s[:5] for s in summaries(read(token_of(cast.dean)))} == {"K. T."}
    assert {s[:5] for s in summaries(read(token_of(cast.other_dean)))} == {"Z. O."}
    assert {s[:5] for s in summaries(read(token_of(cast.rector)))} == {"K. T.", "Z. O."}


def test_an_administrator_has_an_empty_calendar(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    assert summaries(read(token_of(cast.admin))) == set()


def test_rights_are_those_of_the_moment(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    token = token_of(cast.staff)
    assert summaries(read(token))
    become(cast.staff, role=Role.ADMIN)
    assert summaries(read(token)) == set()
    become(cast.staff, role=Role.STAFF, is_active=False)
    with pytest.raises(NotFound):
        read(token)


def become(actor: Actor, **changes: object) -> None:
    (user,) = (each for each in list_users(SYSTEM_ACTOR) if each.user_id == actor.user_id)
    form = UserForm(username=user.username, full_name=user.full_name, **changes)  # type: ignore[arg-type]
    change_user(SYSTEM_ACTOR, user.user_id, form, version=user.version)


def test_a_new_address_stops_the_old_one_and_switching_off_stops_both(cast: Cast) -> None:
    first = token_of(cast.staff)
    second = token_of(cast.staff)
    assert read(second)
    with pytest.raises(NotFound):
        read(first)
    end_calendar_address(cast.staff)
    end_calendar_address(cast.staff)
    with pytest.raises(NotFound):
        read(second)
    assert calendar_address(cast.staff) is None
    assert actions_of(cast.staff) == ["calendar.make", "calendar.renew", "calendar.end"]


def test_one_users_address_is_nobody_elses_business(cast: Cast) -> None:
    token = token_of(cast.staff)
    token_of(cast.head)
    end_calendar_address(cast.head)
    assert read(token)
    assert calendar_address(cast.head) is None


def test_the_token_is_kept_nowhere(cast: Cast) -> None:
    token = token_of(cast.staff)
    read(token)
    with reading() as session:
        kept = repr(
            [
                *session.execute(sa.select(*CalendarAddress.__table__.columns)),
                *session.execute(sa.select(*SignInAttempt.__table__.columns)),
                *session.execute(sa.select(AuditEntry.clear)),
            ]
        )
    assert len(token) == 43
    assert token not in kept


def test_the_reading_is_noted(cast: Cast) -> None:
    token = token_of(cast.staff)
    view = calendar_address(cast.staff)
    assert view is not None
    assert view.last_read_at is None
    read(token)
    view = calendar_address(cast.staff)
    assert view is not None
    assert view.last_read_at is not None


def test_it_speaks_the_users_language_and_long_lines_come_back_whole(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    change_own_language(cast.staff, Language.KYRGYZ)
    content = read(token_of(cast.staff))
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert "K. T. · Окуу визасын узартуу" in summaries(content)
    calendar = Calendar.from_ical(content)
    assert str(calendar["description"]).startswith("Мөөнөттөр")


def test_whoever_has_the_file_already_is_told_so(cast: Cast) -> None:
    enrol(cast.staff, cast.medicine)
    token = token_of(cast.staff)
    tag = calendar_file(token, network=HOME, site=SITE).tag
    again = calendar_file(token, network=HOME, site=SITE, known_tags=frozenset({tag}))
    assert (again.tag, again.content) == (tag, None)
    enrol(cast.staff, cast.medicine, passport=passport(number="ZZ3", birth_date=date(2003, 1, 1)))
    changed = calendar_file(token, network=HOME, site=SITE, known_tags=frozenset({tag}))
    assert changed.content is not None


def guess(tokens: Iterable[str], network: str) -> list[str]:
    """Return what each guess is answered."""
    answers = []
    for token in tokens:
        with pytest.raises(DomainError) as refused:
            read(token, network)
        answers.append(refused.value.code)
    return answers


def test_guessing_from_one_network_is_slowed_down_and_elsewhere_nobody_notices(
    cast: Cast,
) -> None:
    token = token_of(cast.staff)
    guesses = [f"guess-{number}" for number in range(61)]
    assert guess(guesses, HOME) == ["not_found"] * 60 + ["sign_in.wait"]
    with pytest.raises(DomainError, match=r"sign_in\.wait"):
        read(token, HOME)
    assert read(token, "203.0.113.9")


def test_an_old_address_asked_for_again_and_again_keeps_no_other_from_being_read(
    cast: Cast,
) -> None:
    old, token = token_of(cast.staff), token_of(cast.staff)
    assert guess([old] * 6, HOME) == ["not_found"] * 5 + ["sign_in.wait"]
    assert read(token, HOME)
