"""The calendar over HTTP: open to whoever knows the address, and telling nobody else anything."""

import hashlib
import re

import pytest
from icalendar import Calendar

from core.permissions import Actor
from core.services.calendars import end_calendar_address, make_calendar_address
from tests.server import CANARIES, Server


def path_of(server: Server, actor: Actor) -> str:
    return make_calendar_address(actor, site=server.url).removeprefix(server.url)


def test_a_program_reads_it_without_signing_in(server: Server) -> None:
    path = path_of(server, server.cast.staff)
    stranger = server.browser()
    answer = stranger.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in answer.headers
    calendar = Calendar.from_ical(answer.content)
    initials = {str(event["summary"])[:5] for event in calendar.walk("VEVENT")}
    # Other tests of this server bring students of their own; each is told by initials alone.
    assert "K. C." in initials
    assert all(re.fullmatch(r"[A-Z]\. [A-Z]\.", each) for each in initials)
    for canary in CANARIES:
        assert canary not in answer.text
    # The address opens the calendar and nothing else.
    assert stranger.get("/files/people.xlsx").status_code == 401


def test_a_deans_office_is_given_its_own_faculty(server: Server) -> None:
    def persons(actor: Actor) -> set[str]:
        answer = server.browser().get(path_of(server, actor))
        events = Calendar.from_ical(answer.content).walk("VEVENT")
        return {str(event["url"]).partition("person=")[2].partition("&")[0] for event in events}

    medics, dentists = persons(server.cast.dean), persons(server.cast.other_dean)
    assert medics
    assert dentists
    assert medics & dentists == set()
    assert medics | dentists <= persons(server.cast.rector)
    assert persons(server.cast.admin) == set()


def test_who_has_it_already_is_told_so(server: Server) -> None:
    path = path_of(server, server.cast.staff)
    browser = server.browser()
    tag = browser.get(path).headers["etag"]
    again = browser.get(path, headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert browser.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_an_old_address_looks_like_one_that_never_was(server: Server) -> None:
    old = path_of(server, server.cast.head)
    end_calendar_address(server.cast.head)
    browser = server.browser()
    answers = [browser.get(path) for path in (old, "/calendar/never.ics", "/calendar/%ff.ics")]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({hashlib.sha256(answer.content).hexdigest() for answer in answers}) == 1
    assert {answer.headers["cache-control"] for answer in answers} == {"private, no-store"}


@pytest.mark.parametrize("path", ["/calendar/", "/calendar/token", "/calendar/a/b.ics"])
def test_nothing_else_is_open_beside_it(server: Server, path: str) -> None:
    assert server.browser().get(path).status_code == 401


def test_it_is_only_read(server: Server) -> None:
    path = path_of(server, server.cast.staff)
    assert server.browser().post(path).status_code == 405
    assert server.browser().head(path).status_code == 200


def test_whoever_guesses_waits_and_may_still_sign_in(server: Server) -> None:
    path = path_of(server, server.cast.staff)
    browser = server.browser()
    guesses = [browser.get(f"/calendar/guess-{number}.ics").status_code for number in range(61)]
    assert guesses == [404] * 60 + [429]
    answer = browser.get(path)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 15 * 60
    assert browser.sign_in("sam").status_code == 303
    assert server.browser().get(path).status_code == 200
