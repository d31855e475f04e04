"""What every test may ask for: a database of each kind, the settings around it, and the cast."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.cast import Cast, present
from tests.databases import PostgresTemplates, SqliteTemplates, postgres_server
from tests.filled import FilledDatabases, hash_quickly, noon


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresTemplates]:
    with postgres_server() as server:
        yield PostgresTemplates(server)


@pytest.fixture(scope="session")
def filled_postgres(
    postgres: PostgresTemplates, tmp_path_factory: pytest.TempPathFactory
) -> FilledDatabases:
    return FilledDatabases(postgres, tmp_path_factory.mktemp("filled-postgres"))


@pytest.fixture(scope="session")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> FilledDatabases:
    templates = SqliteTemplates(tmp_path_factory.mktemp("sqlite"))
    return FilledDatabases(templates, tmp_path_factory.mktemp("filled-sqlite"))


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Put settings and a migrated database in force, and give its address.

    It is empty, unless the test asks for ``database`` or for the ``cast`` as well.
    """
    filled: FilledDatabases = request.getfixturevalue(f"filled_{request.param}")
    asked = [stage for stage in ("cast", "database") if stage in request.fixturenames]
    url = filled.open(asked[0] if asked else "empty", tmp_path)
    yield url
    filled.close(url)


@pytest.fixture
def database(empty_database: str) -> str:
    """The same with the reference data loaded."""
    return empty_database


@pytest.fixture
def fixed_day() -> Iterator[None]:
    """Noon in Bishkek on the day most tests take place."""
    with noon():
        yield


@pytest.fixture
def cast(database: str, fixed_day: None, quick_hashes: None) -> Cast:
    return present()


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the hasher do the least work bcrypt allows, where no password is under test."""
    hash_quickly(monkeypatch)


# A slow machine must not fail a property; how long one takes is for the benchmark to say.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")
