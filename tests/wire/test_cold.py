"""What a server at which nobody has signed in gives away to a stranger: nothing.

The order matters little, but the process must be fresh: Streamlit decides at the first run of a
script what it serves, and these requests come before any.
"""

import hashlib
import re

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from pages.http.routes import ROUTES
from pages.shell.navigation import SCREENS
from tests.server import CANARIES, ROOT, Server
from tests.wire.socket import Tab

OPEN_ROUTES = {"/sign-in", "/healthz", "/assets/{name}", "/calendar/{token}.ics"}
OPEN_NAMES = {"/assets/{rest:path}", "/calendar/{rest:path}", "/verify/{rest:path}"}

REFUSED = (
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/stream",
    "/_stcore/upload_file/session/file",
    "/_stcore/script-health-check",
    "/_stcore/bidi-components/x",
    "/students/_stcore/health",
    "/media/abc.pdf",
    "/component/x/index.html",
    "/static/js/index.js",
    "/app/static/x",
    "/files/1",
    "/files/1/page/1.png",
    "/files/1/static/x",
    "/letters/checklist/1.pdf",
    "/calendar",
    "/calendar/a/b.ics",
    "/verify/a/b",
    "/verify",
    "/assets",
    "/favicon.png",
    "/index.html",
    "/manifest.json",
    "/pages/home/screen.py",
    "/screen.py",
    "/deep/er",
)

NEVER = (
    "/_stcore/metrics",
    "/_stcore/agent",
    "/_stcore/agent/mcp",
    "/_stcore/agent/schema",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
)


def filled(path: str) -> str:
    """Return the path of a route with something in the place of each parameter."""
    return re.sub(r"{[^}]+}", "1", path)


def assert_empty(answer: httpx.Response) -> None:
    assert answer.text in {"", "sign in first", "not found"}
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("screen", ["", *(screen.name for screen in SCREENS), "no-such-screen"])
@pytest.mark.parametrize("cookie", [None, "sign-in=", "sign-in=" + "A" * 43])
def test_every_screen_leads_to_the_sign_in_page(
    cold_server: Server, screen: str, cookie: str | None
) -> None:
    headers = {"Cookie": cookie} if cookie else {}
    answer = httpx.get(f"{cold_server.url}/{screen}?p=2", headers=headers)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next=%2F{screen}%3Fp%3D2"
    assert_empty(answer)


@pytest.mark.parametrize("path", REFUSED)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_everything_else_is_refused(cold_server: Server, path: str, method: str) -> None:
    answer = httpx.request(method, cold_server.url + path)
    assert answer.status_code == 401
    assert_empty(answer)


@pytest.mark.parametrize("path", NEVER)
def test_the_doors_of_streamlit_we_do_not_use_are_not_there(cold_server: Server, path: str) -> None:
    answer = httpx.get(cold_server.url + path)
    assert answer.status_code == 404
    assert_empty(answer)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_no_route_of_ours_is_open_by_accident(
    cold_server: Server, route: object, method: str
) -> None:
    path = route.path
    if path in OPEN_ROUTES | OPEN_NAMES:
        return
    answer = httpx.request(method, cold_server.url + filled(path))
    expected = 303 if path in {"/password", "/sign-out"} and method in {"GET", "POST"} else 401
    assert answer.status_code == expected
    assert_empty(answer)


@pytest.mark.parametrize("path", ["/verify/AB12", "/calendar/aaaaaaaaaaaaaaaa.ics"])
def test_what_is_open_later_says_today_that_nothing_is_there(
    cold_server: Server, path: str
) -> None:
    answer = httpx.get(cold_server.url + path)
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert "streamlit" not in answer.text.lower()


def test_the_health_says_ok_and_no_more(cold_server: Server) -> None:
    answer = httpx.get(cold_server.url + "/healthz")
    assert (answer.status_code, answer.text) == (200, '{"status":"ok"}')


@pytest.mark.parametrize("path", ["/assets/../../app.py", "/assets/%2e%2e/http/gate.py"])
def test_the_assets_are_no_way_to_the_source(cold_server: Server, path: str) -> None:
    with httpx.Client() as client:
        request = client.build_request("GET", cold_server.url)
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = client.send(request)
    assert answer.status_code in {401, 404}
    assert "import" not in answer.text


@pytest.mark.parametrize(
    "cookie", [None, "A" * 43, "", "ү", "a;b"], ids=["none", "unknown", "empty", "odd", "two"]
)
def test_a_socket_without_a_sign_in_is_refused(cold_server: Server, cookie: str | None) -> None:
    header = {"Cookie": f"sign-in={cookie}".encode().decode("latin-1")} if cookie else {}
    with pytest.raises(InvalidStatus) as refusal, Tab(cold_server, None, headers=header):
        pass
    assert refusal.value.response.status_code == 403


def test_identity_headers_of_a_client_open_nothing(cold_server: Server) -> None:
    forged = {"x-gate-user": "1", "X-Gate-Session": "1"}
    answer = httpx.get(cold_server.url + "/_stcore/health", headers=forged)
    assert answer.status_code == 401
    with pytest.raises(InvalidStatus), Tab(cold_server, None, headers=forged):
        pass


def test_no_page_is_served_to_an_ended_sign_in(cold_server: Server) -> None:
    browser = cold_server.browser()
    browser.sign_in("sam")
    token = browser.token
    browser.sign_out()
    for path in sorted((ROOT / "pages").glob("*/*.py")):
        with Tab(cold_server, token) as tab:
            by_hash = hashlib.md5(str(path).encode(), usedforsecurity=False).hexdigest()
            for text in (tab.run(path.parent.name, script_hash=by_hash), tab.run(path.stem)):
                assert "You are signed out" in text
                assert not [canary for canary in CANARIES if canary in text]
