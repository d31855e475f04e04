"""Passports we hold: those of others' that are with us or with an authority, overdue first."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from core.i18n import _, format_date, ngettext
from core.permissions import Actor, Permission
from core.services.custody import hand_over_many, take_in
from core.services.custody_list import (
    KEEPERS,
    CustodyFilter,
    HeldCounts,
    HeldLine,
    custody_filter,
    held_counts,
    held_passports,
    query_of,
)
from core.services.page import Page
from core.terms import PassportHolder, Urgency
from core.words import word
from pages.custody.acts import (
    ask_for_hand_over,
    hand_over_fields,
    note_told,
    receipt_links,
    show_told,
)
from pages.shell import editing, links, parts
from pages.shell.parts import escaped

#: Which tables were worked through; each act makes the next one forget what was ticked.
_TURN = "custody_turn"


def render(actor: Actor) -> None:
    """Show the passports the filter asks for, and what can be done with those ticked."""
    parts.title(
        _("Passports we hold"),
        _("Originals that are not with their owners, the overdue ones first."),
    )
    show_told()
    if actor.can(Permission.EDIT_CUSTODY):
        _take_in(actor)
    wanted = _ask_for_filter(held_counts(actor))
    page = held_passports(actor, wanted, page=links.number_in_address("p") or 1)
    if page.total == 0:
        _none(actor, is_filtered=wanted != CustodyFilter())
        return
    chosen = _table(page)
    parts.pager(page, key="custody")
    _acts(actor, chosen)
    st.link_button(
        _("This list as Excel"),
        f"/files/passports.xlsx?{urlencode(query_of(wanted))}",
        icon=":material/table_view:",
    )


def _take_in(actor: Actor) -> None:
    def save(entered: tuple[str, Any]) -> None:
        numbers, known = entered
        note_told(take_in(actor, numbers.splitlines(), known), has_receipts=True)

    editing.offer(
        _("Take passports in"),
        key="custody_take_in",
        fields=_taken_in_fields,
        save=lambda entered, _seen: save(entered),
        said=_("The numbers were looked up."),
        icon=":material/move_to_inbox:",
        button=_("Take them in"),
    )


def _taken_in_fields(key: str) -> tuple[str, Any]:
    numbers = st.text_area(
        _("Passport numbers, one in a line"), key=f"{key}_numbers", max_chars=4000, height=120
    )
    return numbers, hand_over_fields(key, earliest=None)


def _ask_for_filter(counts: HeldCounts) -> CustodyFilter:
    given = custody_filter(st.query_params)
    choices = ["", *(keeper.value for keeper in KEEPERS)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.segmented_control(
            _("In whose hands"),
            choices,
            default=given.holder.value if given.holder else "",
            format_func=lambda each: _counted(each, counts),
            key="custody_holder",
            required=True,
        )
        overdue = _("Overdue (%(count)s)") % {"count": counts.overdue}
        is_overdue = st.toggle(
            escaped(overdue),
            value=given.is_overdue,
            key="custody_overdue",
        )
    holder = PassportHolder(chosen) if chosen else None
    wanted = CustodyFilter(holder=holder, is_overdue=is_overdue)
    if wanted != given:
        asked = query_of(wanted)
        links.put_in_address(holder=asked.get("holder"), overdue=asked.get("overdue"), p=None)
    return wanted


def _counted(holder: str, counts: HeldCounts) -> str:
    if not holder:
        name = _("All of them")
        return f"{name} ({counts.total})"
    keeper = PassportHolder(holder)
    return f"{word(keeper)} ({counts.by_holder[keeper]})"


def _none(actor: Actor, *, is_filtered: bool) -> None:
    if is_filtered:
        parts.empty(_("No passport matches."), _("Take the filter out to see all of them."))
    elif actor.can(Permission.EDIT_CUSTODY):
        parts.empty(
            _("Every passport is with its owner."),
            _("Take one in here by its number, or on the card of its owner."),
        )
    else:
        parts.empty(
            _("Every passport is with its owner."),
            _("What the International Department takes in appears here."),
        )


def _table(page: Page[HeldLine]) -> list[HeldLine]:
    lines = page.rows
    shown = st.dataframe(
        parts.columns(_columns(lines)),
        key=f"custody_list_{st.session_state.setdefault(_TURN, 0)}",
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "name": st.column_config.TextColumn(_("Name")),
            "urgency": parts.status_column(_("Urgency"), list(Urgency), width=130),
            "holder": st.column_config.TextColumn(_("In whose hands")),
            "since": st.column_config.TextColumn(_("Since")),
            "days": st.column_config.NumberColumn(_("Days there")),
            "back": st.column_config.TextColumn(_("Expected back")),
            "passport": st.column_config.TextColumn(_("Passport")),
            "receipt": st.column_config.TextColumn(_("Receipt")),
        },
    )
    return [lines[row] for row in shown.selection.rows if row < len(lines)]


def _columns(lines: Sequence[HeldLine]) -> dict[str, Sequence[Any]]:
    return {
        "name": [line.name for line in lines],
        "urgency": [[word(line.urgency)] if line.urgency else [] for line in lines],
        "holder": [word(line.holder) for line in lines],
        "since": [format_date(line.since_on) for line in lines],
        "days": [line.days_held for line in lines],
        "back": [
            format_date(line.expected_back_on) if line.expected_back_on else "—" for line in lines
        ],
        "passport": [line.passport_masked for line in lines],
        "receipt": [line.receipt for line in lines],
    }


def _acts(actor: Actor, chosen: Sequence[HeldLine]) -> None:
    if not chosen:
        st.caption(
            _("Tick passports to pass them on, give them back or print their receipts.")
            if actor.can(Permission.EDIT_CUSTODY)
            else _("Tick passports to print their receipts.")
        )
        return
    with st.container(horizontal=True):
        if len(chosen) == 1 and st.button(
            _("Open the card"), key="custody_open", icon=":material/person:"
        ):
            links.go_to("students", person=chosen[0].person_id, tab="passports")
        if actor.can(Permission.EDIT_CUSTODY):
            pass_on = _("Pass %(count)s on…")
            others = [each for each in KEEPERS if any(line.holder is not each for line in chosen)]
            _offer(actor, chosen, others, pass_on, name="on", icon=":material/outbound:")
            give_back = ngettext(
                "%(count)s is back with its owner…",
                "%(count)s are back with their owners…",
                len(chosen),
            )
            owner = (PassportHolder.OWNER,)
            _offer(actor, chosen, owner, give_back, name="back", icon=":material/undo:")
    receipts = [line.receipt_id for line in chosen if line.receipt_id is not None]
    if receipts:
        receipt_links(receipts, key="custody_receipts")


def _offer(
    actor: Actor,
    chosen: Sequence[HeldLine],
    choices: Sequence[PassportHolder],
    label: str,
    *,
    name: str,
    icon: str,
) -> None:
    """Offer to note that those ticked went into other hands, behind a button with their number."""
    key = f"custody_{name}_{st.session_state[_TURN]}"
    with st.popover(escaped(label % {"count": len(chosen)}), icon=icon, key=f"{key}_open"):
        asked = ask_for_hand_over(choices, _("Note it"), key=key, earliest=None)
    if asked is None:
        return
    seen = {
        line.passport_id: (f"{line.name} {line.passport_masked}", line.version) for line in chosen
    }
    after, known = asked
    note_told(hand_over_many(actor, seen, after, known), has_receipts=False)
    st.session_state[_TURN] += 1
    st.rerun()
