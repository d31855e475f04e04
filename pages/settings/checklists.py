"""Checklists: what each procedure asks for, in the order of the package; the head changes it."""

from dataclasses import asdict, replace

import streamlit as st

from core.errors import DomainError
from core.i18n import _, country_name
from core.messages import paper_text
from core.permissions import Actor, Permission
from core.services.countries import list_countries
from core.services.house import today
from core.services.names import name_of
from core.services.requirements import (
    MOST_COPIES,
    RequirementForm,
    RequirementView,
    list_requirements,
    move_requirement,
    put_requirement,
    retire_requirement,
)
from core.terms import CaseKind, RequirementCondition
from core.words import word
from pages.settings.fields import (
    first_day_field,
    name_fields,
    origin_fields,
    period_text,
    show_origin,
)
from pages.shell import editing, links, parts
from pages.shell.parts import escaped


def render(actor: Actor) -> None:
    """Show what the chosen procedure asks for, and the document the address names."""
    procedure = parts.procedure_choice("settings_checklist", links.text_in_address("procedure"))
    if procedure.value != links.text_in_address("procedure"):
        links.put_in_address(procedure=procedure.value, item=None)
    st.caption(
        _("A case keeps what was asked on the day it was opened. Click a document to open it.")
    )
    rows = list_requirements(actor, procedure)
    if not rows:
        parts.empty(
            _("Nothing is asked for yet."),
            _("No source names the documents of this procedure; the head adds them here."),
        )
    else:
        _table(rows)
    chosen_id = links.number_in_address("item")
    chosen = next((row for row in rows if row.requirement_id == chosen_id), None)
    if chosen is not None:
        _detail(actor, chosen)
    if actor.can(Permission.EDIT_RULES):
        _form(actor, procedure, None)


def _table(rows: tuple[RequirementView, ...]) -> None:
    clicked = parts.table(
        {
            "name": [name_of(row.name) for row in rows],
            "required": [_("required") if row.is_required else _("optional") for row in rows],
            "when": [_when(row) for row in rows],
            "form": [_paper(row) for row in rows],
            "period": [period_text(row.in_force_from, row.in_force_until) for row in rows],
            "state": [_state(row) for row in rows],
        },
        key="settings_checklist",
        column_config={
            "name": st.column_config.TextColumn(_("Document"), width="large"),
            "required": st.column_config.TextColumn(_("Required")),
            "when": st.column_config.TextColumn(_("When")),
            "form": st.column_config.TextColumn(_("How")),
            "period": st.column_config.TextColumn(_("Asked for")),
            "state": st.column_config.TextColumn(_("State")),
        },
    )
    if clicked is not None:
        links.put_in_address(item=rows[clicked].requirement_id)


def _when(row: RequirementView) -> str:
    words = [word(condition) for condition in sorted(row.conditions)]
    words += [country_name(iso2) for iso2 in sorted(row.citizenships)]
    return ", ".join(words) or _("always")


def _paper(row: RequirementView) -> str:
    return paper_text(
        copies=row.copies,
        needs_original=row.needs_original,
        needs_translation=row.needs_translation,
    )


def _state(row: RequirementView) -> str:
    if not row.is_active:
        return _("proposal, not asked for")
    if row.is_past:
        return _("retired")
    return _("coming") if row.in_force_from > today() else _("asked for")


def _detail(actor: Actor, row: RequirementView) -> None:
    with st.container(border=True):
        st.markdown(f"**{escaped(name_of(row.name))}**")
        lines = (_state(row), _when(row), _paper(row))
        st.markdown(escaped(" · ".join(filter(None, lines))))
        show_origin(
            source=row.source,
            url=row.source_url,
            confidence=row.confidence,
            confirmed_by=row.confirmed_by,
            confirmed_at=row.confirmed_at,
            note=row.note,
        )
        if not actor.can(Permission.EDIT_RULES) or row.is_past:
            return
        with st.container(horizontal=True):
            _move_button(actor, row, up=True)
            _move_button(actor, row, up=False)
            if row.is_active:
                _retire(actor, row)
        _form(actor, row.procedure, row)


def _move_button(actor: Actor, row: RequirementView, *, up: bool) -> None:
    label = _("Up") if up else _("Down")
    icon = ":material/arrow_upward:" if up else ":material/arrow_downward:"
    if not st.button(label, key=f"settings_item_{'up' if up else 'down'}", icon=icon):
        return
    try:
        move_requirement(actor, row.requirement_id, up=up, version=row.version)
    except DomainError as error:
        parts.refusal(error)
        return
    st.rerun()


def _retire(actor: Actor, row: RequirementView) -> None:
    key = f"settings_item_retire_{row.requirement_id}_{row.version}"
    with st.popover(_("Retire"), icon=":material/event_busy:"), st.form(key, border=False):
        st.caption(_("Cases opened from this day on are no longer asked for it."))
        from_on = first_day_field(key, value=today())
        if not st.form_submit_button(_("Retire the document"), type="primary"):
            return
        try:
            retire_requirement(actor, row.requirement_id, from_on=from_on, version=row.version)
        except DomainError as error:
            parts.refusal(error)
            return
        parts.done(_("The document is retired."))
        st.rerun()


def _form(actor: Actor, procedure: CaseKind, row: RequirementView | None) -> None:
    """Offer the form of a new document, or of one that takes the place of ``row``."""
    label = _("Add a document")
    if row is not None:
        label = _("Change from a day on") if row.is_active else _("Ask for it from a day on")

    def put(form: RequirementForm, seen: int) -> None:
        links.put_in_address(item=put_requirement(actor, replace(form, version=seen)))

    editing.offer(
        label,
        key=f"settings_item_{row.requirement_id if row else f'new_{procedure.value}'}",
        version=row.version if row else 0,
        fields=lambda key: _fields(actor, procedure, row, key),
        save=put,
        said=_("The checklist is changed for cases opened from that day on."),
        icon=":material/edit_calendar:" if row else ":material/add:",
        button=_("Put in force"),
    )


def _fields(
    actor: Actor, procedure: CaseKind, row: RequirementView | None, key: str
) -> RequirementForm:
    names = name_fields(key, row.name if row else None, longest=300)
    first, second = st.columns(2)
    conditions = first.multiselect(
        _("Only if the student"),
        list(RequirementCondition),
        default=sorted(row.conditions) if row else [],
        format_func=word,
        key=f"{key}_conditions",
        placeholder=_("always"),
    )
    states = {state.iso2: state.name for state in list_countries(actor)}
    citizenships = second.multiselect(
        _("Only citizens of"),
        list(states),
        default=sorted(row.citizenships) if row else [],
        format_func=lambda iso2: states[iso2],
        key=f"{key}_citizenships",
        placeholder=_("everybody"),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        copies = st.number_input(
            _("Copies"),
            min_value=0,
            max_value=MOST_COPIES,
            value=row.copies if row else 1,
            key=f"{key}_copies",
            width=140,
        )
        first_day = first_day_field(key, value=today())
        is_required = st.checkbox(
            _("Required"), value=row.is_required if row else True, key=f"{key}_required"
        )
        needs_original = st.checkbox(
            _("Show the original"),
            value=row.needs_original if row else False,
            key=f"{key}_original",
        )
        needs_translation = st.checkbox(
            _("With translation"),
            value=row.needs_translation if row else False,
            key=f"{key}_translation",
        )
    st.caption(_("Cases opened on that day or later ask for it; earlier ones stay as they are."))
    origin = origin_fields(key)
    return RequirementForm(
        procedure=procedure,
        name_en=names.en,
        name_ru=names.ru,
        name_ky=names.ky,
        is_required=is_required,
        conditions=frozenset(conditions),
        citizenships=frozenset(citizenships),
        copies=int(copies),
        needs_original=needs_original,
        needs_translation=needs_translation,
        **asdict(origin),
        in_force_from=first_day,
        replaces=row.requirement_id if row else None,
    )
