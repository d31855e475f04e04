"""Where a request comes from, and where it may be led."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from starlette.datastructures import Address, Headers

from core import settings
from pages.http.network import is_own_host, local_path, network_of


@pytest.fixture
def configured(tmp_path: Path) -> Callable[..., None]:
    plain = settings.Settings(
        var_dir=tmp_path,
        database_url="sqlite://",
        document_store=tmp_path,
        master_keys=(bytes(32),),
        time_zone=ZoneInfo("Asia/Bishkek"),
    )
    return lambda **changes: settings.use(replace(plain, **changes))


PROXIES = (ip_network("10.0.0.0/24"), ip_network("127.0.0.1"))


@pytest.mark.parametrize(
    ("client", "forwarded", "expected"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("10.0.0.5", ["198.51.100.7"], "198.51.100.7"),
        ("10.0.0.5", ["6.6.6.6, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.5", ["6.6.6.6", "198.51.100.7"], "198.51.100.7"),
        ("10.0.0.5", ["198.51.100.7, 10.0.0.9"], "198.51.100.7"),
        ("10.0.0.5", ["198.51.100.7:4711"], "198.51.100.7"),
        ("10.0.0.5", ["nonsense"], "unknown"),
        ("198.51.100.7", ["6.6.6.6"], "198.51.100.7"),
        ("2001:db8:1:2:3::4", [], "2001:db8:1:2::/64"),
        ("10.0.0.5", ["[2001:db8:1:2:3::4]:80"], "2001:db8:1:2::/64"),
        ("10.0.0.5", ["2001:db8:1:2:ffff::9"], "2001:db8:1:2::/64"),
        # The server has put what a neighbour on this machine wrote in the place of the client.
        ("198.51.100.7", ["198.51.100.7"], "198.51.100.7"),
        ("198.51.100.7", ["6.6.6.6, 198.51.100.7"], "198.51.100.7"),
        (None, ["6.6.6.6"], "unknown"),
    ],
)
def test_the_nearest_address_no_proxy_of_ours_wrote_counts(
    configured: Callable[..., None], client: str | None, forwarded: list[str], expected: str
) -> None:
    configured(trusted_proxies=PROXIES)
    headers = Headers(raw=[(b"x-forwarded-for", line.encode()) for line in forwarded])
    assert network_of(Address(client, 9) if client else None, headers) == expected


@pytest.mark.parametrize("client", ["127.0.0.1", "198.51.100.7"])
def test_without_trusted_proxies_a_forwarded_address_counts_for_nothing(
    configured: Callable[..., None], client: str
) -> None:
    configured()
    headers = Headers({"x-forwarded-for": "198.51.100.7"})
    assert network_of(Address(client, 9), headers) == "127.0.0.1"


@pytest.mark.parametrize(
    ("public_url", "host", "is_own"),
    [
        (None, "anything", True),
        (None, None, True),
        ("https://dashboard.example", "dashboard.example", True),
        ("https://dashboard.example", "DASHBOARD.example:443", True),
        ("https://dashboard.example:8443", "dashboard.example:8443", True),
        ("https://dashboard.example", "dashboard.example:80", False),
        ("https://dashboard.example", "evil.example", False),
        ("https://dashboard.example", "dashboard.example.evil.example", False),
        ("https://dashboard.example", "evil.example:x", False),
        ("https://dashboard.example", "", False),
        ("https://dashboard.example", None, False),
        ("http://10.1.1.1:8501", "10.1.1.1:8501", True),
        ("http://10.1.1.1", "10.1.1.1:80", True),
    ],
)
def test_the_host_must_be_the_products_own(
    configured: Callable[..., None], public_url: str | None, host: str | None, is_own: bool
) -> None:
    configured(public_url=public_url)
    assert is_own_host(host) is is_own


@pytest.mark.parametrize(
    "path", ["/", "/students", "/visa?case=5&p=2", "/a/b?x=//y", "/?u=https://x"]
)
def test_a_path_of_the_product_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "//e",
        "/\\e",
        "https://e",
        "https:e",
        "e",
        "/\te",
        "/a\\b",
        "\x00/e",
        "/a\nb",
        "///e",
    ],
)
def test_anything_else_becomes_the_first_screen(path: str | None) -> None:
    assert local_path(path) == "/"
