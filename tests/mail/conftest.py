"""A mail server for every test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mail.server import Running, smtp_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    folder = tmp_path / "delivered"
    folder.mkdir()
    with smtp_server(folder) as running:
        yield running
