"""How a row is changed on every screen: a button, a form under it, and what was done.

One form is open at a time. What is typed into it stays until it is saved or left, also when
somebody else saved first: his change is then told, and a second press puts ours over it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st

from core.errors import Conflict, DomainError
from core.i18n import _
from pages.shell import parts
from pages.shell.parts import escaped

_OPEN, _COUNT = "shell_editing", "shell_editing_count"

#: In pixels; what is wider than its place takes the whole of it.
_WHOLE_ROW = 2000

Form = TypeVar("Form")


@dataclass(frozen=True)
class _Opened:
    """The form that is open: of which row, seen at which version, and which opening it is."""

    key: str
    version: int
    number: int


def offer(
    label: str,
    *,
    key: str,
    fields: Callable[[str], Form],
    save: Callable[[Form, int], object],
    said: str,
    version: int = 0,
    icon: str = ":material/edit:",
) -> None:
    """Offer a form under a button.

    ``fields`` draws it with keys that begin with its argument and returns what was entered;
    ``save`` takes that and the version that was seen, and its refusal is told; ``said`` is the
    sentence after it.
    """
    opened: _Opened | None = st.session_state.get(_OPEN)
    if opened is None or opened.key != key:
        if st.button(label, key=f"{key}_edit", icon=icon):
            _open(key, version)
            st.rerun()
        return
    # Wider than any row, so that the form has a row of its own beside other buttons.
    with st.container(border=True, width=_WHOLE_ROW):
        st.markdown(f"**{escaped(label)}**")
        form_key = f"{key}_{opened.number}"
        with st.form(form_key, border=False, enter_to_submit=False):
            entered = fields(form_key)
            with st.container(horizontal=True):
                is_saved = st.form_submit_button(_("Save"), type="primary", icon=":material/save:")
                is_left = st.form_submit_button(_("Leave it"))
        if is_left:
            _close()
            st.rerun()
        if is_saved:
            _save(opened, lambda: save(entered, opened.version), said, version=version)


def confirm(
    label: str, *, key: str, question: str, act: Callable[[], object], said: str, icon: str
) -> None:
    """Offer an act under a button, behind a question."""
    with st.popover(label, icon=icon):
        st.markdown(escaped(question))
        if not st.button(label, key=f"{key}_act", type="primary"):
            return
        try:
            act()
        except DomainError as error:
            parts.refusal(error)
            return
        parts.done(said)
        st.rerun()


def _open(key: str, version: int) -> None:
    number = st.session_state.get(_COUNT, 0) + 1
    st.session_state[_COUNT] = number
    st.session_state[_OPEN] = _Opened(key, version, number)


def _close() -> None:
    st.session_state.pop(_OPEN, None)


def _save(opened: _Opened, act: Callable[[], object], said: str, *, version: int) -> None:
    try:
        act()
    except Conflict as conflict:
        # The present values stand above the form; pressed again, it puts ours over them.
        st.session_state[_OPEN] = replace(opened, version=version)
        parts.refusal(conflict)
        st.info(_("What you entered is still in the form. Save again to put it over the other."))
        return
    except DomainError as error:
        parts.refusal(error)
        return
    _close()
    parts.done(said)
    st.rerun()
