"""Sockets: whose they are, what they show, and that they end with the sign-in behind them."""

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidStatus

from core.permissions import SYSTEM_ACTOR, Role
from core.services.login_sessions import identify
from core.services.users import UserForm, actor_named, change_user, list_users, reset_password
from core.terms import Language
from db.engine import writing
from db.models.access import User
from pages.shell.navigation import SCREENS
from tests.server import CANARIES, DENTIST, MEDIC, Server, set_password
from tests.wire.socket import Tab

#: The code of a socket closed because its sign-in ended, and how soon that must be.
ENDED, SOON = 4401, 10

SEES = {
    "helen": {MEDIC, DENTIST},
    "sam": {MEDIC, DENTIST},
    "rita": {MEDIC, DENTIST},
    "dora": {MEDIC},
    "dean-two": {DENTIST},
    "ada": set(),
}


def token_of(server: Server, username: str) -> str:
    browser = server.browser()
    assert browser.sign_in(username).status_code == 303
    return browser.token


def seen(text: str) -> set[str]:
    return {canary for canary in CANARIES if canary in text}


@pytest.mark.parametrize("username", SEES)
def test_each_role_sees_the_names_it_may_and_no_other(server: Server, username: str) -> None:
    with Tab(server, token_of(server, username)) as tab:
        texts = {screen.name: tab.run(screen.name) for screen in SCREENS}
    assert seen(texts["students"]) == SEES[username]
    assert seen("".join(texts.values())) <= SEES[username]
    assert not [name for name, text in texts.items() if "the number" in text]


def test_a_dean_gets_no_student_of_another_faculty_by_his_number(server: Server) -> None:
    with Tab(server, token_of(server, "dora")) as tab:
        texts = [tab.run("students", query=f"id={number}") for number in range(1, 6)]
    assert seen("".join(texts)) <= {MEDIC, "ZZ7777777"}


def test_identity_headers_of_a_client_make_nobody_of_him(server: Server) -> None:
    other = identify(token_of(server, "helen"))
    assert other.actor is not None
    forged = {
        "X-Gate-User": str(other.actor.user_id),
        "x-gate-session": str(other.session_id),
    }
    with Tab(server, token_of(server, "ada"), headers=forged) as tab:
        text = tab.run("students")
    assert seen(text) == set()
    assert "Ada" in text
    assert "Helen" not in text


def test_a_stranger_with_somebodys_session_id_gets_a_session_of_his_own(server: Server) -> None:
    with Tab(server, token_of(server, "helen")) as helens:
        helens.run("students")
        with Tab(server, token_of(server, "ada"), resuming=helens.session_id) as adas:
            text = adas.run("students")
            assert adas.session_id not in {"", helens.session_id}
        assert seen(text) == set()
        assert seen(helens.run("students")) == SEES["helen"]


def test_another_sign_in_of_the_same_user_does_not_take_over_either(server: Server) -> None:
    first, second = token_of(server, "helen"), token_of(server, "helen")
    with Tab(server, first) as tab:
        tab.run("home")
        with Tab(server, second, resuming=tab.session_id) as other:
            other.run("home")
            assert other.session_id not in {"", tab.session_id}


def test_after_signing_out_the_next_run_is_empty(server: Server) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    with Tab(server, browser.token) as tab:
        assert seen(tab.run("students")) == SEES["sam"]
        browser.sign_out()
        text = tab.run("students")
    assert "You are signed out" in text
    assert seen(text) == set()
    assert "Sam" not in text


def disable(username: str) -> None:
    change(username, is_active=False)


def change_role(username: str) -> None:
    change(username, role=Role.RECTOR)


def give_new_password(username: str) -> None:
    reset_password(SYSTEM_ACTOR, actor_named(username).user_id)


def change(username: str, **values: object) -> None:
    view = next(user for user in list_users(SYSTEM_ACTOR) if user.username == username)
    kept = {
        "username": view.username,
        "full_name": view.full_name,
        "role": view.role,
        "faculty_ids": view.faculty_ids,
        "is_active": view.is_active,
    }
    form = UserForm(**{**kept, **values})
    change_user(SYSTEM_ACTOR, view.user_id, form, version=view.version)


ENDS = {"dora": disable, "dean-two": change_role, "rita": give_new_password}


@pytest.fixture
def restored(server: Server) -> Iterator[None]:
    """Give everybody in :data:`ENDS` back what he was."""
    yield
    medicine, dentistry = frozenset({server.cast.medicine}), frozenset({server.cast.dentistry})
    change("dora", is_active=True)
    change("dora", role=Role.DEAN, faculty_ids=medicine)
    change("dean-two", role=Role.DEAN, faculty_ids=dentistry)
    set_password()


@pytest.mark.parametrize("username", ENDS)
def test_a_change_of_rights_empties_the_next_run(
    server: Server, restored: None, username: str
) -> None:
    with Tab(server, token_of(server, username)) as tab:
        assert seen(tab.run("students")) == SEES[username]
        ENDS[username](username)
        text = tab.run("students")
    assert "You are signed out" in text
    assert seen(text) == set()


def test_quiet_sockets_are_closed_in_time_and_only_those_whose_sign_in_ended(
    server: Server, restored: None
) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    with ExitStack() as tabs:
        tokens = [browser.token, *(token_of(server, username) for username in ENDS)]
        ended = [tabs.enter_context(Tab(server, token)) for token in tokens]
        other = tabs.enter_context(Tab(server, token_of(server, "sam")))
        for tab in (*ended, other):
            tab.run("students")
        browser.sign_out()
        for username, end in ENDS.items():
            end(username)
        begin = time.monotonic()
        assert [tab.wait_for_the_end(seconds=SOON) for tab in ended] == [ENDED] * 4
        assert time.monotonic() - begin < SOON
        assert seen(other.run("students")) == SEES["sam"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (Language.ENGLISH, "You are signed out"),
        (Language.RUSSIAN, "Вы вышли"),
        (Language.KYRGYZ, "Сиз чыктыңыз"),
    ],
)
def test_an_ended_sign_in_is_told_so_in_the_users_language_and_gets_nothing_else(
    server: Server, language: Language, sentence: str
) -> None:
    speak("rita", language)
    try:
        browser = server.browser()
        browser.sign_in("rita")
        ended = browser.token
        browser.sign_out()
        with Tab(server, ended) as tab:
            for screen in SCREENS:
                text = tab.run(screen.name)
                assert sentence in text
                assert seen(text) == set()
                assert "Rita" not in text
    finally:
        speak("rita", Language.ENGLISH)


def speak(username: str, language: Language) -> None:
    with writing() as session:
        session.get_one(User, actor_named(username).user_id).language = language


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/_stcore/health", 200),
        ("/_stcore/host-config", 200),
        ("/students/_stcore/health", 404),
        ("/static/no-such-file.js", 200),
        ("/students", 303),
        ("/", 303),
        ("/media/x/static/y", 401),
        ("/files/1", 401),
        ("/files/1/static/x", 401),
        ("/_stcore/upload_file/static/x", 401),
        ("/component/x/static/y", 401),
        ("/a/b/_stcore/health", 401),
    ],
)
def test_an_ended_sign_in_reaches_only_what_its_screen_needs_to_say_so(
    server: Server, path: str, status: int
) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    ended = browser.token
    browser.sign_out()
    browser.cookies.set("sign-in", ended)
    answer = browser.get(path)
    assert answer.status_code == status
    assert seen(answer.text) == set()


def test_a_one_time_password_opens_no_socket(server: Server) -> None:
    once = reset_password(SYSTEM_ACTOR, actor_named("dean-two").user_id).password
    try:
        browser = server.browser()
        browser.sign_in("dean-two", once)
        with pytest.raises(InvalidStatus) as refusal, Tab(server, browser.token):
            pass
        assert refusal.value.response.status_code == 403
    finally:
        set_password()


@pytest.mark.parametrize("path", ["/", "/students", "/students/_stcore/stream", "/x"])
def test_there_is_no_other_socket(server: Server, path: str) -> None:
    token = token_of(server, "sam")
    with pytest.raises(InvalidStatus) as refusal, Tab(server, token, path=path):
        pass
    assert refusal.value.response.status_code == 403


def test_a_socket_from_another_site_is_refused(server: Server) -> None:
    token, origin = token_of(server, "sam"), "https://evil.example"
    with pytest.raises(InvalidStatus) as refusal, Tab(server, token, origin=origin):
        pass
    assert refusal.value.response.status_code == 403


def test_a_socket_that_speaks_nonsense_is_closed_without_a_trace(server: Server) -> None:
    with Tab(server, token_of(server, "sam")) as tab:
        tab.connection.send(b"\xff\xff\xff")
        assert tab.wait_for_the_end(seconds=5) == 1002
