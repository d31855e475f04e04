"""The operator's configuration, read once from the environment and checked as a whole.

Every fault is named in one message, so that an operator mends them in one go. A trial needs no
variable at all: SQLite, a document directory and a master key are made under ``VAR_DIR``.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Network = IPv4Network | IPv6Network

#: The length of a master key in bytes (AES-256).
MASTER_KEY_BYTES = 32

#: The port of each kind of SMTP server where the address names none.
_SMTP_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """Where mail goes out: in TLS from the first byte, or in plain and then STARTTLS if offered.

    ``username`` is empty where the server asks for none.
    """

    host: str
    port: int
    is_tls: bool = False
    username: str = ""
    password: str = field(default="", repr=False)


class ConfigurationError(Exception):
    """The environment holds values the product cannot start with; ``faults`` lists them all."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the operator decided.

    ``master_keys`` holds the present key first and the keys it replaced after it, each of
    :data:`MASTER_KEY_BYTES` bytes. ``public_url`` is None where the product is reached directly.
    """

    var_dir: Path
    database_url: str
    document_store: Path
    master_keys: tuple[bytes, ...]
    time_zone: ZoneInfo
    public_url: str | None = None
    trusted_proxies: tuple[Network, ...] = ()
    smtp: SmtpServer | None = None

    @property
    def is_https(self) -> bool:
        """Whether people reach the product over TLS, so that cookies may demand it."""
        return (self.public_url or "").startswith("https://")


def load(environ: Mapping[str, str]) -> Settings:
    """Return the settings that ``environ`` describes, making ``VAR_DIR`` and a key where absent.

    Raises :class:`ConfigurationError` with every fault found.
    """
    faults: list[str] = []
    var_dir = Path(environ.get("VAR_DIR") or "var").absolute()
    time_zone = _time_zone(environ.get("TIME_ZONE") or "Asia/Bishkek", faults)
    database_url = _database_url(environ.get("DATABASE_URL"), var_dir, faults)
    document_store = _document_store(environ.get("DOCUMENT_STORE"), var_dir, faults)
    public_url = _public_url(environ.get("PUBLIC_URL"), faults)
    proxies = _networks(environ.get("TRUSTED_PROXIES") or "", faults)
    smtp = _smtp_server(environ.get("SMTP_URL"), faults)
    # What lies here is for its owner alone, whatever the process's umask says.
    var_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = _master_keys(environ, var_dir, faults) if not faults else ()
    if faults:
        raise ConfigurationError(tuple(faults))
    return Settings(
        var_dir=var_dir,
        database_url=database_url,
        document_store=document_store,
        master_keys=keys,
        time_zone=time_zone,
        public_url=public_url,
        trusted_proxies=proxies,
        smtp=smtp,
    )


def _time_zone(name: str, faults: list[str]) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        faults.append(f"TIME_ZONE: {name!r} is not a time zone; use a name such as Asia/Bishkek.")
        return ZoneInfo("UTC")


def _database_url(value: str | None, var_dir: Path, faults: list[str]) -> str:
    if not value:
        return f"sqlite:///{var_dir / 'dashboard.sqlite3'}"
    scheme = value.split(":", 1)[0]
    if scheme in {"postgres", "postgresql"}:
        return "postgresql+psycopg:" + value.split(":", 1)[1]
    if scheme in {"sqlite", "postgresql+psycopg"}:
        return value
    faults.append("DATABASE_URL: must begin with postgresql:// or sqlite:///.")
    return ""


def _document_store(value: str | None, var_dir: Path, faults: list[str]) -> Path:
    if not value:
        return var_dir / "documents"
    if "://" in value:
        faults.append("DOCUMENT_STORE: must be a directory; buckets are not supported yet.")
    return Path(value).absolute()


def _public_url(value: str | None, faults: list[str]) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        faults.append("PUBLIC_URL: must be http(s)://host[:port] without a path.")
    return value.rstrip("/")


def _networks(value: str, faults: list[str]) -> tuple[Network, ...]:
    networks: list[Network] = []
    for part in filter(None, (piece.strip() for piece in value.split(","))):
        try:
            networks.append(ip_network(part))
        except ValueError:
            faults.append(f"TRUSTED_PROXIES: {part!r} is neither an address nor a network.")
    return tuple(networks)


def _smtp_server(value: str | None, faults: list[str]) -> SmtpServer | None:
    if not value:
        return None
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    has_rest = bool(parts.path.strip("/") or parts.query or parts.fragment)
    is_whole = (parts.username is None) == (parts.password is None)
    if parts.scheme not in _SMTP_PORTS or not parts.hostname or has_rest or not is_whole:
        faults.append("SMTP_URL: must be smtp://[user:password@]host[:port] or smtps://….")
        return None
    return SmtpServer(
        host=parts.hostname,
        port=port or _SMTP_PORTS[parts.scheme],
        is_tls=parts.scheme == "smtps",
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _master_keys(environ: Mapping[str, str], var_dir: Path, faults: list[str]) -> tuple[bytes, ...]:
    if environ.get("MASTER_KEY"):
        return _parse_keys("MASTER_KEY", environ["MASTER_KEY"].replace(",", "\n"), faults)
    if environ.get("MASTER_KEY_FILE"):
        path = Path(environ["MASTER_KEY_FILE"])
        if not path.is_file():
            faults.append(f"MASTER_KEY_FILE: there is no file {path}.")
            return ()
        return _parse_keys("MASTER_KEY_FILE", path.read_text(), faults)
    path = var_dir / "master.key"
    if not path.exists():
        _write_new_key(path)
    return _parse_keys(str(path), path.read_text(), faults)


def _parse_keys(origin: str, text: str, faults: list[str]) -> tuple[bytes, ...]:
    keys: list[bytes] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        try:
            key = bytes.fromhex(line)
        except ValueError:
            key = b""
        if len(key) != MASTER_KEY_BYTES:
            faults.append(f"{origin}: each key must be {MASTER_KEY_BYTES * 2} hexadecimal digits.")
            return ()
        keys.append(key)
    if not keys:
        faults.append(f"{origin}: holds no key.")
    return tuple(keys)


def _write_new_key(path: Path) -> None:
    """Create the key file readable by its owner only; an existing file is never overwritten."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(MASTER_KEY_BYTES) + "\n")


class _Holder:
    """The settings in force in this process, put there once at start."""

    settings: Settings | None = None


def use(settings: Settings) -> None:
    """Put ``settings`` in force for this process."""
    _Holder.settings = settings


def current() -> Settings:
    """Return the settings in force, reading the environment at the first call."""
    if _Holder.settings is None:
        _Holder.settings = load(os.environ)
    return _Holder.settings
