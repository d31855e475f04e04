"""What the installed release ships and the house has changed: side by side, for the head to say."""

from datetime import date
from enum import StrEnum
from typing import Any

import streamlit as st

from core.errors import DomainError
from core.i18n import N_, _, country_name, format_date
from core.permissions import Actor
from core.services.impact import Impact
from core.services.names import name_of
from core.services.releases import (
    Difference,
    Shipped,
    keep_ours,
    preview_shipped,
    shipped_changes,
    take_shipped,
)
from core.terms import RequirementCondition
from core.words import word
from pages.settings import impact as impacts
from pages.shell import parts
from pages.shell.parts import escaped

_PLAN = "settings_release_plan"

#: What the tables are called here.
KINDS = {
    "rule": N_("Rule"),
    "requirement": N_("Document"),
    "step": N_("Step"),
    "registration_exemption": N_("Days without registration"),
    "visa_free_term": N_("Stay without a visa"),
    "message_template": N_("Text of messages"),
    "reminder_plan": N_("Plan of reminders"),
}

#: What their columns are called here.
COLUMNS = {
    "code": N_("Code"),
    "purpose": N_("Purpose"),
    "anchor": N_("Counted from"),
    "side": N_("Before or after"),
    "amount": N_("Days"),
    "unit": N_("Counted in"),
    "citizenships": N_("Only citizens of"),
    "visa_categories": N_("Only holders of a visa"),
    "residence": N_("Only living in"),
    "text_en": N_("Text in English"),
    "text_ru": N_("Text in Russian"),
    "text_ky": N_("Text in Kyrgyz"),
    "name_en": N_("Name in English"),
    "name_ru": N_("Name in Russian"),
    "name_ky": N_("Name in Kyrgyz"),
    "procedure": N_("Procedure"),
    "item_code": N_("Code"),
    "document_kind": N_("Kind of document"),
    "is_required": N_("Required"),
    "conditions": N_("Only if the student"),
    "position": N_("Place in the order"),
    "is_active": N_("In use"),
    "waits_for": N_("Who acts"),
    "planned_days": N_("Planned days"),
    "planned_unit": N_("Counted in"),
    "iso2": N_("Country"),
    "exempt_days": N_("Calendar days"),
    "has_asterisk": N_("Marked with an asterisk"),
    "stay_days": N_("Days of stay"),
    "window_days": N_("Window, in days"),
    "rule": N_("In words"),
    "audience": N_("Written"),
    "is_reminder": N_("Reminds of a date"),
    "subject_en": N_("Subject in English"),
    "subject_ru": N_("Subject in Russian"),
    "subject_ky": N_("Subject in Kyrgyz"),
    "body_en": N_("Message in English"),
    "body_ru": N_("Message in Russian"),
    "body_ky": N_("Message in Kyrgyz"),
    "days_before": N_("Days before the date"),
    "source": N_("Source"),
    "source_url": N_("Link to the source"),
    "confidence": N_("How sure it is"),
    "note": N_("Note in English"),
    "note_ru": N_("Note in Russian"),
    "note_ky": N_("Note in Kyrgyz"),
    "in_force_from": N_("In force from"),
    "in_force_until": N_("In force until"),
    "recheck_by": N_("Recheck by"),
}


def render(actor: Actor) -> None:
    """Show every shipped row that differs from the house's, and the two ways to settle it."""
    impacts.progress(actor)
    st.caption(
        _(
            "What you changed is never overwritten. Where this release brings other values, both "
            "stand here until you choose."
        )
    )
    changes = shipped_changes(actor)
    if not changes:
        parts.empty(
            _("Nothing waits for you."),
            _("What this release brings and what is in force here do not contradict each other."),
        )
    for number, change in enumerate(changes):
        _change(actor, change, f"settings_release_{number}")


def _change(actor: Actor, change: Shipped, key: str) -> None:
    with st.container(border=True):
        name = name_of(change.name) if change.name else country_name(change.iso2 or "")
        kind = _(KINDS[change.kind])
        st.markdown(f"**{escaped(kind)}**: {escaped(name)}")
        if change.is_new:
            st.caption(_("New in this release; a row of yours holds at the same time."))
        _table(change.differences)
        with st.container(horizontal=True):
            if st.button(_("Take the shipped values"), key=f"{key}_take"):
                _plan(actor, change)
            if st.button(_("Keep ours"), key=f"{key}_keep"):
                _keep(actor, change)
        plan: tuple[str, Impact] | None = st.session_state.get(_PLAN)
        if plan is not None and plan[0] == change.key:
            _offer(actor, change, name, plan[1])


def _table(differences: tuple[Difference, ...]) -> None:
    st.dataframe(
        parts.columns(
            {
                "column": [_(COLUMNS[each.column]) for each in differences],
                "ours": [shown(each.column, each.ours) for each in differences],
                "shipped": [shown(each.column, each.shipped) for each in differences],
            }
        ),
        hide_index=True,
        height="content",
        column_config={
            "column": st.column_config.TextColumn(_("What")),
            "ours": st.column_config.TextColumn(_("Here")),
            "shipped": st.column_config.TextColumn(_("In the release")),
        },
    )


def shown(column: str, value: Any) -> str:
    """Return a value of a reference row in words."""
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return ", ".join(shown(column, each) for each in value)
    if isinstance(value, date):
        return format_date(value)
    return _in_words(column, value)


def _in_words(column: str, value: Any) -> str:
    if column in ("iso2", "citizenships"):
        return country_name(value)
    if column == "conditions":
        return word(RequirementCondition(value))
    return word(value) if isinstance(value, StrEnum) else str(value)


def _plan(actor: Actor, change: Shipped) -> None:
    try:
        with impacts.looking():
            st.session_state[_PLAN] = (change.key, preview_shipped(actor, change.key))
    except DomainError as error:
        st.session_state.pop(_PLAN, None)
        parts.refusal(error)


def _offer(actor: Actor, change: Shipped, name: str, impact: Impact) -> None:
    def apply(accepts_late: bool) -> None:
        take_shipped(actor, change.key, version=change.version, accepts_late=accepts_late)

    if impacts.offer("settings_release_plan", name, impact, apply):
        st.session_state.pop(_PLAN, None)
        st.rerun()


def _keep(actor: Actor, change: Shipped) -> None:
    try:
        keep_ours(actor, change.key, version=change.version)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("Your values stay."))
    st.rerun()
