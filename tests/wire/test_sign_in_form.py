"""The sign-in, sign-out and password forms, by raw requests."""

import re
import statistics
import time

import httpx
import pytest

from core.permissions import SYSTEM_ACTOR
from core.services.users import actor_named, reset_password
from tests.server import PASSWORD, Server, set_password

WRONG = "The user name or the password is not right."
FORGED = "This form is too old. Please fill it in once more."


def test_the_form_works_without_javascript_and_with_password_managers(server: Server) -> None:
    answer = server.browser().get("/sign-in")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert '<form method="post" action="/sign-in">' in answer.text
    assert 'name="username" type="text" required autocomplete="username"' in answer.text
    assert 'type="password" required autocomplete="current-password"' in answer.text
    assert '<label for="username">' in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("query", "accept", "language", "title"),
    [
        ("", "", "en", "Sign in"),
        ("?lang=ru", "ky", "ru", "Войти"),
        ("?lang=ky", "", "ky", "Кирүү"),
        ("", "ru-RU,ru;q=0.9,en;q=0.8", "ru", "Войти"),
        ("", "de,ky;q=0.5", "ky", "Кирүү"),
        ("?lang=xx", "fr", "en", "Sign in"),
    ],
)
def test_the_form_speaks_three_languages(
    server: Server, query: str, accept: str, language: str, title: str
) -> None:
    answer = server.browser().get("/sign-in" + query, headers={"Accept-Language": accept})
    assert f'<html lang="{language}">' in answer.text
    assert re.search(r"<h1>([^<]+)</h1>", answer.text)[1] == title


def test_the_right_password_leads_to_the_screen_asked_for(server: Server) -> None:
    browser = server.browser()
    answer = browser.sign_in("sam", wanted="/students?p=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/students?p=2")
    assert browser.get("/students").status_code == 200


@pytest.mark.parametrize(
    ("username", "password"),
    [("sam", "wrong"), ("nobody", PASSWORD), ("", ""), ("sam\0", PASSWORD), ("s" * 900, "x" * 900)],
)
def test_a_wrong_attempt_is_told_and_keeps_the_name(
    server: Server, username: str, password: str
) -> None:
    browser = server.browser()
    answer = browser.sign_in(username, password, wanted="/students")
    assert answer.status_code == 422
    assert f'role="alert">{WRONG}' in answer.text
    assert 'name="next" value="/students"' in answer.text
    assert "sign-in" not in browser.cookies


def test_what_was_typed_comes_back_escaped(server: Server) -> None:
    answer = server.browser().sign_in('"><script>alert(1)</script>', "x", wanted='/"><b>')
    assert "<script" not in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example",
        "https:evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\r\nLocation: https://evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        " //evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(server: Server, wanted: str) -> None:
    answer = server.browser().sign_in("sam", wanted=wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    already = server.browser()
    already.sign_in("sam")
    assert already.get("/sign-in", params={"next": wanted}).headers["location"] == "/"


@pytest.mark.parametrize("token", [None, "", "A" * 43])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/password"])
def test_a_form_without_its_token_is_refused(server: Server, path: str, token: str | None) -> None:
    browser = server.browser()
    if path != "/sign-in":
        browser.sign_in("sam")
    browser.get(path)
    fields = {"username": "sam", "password": PASSWORD, "next": "/"}
    answer = browser.post(path, data=fields | ({} if token is None else {"csrf_token": token}))
    assert answer.status_code == 403
    assert FORGED in answer.text
    if path == "/sign-in":
        assert "sign-in" not in browser.cookies
    else:
        assert browser.get("/students").status_code == 200


def test_a_token_without_its_cookie_is_refused(server: Server) -> None:
    token = server.browser().form_token()
    fields = {"username": "sam", "password": PASSWORD, "csrf_token": token}
    assert server.browser().post("/sign-in", data=fields).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_form_from_another_site_is_refused(server: Server, origin: str) -> None:
    browser = server.browser()
    fields = {"username": "sam", "password": PASSWORD, "csrf_token": browser.form_token()}
    answer = browser.post("/sign-in", data=fields, headers={"Origin": origin})
    assert answer.status_code == 403
    assert browser.post("/sign-in", data=fields, headers={"Origin": server.url}).status_code == 303


@pytest.mark.parametrize(("size", "status"), [(15_000, 422), (17_000, 403)])
def test_an_oversized_form_is_not_read(server: Server, size: int, status: int) -> None:
    browser = server.browser()
    fields = {"username": "sam", "csrf_token": browser.form_token(), "password": "x" * size}
    assert browser.post("/sign-in", data=fields).status_code == status


def test_a_form_of_unknown_length_is_not_read(server: Server) -> None:
    browser = server.browser()
    answer = browser.post(
        "/sign-in",
        content=iter([f"csrf_token={browser.form_token()}&username=sam".encode()]),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 403


def test_the_cookies_are_out_of_reach_of_scripts(server: Server) -> None:
    browser = server.browser()
    cookies = [
        *browser.get("/sign-in?lang=ru").headers.get_list("set-cookie"),
        *browser.sign_in("sam").headers.get_list("set-cookie"),
    ]
    assert {cookie.partition("=")[0] for cookie in cookies} == {"form", "lang", "sign-in", "device"}
    assert all("HttpOnly" in cookie and "SameSite=lax" in cookie for cookie in cookies)


def test_signing_in_again_takes_a_new_token_and_ends_the_old_one(server: Server) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    old = browser.token
    token = browser.form_token("/sign-out")
    fields = {"username": "sam", "password": PASSWORD, "csrf_token": token}
    assert browser.post("/sign-in", data=fields).status_code == 303
    assert browser.token != old
    stale = server.browser()
    stale.cookies.set("sign-in", old)
    assert stale.get("/students").status_code == 303


def test_signing_out_asks_first_and_then_ends_the_sign_in(server: Server) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    token = browser.token
    assert "<form" in browser.get("/sign-out").text
    assert browser.get("/students").status_code == 200
    answer = browser.sign_out()
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "sign-in" not in browser.cookies
    browser.cookies.set("sign-in", token)
    assert browser.get("/students").headers["location"] == "/sign-in?next=%2Fstudents"
    assert browser.post("/sign-out").headers["location"] == "/sign-in"


def test_guessing_is_slowed_down_per_network(server: Server) -> None:
    guesser, owner = server.browser(), server.browser()
    statuses = [guesser.sign_in("rita", "guess").status_code for _ in range(6)]
    assert statuses == [422, 422, 422, 422, 422, 429]
    answer = guesser.sign_in("rita", "guess")
    assert "Too many attempts. Please try again in 1 min." in answer.text
    assert owner.sign_in("rita").status_code == 303


def test_whoever_has_a_one_time_password_gets_no_further_than_setting_his_own(
    server: Server,
) -> None:
    dean = actor_named("dean-two")
    browser, once = server.browser(), reset_password(SYSTEM_ACTOR, dean.user_id).password
    try:
        answer = browser.sign_in("dean-two", once, wanted="/students")
        assert answer.headers["location"] == "/password"
        for screen in ("/", "/students", "/account"):
            assert browser.get(screen).headers["location"] == "/password"
        for path in ("/files/1", "/_stcore/health", "/letters/checklist/1.pdf", "/media/x"):
            assert browser.get(path).status_code == 401
        assert set_own(browser, once, "short", "short").status_code == 422
        assert set_own(browser, once, "a long enough one", "another one").status_code == 422
        before = browser.token
        done = set_own(browser, once, "a long enough one", "a long enough one")
        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert browser.token != before
        assert browser.get("/students").status_code == 200
    finally:
        set_password()


def set_own(browser: httpx.Client, old: str, new: str, repeated: str) -> httpx.Response:
    return browser.post(
        "/password",
        data={
            "csrf_token": browser.form_token("/password"),
            "password": old,
            "new_password": new,
            "repeated_password": repeated,
        },
    )


def test_an_unknown_name_takes_as_long_as_a_known_one(server: Server) -> None:
    known, unknown = [], []
    set_password(is_quick=False)
    try:
        for number in range(7):
            known.append(seconds_of_a_failure(server, "sam"))
            unknown.append(seconds_of_a_failure(server, f"nobody-{number}"))
    finally:
        set_password()
    assert 0.75 < statistics.median(known) / statistics.median(unknown) < 1.33


def seconds_of_a_failure(server: Server, username: str) -> float:
    browser = server.browser()
    token = browser.form_token()
    fields = {"username": username, "password": "wrong", "csrf_token": token}
    begin = time.perf_counter()
    assert browser.post("/sign-in", data=fields).status_code == 422
    return time.perf_counter() - begin


def test_the_sign_in_page_takes_under_a_tenth_of_a_second(server: Server) -> None:
    browser, times = server.browser(), []
    for _ in range(20):
        begin = time.perf_counter()
        browser.get("/sign-in")
        times.append(time.perf_counter() - begin)
    assert statistics.median(times) < 0.1
