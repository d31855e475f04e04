"""Rules: what makes each due date, since when, from which source; the head changes them here."""

from dataclasses import replace
from datetime import date

import streamlit as st

from core.errors import DomainError
from core.i18n import _, country_name, format_date
from core.permissions import Actor, Permission
from core.rule_words import count_from_anchor, rule_name
from core.rules.reach import FORMS
from core.services.impact import Impact
from core.services.names import name_of
from core.services.rule_changes import (
    RuleChange,
    change_rule,
    confirm_rule,
    preview_rule,
    preview_withdrawal,
    withdraw_rule,
)
from core.services.rule_views import RuleView, list_rules
from core.words import word
from pages.settings import impact as impacts
from pages.settings.fields import period_text, show_origin
from pages.settings.margin import show_margin
from pages.settings.rule_form import in_one_line, rule_fields
from pages.settings.unset_terms import show_unset_terms
from pages.shell import links, parts
from pages.shell.parts import escaped

#: The withdrawal that was looked at: of which rule, at which version, and what it does.
_WITHDRAWAL = "settings_rule_withdrawal"


def render(actor: Actor) -> None:
    """Show the rules, the one the address names, and the margin of passports."""
    impacts.progress(actor)
    st.caption(
        _(
            "A due date follows the rule in force on the day it is counted from: the entry, the "
            "end of the visa. Click a rule to open it."
        )
    )
    rules = list_rules(actor)
    clicked = parts.table(
        {
            "name": [rule_name(rule.code) for rule in rules],
            "days": [_days(rule) for rule in rules],
            "period": [period_text(rule.in_force_from, rule.in_force_until) for rule in rules],
            "scope": [_scope(rule) for rule in rules],
            "state": [_state(rule) for rule in rules],
            "recheck": [format_date(r.recheck_by) if r.recheck_by else "—" for r in rules],
            "sure": [word(rule.confidence) for rule in rules],
        },
        key="settings_rules",
        column_config={
            "name": st.column_config.TextColumn(_("Rule")),
            "days": st.column_config.TextColumn(_("Days")),
            "period": st.column_config.TextColumn(_("In force")),
            "scope": st.column_config.TextColumn(_("For whom")),
            "state": st.column_config.TextColumn(_("State")),
            "recheck": st.column_config.TextColumn(_("Recheck by")),
            "sure": st.column_config.TextColumn(_("How sure it is")),
        },
    )
    if clicked is not None:
        links.put_in_address(rule=rules[clicked].rule_id)
    chosen_id = links.number_in_address("rule")
    chosen = next((rule for rule in rules if rule.rule_id == chosen_id), None)
    if chosen is not None:
        _detail(actor, chosen)
    show_unset_terms(actor)
    show_margin(actor)


def _days(rule: RuleView) -> str:
    if FORMS[rule.code].is_of_country:
        return _("as many as the country table says")
    return count_from_anchor(rule.amount, rule.unit, rule.anchor)


def _scope(rule: RuleView) -> str:
    parts_of_scope = [
        *(country_name(iso2) for iso2 in sorted(rule.citizenships)),
        *sorted(rule.visa_categories),
        *([word(rule.residence)] if rule.residence else []),
    ]
    return ", ".join(parts_of_scope) or _("everybody")


def _state(rule: RuleView) -> str:
    if rule.withdrawn_by:
        return _("withdrawn")
    if rule.is_due_for_recheck:
        return _("to be rechecked")
    return _("confirmed") if rule.confirmed_by else _("unconfirmed")


def _detail(actor: Actor, rule: RuleView) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(name_of(rule.text))}**")
        lines = (_days(rule), _scope(rule), period_text(rule.in_force_from, rule.in_force_until))
        st.markdown(escaped(" · ".join(lines)))
        st.caption(escaped(f"{word(rule.purpose)} · {rule.code} ({rule.rule_id})"))
        show_origin(
            source=rule.source,
            url=rule.source_url,
            confidence=rule.confidence,
            confirmed_by=rule.confirmed_by,
            confirmed_at=rule.confirmed_at,
            note=rule.note,
        )
        if rule.withdrawn_by:
            st.caption(escaped(_("Withdrawn by %(name)s") % {"name": rule.withdrawn_by}))
        elif actor.can(Permission.EDIT_RULES):
            with st.container(horizontal=True):
                _confirm(actor, rule)
                _withdraw_button(actor, rule)
            _offer_withdrawal(actor, rule)
            _change(actor, rule)


def _confirm(actor: Actor, rule: RuleView) -> None:
    with (
        st.popover(_("Confirm"), icon=":material/verified:"),
        st.form(f"settings_rule_confirm_{rule.rule_id}_{rule.version}", border=False),
    ):
        st.caption(_("You have compared the rule with its source today."))
        recheck_by = st.date_input(
            _("Recheck by"),
            value=rule.next_recheck,
            key=f"settings_rule_recheck_{rule.rule_id}_{rule.version}",
            format="DD/MM/YYYY",
        )
        if not st.form_submit_button(_("Confirm the rule"), type="primary"):
            return
        try:
            confirm_rule(
                actor,
                rule.rule_id,
                recheck_by=recheck_by if isinstance(recheck_by, date) else None,
                version=rule.version,
            )
        except DomainError as error:
            parts.refusal(error)
            return
        parts.done(_("The rule is confirmed."))
        st.rerun()


def _withdraw_button(actor: Actor, rule: RuleView) -> None:
    if st.button(
        _("Withdraw"), key=f"settings_rule_withdraw_{rule.rule_id}", icon=":material/undo:"
    ):
        with impacts.looking():
            impact = preview_withdrawal(actor, rule.rule_id)
        st.session_state[_WITHDRAWAL] = (rule.rule_id, rule.version, impact)


def _offer_withdrawal(actor: Actor, rule: RuleView) -> None:
    plan: tuple[int, int, Impact] | None = st.session_state.get(_WITHDRAWAL)
    if plan is None or plan[0] != rule.rule_id:
        return
    _rule_id, version, impact = plan

    def apply(accepts_late: bool) -> None:
        withdraw_rule(actor, rule.rule_id, version=version, accepts_late=accepts_late)

    title = _("The rule is withdrawn; the one before it holds again.")
    if impacts.offer("settings_rule_withdrawal", title, impact, apply):
        st.session_state.pop(_WITHDRAWAL, None)
        st.rerun()


def _change(actor: Actor, rule: RuleView) -> None:
    def apply(change: RuleChange, seen: int, accepts_late: bool) -> None:
        wanted = replace(change, version=seen)
        links.put_in_address(rule=change_rule(actor, wanted, accepts_late=accepts_late))

    impacts.offer_change(
        _("Change from a day on"),
        key=f"settings_rule_{rule.rule_id}",
        version=rule.version,
        fields=lambda key: rule_fields(actor, rule, key),
        look=lambda change, seen: preview_rule(actor, replace(change, version=seen)),
        title=lambda change: in_one_line(rule, change),
        apply=apply,
    )
