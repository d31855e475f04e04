"""What was done to a person's record, in words."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.i18n import _, format_moment
from core.permissions import Actor
from core.services.cards import PersonCard
from core.services.house import time_zone
from core.services.person_history import HistoryLine, person_history
from core.terms import EnrolmentStatus
from core.words import word
from pages.shell import links, parts
from pages.shell.parts import escaped
from pages.students.deeds import DEEDS, FIELDS


def show_history(actor: Actor, card: PersonCard) -> None:
    """Show who did what and when, the newest first."""
    with_views = st.toggle(
        _("Who looked at it, too"), key=f"students_history_views_{card.person_id}"
    )
    page = person_history(
        actor,
        card.person_id,
        with_views=with_views,
        page=links.number_in_address("hp") or 1,
    )
    lines = page.rows
    parts.table(
        {
            "when": [format_moment(line.recorded_at, time_zone=time_zone()) for line in lines],
            "who": [line.actor_name for line in lines],
            "what": [_deed(line.action) for line in lines],
            "values": [_values(line) for line in lines],
        },
        key=f"students_history_{card.person_id}_{with_views}",
        column_config={
            "when": st.column_config.TextColumn(_("When"), width="small"),
            "who": st.column_config.TextColumn(_("Who"), width="small"),
            "what": st.column_config.TextColumn(_("What"), width="medium"),
            "values": st.column_config.TextColumn(_("Fields, before and after"), width="large"),
        },
    )
    parts.pager(page, key="students_history", parameter="hp")
    st.caption(escaped(_("The log cannot be changed; what was corrected stays readable here.")))


def _deed(action: str) -> str:
    return _(DEEDS[action]) if action in DEEDS else action


def _values(line: HistoryLine) -> str:
    """Return the fields with what they were and are, or by their names where that is not told."""
    told = _names(line.clear) if "before" in line.clear else []
    told += [f"{_field(name)}: {_change(value)}" for name, value in line.values.items()]
    if told:
        return "; ".join(told)
    return ", ".join(_names(line.clear))


def _names(clear: Mapping[str, Any]) -> list[str]:
    fields = clear.get("fields")
    if isinstance(fields, list):
        return [_field(str(name)) for name in fields]
    if "before" in clear and "after" in clear:
        steps = (word(EnrolmentStatus(clear[name])) for name in ("before", "after"))
        return [" → ".join(steps)]
    return []


def _field(name: str) -> str:
    return _(FIELDS[name]) if name in FIELDS else name


def _change(value: object) -> str:
    if isinstance(value, list) and len(value) == 2:
        return f"{_plain(value[0])} → {_plain(value[1])}"
    return _plain(value)


def _plain(value: object) -> str:
    return "—" if value in (None, "") else str(value)
