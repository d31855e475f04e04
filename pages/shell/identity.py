"""Whom the shell is talking to: the identity the gate put beside the socket, read anew each run."""

from urllib.parse import quote, urlencode, urlsplit

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.i18n import _
from core.permissions import Actor
from core.services.login_sessions import actor_of_session, language_of_session
from core.services.sign_in import sign_out_of
from core.terms import Language

_LANGUAGE = "shell_last_language"


def current_actor() -> Actor | None:
    """Return the signed-in actor with his present role, or None when the sign-in has ended."""
    user_id, session_id = _number("uid"), _number("sid")
    if user_id is None or session_id is None:
        return None
    actor = actor_of_session(session_id, user_id)
    if actor is not None:
        st.session_state[_LANGUAGE] = actor.language
    return actor


def last_language() -> Language:
    """Return the language of whoever is or was signed in at this browser.

    Kept from run to run, so that a fault of the database itself can be told in it.
    """
    if _LANGUAGE not in st.session_state:
        session_id = _number("sid")
        st.session_state[_LANGUAGE] = (
            Language.ENGLISH if session_id is None else language_of_session(session_id)
        )
    language: Language = st.session_state[_LANGUAGE]
    return language


def sign_out(actor: Actor) -> None:
    """End the sign-in of this browser and lead it to the sign-in page."""
    sign_out_of(actor, _number("sid") or 0)
    _leave_for("/sign-in")


def signed_out_screen() -> None:
    """Show that nobody is signed in, and the way back in. Nothing else is on the screen."""
    st.title(_("You are signed out"), anchor=False)
    st.write(_("Your sign-in has ended. Nothing you saved is lost."))
    if st.button(_("Sign in"), key="shell_sign_in", type="primary"):
        _leave_for(f"/sign-in?next={quote(_present_address(), safe='')}")


def _present_address() -> str:
    """Return path and query of the screen in the browser, to come back to after signing in."""
    path = urlsplit(st.context.url or "/").path or "/"
    query = urlencode(st.query_params.to_dict())
    return f"{path}?{query}" if query else path


def _number(name: str) -> int | None:
    value = st.user.get(name)
    return int(value) if isinstance(value, str) and value.isdecimal() else None


def _leave_for(path: str) -> None:
    """Lead the browser to ``path`` in the same tab, as ``st.login`` does to its provider."""
    context = get_script_run_ctx()
    if context is not None:
        message = ForwardMsg()
        message.auth_redirect.url = path
        context.enqueue(message)
    st.stop()
