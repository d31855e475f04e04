"""Messages: who signs them, when mail rests and who sends it, the texts, the plan of reminders."""

import streamlit as st

from core.i18n import N_, _
from core.permissions import Actor, Permission
from core.services.messages.plans import PlanView, change_plan, list_plans
from core.services.messages.preferences import (
    LONGEST_NAME,
    Preferences,
    change_preferences,
    preferences,
)
from core.services.names import name_of
from pages.settings.fields import show_origin
from pages.settings.message_texts import show_texts
from pages.shell import editing, links
from pages.shell.parts import escaped

_PARTS = {
    "conduct": N_("Signature and sending"),
    "texts": N_("Texts"),
    "plans": N_("Plan of reminders"),
}


def render(actor: Actor) -> None:
    """Show the part the address names, or the first."""
    given = links.text_in_address("part")
    part = st.segmented_control(
        _("Part"),
        list(_PARTS),
        default=given if given in _PARTS else "conduct",
        format_func=lambda each: _(_PARTS[each]),
        key="settings_messages_part",
        label_visibility="collapsed",
        required=True,
    )
    if part != given:
        links.put_in_address(part=part)
    if part == "texts":
        show_texts(actor)
    elif part == "plans":
        for plan in list_plans(actor):
            _plan(actor, plan)
    else:
        _conduct(actor)


def _conduct(actor: Actor) -> None:
    own = preferences(actor)
    with st.container(border=True):
        _line(_("Executor"), own.executor)
        _line(_("Telephone"), own.phone)
        _line(_("Mail comes from"), own.sender)
        hours = f"{own.quiet_from:%H:%M} – {own.quiet_until:%H:%M}"
        _line(_("Automatic mail rests"), hours)
        _line(_("Reminders by e-mail"), _who_sends(own))
        if own.version == 0:
            st.badge(_("unconfirmed: the product's own default"), color="orange")
    if actor.can(Permission.EDIT_UNIVERSITY):
        editing.offer(
            _("Change"),
            key="settings_messages_conduct",
            version=own.version,
            fields=lambda key: _conduct_fields(key, own),
            save=lambda form, seen: change_preferences(actor, _seen(form, seen)),
            said=_("Signature and sending are changed."),
        )


def _seen(form: Preferences, version: int) -> Preferences:
    return Preferences(**{**vars(form), "version": version})


def _who_sends(own: Preferences) -> str:
    if own.sends_automatically:
        return _("are prepared and sent every day by themselves")
    return _("are prepared every day; a person looks at them and sends them")


def _line(label: str, value: str) -> None:
    gap = escaped(_("not filled in"))
    shown = f"**{escaped(value)}**" if value else f":orange-badge[{gap}]"
    st.markdown(f"{escaped(label)}: {shown}")


def _conduct_fields(key: str, own: Preferences) -> Preferences:
    first, second, third = st.columns(3)
    executor = first.text_input(
        _("Executor: the name under every message"),
        value=own.executor,
        key=f"{key}_executor",
        max_chars=LONGEST_NAME,
    )
    phone = second.text_input(
        _("His telephone"), value=own.phone, key=f"{key}_phone", max_chars=LONGEST_NAME
    )
    sender = third.text_input(
        _("Address mail comes from"), value=own.sender, key=f"{key}_sender", max_chars=254
    )
    quiet_from = first.time_input(
        _("Automatic mail rests from"), value=own.quiet_from, key=f"{key}_from", step=900
    )
    quiet_until = second.time_input(
        _("until (the same hour: never)"), value=own.quiet_until, key=f"{key}_until", step=900
    )
    is_automatic = st.checkbox(
        _("Send the reminders of the plan by e-mail every day, without anybody pressing a button"),
        value=own.sends_automatically,
        key=f"{key}_automatic",
    )
    return Preferences(
        executor=executor,
        phone=phone,
        sender=sender,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        sends_automatically=is_automatic,
        version=own.version,
    )


def _plan(actor: Actor, plan: PlanView) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(name_of(plan.rule_text))}**")
        days = ", ".join(str(each) for each in plan.days_before)
        st.markdown(escaped(_("Days before the date: %(days)s") % {"days": days}))
        if not plan.is_active:
            st.badge(_("not in use"), color="gray")
        show_origin(
            source=plan.source,
            url="",
            confidence=plan.confidence,
            confirmed_by=plan.confirmed_by,
            confirmed_at=plan.confirmed_at,
            note=plan.note,
        )
        if actor.can(Permission.EDIT_RULES):
            editing.offer(
                _("Change"),
                key=f"settings_plan_{plan.plan_id}",
                version=plan.version,
                fields=lambda key: _plan_fields(key, plan),
                save=lambda form, seen: change_plan(
                    actor, plan.plan_id, days=form[0], is_active=form[1], version=seen
                ),
                said=_("The plan is changed."),
            )


def _plan_fields(key: str, plan: PlanView) -> tuple[str, bool]:
    days = st.text_input(
        _("Days before the date, with commas; 0 is the day itself"),
        value=", ".join(str(each) for each in plan.days_before),
        key=f"{key}_days",
        max_chars=200,
    )
    is_active = st.checkbox(_("Remind of this date"), value=plan.is_active, key=f"{key}_active")
    return days, is_active
