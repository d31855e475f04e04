"""Servers for raw clients."""

from collections.abc import Iterator

import pytest

from db import engine
from tests.databases import PostgresTemplates
from tests.server import Server


@pytest.fixture(scope="session")
def warm_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("warm")) as running:
        yield running


@pytest.fixture
def server(warm_server: Server) -> Iterator[Server]:
    """A server others have used before, with its database in force here too."""
    warm_server.use()
    yield warm_server
    engine.dispose()


@pytest.fixture(scope="module")
def cold_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server at which nobody has ever signed in."""
    with Server(tmp_path_factory.mktemp("cold")) as running:
        yield running


@pytest.fixture(scope="module")
def postgres_server(
    postgres: PostgresTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    url = postgres.fresh()
    with Server(tmp_path_factory.mktemp("postgres"), database_url=url) as running:
        yield running
    postgres.drop(url)
