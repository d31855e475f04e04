"""One deed for one form, although its button may be pressed twice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

import streamlit as st

_ANSWERS = "shell_once"

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class _Answers:
    """What the deeds of this browser came to, by key; one deed at a time."""

    lock: Lock = field(default_factory=Lock)
    by_key: dict[str, Any] = field(default_factory=dict)


def once(key: str, act: Callable[[], Answer]) -> Answer:
    """Return what ``act`` came to; for a key that was answered before, that answer again.

    A second press runs the screen anew with the same button pressed, beside the first run, which
    ends at its next word with the browser: between the deed and the note of it is no such word.
    A refusal is no answer, so that the corrected form is tried again.
    """
    answers: _Answers = st.session_state.setdefault(_ANSWERS, _Answers())
    with answers.lock:
        if key not in answers.by_key:
            answers.by_key[key] = act()
        answer: Answer = answers.by_key[key]
        return answer
