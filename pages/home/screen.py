"""Today: what waits for the reader, and the radar over everything that is due."""

import streamlit as st

from core.i18n import _, ngettext, pick
from core.permissions import Actor, Permission
from core.services.case_gaps import unsent_notices
from core.services.holidays import year_to_confirm
from core.services.releases import has_shipped_changes
from core.services.rule_views import rules_to_recheck
from core.terms import CaseKind
from pages.home.quality import show_quality
from pages.home.radar import show_radar
from pages.settings.screen import render as render_settings
from pages.shell import links, parts
from pages.shell.parts import escaped


def render(actor: Actor) -> None:
    """Show the due cases, or for who may see no people, the settings that are his work."""
    if not actor.can(Permission.READ_CASES):
        render_settings(actor)
        return
    parts.title(
        _("Today"),
        _("What is due or runs out, soonest first. Click a row to open it, a date to see why."),
    )
    _reminders(actor)
    show_quality(actor)
    show_radar(actor)


def _reminders(actor: Actor) -> None:
    """Tell the head what of the rules waits for him, and everybody of days off not confirmed."""
    year = year_to_confirm(actor)
    if year is not None:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            warning = _("The days off of %(year)s are not confirmed; due dates may still move.")
            st.markdown(escaped(warning % {"year": year}), width="content")
            if st.button(_("Days off"), key="home_days_off", icon=":material/event:"):
                links.go_to("settings", section="holidays", year=year)
    _notices(actor)
    if not actor.can(Permission.EDIT_RULES):
        return
    if has_shipped_changes(actor):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            told = _("This release brings other values for what you changed in Settings.")
            st.markdown(escaped(told), width="content")
            if st.button(_("Compare them"), key="home_release", icon=":material/compare_arrows:"):
                links.go_to("settings", section="release")
    rules = rules_to_recheck(actor)
    if rules:
        with st.container(border=True):
            counted = ngettext(
                "%(count)s rule is past its day of rechecking:",
                "%(count)s rules are past their day of rechecking:",
                len(rules),
            )
            st.markdown(f"**{escaped(counted % {'count': len(rules)})}**")
            for rule in rules:
                name = pick(en=rule.text.en, ru=rule.text.ru, ky=rule.text.ky)
                if st.button(
                    escaped(name),
                    key=f"home_rule_{rule.rule_id}",
                    type="tertiary",
                    icon=":material/arrow_forward:",
                ):
                    links.go_to("settings", section="rules", rule=rule.rule_id)


def _notices(actor: Actor) -> None:
    """Keep in sight the notices that have no date, because no term for them is confirmed."""
    count = unsent_notices(actor)
    if not count:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.badge(_("no term set"), color="red")
        told = ngettext(
            "%(count)s notice of a change of status is not sent yet.",
            "%(count)s notices of a change of status are not sent yet.",
            count,
        )
        st.markdown(escaped(told % {"count": count}), width="content")
        if st.button(_("Notices"), key="home_notices", icon=":material/campaign:"):
            links.go_to("tracker", procedure=CaseKind.STATUS_NOTICE.value)
