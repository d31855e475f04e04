"""What was done to a person's record, in words."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.i18n import N_, _, format_moment
from core.permissions import Actor
from core.services.cards import PersonCard
from core.services.house import time_zone
from core.services.person_history import HistoryLine, person_history
from pages.shell import links, parts
from pages.shell.parts import escaped

#: action of the log → what was done.
DEEDS = {
    "person.register": N_("registered the person"),
    "person.change": N_("changed names or contact"),
    "person.view": N_("looked at the card"),
    "passport.add": N_("added a passport"),
    "passport.change": N_("corrected a passport"),
    "passport.make_current": N_("made a passport the current one"),
    "visa.add": N_("added a visa"),
    "visa.change": N_("corrected a visa"),
    "visa.annul": N_("noted that a visa was annulled"),
    "registration.add": N_("noted a registration"),
    "registration.change": N_("corrected a registration"),
    "residence.move": N_("noted a new address"),
    "residence.change": N_("corrected an address"),
    "crossing.add": N_("noted a border crossing"),
    "crossing.change": N_("corrected a border crossing"),
    "enrolment.add": N_("enrolled the person"),
    "enrolment.change": N_("changed contract or study"),
    "enrolment.change_status": N_("changed the status"),
    "engagement.add": N_("noted work or a visit"),
    "engagement.change": N_("corrected work or a visit"),
    "contact.add": N_("noted whom to call"),
    "contact.change": N_("corrected whom to call"),
    "contact.end": N_("took a contact off the card"),
    "family.add": N_("noted a relative"),
    "family.end": N_("undid the link to a relative"),
    "note.add": N_("wrote a note"),
    "note.withdraw": N_("withdrew a note"),
    "document.upload": N_("delivered a scan"),
    "document.open": N_("opened a scan"),
    "case.open": N_("opened a case"),
    "case.complete": N_("closed a case as done"),
    "case.supersede": N_("closed a case for a newer one"),
    "case.withdraw": N_("closed a case that applies no more"),
    "case.confirm_application": N_("confirmed the faculty's application"),
    "case.return_to_dean": N_("returned a case to the dean's office"),
}


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
    told = [f"{name}: {_change(value)}" for name, value in line.values.items()]
    if told:
        return "; ".join(told)
    return ", ".join(str(each) for each in _names(line.clear))


def _names(clear: Mapping[str, Any]) -> list[Any]:
    fields = clear.get("fields")
    return fields if isinstance(fields, list) else [each for each in clear.values() if each]


def _change(value: object) -> str:
    if isinstance(value, list) and len(value) == 2:
        return f"{_plain(value[0])} → {_plain(value[1])}"
    return _plain(value)


def _plain(value: object) -> str:
    return "—" if value in (None, "") else str(value)
