"""What was done to a person's record, in words."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.i18n import _, format_moment
from core.permissions import Actor
from core.services.cards import PersonCard
from core.services.house import time_zone
from core.services.names import name_of
from core.services.person_history import HistoryLine, person_history
from core.terms import EnrolmentStatus
from core.words import word
from pages.shell import links, parts
from pages.shell.parts import escaped
from pages.students.deeds import DEEDS
from pages.students.history_values import ValueWords, field_name


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
    words = ValueWords(actor)
    for line in page.rows:
        st.markdown(_told(line, card.person_id, words))
    parts.pager(page, key="students_history", parameter="hp")
    st.caption(escaped(_("The log cannot be changed; what was corrected stays readable here.")))


def _told(line: HistoryLine, person_id: int, words: ValueWords) -> str:
    """Return one thing done on three lines: what, the fields, and when by whom."""
    moment = format_moment(line.recorded_at, time_zone=time_zone())
    texts = [f"**{escaped(_deed(line, person_id))}**"]
    texts += [escaped(text) for text in [_values(line, words)] if text]
    texts.append(f":small[:gray[{escaped(moment)} · {escaped(line.actor_name)}]]")
    return "  \n".join(texts)


def _deed(line: HistoryLine, person_id: int) -> str:
    """Return what was done, to which case or paper, and to which record if it was another one."""
    deed = _(DEEDS[line.action]) if line.action in DEEDS else line.action
    about = [word(line.case_kind)] if line.case_kind else []
    about += [name_of(line.paper)] if line.paper else []
    told = f"{deed}: {', '.join(about)}" if about else deed
    if line.record_id == person_id:
        return told
    values = {"deed": told, "number": line.record_id}
    return _("%(deed)s (record № %(number)s)") % values


def _values(line: HistoryLine, words: ValueWords) -> str:
    """Return the fields with what they were and are, or by their names where that is not told."""
    told = [*_step(line.clear), *_other_record(line.clear)]
    told += [words.line(name, value) for name, value in line.values.items()]
    if not line.values:
        told += [field_name(str(name)) for name in line.clear.get("fields") or ()]
    return "; ".join(told)


def _step(clear: Mapping[str, Any]) -> list[str]:
    if "before" not in clear or "after" not in clear:
        return []
    return [" → ".join(word(EnrolmentStatus(clear[name])) for name in ("before", "after"))]


def _other_record(clear: Mapping[str, Any]) -> list[str]:
    number = clear.get("other_id") or clear.get("relative_id")
    return [_("record № %(number)s") % {"number": number}] if number else []
