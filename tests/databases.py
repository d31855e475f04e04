"""The two databases of the tests: a file of SQLite, and a private server of Debian's PostgreSQL.

Each is migrated once into a template; a test gets a copy.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg

from db.migrate import migrate

_SQLITE = "sqlite:///"

_NEW_CLUSTER = "-U tester -A trust -E UTF8 --locale=C.UTF-8 -N".split()
_SERVER = "-c listen_addresses= -c fsync=off -c max_connections=60".split()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _binaries() -> Path:
    """Return the folder of the newest server that Debian installed."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    return max(folders, key=lambda folder: [int(part) for part in folder.parent.name.split(".")])


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a throw-away PostgreSQL and give the address of its maintenance database.

    It listens on a socket in its own folder only: no port to collide on, nobody else to reach it.
    """
    binaries = _binaries()
    # The server refuses to run as root, and its user cannot enter root's folders.
    folder = Path(tempfile.mkdtemp(prefix="dashboard-pg-"))
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    prefix = as_user if os.getuid() == 0 else []
    if prefix:
        shutil.chown(folder, "postgres", "postgres")
    subprocess.run(
        [*prefix, binaries / "initdb", "-D", folder / "data", *_NEW_CLUSTER],
        check=True,
        capture_output=True,
        cwd="/",
    )
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*prefix, binaries / "postgres", "-D", folder / "data", "-k", folder, *_SERVER],
            stdout=log,
            stderr=log,
            cwd="/",
        )
    address = f"postgresql://tester@/postgres?host={quote(str(folder), safe='')}"
    try:
        _wait_for(address, server, folder / "log")
        yield address
    finally:
        # An interrupt disconnects whoever is left; a plain termination would wait for them.
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(400):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(address, connect_timeout=1).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("PostgreSQL did not start:\n" + log.read_text(encoding="utf-8"))


class PostgresTemplates:
    """Databases copied from one that was migrated once."""

    def __init__(self, server: str) -> None:
        self._server, self._count = server, 0
        self._execute("CREATE DATABASE template_dashboard")
        migrate(self.url("template_dashboard"))

    def url(self, name: str) -> str:
        """Return the SQLAlchemy address of the database ``name``."""
        parts = urlsplit(self._server)
        return parts._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()

    def fresh(self, _folder: Path | None = None) -> str:
        """Return the address of a new, migrated database."""
        return self._copy_of("template_dashboard")

    def copy(self, url: str, _folder: Path) -> str:
        """Return the address of a copy of a database nobody is connected to."""
        return self._copy_of(urlsplit(url).path[1:])

    def blank(self) -> str:
        """Return the address of a new database without any table."""
        return self._copy_of("template0")

    def _copy_of(self, template: str) -> str:
        self._count += 1
        name = f"test_{os.getpid()}_{self._count}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database that :meth:`fresh` or :meth:`blank` made."""
        self._execute(f"DROP DATABASE {urlsplit(url).path[1:]} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)


class SqliteTemplates:
    """The same as files of SQLite."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.sqlite3"
        migrate(_address(self._template))

    def fresh(self, folder: Path) -> str:
        """Return the address of a new, migrated database in ``folder``."""
        return self.copy(_address(self._template), folder)

    def copy(self, url: str, folder: Path) -> str:
        """Return the address of a copy, in ``folder``, of a database nobody is connected to."""
        path = folder / "test.sqlite3"
        shutil.copy(url.removeprefix(_SQLITE), path)
        return _address(path)

    def drop(self, url: str) -> None:
        """Leave the file to the folder of its test."""


def _address(path: Path) -> str:
    return f"{_SQLITE}{path}"
