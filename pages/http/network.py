"""Where a request comes from, and which address in the house it may lead to.

A forwarded address counts only when it was written by a proxy named in ``TRUSTED_PROXIES``.
"""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from core import settings

_UNKNOWN = "unknown"


def network_of(client: tuple[str, int] | None, headers: Mapping[str, str]) -> str:
    """Return the network an attempt is counted for: an IPv4 address, or an IPv6 /64."""
    address = client[0] if client else _UNKNOWN
    hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    while hops and _is_trusted(address):
        address = hops.pop()
    return _grouped(address)


def is_own_host(host: str | None) -> bool:
    """Return whether the Host header names the product; any does where PUBLIC_URL is not set."""
    public_url = settings.current().public_url
    return public_url is None or host == urlsplit(public_url).netloc


def local_path(text: str | None) -> str:
    """Return ``text`` if it is a path of this product, else the first screen.

    What a browser could read as another host (``//evil``, ``/\\evil``) is not a path.
    """
    if not text or not text.startswith("/") or text[1:2] in {"/", "\\"}:
        return "/"
    if any(ord(letter) < ord(" ") or letter == "\\" for letter in text):
        return "/"
    parts = urlsplit(text)
    return "/" if parts.scheme or parts.netloc else text


def _is_trusted(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.current().trusted_proxies)


def _grouped(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return _UNKNOWN
    if isinstance(parsed, IPv6Address):
        return str(ip_network(f"{parsed}/64", strict=False))
    return str(parsed)
