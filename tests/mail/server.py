"""A real SMTP server in a process of its own, which refuses, delays and drops as it is asked to.

The part of a recipient's address before the @ says what happens to mail for him. What was
delivered lies in a folder, a file for each message.
"""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import UnthreadedController

from core.settings import SmtpServer
from tests.databases import free_port

ROOT = Path(__file__).parents[2]

#: How long a slow server takes for its last answer, in seconds.
SLOW = 3.0


class Handler:
    """What the server does with each recipient."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    async def handle_RCPT(  # noqa: N802 - the name is the library's
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        wish = address.split("@", maxsplit=1)[0]
        if wish == "never":
            return "550 5.1.1 No such user here"
        if wish == "later":
            return "451 4.7.1 Greylisted, come back"
        if wish == "cut-before":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        wish = envelope.rcpt_tos[0].split("@")[0]
        if wish == "full":
            return "452 4.2.2 Mailbox full"
        if wish == "spam":
            return "554 5.7.1 Looks like spam"
        if wish == "slow":
            await asyncio.sleep(SLOW)
        self._count += 1
        name = f"{time.time_ns()}-{self._count}.eml"
        (self._folder / name).write_bytes(cast(bytes, envelope.original_content))
        if wish == "cut-after":
            server.transport.abort()
        return "250 OK"


@dataclass(frozen=True)
class Running:
    """The server from outside: where it listens and what was delivered."""

    port: int
    folder: Path

    @property
    def address(self) -> SmtpServer:
        return SmtpServer(host="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def delivered(self) -> list[EmailMessage]:
        """Return what arrived, in order."""
        return [
            cast(EmailMessage, message_from_bytes(path.read_bytes(), policy=default))
            for path in sorted(self.folder.glob("*.eml"))
        ]


@contextmanager
def smtp_server(folder: Path) -> Iterator[Running]:
    """Run the server until the end of the block."""
    port = free_port()
    command = [sys.executable, "-m", "tests.mail.server", str(port), str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield Running(port, folder)
        finally:
            process.kill()


def _serve(port: int, folder: Path) -> None:
    loop = asyncio.new_event_loop()
    controller = UnthreadedController(
        Handler(folder), hostname="127.0.0.1", port=port, loop=loop, ident="test"
    )
    controller.begin()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        loop.run_forever()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), Path(sys.argv[2]))
