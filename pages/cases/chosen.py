"""The cases that were ticked on a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import streamlit as st

from core.terms import CaseKind

#: How often something was done on a screen; each time its table forgets what was ticked.
TURN = "{screen}_turn"


class _Case(Protocol):
    """An open case of any list."""

    @property
    def case_id(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def kind(self) -> CaseKind: ...
    @property
    def step(self) -> str: ...
    @property
    def moved_on(self) -> date: ...


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The open cases that were ticked on ``screen``, each with the name of its person."""

    screen: str
    cases: tuple[_Case, ...]
    names: Mapping[int, str]

    @property
    def seen(self) -> dict[int, int]:
        """The version each case had when it was shown."""
        return {case.case_id: case.version for case in self.cases}

    @property
    def place(self) -> tuple[CaseKind, str] | None:
        """The procedure and the step of all of them, None where they stand in several."""
        places = {(case.kind, case.step) for case in self.cases}
        return places.pop() if len(places) == 1 else None

    @property
    def key(self) -> str:
        """What the keys of widgets begin with; another one after every act."""
        return f"{turn_key(self.screen)}_bulk"

    @property
    def query(self) -> str:
        """The choice as an address names it."""
        return ",".join(str(case.case_id) for case in self.cases)


def turn_key(screen: str) -> str:
    """Return the beginning of the keys of what is ticked on ``screen``; each act changes it."""
    return f"{screen}_{st.session_state.setdefault(TURN.format(screen=screen), 0)}"
