"""What happens when the server starts and stops."""

import asyncio
import gc
import importlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from streamlit import config

from core import settings
from core.jobs.runner import begin_messages_for_ever, run_waiting_jobs_for_ever
from core.services.passwords import warm_up
from core.services.startup import close_database, open_database
from core.services.users import create_first_administrator
from pages.http.errors import log_fault
from pages.http.sockets import sweep_for_ever

#: How long work in the background waits after a fault before it goes on, in seconds; short enough
#: that open sockets are still closed in time.
_PAUSE_AFTER_FAULT = 1


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    """Prepare everything before the first request, and end what was begun at the last."""
    await asyncio.to_thread(prepare)
    tasks = [
        asyncio.create_task(_kept_running(sweep_for_ever)),
        asyncio.create_task(_kept_running(run_waiting_jobs_for_ever)),
        asyncio.create_task(_kept_running(begin_messages_for_ever)),
    ]
    try:
        yield {}
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        close_database()


async def _kept_running(work: Callable[[], Awaitable[None]]) -> None:
    """Run ``work`` until cancelled; a database away for a moment does not end it for good."""
    while True:
        (fault,) = await asyncio.gather(work(), return_exceptions=True)
        if fault is not None:
            log_fault(fault)
        await asyncio.sleep(_PAUSE_AFTER_FAULT)


def prepare() -> None:
    """Check the configuration, migrate, load reference data, and make the first administrator."""
    start()
    created = create_first_administrator()
    if created is not None:
        _say(f"Sign in at {_address()} and set a password of your own.")
        _say(f"One-time password of the administrator {created.username!r}: {created.password}")
    warm_up()
    # The first page would otherwise pay for these, which takes the better part of a second.
    for module in ("pandas", "pyarrow", "pages.shell.navigation"):
        importlib.import_module(module)
    gc.freeze()


def start() -> None:
    """Put settings and database in force; with a wrong configuration, tell its faults and end."""
    try:
        settings.use(settings.load(os.environ))
        open_database(settings.current().database_url)
    except settings.ConfigurationError as wrong:
        for fault in wrong.faults:
            _say(fault)
        # Raising would bury the faults under the server's own trace.
        os._exit(2)


def _address() -> str:
    port = config.get_option("server.port")
    return settings.current().public_url or f"http://127.0.0.1:{port}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
