"""Who is responsible: shown on a case, asked for, and the choice of whose cases a list shows."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.errors import DomainError
from core.i18n import _
from core.permissions import Actor, Permission
from core.services.case_views import CaseView
from core.services.responsible import NOBODY, assign_case, people_responsible
from pages.shell import links, parts
from pages.shell.parts import escaped


@dataclass(frozen=True)
class Answer:
    """Who shall be responsible; None for nobody."""

    user_id: int | None


def show_responsible(actor: Actor, case: CaseView) -> None:
    """Say who has an open case in hand, and let those who may decide it anew."""
    if case.closed_at is not None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        told = _("Responsible: %(name)s") % {"name": case.responsible or _("nobody")}
        st.markdown(escaped(told), width="content")
        if actor.can(Permission.EDIT_CASES):
            _assign(actor, case)


def _assign(actor: Actor, case: CaseView) -> None:
    key = f"case_assign_{case.case_id}_{case.version}"
    with st.popover(_("Assign…"), icon=":material/assignment_ind:", key=f"{key}_open"):
        asked = ask_who(people_responsible(actor), key=key, present=case.responsible_id)
    if asked is None:
        return
    try:
        assign_case(actor, case.case_id, asked.user_id, version=case.version)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("It is noted who is responsible."))
    st.rerun()


def ask_who(names: Mapping[int, str], *, key: str, present: int | None = None) -> Answer | None:
    """Ask who shall be responsible; return the answer once it is given."""
    choices = [NOBODY, *names]
    with st.form(key, border=False):
        chosen = st.selectbox(
            _("Responsible"),
            choices,
            index=choices.index(present) if present in choices else 0,
            format_func=lambda each: names.get(each, _("nobody")),
            key=f"{key}_who",
        )
        if not st.form_submit_button(_("Assign"), type="primary"):
            return None
    return Answer(None if chosen == NOBODY else chosen)


def responsible_choice(actor: Actor, *, key: str) -> int | None:
    """Ask whose cases a list shows, the choice stands in the address; None for everybody's."""
    titles = {"": _("Everybody's cases"), str(NOBODY): _("Nobody's cases")}
    for user_id, name in people_responsible(actor).items():
        titles[str(user_id)] = _("My cases") if user_id == actor.user_id else name
    choices, given = list(titles), links.text_in_address("of")
    chosen = st.selectbox(
        _("Responsible"),
        choices,
        index=choices.index(given) if given in choices else 0,
        format_func=lambda each: titles[each],
        key=f"{key}_of",
        width=260,
    )
    if chosen != given:
        links.put_in_address(of=chosen, p=None)
    return int(chosen) if chosen else None
