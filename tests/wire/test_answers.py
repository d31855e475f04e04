"""Headers of every answer, and the product's own pages for what is not there or went wrong."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.permissions import SYSTEM_ACTOR
from core.services.sign_in import sign_in
from core.services.users import change_own_language, reset_password
from core.terms import Language
from pages.http.errors import answered, failed
from pages.http.gate import Gate
from tests.cast import Cast
from tests.server import MEDIC, Server
from tests.wire.socket import Tab

POLICY = {
    "default-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "frame-src": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def assert_secured(answer: httpx.Response) -> None:
    headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    scripts = policy.pop("script-src")
    assert policy == POLICY
    assert scripts.startswith("'self' 'sha256-")
    assert "unsafe" not in scripts
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/healthz", "/assets/page.css", "/files/1", "/_stcore/metrics", "/verify/x"],
)
def test_a_strangers_answers_carry_the_security_headers(server: Server, path: str) -> None:
    assert_secured(server.browser().get(path))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/students",
        "/files/999",
        "/files/x",
        "/_stcore/health",
        "/static/x.js",
        "/media/x",
        "//evil.example",
    ],
)
def test_a_users_answers_carry_the_security_headers(server: Server, path: str) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    assert_secured(browser.get(server.url + path))


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/files/x", 404, "Page not found"),
        ("GET", "/files/999", 404, "This cannot be shown"),
        ("GET", "/letters/none", 404, "Page not found"),
        ("GET", "/letters/checklist/999.pdf", 404, "This cannot be shown"),
        ("GET", "/assets/none.css", 404, "Page not found"),
        ("GET", "/verify/AB12", 404, "Page not found"),
        ("GET", "/students/_stcore/health", 404, "Page not found"),
        ("POST", "/files/1", 405, "This is not possible"),
        ("DELETE", "/sign-in", 405, "This is not possible"),
    ],
)
def test_what_is_not_there_is_told_on_a_page_of_our_own(
    server: Server, method: str, path: str, status: int, title: str
) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    answer = browser.request(method, path)
    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.text
    assert "/assets/page.css" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_role_that_may_not_is_told_so(server: Server) -> None:
    browser = server.browser()
    browser.sign_in("ada")
    answer = browser.get("/files/1")
    assert answer.status_code == 403
    assert "Your role does not allow this." in answer.text


def test_the_own_pages_speak_the_users_language(server: Server) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    answer = browser.get("/files/x?lang=ru")
    assert "<h1>Страница не найдена</h1>" in answer.text


async def broken(_request: Request) -> Response:
    raise RuntimeError("a secret of the house")


async def ask(app: Starlette, path: str, token: str) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    cookies = {"sign-in": token}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://house", cookies=cookies
    ) as client:
        return await client.get(path)


def test_a_fault_is_told_in_the_users_language_with_its_number_and_without_its_text(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    change_own_language(cast.staff, Language.RUSSIAN)
    once = reset_password(SYSTEM_ACTOR, cast.staff.user_id).password
    token = sign_in("sam", once, network="198.51.100.1", old_token=None).token
    app = Starlette(
        routes=[Route("/sign-in", broken)],
        middleware=[Middleware(Gate)],
        exception_handlers={HTTPException: answered, Exception: failed},
    )
    # In a thread of its own: the loop of the browser's tests may be running in this one.
    with ThreadPoolExecutor(1) as aside:
        answer = aside.submit(asyncio.run, ask(app, "/sign-in", token)).result()
    number = caplog.records[0].getMessage().removeprefix("fault ")
    assert answer.status_code == 500
    assert_secured(answer)
    assert f"Сообщите администратору номер {number}" in answer.text
    assert "secret" not in answer.text
    assert "a secret of the house" in caplog.text


def test_the_same_on_postgres(postgres_server: Server) -> None:
    browser = postgres_server.browser()
    assert browser.get("/students").status_code == 303
    assert browser.sign_in("sam\0", "x").status_code == 422
    assert browser.sign_in("sam", wanted="/students").headers["location"] == "/students"
    with Tab(postgres_server, browser.token) as tab:
        assert MEDIC in tab.run("students")
        browser.sign_out()
        assert "You are signed out" in tab.run("students")
        assert tab.wait_for_the_end(seconds=10) == 4401
