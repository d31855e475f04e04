"""What stands beside a case: what was paid for it, and what the department noted."""

import streamlit as st

from core.i18n import _, format_amount, format_date, pick
from core.permissions import Actor, Permission
from core.services.case_views import CaseView
from core.services.charges import list_charges
from core.services.house import today
from core.services.payments import (
    PaymentForm,
    PaymentView,
    add_payment,
    payments_of_case,
    withdraw_payment,
)
from core.services.person_notes import LONGEST_NOTE, NoteView, add_note, notes_of_case
from core.terms import ChargeKind
from pages.shell import editing
from pages.shell.parts import escaped
from pages.students.notes_tab import show_note


def show_beside(actor: Actor, case: CaseView) -> None:
    """Show payments and notes, once they are unfolded."""
    if not actor.can(Permission.READ_NOTES):
        return
    folded = st.expander(
        _("Payments and notes"),
        key=f"case_beside_{case.case_id}",
        on_change="rerun",
        type="compact",
    )
    if folded.open:
        with folded:
            _payments(actor, case)
            _notes(actor, case)


def _payments(actor: Actor, case: CaseView) -> None:
    can_edit = actor.can(Permission.EDIT_CASES)
    payments = payments_of_case(actor, case.case_id)
    for payment in payments:
        _payment(actor, payment, can_edit=can_edit)
    if not payments:
        st.caption(_("No payment is noted."))
    if can_edit:
        editing.offer(
            _("Note a payment"),
            key=f"case_payment_{case.case_id}",
            fields=lambda key: _payment_fields(actor, case, key),
            save=lambda form, _seen: add_payment(actor, case.case_id, form),
            said=_("The payment is noted."),
            icon=":material/receipt_long:",
        )


def _payment(actor: Actor, payment: PaymentView, *, can_edit: bool) -> None:
    told = (
        format_date(payment.paid_on),
        payment.name,
        format_amount(payment.amount_minor, payment.currency),
        payment.number,
        payment.recorded_by,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(escaped(" · ".join(filter(None, told))), width="content")
        if can_edit:
            editing.confirm(
                _("Take back"),
                key=f"case_payment_back_{payment.payment_id}",
                question=_("The payment leaves the case; the history keeps it."),
                act=lambda: withdraw_payment(actor, payment.payment_id, version=payment.version),
                said=_("The payment is taken back."),
                icon=":material/undo:",
            )


def _payment_fields(actor: Actor, case: CaseView, key: str) -> PaymentForm:
    """Ask for a payment; what Settings says of a fee for this procedure is offered."""
    fees = [
        charge
        for charge in list_charges(actor)
        if charge.kind is ChargeKind.FEE and charge.procedure is case.kind and not charge.is_past
    ]
    known = fees[0] if len(fees) == 1 else None
    first, second, third = st.columns([2, 1, 1])
    name = first.text_input(
        _("Paid for"),
        value=pick(en=known.name.en, ru=known.name.ru, ky=known.name.ky) if known else "",
        max_chars=200,
        key=f"{key}_name",
    )
    amount = second.text_input(
        _("Amount"), value=_typed(known.amount_minor) if known else "", key=f"{key}_amount"
    )
    currency = third.text_input(
        _("Currency"), value=known.currency if known else "KGS", max_chars=3, key=f"{key}_currency"
    )
    fourth, fifth = st.columns(2)
    paid_on = fourth.date_input(
        _("Paid on"), value=today(), max_value=today(), format="DD/MM/YYYY", key=f"{key}_on"
    )
    number = fifth.text_input(_("Number of the receipt"), max_chars=100, key=f"{key}_number")
    return PaymentForm(name=name, amount=amount, currency=currency, paid_on=paid_on, number=number)


def _typed(minor: int) -> str:
    whole, part = divmod(minor, 100)
    return f"{whole}.{part:02}" if part else str(whole)


def _notes(actor: Actor, case: CaseView) -> None:
    can_edit = actor.can(Permission.EDIT_PEOPLE)
    notes: tuple[NoteView, ...] = notes_of_case(actor, case.case_id)
    for note in notes:
        show_note(actor, note, can_edit=can_edit)
    if can_edit:
        editing.offer(
            _("Write a note"),
            key=f"case_note_{case.case_id}",
            fields=lambda key: st.text_area(_("Note"), key=f"{key}_text", max_chars=LONGEST_NOTE),
            save=lambda text, _seen: add_note(actor, case.person_id, text, case_id=case.case_id),
            said=_("The note is kept."),
            icon=":material/add:",
        )
