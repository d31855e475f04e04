"""The open sockets of this process, and their end when the sign-in behind them ends."""

import asyncio
import itertools
from dataclasses import dataclass, field

from starlette.types import Message, Receive, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from core.services.login_sessions import dead_among

#: How often the sign-ins behind open sockets are read again, in seconds.
SWEEP_EVERY = 8

#: The close code for a sign-in that ended (private range of RFC 6455).
CLOSE_CODE = 4401


@dataclass
class _Registry:
    """Which sign-in each open socket of this process belongs to."""

    numbers: itertools.count = field(default_factory=itertools.count)  # type: ignore[type-arg]
    open: dict[int, tuple[int, asyncio.Event]] = field(default_factory=dict)


REGISTRY = _Registry()


class GuardedSocket:
    """A socket that ends as soon as its sign-in does, whatever its two ends are doing."""

    def __init__(self, receive: Receive, send: Send, *, session_id: int) -> None:
        self._receive, self._send, self._session_id = receive, send, session_id
        self._ended = asyncio.Event()
        self._number = next(REGISTRY.numbers)

    def __enter__(self) -> "GuardedSocket":
        REGISTRY.open[self._number] = (self._session_id, self._ended)
        return self

    def __exit__(self, *_: object) -> None:
        del REGISTRY.open[self._number]

    async def receive(self) -> Message:
        """Return the next message of the browser, or its leaving when the sign-in has ended."""
        incoming = asyncio.ensure_future(self._receive())
        ending = asyncio.ensure_future(self._ended.wait())
        await asyncio.wait({incoming, ending}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if incoming.done() and not self._ended.is_set():
            return incoming.result()
        incoming.cancel()
        await self._send({"type": "websocket.close", "code": CLOSE_CODE})
        return {"type": "websocket.disconnect", "code": CLOSE_CODE}

    async def send(self, message: Message) -> None:
        """Pass ``message`` on, unless the sign-in has ended."""
        if not self._ended.is_set():
            await self._send(message)


def asking_for_a_run(receive: Receive) -> Receive:
    """Return ``receive`` that asks for a run of the screen as soon as the socket is open.

    A browser that comes back after its socket was cut asks for none by itself and would leave the
    old screen standing, data and all.
    """
    is_open = is_asked = False

    async def asking() -> Message:
        nonlocal is_open, is_asked
        if is_open and not is_asked:
            is_asked = True
            ask = BackMsg(rerun_script=ClientState())
            return {"type": "websocket.receive", "bytes": ask.SerializeToString()}
        message = await receive()
        is_open = is_open or message["type"] == "websocket.connect"
        return message

    return asking


async def close_dead_sockets() -> None:
    """Close every socket whose sign-in has ended; one query for all of them."""
    session_ids = {session_id for session_id, _ in REGISTRY.open.values()}
    if not session_ids:
        return
    dead = await asyncio.to_thread(dead_among, session_ids)
    for session_id, ended in list(REGISTRY.open.values()):
        if session_id in dead:
            ended.set()


async def sweep_for_ever() -> None:
    """Close dead sockets every :data:`SWEEP_EVERY` seconds until cancelled."""
    while True:
        await asyncio.sleep(SWEEP_EVERY)
        await close_dead_sockets()
