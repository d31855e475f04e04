"""Where a request comes from, and which address in the house it may lead to.

A forwarded address counts only when it was written by a proxy named in ``TRUSTED_PROXIES``.
"""

from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Address, Headers

from core import settings

_UNKNOWN = "unknown"
_LOOPBACK = "127.0.0.1"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def network_of(client: Address | None, headers: Headers) -> str:
    """Return the network an attempt is counted for: an IPv4 address, or an IPv6 /64."""
    hops = [
        _without_port(hop.strip())
        for line in headers.getlist("x-forwarded-for")
        for hop in line.split(",")
        if hop.strip()
    ]
    address = client.host if client else _UNKNOWN
    if address in hops:
        # The server believes the header of anybody on this machine and shows what it says as the
        # client. Who is trusted is decided here, so the true neighbour is put back.
        address = _LOOPBACK
    while hops and _is_trusted(address):
        address = hops.pop()
    return _grouped(address)


def is_own_host(host: str | None) -> bool:
    """Return whether the Host header names the product; any does where PUBLIC_URL is not set."""
    public_url = settings.current().public_url
    if public_url is None:
        return True
    own = urlsplit(public_url)
    try:
        asked = urlsplit(f"{own.scheme}://{host or ''}")
        return _host_and_port(asked) == _host_and_port(own)
    except ValueError:
        return False


def is_own_origin(origin: str | None, host: str | None) -> bool:
    """Return whether a form was sent by a page of the product; no Origin header says nothing."""
    return origin is None or urlsplit(origin).netloc == host


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


def _host_and_port(address: SplitResult) -> tuple[str | None, int | None]:
    """Return what tells two addresses apart, the port of the scheme filled in."""
    return address.hostname, address.port or _DEFAULT_PORTS.get(address.scheme)


def _without_port(hop: str) -> str:
    """Return the address of a hop, some proxies writing ``1.2.3.4:5`` and ``[2001:db8::1]:5``."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _grouped(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return _UNKNOWN
    if isinstance(parsed, IPv6Address):
        return str(ip_network(f"{parsed}/64", strict=False))
    return str(parsed)
