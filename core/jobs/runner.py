"""The server's part in long work: it starts a child process when there is work, and no more.

The child claims, works in committed chunks and ends when nothing is left. A refresh of the browser
does not touch it; what a killed child began is taken up again.
"""

import asyncio
import sys

from core.services.jobs import has_waiting_work

#: How often the server looks for waiting work, in seconds.
LOOK_EVERY = 2


async def run_waiting_jobs_for_ever() -> None:
    """Start one child at a time whenever work waits, until cancelled."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if await asyncio.to_thread(has_waiting_work):
            child = await asyncio.create_subprocess_exec(sys.executable, "-m", "core", "work")
            try:
                await child.wait()
            except asyncio.CancelledError:
                child.terminate()
                raise
