"""The cases of a person, as a part of his card."""

from collections.abc import Sequence

import streamlit as st

from core.errors import DomainError
from core.i18n import _
from core.permissions import Actor, Permission
from core.services.cards import PersonCard
from core.services.case_views import CaseView, cases_of_person
from core.services.cases import open_by_hand
from core.terms import CaseKind
from core.words import word
from pages.cases.panel import show_case
from pages.shell import links, parts


def show_procedures(actor: Actor, card: PersonCard) -> None:
    """Show every case; the one the address names, or the first, begins unfolded."""
    cases = cases_of_person(actor, card.person_id)
    if not cases:
        parts.empty(
            _("No case is open."),
            _("Cases open by themselves when an entry or an enrolment is recorded."),
        )
    named = links.number_in_address("case")
    known = {case.case_id for case in cases}
    for position, case in enumerate(cases):
        is_first = position == 0 and named not in known
        show_case(actor, case, is_open=case.case_id == named or is_first)
    if actor.can(Permission.EDIT_CASES) and card.closed_at is None:
        _open_by_hand(actor, card.person_id, cases)


def _open_by_hand(actor: Actor, person_id: int, cases: Sequence[CaseView]) -> None:
    """Offer the kinds of which no case is open."""
    taken = {case.kind for case in cases if case.closed_at is None}
    kinds = [kind for kind in CaseKind if kind not in taken]
    key = f"students_open_case_{person_id}"
    with (
        st.popover(_("Open a case"), icon=":material/add:", key=f"{key}_open"),
        st.form(key, border=False),
    ):
        kind = st.selectbox(_("Procedure"), kinds, format_func=word, key=f"{key}_kind")
        if not st.form_submit_button(_("Open it"), type="primary") or kind is None:
            return
        try:
            case_id = open_by_hand(actor, person_id, kind)
        except DomainError as error:
            parts.refusal(error)
            return
    parts.done(_("Case %(number)s is open.") % {"number": case_id})
    links.put_in_address(case=case_id)
    st.rerun()
