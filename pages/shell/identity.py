"""Whom the shell is talking to: the identity the gate put beside the socket, read anew each run."""

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.i18n import _
from core.permissions import Actor
from core.services.login_sessions import actor_of_session, language_of_session
from core.services.sign_in import sign_out_of
from core.terms import Language


def current_actor() -> Actor | None:
    """Return the signed-in actor with his present role, or None when the sign-in has ended."""
    user_id, session_id = _number("uid"), _number("sid")
    if user_id is None or session_id is None:
        return None
    return actor_of_session(session_id, user_id)


def last_language() -> Language:
    """Return the language of whoever is or was signed in at this browser."""
    session_id = _number("sid")
    return Language.ENGLISH if session_id is None else language_of_session(session_id)


def sign_out(actor: Actor) -> None:
    """End the sign-in of this browser and lead it to the sign-in page."""
    sign_out_of(actor, _number("sid") or 0)
    _leave_for("/sign-in")


def signed_out_screen() -> None:
    """Show that nobody is signed in, and the way back in. Nothing else is on the screen."""
    st.title(_("You are signed out"), anchor=False)
    st.write(_("Your sign-in has ended. Nothing you saved is lost."))
    if st.button(_("Sign in"), key="shell_sign_in", type="primary"):
        _leave_for("/sign-in")


def _number(name: str) -> int | None:
    value = st.user.get(name)
    return int(value) if isinstance(value, str) and value.isdigit() else None


def _leave_for(path: str) -> None:
    """Lead the browser to ``path`` in the same tab, as ``st.login`` does to its provider."""
    context = get_script_run_ctx()
    if context is not None:
        message = ForwardMsg()
        message.auth_redirect.url = path
        context.enqueue(message)
    st.stop()
