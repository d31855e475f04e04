"""The server's part in long work: it starts a child process when there is work, and no more.

The child claims, works in committed chunks and ends when nothing is left. A refresh of the browser
does not touch it; what a killed child began is taken up again.
"""

import asyncio
import sys

from core.services.jobs import has_waiting_work, release_claims
from core.services.messages.daily import begin_messages

#: How often the server looks for waiting work, in seconds.
LOOK_EVERY = 0.5

#: How often it looks whether reminders or mail are due, in seconds.
LOOK_FOR_MESSAGES_EVERY = 15

#: So many children at once: somebody's list must not wait for all due dates to be recomputed.
AT_ONCE = 2

#: How long a child has to claim what waits before another one is started for it, in seconds.
HEAD_START = 4


async def run_waiting_jobs_for_ever() -> None:
    """Start a child whenever work waits, until cancelled."""
    children: set[asyncio.Task[None]] = set()
    may_start_at = 0.0
    try:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            for child in [child for child in children if child.done()]:
                children.remove(child)
                child.result()
            now = asyncio.get_running_loop().time()
            is_free = not children or (len(children) < AT_ONCE and now >= may_start_at)
            if is_free and await asyncio.to_thread(has_waiting_work):
                children.add(asyncio.create_task(_run_child()))
                may_start_at = now + HEAD_START
    finally:
        for child in children:
            child.cancel()
        await asyncio.gather(*children, return_exceptions=True)


async def begin_messages_for_ever() -> None:
    """Begin the reminders of each day, and mail whose time has come, until cancelled."""
    while True:
        await asyncio.to_thread(begin_messages)
        await asyncio.sleep(LOOK_FOR_MESSAGES_EVERY)


async def _run_child() -> None:
    """Run one child to its end; the work of one that died is given back."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "core", "work")
    try:
        if await child.wait():
            await asyncio.to_thread(release_claims, child.pid)
    except asyncio.CancelledError:
        child.terminate()
        raise
