"""Who holds a passport, on the card of its owner: where it is, how it came there, and what next."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_date
from core.permissions import Actor, Permission
from core.services.cards import PassportView
from core.services.custody import CustodyMoveView, PassportCustody, hand_over
from core.services.custody_list import KEEPERS
from core.terms import PassportHolder
from core.words import word
from pages.custody.acts import ask_for_hand_over, overdue_badge, receipt_links
from pages.shell import parts
from pages.shell.parts import escaped


def show_custody(
    actor: Actor, passport: PassportView, custody: PassportCustody | None, *, can_edit: bool
) -> None:
    """Show in whose hands ``passport`` is; ``custody`` is None where it was never taken in."""
    holder = custody.holder if custody else PassportHolder.OWNER
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(
            escaped(_("In whose hands: %(holder)s") % {"holder": word(holder)}),
            color="gray" if holder is PassportHolder.OWNER else "blue",
            icon=":material/badge:",
        )
        if custody is not None and custody.is_held:
            overdue_badge(custody.days_overdue)
            st.markdown(escaped(_standing(custody)), width="content")
    if can_edit and actor.can(Permission.EDIT_CUSTODY):
        _acts(actor, passport, custody)
    if custody is not None:
        _way(custody)


def _standing(custody: PassportCustody) -> str:
    since = _("since %(date)s") % {"date": format_date(custody.since_on)}
    if custody.expected_back_on is None:
        return since
    back = _("expected back on %(date)s") % {"date": format_date(custody.expected_back_on)}
    return f"{since} · {back}"


def _acts(actor: Actor, passport: PassportView, custody: PassportCustody | None) -> None:
    holder = custody.holder if custody else PassportHolder.OWNER
    if holder is PassportHolder.OWNER:
        department = (PassportHolder.DEPARTMENT,)
        _offer(actor, passport, custody, _("Take it in…"), department, name="in")
        return
    keepers = tuple(each for each in KEEPERS if each is not holder)
    with st.container(horizontal=True):
        _offer(actor, passport, custody, _("Pass it on…"), keepers, name="on")
        owner = (PassportHolder.OWNER,)
        _offer(actor, passport, custody, _("Back with its owner…"), owner, name="back")


def _offer(
    actor: Actor,
    passport: PassportView,
    custody: PassportCustody | None,
    label: str,
    choices: tuple[PassportHolder, ...],
    *,
    name: str,
) -> None:
    version = custody.version if custody else 0
    key = f"students_custody_{name}_{passport.passport_id}_{version}"
    with st.popover(label, icon=":material/badge:", key=f"{key}_open"):
        asked = ask_for_hand_over(
            choices, _("Note it"), key=key, earliest=custody.since_on if custody else None
        )
        if asked is None:
            return
        after, known = asked
        try:
            hand_over(actor, passport.passport_id, after, known, version=version)
        except DomainError as error:
            parts.refusal(error)
            return
    parts.done(_("It is noted in whose hands the passport is."))
    st.rerun()


def _way(custody: PassportCustody) -> None:
    folded = st.expander(
        _("The way of the passport"),
        key=f"students_custody_way_{custody.passport_id}",
        on_change="rerun",
        type="compact",
    )
    if not folded.open:
        return
    with folded:
        for move in custody.moves:
            st.markdown(escaped(_told(move)))
            if move.receipt:
                receipt_links([move.move_id], key=f"students_receipt_{move.move_id}")


def _told(move: CustodyMoveView) -> str:
    sentence = _("%(date)s: %(before)s → %(after)s, recorded by %(name)s")
    values = {
        "date": format_date(move.moved_on),
        "before": word(move.before),
        "after": word(move.after),
        "name": move.recorded_by,
    }
    receipt = _("receipt %(number)s") % {"number": move.receipt} if move.receipt else ""
    return " · ".join(filter(None, (sentence % values, receipt, move.note)))
