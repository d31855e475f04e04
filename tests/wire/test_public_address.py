"""Behind a proxy with TLS: what PUBLIC_URL and TRUSTED_PROXIES change."""

import re
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from db import engine
from tests.server import PASSWORD, Server
from tests.wire.socket import Tab


@pytest.fixture(scope="module")
def public_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    more = {"PUBLIC_URL": "https://dashboard.example", "TRUSTED_PROXIES": "203.0.113.0/24"}
    with Server(tmp_path_factory.mktemp("public"), more=more) as running:
        yield running
    engine.dispose()


def sign_in(server: Server, password: str, **headers: str) -> httpx.Response:
    """Sign in as the proxy would pass it on; a client keeps no Secure cookie over plain HTTP."""
    own = {"Host": "dashboard.example", **headers}
    page = httpx.get(server.url + "/sign-in", headers=own)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    return httpx.post(
        server.url + "/sign-in",
        data={"username": "sam", "password": password, "csrf_token": token, "next": "/"},
        headers={**own, "Cookie": f"__Host-form={token}", "Origin": "https://dashboard.example"},
    )


def test_every_cookie_demands_tls_and_belongs_to_this_host(public_server: Server) -> None:
    answer = sign_in(public_server, PASSWORD)
    assert answer.status_code == 303
    cookies = {cookie.partition("=")[0]: cookie for cookie in answer.headers.get_list("set-cookie")}
    assert set(cookies) == {"__Host-sign-in", "__Host-device", "lang"}
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies.values())
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_a_plain_named_cookie_is_not_a_sign_in(public_server: Server) -> None:
    token = sign_in(public_server, PASSWORD).cookies["__Host-sign-in"]
    own = {"Host": "dashboard.example"}
    for name, status in (("sign-in", 303), ("__Host-sign-in", 200)):
        headers = {**own, "Cookie": f"{name}={token}"}
        assert httpx.get(public_server.url + "/students", headers=headers).status_code == status


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "dashboard.example:81"])
@pytest.mark.parametrize("path", ["/", "/sign-in", "/_stcore/health", "/assets/page.css"])
def test_a_request_for_another_host_finds_nothing(
    public_server: Server, host: str, path: str
) -> None:
    answer = httpx.get(public_server.url + path, headers={"Host": host})
    assert (answer.status_code, answer.text) == (404, "not found")


def test_a_probe_may_ask_for_the_health_by_number(public_server: Server) -> None:
    assert httpx.get(public_server.url + "/healthz").status_code == 200


def test_a_socket_for_another_host_is_refused(public_server: Server) -> None:
    token = sign_in(public_server, PASSWORD).cookies["__Host-sign-in"]
    cookie = {"Cookie": f"__Host-sign-in={token}"}
    with pytest.raises(InvalidStatus), Tab(public_server, None, headers=cookie):
        pass


def test_a_forwarded_address_of_a_stranger_does_not_make_him_another(
    public_server: Server,
) -> None:
    statuses = [
        sign_in(public_server, "guess", **{"X-Forwarded-For": f"198.51.100.{number}"}).status_code
        for number in range(6)
    ]
    assert statuses == [422, 422, 422, 422, 422, 429]
