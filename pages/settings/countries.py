"""Countries: exempt days of registration and visa-free terms, two tables that are not one."""

from dataclasses import asdict, replace

import streamlit as st

from core.i18n import _, ngettext
from core.permissions import Actor, Permission
from core.rule_words import days_counted
from core.rules.deadlines import LONGEST_TERM
from core.services.countries import (
    CountryView,
    ExemptionForm,
    TermView,
    VisaFreeForm,
    change_exemption,
    change_visa_free,
    list_countries,
    preview_exemption,
)
from core.services.house import today
from core.services.names import name_of
from core.terms import RuleUnit
from core.words import word
from pages.settings import impact as impacts
from pages.settings.fields import first_day_field, origin_fields, period_text, show_origin
from pages.shell import editing, links, parts
from pages.shell.parts import escaped


def render(actor: Actor) -> None:
    """Show the states, and the one the address names with all its terms."""
    impacts.progress(actor)
    search = st.text_input(
        _("Search"),
        value=links.text_in_address("q"),
        placeholder=_("Part of what it is called"),
        key="settings_country_search",
        icon=":material/search:",
    )
    if search != links.text_in_address("q"):
        links.put_in_address(q=search)
    states = list_countries(actor, search=search)
    if not states:
        parts.empty(_("No state is called that."), _("Try another part of its name."))
        return
    clicked = parts.table(
        {
            "name": [state.name for state in states],
            "exempt": [_exempt(state.exemption) for state in states],
            "exempt_sure": [_sure(state.exemption) for state in states],
            "free": [_free(state.visa_free) for state in states],
            "free_sure": [_sure(state.visa_free) for state in states],
            "note": [_note(state) for state in states],
        },
        key="settings_countries",
        column_config={
            "name": st.column_config.TextColumn(_("Country")),
            "exempt": st.column_config.TextColumn(_("Days without registration")),
            "exempt_sure": st.column_config.TextColumn(_("How sure it is"), width=140),
            "free": st.column_config.TextColumn(_("Stay without a visa")),
            "free_sure": st.column_config.TextColumn(_("How sure that is"), width=180),
            "note": st.column_config.TextColumn(_("Note")),
        },
    )
    if clicked is not None:
        links.put_in_address(state=states[clicked].iso2)
    chosen = next((s for s in states if s.iso2 == links.text_in_address("state")), None)
    if chosen is not None:
        _detail(actor, chosen)


def _exempt(term: TermView | None) -> str:
    if term is None:
        return _("the general term")
    return days_counted(term.days or 0, RuleUnit.CALENDAR_DAYS)


def _free(term: TermView | None) -> str:
    if term is None or term.days is None:
        return _("not known")
    if term.days == 0:
        return _("visa needed")
    if term.window is None:
        return ngettext("%(days)s day", "%(days)s days", term.days) % {"days": term.days}
    return _("%(days)s days in any %(window)s") % {"days": term.days, "window": term.window}


def _sure(term: TermView | None) -> str:
    return word(term.confidence) if term else ""


def _note(state: CountryView) -> str:
    notes = (name_of(term.note) for term in (state.exemption, state.visa_free) if term is not None)
    return " · ".join(filter(None, notes))


def _detail(actor: Actor, state: CountryView) -> None:
    with st.container(border=True):
        st.subheader(escaped(state.name), anchor=False)
        # With a key, the tab that is open stays open when something else on the page appears.
        first, second = st.tabs(
            [_("Days without registration"), _("Stay without a visa")],
            key="settings_country_tabs",
        )
        with first:
            _terms(state.exemptions, [_exempt(term) for term in state.exemptions])
            if actor.can(Permission.EDIT_RULES):
                _exemption_form(actor, state)
        with second:
            _terms(state.visa_free_terms, [_free(term) for term in state.visa_free_terms])
            if actor.can(Permission.EDIT_RULES):
                _visa_free_form(actor, state)


def _terms(terms: tuple[TermView, ...], texts: list[str]) -> None:
    if not terms:
        st.caption(_("The state is not in the table."))
    for term, text in zip(terms, texts, strict=True):
        period = period_text(term.in_force_from, term.in_force_until)
        st.markdown(f"**{escaped(text)}** · {escaped(period)}")
        show_origin(
            source=term.source,
            url=term.source_url,
            confidence=term.confidence,
            confirmed_by=term.confirmed_by,
            confirmed_at=term.confirmed_at,
            note=term.note,
        )


def _exemption_form(actor: Actor, state: CountryView) -> None:
    def apply(form: ExemptionForm, seen: int, accepts_late: bool) -> None:
        change_exemption(actor, replace(form, edition=seen), accepts_late=accepts_late)

    impacts.offer_change(
        _("Change from a day on"),
        key=f"settings_exempt_{state.iso2}",
        version=state.exemption_edition,
        fields=lambda key: _exemption_fields(state, key),
        look=lambda form, seen: preview_exemption(actor, replace(form, edition=seen)),
        title=lambda form: _in_one_line(state, form),
        apply=apply,
    )


def _in_one_line(state: CountryView, form: ExemptionForm) -> str:
    counted = _("the general term")
    if form.days is not None:
        counted = days_counted(form.days, RuleUnit.CALENDAR_DAYS)
    return f"{state.name}: {counted}, {period_text(form.in_force_from, None)}"


def _exemption_fields(state: CountryView, key: str) -> ExemptionForm:
    first, second, third = st.columns(3, vertical_alignment="bottom")
    days = first.number_input(
        _("Calendar days"),
        min_value=0,
        max_value=LONGEST_TERM,
        value=(state.exemption.days or 0) if state.exemption else 0,
        key=f"{key}_days",
    )
    with second:
        first_day = first_day_field(key, value=today())
    is_struck = third.checkbox(_("Take the state off the list"), key=f"{key}_struck")
    return ExemptionForm(
        iso2=state.iso2,
        days=None if is_struck else int(days),
        in_force_from=first_day,
        **asdict(origin_fields(key)),
    )


def _visa_free_form(actor: Actor, state: CountryView) -> None:
    editing.offer(
        _("Change from a day on"),
        key=f"settings_free_{state.iso2}",
        version=state.visa_free_edition,
        fields=lambda key: _visa_free_fields(state, key),
        save=lambda form, seen: change_visa_free(actor, replace(form, edition=seen)),
        said=_("The term is in force."),
        icon=":material/edit_calendar:",
        button=_("Put in force"),
    )


def _visa_free_fields(state: CountryView, key: str) -> VisaFreeForm:
    present = state.visa_free
    first, second, third = st.columns(3)
    days = first.number_input(
        _("Days of stay (0: a visa is needed)"),
        min_value=0,
        max_value=LONGEST_TERM,
        value=(present.days or 0) if present else 0,
        key=f"{key}_days",
    )
    window = second.number_input(
        _("Window, in days (0: none)"),
        min_value=0,
        max_value=LONGEST_TERM,
        value=(present.window or 0) if present else 0,
        key=f"{key}_window",
    )
    with third:
        first_day = first_day_field(key, value=today())
    return VisaFreeForm(
        iso2=state.iso2,
        days=int(days),
        window=int(window) or None,
        in_force_from=first_day,
        **asdict(origin_fields(key)),
    )
