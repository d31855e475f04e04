"""Fees and fines as the head filled them in, each with its source; none is given beforehand."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_amount
from core.permissions import Actor, Permission
from core.services.charges import (
    ChargeForm,
    ChargeView,
    list_charges,
    put_charge,
    withdraw_charge,
)
from core.services.house import today
from core.services.names import name_of
from core.terms import CaseKind, ChargeKind
from core.words import word
from pages.settings.fields import first_day_field, name_fields, period_text
from pages.shell import editing, links, parts
from pages.shell.parts import escaped

_KINDS: list[ChargeKind] = list(ChargeKind)


def render(actor: Actor) -> None:
    """Show every amount, and the form for a new one."""
    charges = list_charges(actor)
    if not charges:
        parts.empty(
            _("No fees or fines are entered yet."),
            _("No reliable tariff was found; the head fills the amounts in with their source."),
        )
    else:
        _table(actor, charges)
    if actor.can(Permission.EDIT_RULES):
        _form(actor)


def _table(actor: Actor, charges: tuple[ChargeView, ...]) -> None:
    clicked = parts.table(
        {
            "kind": [word(charge.kind) for charge in charges],
            "name": [name_of(charge.name) for charge in charges],
            "amount": [format_amount(charge.amount_minor, charge.currency) for charge in charges],
            "procedure": [word(c.procedure) if c.procedure else "—" for c in charges],
            "period": [period_text(c.in_force_from, c.in_force_until) for c in charges],
            "source": [charge.source for charge in charges],
        },
        key="settings_charges",
        column_config={
            "kind": st.column_config.TextColumn(_("Kind")),
            "name": st.column_config.TextColumn(_("What it is called")),
            "amount": st.column_config.TextColumn(_("Amount")),
            "procedure": st.column_config.TextColumn(_("Procedure")),
            "period": st.column_config.TextColumn(_("In force")),
            "source": st.column_config.TextColumn(_("Source")),
        },
    )
    if clicked is not None:
        links.put_in_address(charge=charges[clicked].charge_id)
    chosen_id = links.number_in_address("charge")
    chosen = next((charge for charge in charges if charge.charge_id == chosen_id), None)
    if chosen is not None and actor.can(Permission.EDIT_RULES):
        _withdraw(actor, chosen)


def _withdraw(actor: Actor, charge: ChargeView) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        amount = format_amount(charge.amount_minor, charge.currency)
        st.markdown(f"**{escaped(name_of(charge.name))}** · {escaped(amount)}")
        if not st.button(
            _("Withdraw, it was a mistake"), key=f"settings_charge_{charge.charge_id}"
        ):
            return
        try:
            withdraw_charge(actor, charge.charge_id, version=charge.version)
        except DomainError as error:
            parts.refusal(error)
            return
        links.put_in_address(charge=None)
        parts.done(_("The amount is withdrawn."))
        st.rerun()


def _form(actor: Actor) -> None:
    editing.offer(
        _("Add an amount"),
        key="settings_charge_new",
        fields=_fields,
        save=lambda form, _seen: put_charge(actor, form),
        said=_("The amount is in force."),
        icon=":material/add:",
        button=_("Put in force"),
    )


def _fields(key: str) -> ChargeForm:
    first, second, third, fourth, fifth = st.columns(5)
    kind = first.selectbox(_("Kind"), _KINDS, format_func=word, key=f"{key}_kind")
    procedures: list[CaseKind | None] = [None, *CaseKind]
    procedure = second.selectbox(
        _("Procedure"),
        procedures,
        format_func=lambda each: word(each) if each else _("none of them"),
        key=f"{key}_procedure",
    )
    amount = third.text_input(_("Amount"), key=f"{key}_amount")
    currency = fourth.text_input(_("Currency"), value="KGS", max_chars=3, key=f"{key}_currency")
    with fifth:
        first_day = first_day_field(key, value=today())
    names = name_fields(key)
    source = st.text_input(
        _("Source: the act, its number and date"), key=f"{key}_source", max_chars=2000
    )
    return ChargeForm(
        kind=kind,
        procedure=procedure,
        name_en=names.en,
        name_ru=names.ru,
        name_ky=names.ky,
        amount=amount,
        currency=currency,
        source=source,
        in_force_from=first_day,
    )
