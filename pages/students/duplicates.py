"""People who may be one and the same: the list of them, and the way to it from list and card."""

import streamlit as st

from core.errors import DomainError
from core.i18n import N_, _, country_name, format_date
from core.messages import describe
from core.permissions import Actor, Permission
from core.services.duplicates import (
    Pair,
    PairMember,
    find_by_number,
    possible_duplicates,
    possible_duplicates_of,
)
from pages.shell import links, parts
from pages.shell.parts import escaped

#: What the address says while the list is shown.
VIEW = "duplicates"

_SAME_NAME = N_("same name and birth date")
_SAME_NUMBER = N_("same passport number, another issuing state")


def offer_duplicates(actor: Actor) -> None:
    """Show the way to the list, for those who may merge."""
    if actor.can(Permission.EDIT_PEOPLE) and st.button(
        _("Possible duplicates"), icon=":material/group:", key="students_duplicates"
    ):
        links.put_in_address(view=VIEW, p=None)
        st.rerun()


def show_duplicates(actor: Actor) -> None:
    """Show the pairs nobody has decided about, each with the way to both side by side."""
    parts.title(_("Possible duplicates"), _("Click a row to see both records side by side."))
    page = possible_duplicates(actor, page=links.number_in_address("p") or 1)
    if page.total == 0:
        parts.empty(
            _("No two records look like one person."),
            _("Records of the same name and birth date, or passport number, appear here."),
        )
        return
    clicked = parts.table(
        {
            "first": [_described(pair.first) for pair in page.rows],
            "second": [_described(pair.second) for pair in page.rows],
            "born": [_born(pair) for pair in page.rows],
            "why": [_(_SAME_NAME if pair.is_namesake else _SAME_NUMBER) for pair in page.rows],
        },
        key="students_pairs",
        column_config={
            "first": st.column_config.TextColumn(_("First record")),
            "second": st.column_config.TextColumn(_("Second record")),
            "born": st.column_config.TextColumn(_("Born")),
            "why": st.column_config.TextColumn(_("Why")),
        },
    )
    parts.pager(page, key="students_pairs")
    if clicked is not None:
        pair = page.rows[clicked]
        compare_in_address(pair.first.person_id, pair.second.person_id, is_from_list=True)


def offer_same_person(actor: Actor, person_id: int) -> None:
    """Show on the card who may be the same person, and let another record be named."""
    if not actor.can(Permission.EDIT_PEOPLE):
        return
    _offer_known(actor, person_id)
    key = f"students_same_as_{person_id}"
    with (
        st.popover(_("Same person as…"), icon=":material/merge:", key=f"{key}_open"),
        st.form(key, border=False),
    ):
        number = st.text_input(_("Passport number of the other record"), key=f"{key}_number")
        if st.form_submit_button(_("Compare"), type="primary") and number.strip():
            _compare_with(actor, person_id, number)


def compare_in_address(person_id: int, other_id: int, *, is_from_list: bool = False) -> None:
    """Go on to the two records side by side; who came from the list goes back to it."""
    links.put_in_address(person=person_id, same=other_id, case=None)
    if not is_from_list:
        links.put_in_address(view=None, p=None)
    st.rerun()


def back_from_comparison(person_id: int) -> None:
    """Go back to where the two records were called from: the list of pairs, or the card."""
    is_from_list = links.text_in_address("view") == VIEW
    links.put_in_address(same=None, person=None if is_from_list else person_id)
    st.rerun()


def show_refusal(error: DomainError) -> None:
    """Show why a card was not opened; one that was merged leads to the record it is part of."""
    survivor = error.values.get("person_id")
    if error.code != "person.merged" or not isinstance(survivor, int):
        parts.refusal(error)
        return
    st.info(escaped(describe(error)), icon=":material/merge:")
    if st.button(_("Open the card"), key="students_survivor", type="primary"):
        links.put_in_address(person=survivor, same=None, case=None)
        st.rerun()


def _offer_known(actor: Actor, person_id: int) -> None:
    others = possible_duplicates_of(actor, person_id)
    if not others:
        return
    with st.container(border=True):
        heading = _("Perhaps the same person; compare the records:")
        st.markdown(f"**{escaped(heading)}**")
        with st.container(horizontal=True):
            for other in others:
                if st.button(escaped(_described(other)), key=f"students_compare_{other.person_id}"):
                    compare_in_address(person_id, other.person_id)


def _compare_with(actor: Actor, person_id: int, number: str) -> None:
    try:
        other_id = find_by_number(actor, number)
    except DomainError as error:
        parts.refusal(error)
        return
    compare_in_address(person_id, other_id)


def _described(member: PairMember) -> str:
    return f"{member.name} · {country_name(member.citizenship)} · № {member.person_id}"


def _born(pair: Pair) -> str:
    days = [each.birth_date for each in (pair.first, pair.second) if each.birth_date]
    return " / ".join(dict.fromkeys(format_date(day) for day in days)) or "—"
