"""Where the screens are, and how one leads to another without leaving the tab.

Screens know each other by name only; the shell registers the pages of each run here.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_registered: ContextVar[Mapping[str, StreamlitPage]] = ContextVar("pages")


def register(pages: Mapping[str, StreamlitPage]) -> None:
    """Make ``pages`` known by name for this run."""
    _registered.set(pages)


def go_to(name: str, **parameters: str | int) -> None:
    """Leave for the screen ``name``, with ``parameters`` in its address."""
    st.switch_page(
        _registered.get()[name],
        query_params={key: str(value) for key, value in parameters.items()},
    )


def number_in_address(name: str) -> int | None:
    """Return the whole number the address gives for ``name``, or None where it gives none."""
    text = st.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def text_in_address(name: str) -> str:
    """Return what the address says for ``name``, empty where it says nothing."""
    return st.query_params.get(name, "")


def put_in_address(**values: str | int | None) -> None:
    """Write ``values`` into the address; None or an empty text takes the parameter out."""
    for name, value in values.items():
        if value is None or value == "":
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != str(value):
            st.query_params[name] = str(value)


def site() -> str:
    """Return where the reader reaches the product, as his browser shows it, without a path."""
    shown = urlsplit(st.context.url or "")
    return f"{shown.scheme}://{shown.netloc}" if shown.netloc else ""
