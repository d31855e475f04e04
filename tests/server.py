"""The product as an operator starts it: a process of its own, with the cast in its database.

Its neighbour 127.0.0.1 counts as a proxy, so that each client of a test comes from a network of
its own and the failures of one do not slow another down.
"""

import datetime as dt
import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import bcrypt
import httpx
import sqlalchemy as sa
import time_machine

from core import settings
from core.services import passwords
from core.services.reference import load_reference_data
from db import engine
from db.migrate import migrate
from db.models.access import User
from tests.cast import TODAY, Cast, assemble, enrol, passport
from tests.databases import free_port

ROOT = Path(__file__).parents[1]

PASSWORD = "a fictitious sentence to sign in with"

#: Names that must not reach whoever may not see them.
MEDIC, DENTIST = "CANARYMEDIC", "CANARYDENTIST"
CANARIES = (MEDIC, DENTIST, "ZZ7777777", "ZZ8888888")

_START_LIMIT = 60
_networks = itertools.count(1)


@dataclass
class Server:
    """A server process; use it as a context manager."""

    folder: Path
    database_url: str | None = None
    more: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        self._browsers: list[Browser] = []
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "VAR_DIR": str(self.folder / "var"),
            "TRUSTED_PROXIES": "127.0.0.1",
            **({"DATABASE_URL": self.database_url} if self.database_url else {}),
            **(self.more or {}),
        }

    def __enter__(self) -> "Server":
        self.use()
        self.cast = fill_cast()
        self.log_path = self.folder / "server.log"
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        engine.dispose()
        for browser in self._browsers:
            browser.close()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=20)

    def use(self) -> None:
        """Put the server's own settings and database in force in this process too."""
        settings.use(settings.load(self.environment))
        migrate(settings.current().database_url)
        engine.configure(settings.current().database_url)

    def log(self) -> str:
        """Return what the server has written to its console."""
        return self.log_path.read_text()

    def browser(self) -> "Browser":
        """Return a new visitor from a network nobody else comes from."""
        browser = Browser(self.url)
        self._browsers.append(browser)
        return browser

    def _start(self) -> None:
        inherited = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ
        }
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        with self.log_path.open("wb") as console:
            self._process = subprocess.Popen(
                [*command, "--server.port", str(self.port)],
                cwd=ROOT,
                env={**inherited, **self.environment},
                stdout=console,
                stderr=subprocess.STDOUT,
            )
        ends_at = time.monotonic() + _START_LIMIT
        while time.monotonic() < ends_at and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.1)
        raise TimeoutError(f"exit code {self._process.poll()}: {self.log()}")

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url + "/healthz").status_code == 200
        except httpx.TransportError:
            return False


class Browser(httpx.Client):
    """A visitor without JavaScript: cookies, forms, no redirect followed by itself."""

    def __init__(self, url: str) -> None:
        number = next(_networks)
        super().__init__(
            base_url=url,
            headers={"X-Forwarded-For": f"198.18.{number // 250}.{number % 250 + 1}"},
            timeout=20,
        )

    def form_token(self, path: str = "/sign-in") -> str:
        """Return the hidden field of the form at ``path``."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
        assert found is not None, path
        return found[1]

    def sign_in(
        self, username: str, password: str = PASSWORD, *, wanted: str = "/"
    ) -> httpx.Response:
        """Send the sign-in form as a browser would."""
        return self.post(
            "/sign-in",
            data={
                "username": username,
                "password": password,
                "csrf_token": self.form_token(),
                "next": wanted,
            },
        )

    def sign_out(self) -> httpx.Response:
        """Send the form that ends the sign-in."""
        return self.post("/sign-out", data={"csrf_token": self.form_token("/sign-out")})

    @property
    def token(self) -> str:
        """The sign-in this browser holds."""
        return self.cookies["sign-in"]


@contextmanager
def _quick_hashes() -> Iterator[None]:
    """Make the hasher do the least work bcrypt allows."""
    real = bcrypt.gensalt
    bcrypt.gensalt = lambda rounds=4, prefix=b"2b": real(4, prefix)
    try:
        yield
    finally:
        bcrypt.gensalt = real


def fill_cast() -> Cast:
    """Create the cast, every one with the same password, and a student of each faculty."""
    noon = dt.datetime.combine(TODAY, dt.time(6), dt.UTC)
    with _quick_hashes(), time_machine.travel(noon, tick=True):
        load_reference_data()
        cast = assemble()
        medic = passport(surname=MEDIC, number="ZZ7777777")
        dentist = passport(surname=DENTIST, number="ZZ8888888")
        enrol(cast.staff, cast.medicine, passport=medic)
        enrol(cast.staff, cast.dentistry, passport=dentist)
    set_password()
    return cast


def set_password(password: str = PASSWORD, *, is_quick: bool = True) -> None:
    """Give everybody ``password``, of their own choice; quick to check, or as slow as really."""
    with _quick_hashes() if is_quick else nullcontext():
        hashed = passwords.hash_password(password)
    with engine.writing() as session:
        session.execute(sa.update(User).values(password_hash=hashed, must_change_password=False))
