"""A tab of a browser as Streamlit's server sees it: one WebSocket, speaking its messages."""

from collections.abc import Iterable, Iterator
from types import TracebackType

from google.protobuf.text_format import MessageToString
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.server import Server

_RUN_LIMIT = 20


def _is_end(message: ForwardMsg) -> bool:
    overtaken = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN
    return message.HasField("script_finished") and message.script_finished != overtaken


class Tab:
    """An open tab. ``resuming`` names a Streamlit session of before, as a reconnect does."""

    def __init__(
        self,
        server: Server,
        cookie: str | None,
        *,
        resuming: str = "",
        headers: dict[str, str] | None = None,
        path: str = "/_stcore/stream",
        origin: str | None = None,
    ) -> None:
        own = {"Cookie": f"sign-in={cookie}"} if cookie else {}
        self._opening = connect(
            server.url.replace("http", "ws") + path,
            origin=origin or server.url,
            subprotocols=["streamlit", "no-token", *([resuming] if resuming else [])],
            additional_headers={**own, **(headers or {})},
            max_size=None,
            proxy=None,
        )
        self.session_id = ""

    def __enter__(self) -> "Tab":
        self.connection = self._opening.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opening.__exit__(kind, fault, trace)

    def run(
        self,
        screen: str = "",
        *,
        query: str = "",
        script_hash: str = "",
        states: Iterable[WidgetState] = (),
    ) -> str:
        """Run the script at ``screen`` and return every text the server sends for it.

        ``states`` is what the browser claims of its widgets. A run that another request overtook is
        told as finished early; the one after it counts.
        """
        messages = self._messages(screen, query=query, script_hash=script_hash, states=states)
        return "\n".join(MessageToString(message, as_utf8=True) for message in messages)

    def skim(self, screen: str = "", *, query: str = "") -> int:
        """Do the same and return only how many bytes of messages the server sends for it."""
        return sum(message.ByteSize() for message in self._messages(screen, query=query))

    def widgets(
        self, screen: str, *, query: str, states: Iterable[WidgetState] = ()
    ) -> dict[str, str]:
        """Run the script and return the widgets it draws: the id of each, and its kind."""
        found = {}
        for message in self._messages(screen, query=query, states=states):
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            widget_id = getattr(getattr(element, kind), "id", "") if kind else ""
            if widget_id:
                found[widget_id] = kind
        return found

    def _messages(
        self,
        screen: str,
        *,
        query: str = "",
        script_hash: str = "",
        states: Iterable[WidgetState] = (),
    ) -> Iterator[ForwardMsg]:
        request = BackMsg()
        request.rerun_script.page_name = screen
        request.rerun_script.query_string = query
        request.rerun_script.page_script_hash = script_hash
        request.rerun_script.widget_states.widgets.extend(states)
        self.connection.send(request.SerializeToString())
        while True:
            message = self._next()
            yield message
            if _is_end(message):
                return

    def wait_for_the_end(self, *, seconds: float) -> int | None:
        """Read until the server closes the socket, and return its close code."""
        try:
            while True:
                assert b"Traceback" not in self.connection.recv(timeout=seconds)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None

    def _next(self) -> ForwardMsg:
        raw = self.connection.recv(timeout=_RUN_LIMIT)
        assert isinstance(raw, bytes)
        message = ForwardMsg()
        message.ParseFromString(raw)
        if message.HasField("new_session"):
            self.session_id = message.new_session.initialize.session_id or self.session_id
        return message
