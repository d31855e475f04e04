"""What happens when the server starts and stops."""

import asyncio
import gc
import importlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from core import settings
from core.jobs.runner import run_waiting_jobs_for_ever
from core.services.reference import load_reference_data
from core.services.users import create_first_administrator
from db import engine
from db.migrate import migrate
from pages.http.sockets import sweep_for_ever


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Prepare everything before the first request, and end what was begun at the last."""
    await asyncio.to_thread(prepare)
    tasks = [
        asyncio.create_task(sweep_for_ever()),
        asyncio.create_task(run_waiting_jobs_for_ever()),
    ]
    try:
        yield {}
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        engine.dispose()


def prepare() -> None:
    """Check the configuration, migrate, load reference data, and make the first administrator."""
    start()
    created = create_first_administrator()
    if created is not None:
        _say(f"One-time password of the administrator {created.username!r}: {created.password}")
    # The first page would otherwise pay for these, which takes the better part of a second.
    for module in ("pandas", "pyarrow", "pages.shell.navigation"):
        importlib.import_module(module)
    gc.freeze()


def start() -> None:
    """Put settings and database in force; with a wrong configuration, tell its faults and end."""
    try:
        chosen = settings.load(os.environ)
    except settings.ConfigurationError as wrong:
        for fault in wrong.faults:
            _say(fault)
        # Raising would bury the faults under the server's own trace.
        os._exit(2)
    settings.use(chosen)
    migrate(chosen.database_url)
    engine.configure(chosen.database_url)
    load_reference_data()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
