"""The form in which the head writes what a rule says from a day on."""

from dataclasses import asdict
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.i18n import _
from core.permissions import Actor
from core.rule_words import count_from_anchor, first_day_meaning
from core.rules.deadlines import LONGEST_TERM
from core.rules.reach import FORMS
from core.services.countries import list_countries
from core.services.house import today
from core.services.rule_changes import RuleChange
from core.services.rule_views import RuleDraft, RuleView, visa_letters
from core.terms import ResidenceKind, RuleUnit
from core.words import word
from pages.settings.fields import first_day_field, origin_fields, period_text, text_fields

_UNITS: list[RuleUnit] = list(RuleUnit)


def rule_fields(actor: Actor, rule: RuleView | RuleDraft, key: str) -> RuleChange:
    """Ask what ``rule`` is to say; the fields begin with what it says now."""
    first, second, third, fourth = st.columns(4)
    amount, unit = rule.amount, rule.unit
    if FORMS[rule.code].is_of_country:
        first.caption(_("How many days stands under “Countries”, for each state."))
    else:
        amount, unit = _days_fields(first, second, rule, key)
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
    st.caption(first_day_meaning(anchor))
    citizenships, letters, residence = _scope_fields(actor, rule, key)
    origin = origin_fields(key)
    left, right, _rest = st.columns([1, 1, 2], vertical_alignment="bottom")
    last_day = left.date_input(
        _("Last day in force (empty: for good)"),
        value=None,
        key=f"{key}_until",
        format="DD/MM/YYYY",
    )
    recheck_by = right.date_input(
        _("Recheck by"), value=rule.next_recheck, key=f"{key}_recheck", format="DD/MM/YYYY"
    )
    with st.expander(_("Words of its own (left empty, they are written from the figures)")):
        texts = text_fields(key)
    return RuleChange(
        code=rule.code,
        anchor=anchor,
        amount=amount,
        unit=unit,
        in_force_from=first_day,
        in_force_until=last_day if isinstance(last_day, date) else None,
        citizenships=citizenships,
        visa_categories=letters,
        residence=residence,
        text_en=texts.en,
        text_ru=texts.ru,
        text_ky=texts.ky,
        **asdict(origin),
        recheck_by=recheck_by if isinstance(recheck_by, date) else None,
        looked_at=rule.rule_id,
    )


def in_one_line(rule: RuleView | RuleDraft, change: RuleChange) -> str:
    """Return what ``change`` of ``rule`` says, for the head to look at before it is made."""
    period = period_text(change.in_force_from, change.in_force_until)
    if FORMS[rule.code].is_of_country:
        return period
    said = f"{count_from_anchor(change.amount, change.unit, change.anchor)}, {period}"
    if change.in_force_until is not None:
        said += ". " + _("After that day, what held before holds again.")
    return said


def _days_fields(
    first: DeltaGenerator, second: DeltaGenerator, rule: RuleView | RuleDraft, key: str
) -> tuple[int, RuleUnit]:
    amount = first.number_input(
        _("Days"), min_value=0, max_value=LONGEST_TERM, value=rule.amount, key=f"{key}_amount"
    )
    unit = second.selectbox(
        _("Counted in"),
        _UNITS,
        index=_UNITS.index(rule.unit),
        format_func=word,
        key=f"{key}_unit",
    )
    return int(amount), unit


def _scope_fields(
    actor: Actor, rule: RuleView | RuleDraft, key: str
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
