"""Steps: who acts in each procedure, in which order, and how long it should take."""

import streamlit as st

from core.errors import DomainError
from core.i18n import _
from core.permissions import Actor, Permission
from core.rule_words import days_counted
from core.services.names import name_of
from core.services.steps import StepForm, StepView, add_step, change_step, list_steps, move_step
from core.terms import CaseKind, Party, RuleUnit
from core.words import word
from pages.settings.fields import name_fields, show_origin
from pages.shell import editing, links, parts
from pages.shell.parts import escaped

_UNITS: list[RuleUnit] = list(RuleUnit)
_PARTIES: list[Party] = list(Party)


def render(actor: Actor) -> None:
    """Show the steps of the chosen procedure."""
    procedure = parts.procedure_choice("settings_steps", links.text_in_address("procedure"))
    if procedure.value != links.text_in_address("procedure"):
        links.put_in_address(procedure=procedure.value)
    steps = list_steps(actor, procedure)
    if not steps:
        parts.empty(
            _("This procedure has no steps yet."),
            _("No source describes it; the head adds the steps here."),
        )
    for number, step in enumerate(steps, start=1):
        _show(actor, number, step, last=len(steps))
    if actor.can(Permission.EDIT_RULES):
        _form(actor, procedure, None)


def _show(actor: Actor, number: int, step: StepView, *, last: int) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{number}. {escaped(name_of(step.name))}**")
            st.badge(escaped(word(step.waits_for)), color="blue")
            st.caption(escaped(_planned(step)), width="content")
            if not step.is_active:
                st.badge(_("not in use"), color="gray")
        show_origin(
            source=step.source,
            url="",
            confidence=step.confidence,
            confirmed_by=step.confirmed_by,
            confirmed_at=step.confirmed_at,
            note=step.note,
        )
        if not actor.can(Permission.EDIT_RULES):
            return
        with st.container(horizontal=True):
            _move_button(actor, step, up=True, is_end=number == 1)
            _move_button(actor, step, up=False, is_end=number == last)
            _form(actor, step.procedure, step)


def _planned(step: StepView) -> str:
    if step.planned_days is None:
        return _("no planned time yet")
    return _("planned: %(days)s") % {"days": days_counted(step.planned_days, step.planned_unit)}


def _move_button(actor: Actor, step: StepView, *, up: bool, is_end: bool) -> None:
    label = _("Up") if up else _("Down")
    icon = ":material/arrow_upward:" if up else ":material/arrow_downward:"
    direction = "up" if up else "down"
    key = f"settings_step_{direction}_{step.step_id}"
    if not st.button(label, key=key, icon=icon, disabled=is_end):
        return
    try:
        move_step(actor, step.step_id, up=up, version=step.version)
    except DomainError as error:
        parts.refusal(error)
        return
    st.rerun()


def _form(actor: Actor, procedure: CaseKind, step: StepView | None) -> None:
    """Offer the form of a new step, or that of ``step``."""

    def save(form: StepForm, seen: int) -> None:
        if step is None:
            add_step(actor, form)
        else:
            change_step(actor, step.step_id, form, version=seen)

    editing.offer(
        _("Change") if step else _("Add a step"),
        key=f"settings_step_{step.step_id if step else f'new_{procedure.value}'}",
        version=step.version if step else 0,
        fields=lambda key: _fields(procedure, step, key),
        save=save,
        said=_("The steps are changed."),
        icon=":material/edit:" if step else ":material/add:",
    )


def _fields(procedure: CaseKind, step: StepView | None, key: str) -> StepForm:
    names = name_fields(key, step.name if step else None)
    first, second, third, fourth = st.columns(4, vertical_alignment="bottom")
    waits_for = first.selectbox(
        _("Who acts"),
        _PARTIES,
        index=_PARTIES.index(step.waits_for) if step else 0,
        format_func=word,
        key=f"{key}_party",
    )
    days = second.number_input(
        _("Planned days (empty: not known)"),
        min_value=0,
        max_value=3650,
        value=step.planned_days if step else None,
        key=f"{key}_days",
    )
    unit = third.selectbox(
        _("Counted in"),
        _UNITS,
        index=_UNITS.index(step.planned_unit) if step else 0,
        format_func=word,
        key=f"{key}_unit",
    )
    is_active = fourth.checkbox(
        _("In use"), value=step.is_active if step else True, key=f"{key}_active"
    )
    needs_reference = st.checkbox(
        _("Whoever brings a case here enters the number that the authority gave"),
        value=step.needs_reference if step else False,
        key=f"{key}_reference",
    )
    source = st.text_input(
        _("Source: the act, its number and date"),
        value=step.source if step else "",
        key=f"{key}_source",
        max_chars=2000,
    )
    return StepForm(
        procedure=procedure,
        name_en=names.en,
        name_ru=names.ru,
        name_ky=names.ky,
        waits_for=waits_for,
        planned_days=None if days is None else int(days),
        planned_unit=unit,
        needs_reference=needs_reference,
        is_active=is_active,
        source=source,
    )
