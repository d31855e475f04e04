"""The gate: every request and every socket passes here before anything else sees it.

It reads the cookie, strips identity headers a client may have sent, puts in the true ones, and
decides by the path alone: screens lead to the sign-in page, everything else is refused.
"""

import asyncio
import re
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import settings
from core.services.login_sessions import UNKNOWN_IDENTITY, Identity, TokenState, identify
from pages.http.headers import security_headers
from pages.http.network import is_own_host
from pages.http.sockets import GuardedSocket, asking_for_a_run

#: Headers that carry the identity to Streamlit; see server.trustedUserHeaders in config.toml.
USER_HEADER = b"x-gate-user"
SESSION_HEADER = b"x-gate-session"

#: Where the gate leaves what it learnt for the product's own routes.
IDENTITY_KEY = "dashboard.identity"

_HEALTH = "/healthz"

#: Open to everybody, and nothing else is.
_OPEN = re.compile(r"/sign-in|/healthz|/assets/[^/]+|/verify/[^/]+|/calendar/[^/]+\.ics")

#: Of these, the ones that look the same for everybody, so that no cookie is read for them.
_IMPERSONAL = re.compile(r"/healthz|/assets/[^/]+")

#: What somebody may reach who has to set a password first.
_PASSWORD_PATHS = frozenset({"/password", "/sign-out"})

#: Doors of Streamlit that the product does not use: figures, agents, sign-in by others.
_NEVER = ("/_stcore/metrics", "/_stcore/agent", "/auth/", "/oauth2callback")

#: What a browser whose sign-in has ended still needs to say so on the screen it shows. Streamlit
#: looks for its server beside the screen first, then at the top.
_AFTER_THE_END = re.compile(r"(/[^/]+)?/_stcore/(health|host-config)|/static/.+")

_SOCKET = "/_stcore/stream"

#: First parts of paths that are not screens, so that they answer 401 and not with a page.
NOT_SCREENS = frozenset(
    {
        "_stcore",
        "static",
        "media",
        "component",
        "app",
        "files",
        "letters",
        "calendar",
        "verify",
        "assets",
        "healthz",
        "auth",
        "oauth2callback",
    }
)


def cookie_name() -> str:
    """Return the name of the sign-in cookie; over TLS the browser itself guards its prefix."""
    return "__Host-sign-in" if settings.current().is_https else "sign-in"


class Gate:
    """The outermost middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request or socket in, or answer it here."""
        if scope["type"] == "http":
            await self._http(scope, receive, _with_security_headers(send))
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _may_come_in(scope):
            await PlainTextResponse("not found", 404)(scope, receive, send)
            return
        path = scope["path"]
        identity = UNKNOWN_IDENTITY if _IMPERSONAL.fullmatch(path) else await _identity(scope)
        # Left in the outer scope as well, for the page that tells of a fault.
        scope[IDENTITY_KEY] = identity
        answer = None if _OPEN.fullmatch(path) else _refusal(scope, identity)
        if answer is not None:
            await answer(scope, receive, send)
            return
        await self._app(_with_identity(scope, identity), receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_possible = scope["path"] == _SOCKET and _may_come_in(scope)
        identity = await _identity(scope) if is_possible else UNKNOWN_IDENTITY
        if identity.state is TokenState.UNKNOWN or identity.must_change_password:
            await send({"type": "websocket.close", "code": 4403})
            return
        inside = _with_identity(scope, identity)
        if identity.state is TokenState.DEAD or identity.session_id is None:
            await self._app(inside, asking_for_a_run(receive), send)
            return
        with GuardedSocket(receive, send, session_id=identity.session_id) as socket:
            await self._app(inside, socket.receive, socket.send)


async def _identity(scope: Scope) -> Identity:
    token = HTTPConnection(scope).cookies.get(cookie_name())
    return UNKNOWN_IDENTITY if not token else await asyncio.to_thread(identify, token)


def _may_come_in(scope: Scope) -> bool:
    """Return whether the request is meant for the product; probes ask for its health by number."""
    path = scope["path"]
    is_ours = path == _HEALTH or is_own_host(Headers(scope=scope).get("host"))
    return is_ours and not path.startswith(_NEVER)


def _is_screen(scope: Scope) -> bool:
    """Return whether the path is that of a screen: one part, without a dot, not reserved."""
    name = scope["path"].strip("/")
    is_one_part = "/" not in name and "." not in name
    return scope["method"] in {"GET", "HEAD"} and is_one_part and name not in NOT_SCREENS


def _refusal(scope: Scope, identity: Identity) -> Response | None:
    """Return the answer for who may not go on, or None for who may."""
    path = scope["path"]
    if identity.state is TokenState.ALIVE:
        if not identity.must_change_password or path in _PASSWORD_PATHS:
            return None
        return _to("/password") if _is_screen(scope) else _unauthorised()
    if identity.state is TokenState.DEAD and _AFTER_THE_END.fullmatch(path):
        return None
    if path in _PASSWORD_PATHS and scope["method"] == "POST":
        return _to("/sign-in")
    return _to(_sign_in_path(scope)) if _is_screen(scope) else _unauthorised()


def _sign_in_path(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    wanted = scope["path"] + (f"?{query}" if query else "")
    if wanted == "/" or scope["path"] in _PASSWORD_PATHS:
        return "/sign-in"
    return f"/sign-in?next={quote(wanted, safe='')}"


def _to(path: str) -> Response:
    return RedirectResponse(path, 303, headers={"cache-control": "no-store"})


def _unauthorised() -> Response:
    return PlainTextResponse("sign in first", 401, headers={"cache-control": "no-store"})


def _with_identity(scope: Scope, identity: Identity) -> Scope:
    """Return ``scope`` with the true identity in its headers and no other."""
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name.lower() not in {USER_HEADER, SESSION_HEADER}
    ]
    if identity.session_id is not None:
        headers.append((SESSION_HEADER, str(identity.session_id).encode()))
    if identity.actor is not None:
        headers.append((USER_HEADER, str(identity.actor.user_id).encode()))
    return {**scope, "headers": headers, IDENTITY_KEY: identity}


def _with_security_headers(send: Send) -> Send:
    async def secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in security_headers()}
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in own]
            message = {**message, "headers": [*kept, *security_headers()]}
        await send(message)

    return secured
