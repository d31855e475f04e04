"""What can be done with many cases at once, on every list that lets them be chosen.

An act is a function of the actor and the choice that shows itself where it applies; a new one is
written here and named in ``_ACTS``.
"""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import DomainError
from core.i18n import _, ngettext
from core.messages import describe
from core.permissions import Actor, Permission
from core.services.board import ways_from
from core.services.case_moves import move_cases
from core.services.responsible import assign_cases, people_responsible
from pages.cases.acts import ask_for_move
from pages.cases.chosen import TURN, Chosen
from pages.cases.gathering import offer_gathering
from pages.cases.responsible import ask_who
from pages.messages.remind import offer_reminding
from pages.shell import parts
from pages.shell.parts import escaped

#: What came of the last act on a screen.
_OUTCOME = "{screen}_outcome"


def place_of_acts(screen: str) -> DeltaGenerator:
    """Return the place above a table where its acts are offered; it tells what the last one did."""
    text, but = st.session_state.pop(_OUTCOME.format(screen=screen), ("", ()))
    parts.outcome(text, but=but)
    return st.container(border=True)


def show_bulk(actor: Actor, chosen: Chosen) -> None:
    """Offer what can be done with the cases that were ticked."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for act in _ACTS:
            act(actor, chosen)


def _move(actor: Actor, chosen: Chosen) -> None:
    """Offer to move cases that all stand in one step."""
    if not actor.can(Permission.EDIT_CASES):
        return
    if chosen.place is None:
        st.caption(_("Only cases of one procedure and step can be moved together."))
        return
    kind, step = chosen.place
    ways = ways_from(actor, kind, step)
    if not ways:
        return
    label = ngettext("Move %(count)s case…", "Move %(count)s cases…", len(chosen.cases))
    key = f"{chosen.key}_move_{step}"
    with st.popover(
        escaped(label % {"count": len(chosen.cases)}),
        icon=":material/swap_horiz:",
        key=f"{key}_open",
    ):
        asked = ask_for_move(ways, key=key, last=max(case.moved_on for case in chosen.cases))
    if asked is None:
        return
    way, known = asked
    refused = move_cases(actor, chosen.seen, way.code, known)
    _tell(
        chosen,
        refused,
        lambda count: ngettext("%(count)s case is moved.", "%(count)s cases are moved.", count),
    )


def _assign(actor: Actor, chosen: Chosen) -> None:
    """Offer to make somebody responsible for the cases."""
    if not actor.can(Permission.EDIT_CASES):
        return
    key = f"{chosen.key}_assign"
    with st.popover(_("Assign…"), icon=":material/assignment_ind:", key=f"{key}_open"):
        asked = ask_who(people_responsible(actor), key=key)
    if asked is None:
        return
    try:
        refused = assign_cases(actor, chosen.seen, asked.user_id)
    except DomainError as error:
        parts.refusal(error)
        return
    _tell(
        chosen,
        refused,
        lambda count: ngettext(
            "%(count)s case is assigned.", "%(count)s cases are assigned.", count
        ),
    )


def _print(actor: Actor, chosen: Chosen) -> None:
    if actor.can(Permission.PRINT_CHECKLIST):
        st.link_button(
            _("Checklists as PDF"),
            f"/letters/checklists.pdf?cases={chosen.query}",
            icon=":material/print:",
            key=f"{chosen.key}_print",
        )


def _export(actor: Actor, chosen: Chosen) -> None:
    if actor.can(Permission.EXPORT_PEOPLE):
        st.link_button(
            _("These as Excel"),
            f"/files/cases.xlsx?cases={chosen.query}",
            icon=":material/table_view:",
            key=f"{chosen.key}_export",
        )


def _remind(actor: Actor, chosen: Chosen) -> None:
    offer_reminding(actor, list(chosen.seen), key=chosen.screen)


#: What is offered, in this order.
_ACTS: Sequence[Callable[[Actor, Chosen], None]] = (
    _move,
    offer_gathering,
    _assign,
    _remind,
    _print,
    _export,
)


def _tell(chosen: Chosen, refused: Mapping[int, DomainError], said: Callable[[int], str]) -> None:
    """Say with how many cases it was done, and of each other one by name why not."""
    count = len(chosen.cases) - len(refused)
    but = [f"{chosen.names[case_id]}: {describe(why)}" for case_id, why in refused.items()]
    text = said(count) % {"count": count} if count else ""
    st.session_state[_OUTCOME.format(screen=chosen.screen)] = text, but
    st.session_state[TURN.format(screen=chosen.screen)] += 1
    st.rerun()
