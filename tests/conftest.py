"""What every test may ask for: a database of each kind, the settings around it, and the cast."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import time_machine

from core import settings
from core.services import passwords
from core.services.reference import load_reference_data
from db import engine
from tests.cast import TODAY, Cast, assemble
from tests.databases import PostgresTemplates, postgres_server, sqlite_template


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresTemplates]:
    with postgres_server() as server:
        yield PostgresTemplates(server)


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Put settings and an empty, migrated database in force, and give its address."""
    if request.param == "postgres":
        templates = request.getfixturevalue("postgres")
        url = templates.fresh()
    else:
        shutil.copy(request.getfixturevalue("sqlite_file"), tmp_path / "test.sqlite3")
        url = f"sqlite:///{tmp_path / 'test.sqlite3'}"
    settings.use(settings.load({"VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": url}))
    engine.configure(url)
    yield url
    engine.dispose()
    if request.param == "postgres":
        templates.drop(url)


@pytest.fixture
def database(empty_database: str) -> str:
    """The same with the reference data loaded."""
    load_reference_data()
    return empty_database


@pytest.fixture
def fixed_day() -> Iterator[None]:
    """Noon in Bishkek on the day most tests take place."""
    noon = dt.datetime.combine(TODAY, dt.time(6), tzinfo=dt.UTC)
    with time_machine.travel(noon, tick=True):
        yield


@pytest.fixture
def cast(database: str, fixed_day: None, quick_hashes: None) -> Cast:
    return assemble()


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the hasher do the least work bcrypt allows, where no password is under test."""
    import bcrypt

    real = bcrypt.gensalt
    monkeypatch.setattr(bcrypt, "gensalt", lambda rounds=4, prefix=b"2b": real(4, prefix))
    passwords._nobodys_hash.cache_clear()


# A slow machine must not fail a property; how long one takes is for the benchmark to say.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")
