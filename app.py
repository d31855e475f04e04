"""The ASGI application, started by ``streamlit run app.py``.

The name ``app`` must be bound to a literal call of ``st.App``: Streamlit finds the application by
reading this file, and with anything else it would run the file as a script, without the gate.
"""

import streamlit as st
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from pages.http.errors import answered, failed
from pages.http.gate import Gate
from pages.http.lifespan import lifespan
from pages.http.routes import ROUTES
from pages.shell.failure import show_failure

app = st.App(
    "pages/shell/script.py",
    lifespan=lifespan,
    routes=ROUTES,
    middleware=[Middleware(Gate)],
    on_script_error=show_failure,
    exception_handlers={HTTPException: answered, Exception: failed},
)
