"""A process that reminds as the server does: at each line it reads, once; it answers when done."""

import os
import sys

from core import clock, settings
from core.permissions import SYSTEM_ACTOR
from core.services.messages.reminding import prepare_due
from core.services.messages.sending import queue_due_mail, send_queued
from db import engine


def _work() -> None:
    settings.use(settings.load(os.environ))
    engine.configure(settings.current().database_url)
    _say(clock.today(settings.current().time_zone).isoformat())
    for _line in sys.stdin:
        prepare_due(SYSTEM_ACTOR)
        queue_due_mail(SYSTEM_ACTOR)
        send_queued(SYSTEM_ACTOR)
        _say("done")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _work()
