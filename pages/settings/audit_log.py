"""The audit log: who did or was refused what, and whether the log is as it was written."""

import json

import streamlit as st

from core.i18n import _, format_moment
from core.permissions import Actor
from core.services.audit_views import read_audit, verify_audit
from core.services.house import time_zone
from core.terms import AuditOutcome
from pages.shell import links, parts


def render(actor: Actor) -> None:
    """Show the log with its filters."""
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    name = left.text_input(_("User name"), key="settings_audit_name")
    action = middle.text_input(_("Action"), key="settings_audit_action")
    if right.button(_("Verify the log"), key="settings_audit_verify"):
        _verify(actor)
    page = read_audit(actor, actor_name=name, action=action, page=links.number_in_address("p") or 1)
    lines = page.rows
    parts.table(
        {
            "number": [line.sequence for line in lines],
            "when": [format_moment(line.recorded_at, time_zone=time_zone()) for line in lines],
            "who": [line.actor_name for line in lines],
            "what": [line.action for line in lines],
            "outcome": [
                _("refused") if line.outcome is AuditOutcome.REFUSED else _("done")
                for line in lines
            ],
            "subject": [line.subject for line in lines],
            "values": [json.dumps(line.clear, ensure_ascii=False) for line in lines],
        },
        key="settings_audit",
        column_config={
            "number": st.column_config.NumberColumn(_("No.")),
            "when": st.column_config.TextColumn(_("When")),
            "who": st.column_config.TextColumn(_("Who")),
            "what": st.column_config.TextColumn(_("What")),
            "outcome": st.column_config.TextColumn(_("Outcome")),
            "subject": st.column_config.TextColumn(_("Subject")),
            "values": st.column_config.TextColumn(_("Values")),
        },
    )
    parts.pager(page, key="settings_audit")


def _verify(actor: Actor) -> None:
    report = verify_audit(actor)
    if report.faults:
        sentence = _(
            "The log is not as it was written at row %(row)s. Keep a copy and ask for help."
        )
        st.error(sentence % {"row": report.faults[0].sequence})
    else:
        st.success(_("All %(count)s rows are as they were written.") % {"count": report.count})
