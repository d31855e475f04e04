"""Terms that nobody has set: what waits for one, and the form in which the head sets it."""

import streamlit as st

from core.i18n import _
from core.permissions import Actor, Permission
from core.rule_words import rule_name
from core.services.rule_changes import RuleChange, change_rule, preview_rule
from core.services.rule_views import RuleDraft, unset_terms
from pages.settings import impact as impacts
from pages.settings.rule_form import in_one_line, rule_fields
from pages.shell import links
from pages.shell.parts import escaped


def show_unset_terms(actor: Actor) -> None:
    """Show each kind of term that nobody has set; the head may set it."""
    for draft in unset_terms(actor):
        with st.container(border=True):
            st.markdown(f"**{escaped(rule_name(draft.code))}**")
            st.badge(_("no term set"), color="orange")
            st.caption(
                _("No confirmed source names a term. Cases of this kind open without a due date.")
            )
            if actor.can(Permission.EDIT_RULES):
                _set(actor, draft)


def _set(actor: Actor, draft: RuleDraft) -> None:
    def apply(change: RuleChange, _seen: int, accepts_late: bool) -> None:
        links.put_in_address(rule=change_rule(actor, change, accepts_late=accepts_late))

    impacts.offer_change(
        _("Set the term"),
        key=f"settings_term_{draft.code}",
        version=0,
        fields=lambda key: rule_fields(actor, draft, key),
        look=lambda change, _seen: preview_rule(actor, change),
        title=lambda change: in_one_line(draft, change),
        apply=apply,
    )
