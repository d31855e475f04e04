"""The radar: how much is due of what, when, and for whom it waits; and the list behind a number."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

import streamlit as st

from core.i18n import _, format_number, ngettext
from core.permissions import Actor, Permission
from core.services.house import today
from core.services.page import MOST_COUNTED
from core.services.radar import (
    NEAR,
    Counts,
    RadarFilter,
    Waiting,
    radar_counts,
    radar_list,
    waiting,
)
from core.terms import Matter, Party, Urgency
from core.words import word
from pages.cases.responsible import responsible_choice
from pages.home.lines import show_lines
from pages.home.monday import offer_monday_sheet
from pages.shell import links, parts

Member = TypeVar("Member", bound=StrEnum)


def show_radar(actor: Actor) -> None:
    """Show what is due near today, narrowed to what the address asks for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        responsible_id = responsible_choice(actor, key="home")
        chooses = st.toggle(_("Select several"), key="home_several")
        offer_monday_sheet(actor)
    wanted = _ask(actor, responsible_id)
    page = radar_list(actor, wanted, page=links.number_in_address("p") or 1)
    if page.total == 0:
        _nothing_due(actor, wanted)
        return
    show_lines(actor, page, chooses=chooses)


def _ask(actor: Actor, responsible_id: int | None) -> RadarFilter:
    """Show the three ways to narrow the radar, each with its numbers, and return the choice."""
    groups = waiting(actor, responsible_id=responsible_id)
    given_party = _given(Party, "waits")
    counts = radar_counts(actor, party=given_party, responsible_id=responsible_id)
    given_span, given_matter = _given(Urgency, "due"), _given(Matter, "what")
    span = _pills("due", [*NEAR, Urgency.LATER], given_span, _span_labels(counts, given_matter))
    matters = _matter_labels(counts, given_span)
    matter = _pills("what", [each for each in Matter if each in matters], given_matter, matters)
    party = _pills("waits", [each.party for each in groups], given_party, _party_labels(groups))
    return RadarFilter(span=span, matter=matter, party=party, responsible_id=responsible_id)


def _given(vocabulary: type[Member], name: str) -> Member | None:
    text = links.text_in_address(name)
    return vocabulary(text) if text in set(vocabulary) else None


def _pills(
    name: str, members: Sequence[Member], given: Member | None, labels: Mapping[Member, str]
) -> Member | None:
    """Show ``members`` side by side; the one chosen stands in the address."""
    offered = [*members, given] if given is not None and given not in members else list(members)
    titles = {"due": _("Due"), "what": _("What is due"), "waits": _("Waits for")}
    chosen = st.pills(
        titles[name],
        offered,
        default=given,
        format_func=lambda member: labels.get(member, word(member)),
        key=f"home_{name}",
        label_visibility="collapsed",
    )
    if chosen is not given:
        links.put_in_address(**{name: chosen, "p": None})
        # The numbers beside the other choices are those of before.
        st.rerun()
    return chosen


def _span_labels(counts: Counts, matter: Matter | None) -> dict[Urgency, str]:
    rows = counts.values() if matter is None else [counts[matter]]
    return {span: _counted(span, sum(row[span] for row in rows)) for span in NEAR}


def _matter_labels(counts: Counts, span: Urgency | None) -> dict[Matter, str]:
    """Return the matters that anything is due of; beyond the month they are not counted."""
    if span is Urgency.LATER:
        return {matter: word(matter) for matter in Matter}
    spans = NEAR if span is None else (span,)
    sums = {matter: sum(row[each] for each in spans) for matter, row in counts.items()}
    return {matter: _counted(matter, count) for matter, count in sums.items() if count}


def _party_labels(groups: Sequence[Waiting]) -> dict[Party, str]:
    """Return for whom cases wait, how many, and for how many days the oldest one does."""
    labels = {}
    for group in groups:
        label = _("Waits for: %(party)s") % {"party": _counted(group.party, group.count)}
        days = (today() - group.oldest_on).days if group.oldest_on else 0
        oldest = ngettext("longest %(days)s day", "longest %(days)s days", days)
        labels[group.party] = f"{label}, {oldest % {'days': days}}" if days else label
    return labels


def _counted(member: StrEnum, count: int) -> str:
    more = "+" if count > MOST_COUNTED else ""
    return f"{word(member)} · {format_number(min(count, MOST_COUNTED))}{more}"


def _nothing_due(actor: Actor, wanted: RadarFilter) -> None:
    if wanted != RadarFilter():
        parts.empty(_("Nothing of this is due."), _("Choose something else above."))
    elif actor.can(Permission.EDIT_PEOPLE):
        parts.empty(
            _("Nothing is due within a month."),
            _("Register a student under “New person”; his due dates appear here."),
        )
    else:
        parts.empty(
            _("Nothing is due within a month."),
            _("Due dates appear here as students are registered."),
        )
