"""The form in which the head writes what a rule says from a day on."""

from datetime import date

import streamlit as st

from core.i18n import _
from core.permissions import Actor
from core.rules.reach import FORMS
from core.services.countries import list_countries
from core.services.house import today
from core.services.rule_changes import RuleChange, RuleView, visa_letters
from core.terms import ResidenceKind, RuleUnit
from core.words import word
from pages.settings.fields import first_day_field, source_fields

_UNITS: list[RuleUnit] = list(RuleUnit)


def rule_fields(actor: Actor, rule: RuleView, key: str) -> RuleChange:
    """Ask what ``rule`` is to say; the fields begin with what it says now."""
    first, second, third, fourth = st.columns(4)
    amount = first.number_input(
        _("Days"), min_value=0, max_value=3650, value=rule.amount, key=f"{key}_amount"
    )
    unit = second.selectbox(
        _("Counted in"),
        _UNITS,
        index=_UNITS.index(rule.unit),
        format_func=word,
        key=f"{key}_unit",
    )
    anchors = list(FORMS[rule.code].anchors)
    anchor = third.selectbox(
        _("Counted from"),
        anchors,
        index=anchors.index(rule.anchor),
        format_func=word,
        key=f"{key}_anchor",
    )
    with fourth:
        first_day = first_day_field(key, value=today())
    citizenships, letters, residence = _scope_fields(actor, rule, key)
    source, confidence, note = source_fields(key)
    left, middle, right = st.columns([2, 1, 1])
    url = left.text_input(_("Link to the source"), key=f"{key}_url", max_chars=2000)
    last_day = middle.date_input(
        _("In force until (empty: for good)"), value=None, key=f"{key}_until", format="DD/MM/YYYY"
    )
    recheck_by = right.date_input(
        _("Recheck by"), value=None, key=f"{key}_recheck", format="DD/MM/YYYY"
    )
    return RuleChange(
        code=rule.code,
        anchor=anchor,
        amount=int(amount),
        unit=unit,
        in_force_from=first_day,
        in_force_until=last_day if isinstance(last_day, date) else None,
        citizenships=citizenships,
        visa_categories=letters,
        residence=residence,
        source=source,
        source_url=url,
        confidence=confidence,
        note=note,
        recheck_by=recheck_by if isinstance(recheck_by, date) else None,
        looked_at=rule.rule_id,
        version=rule.version,
    )


def _scope_fields(
    actor: Actor, rule: RuleView, key: str
) -> tuple[frozenset[str], frozenset[str], ResidenceKind | None]:
    first, second, third = st.columns(3)
    names = {state.iso2: state.name for state in list_countries(actor)}
    citizenships = first.multiselect(
        _("Only citizens of"),
        list(names),
        default=sorted(rule.citizenships),
        format_func=lambda iso2: names[iso2],
        key=f"{key}_citizenships",
        placeholder=_("everybody"),
    )
    letters = second.multiselect(
        _("Only holders of a visa"),
        list(visa_letters(actor)),
        default=sorted(rule.visa_categories),
        key=f"{key}_letters",
        placeholder=_("everybody"),
    )
    residences: list[ResidenceKind | None] = [None, *ResidenceKind]
    residence = third.selectbox(
        _("Only living in"),
        residences,
        index=residences.index(rule.residence),
        format_func=lambda kind: word(kind) if kind else _("anywhere"),
        key=f"{key}_residence",
    )
    return frozenset(citizenships), frozenset(letters), residence
