"""Visas of a person: the one in force, those of before, and what has to be done with one."""

from datetime import date

import streamlit as st

from core.i18n import _, format_date
from core.permissions import Actor
from core.services.cards import PersonCard, VisaView
from core.services.house import today
from core.services.person_forms import VisaForm
from core.services.visas import (
    add_earlier_visa,
    add_visa,
    annul_visa,
    carry_over_visa,
    change_visa,
)
from core.terms import VISA_STATUSES_IN_FORCE
from pages.shell import editing, parts
from pages.shell.parts import escaped
from pages.students.fields import date_field, facts, visa_fields


def show_visas(actor: Actor, card: PersonCard, *, can_edit: bool) -> None:
    """Show the visas, the one that ends last first, and the forms that add one."""
    st.subheader(_("Visas"), anchor=False)
    if not card.visas:
        parts.empty(_("No visa is noted."), _("Who enters without a visa needs none here."))
    for visa in card.visas:
        _visa(actor, card, visa, can_edit=can_edit)
    if can_edit:
        with st.container(horizontal=True):
            _add_visa(actor, card)
            _add_earlier(actor, card)


def _visa(actor: Actor, card: PersonCard, visa: VisaView, *, can_edit: bool) -> None:
    with st.container(border=True):
        parts.badge(visa.status)
        facts(
            {
                _("Visa"): f"{visa.category} {visa.number}".strip(),
                _("Entries"): visa.entries,
                _("From"): visa.valid_from,
                _("Last day"): visa.valid_until,
                _("In the passport"): _passport_of(card, visa),
            }
        )
        if visa.carried_over_on is not None:
            carried = _("Carried over into this passport on %(date)s")
            st.caption(escaped(carried % {"date": format_date(visa.carried_over_on)}))
        if visa == card.visa_to_carry_over:
            st.warning(
                _("It must be carried over into the current passport."), icon=":material/warning:"
            )
            if can_edit:
                _carry_over(actor, visa)
        if can_edit:
            _visa_actions(actor, visa)


def _passport_of(card: PersonCard, visa: VisaView) -> str:
    numbers = {passport.passport_id: passport.number for passport in card.passports}
    return numbers.get(visa.passport_id or 0, "")


def _carry_over(actor: Actor, visa: VisaView) -> None:
    editing.offer(
        _("Carried over on…"),
        key=f"students_visa_carry_{visa.visa_id}",
        version=visa.version,
        fields=_day_of_carrying,
        save=lambda day, seen: carry_over_visa(
            actor, visa.visa_id, carried_over_on=day, version=seen
        ),
        said=_("The visa is in the current passport now."),
        icon=":material/move_item:",
    )


def _day_of_carrying(key: str) -> date | None:
    return date_field(st.container(width=260), _("On what day"), f"{key}_day", today())


def _visa_actions(actor: Actor, visa: VisaView) -> None:
    given = VisaForm(
        category=visa.category,
        entries=visa.entries,
        number=visa.number,
        valid_from=visa.valid_from,
        valid_until=visa.valid_until,
    )
    with st.container(horizontal=True):
        editing.offer(
            _("Correct the visa"),
            key=f"students_visa_{visa.visa_id}",
            version=visa.version,
            fields=lambda key: visa_fields(actor, key, given),
            save=lambda form, seen: change_visa(actor, visa.visa_id, form, version=seen),
            said=_("The visa is corrected."),
        )
        if visa.status in VISA_STATUSES_IN_FORCE:
            editing.offer(
                _("Note that it was annulled"),
                key=f"students_visa_annul_{visa.visa_id}",
                version=visa.version,
                fields=lambda key: st.text_area(
                    _("Reason"), key=f"{key}_reason", max_chars=500, height=80
                ),
                save=lambda reason, seen: annul_visa(
                    actor, visa.visa_id, reason=reason, version=seen
                ),
                said=_("The visa counts as annulled."),
                icon=":material/block:",
            )


def _add_visa(actor: Actor, card: PersonCard) -> None:
    editing.offer(
        _("Add a visa"),
        key=f"students_visa_new_{card.person_id}",
        fields=lambda key: visa_fields(actor, key, None),
        save=lambda form, _seen: add_visa(actor, card.person_id, form),
        said=_("The visa is added; the one before counts as replaced."),
        icon=":material/add:",
    )


def _add_earlier(actor: Actor, card: PersonCard) -> None:
    editing.offer(
        _("Add an earlier visa"),
        key=f"students_visa_earlier_{card.person_id}",
        fields=lambda key: visa_fields(actor, key, None),
        save=lambda form, _seen: add_earlier_visa(actor, card.person_id, form),
        said=_("The visa is noted as an earlier one."),
        icon=":material/history:",
    )
