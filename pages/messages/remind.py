"""Reminding of chosen cases: how many messages that makes, to whom, who is not reached, and go."""

from collections.abc import Sequence

import streamlit as st

from core.errors import DomainError
from core.i18n import _, ngettext
from core.permissions import Actor, Permission
from core.services.messages.reminding import (
    PlannedMessage,
    RemindingPlan,
    plan_reminding,
    remind_of,
)
from core.terms import MessageChannel
from core.words import word
from pages.shell import editing, links, parts
from pages.shell.parts import escaped

#: So many names are told before the rest is counted.
_MOST_NAMES = 10


def offer_reminding(actor: Actor, case_ids: Sequence[int], *, key: str) -> None:
    """Offer to remind of cases, under a button; ``key`` tells this place from others."""
    if not actor.can(Permission.SEND_MESSAGES) or not case_ids:
        return
    label = ngettext("Remind of %(count)s case…", "Remind of %(count)s cases…", len(case_ids))
    heading = label % {"count": len(case_ids)}
    form = editing.opened(
        heading, key=f"message_remind_{key}", version=0, icon=":material/notifications:"
    )
    if form is None:
        return
    with editing.frame(heading):
        show_reminding(actor, case_ids)
        if st.button(_("Leave it"), key="message_remind_leave"):
            editing.close()
            st.rerun()


def show_reminding(actor: Actor, case_ids: Sequence[int]) -> None:
    """Show what reminding of cases comes to, and prepare the messages on demand."""
    channels: list[MessageChannel | None] = [None, *MessageChannel]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        channel = st.selectbox(
            _("Channel"),
            channels,
            format_func=lambda each: word(each) if each else _("e-mail, or else WhatsApp"),
            key="message_remind_channel",
            width=260,
        )
        to_students = st.toggle(_("To the students themselves"), key="message_remind_students")
    try:
        plan = plan_reminding(actor, case_ids, channel=channel, to_students=to_students)
    except DomainError as error:
        parts.refusal(error)
        return
    _show_plan(plan)
    label = ngettext(
        "Prepare %(count)s message", "Prepare %(count)s messages", len(plan.messages)
    ) % {"count": len(plan.messages)}
    if plan.messages and st.button(
        escaped(label), key="message_remind_go", type="primary", icon=":material/edit_note:"
    ):
        remind_of(actor, case_ids, channel=channel, to_students=to_students)
        editing.close()
        parts.done(_("The messages are prepared. Look at them, then send them."))
        links.go_to("messages", status="prepared")


def _show_plan(plan: RemindingPlan) -> None:
    st.markdown(escaped(_summary(plan.messages)))
    if plan.messages:
        st.dataframe(
            parts.columns(
                {
                    "to": [each.recipient for each in plan.messages],
                    "by": [word(each.channel) for each in plan.messages],
                    "count": [len(each.students) for each in plan.messages],
                    "students": [_named(each.students) for each in plan.messages],
                }
            ),
            hide_index=True,
            height="content" if len(plan.messages) <= _MOST_NAMES else 400,
            column_config={
                "to": st.column_config.TextColumn(_("To"), width=200),
                "by": st.column_config.TextColumn(_("Channel"), width=110),
                "count": st.column_config.NumberColumn(_("Students"), width=90),
                "students": st.column_config.TextColumn(_("About")),
            },
        )
    _show_others(plan)


def _show_others(plan: RemindingPlan) -> None:
    if plan.unreachable:
        told = _(
            "Not reached that way, because neither the student nor a representative has such an "
            "address: %(names)s. Enter it on the card under “Family and contacts”."
        )
        names = _named([name for _person, name in plan.unreachable])
        st.warning(escaped(told % {"names": names}))
    if plan.reminded:
        told = _("Reminded today already, look under “Messages”: %(names)s")
        st.caption(escaped(told % {"names": _named(plan.reminded)}))
    if plan.settled:
        told = ngettext("%(count)s case is closed.", "%(count)s cases are closed.", plan.settled)
        st.caption(escaped(told % {"count": plan.settled}))


def _summary(messages: Sequence[PlannedMessage]) -> str:
    if not messages:
        return _("No message will be prepared.")
    agents = len({each.recipient for each in messages if each.is_agent})
    own = sum(not each.is_agent for each in messages)
    told = [
        ngettext("%(count)s message", "%(count)s messages", len(messages))
        % {"count": len(messages)}
    ]
    if agents:
        to_agents = ngettext("to %(count)s representative", "to %(count)s representatives", agents)
        told.append(to_agents % {"count": agents})
    if own:
        to_students = ngettext("to %(count)s student", "to %(count)s students", own)
        told.append(to_students % {"count": own})
    return ", ".join(told)


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return (
        shown if more <= 0 else _("%(names)s and %(count)s more") % {"names": shown, "count": more}
    )
