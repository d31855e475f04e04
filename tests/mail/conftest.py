"""A mail server for every test that asks for one, and a house that sends through it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import settings
from core.services.messages.preferences import Preferences, change_preferences
from tests.cast import Cast
from tests.mail.server import Running, smtp_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    folder = tmp_path / "delivered"
    folder.mkdir()
    with smtp_server(folder) as running:
        yield running


@pytest.fixture
def house(cast: Cast, server: Running) -> Cast:
    """The cast, in a house that signs its messages and has a mail server."""
    settings.use(replace(settings.current(), smtp=server.address))
    change_preferences(
        cast.head,
        Preferences(executor="Aida Demo", phone="+996 555 000 111", sender="office@example.org"),
    )
    return cast
