"""One batch: how it stands, its lists for the authority, and its persons."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.i18n import _, country_name, format_date, ngettext
from core.permissions import Actor, Permission
from core.services.batch_views import BatchLine, BatchPerson, BatchView
from core.services.faculties import faculty_names
from core.services.names import name_of
from core.terms import BatchPaper, Language, PlaceState
from core.words import word
from pages.batches.acts import offer_acts, offer_submission
from pages.shell import links, parts
from pages.shell.parts import escaped


def show_batch(actor: Actor, batch: BatchView) -> None:
    """Show ``batch`` and what the actor may do with it."""
    line = batch.line
    number = _("Batch %(number)s") % {"number": line.batch_id}
    parts.title(escaped(" · ".join(filter(None, (number, line.name)))), None)
    with st.container(horizontal=True, vertical_alignment="center"):
        parts.badge(line.authority)
        st.markdown(escaped(f"{word(line.kind)} → {name_of(line.step_name)}"), width="content")
    _state(line)
    may_edit = actor.can(Permission.EDIT_CASES)
    if may_edit:
        if line.submitted_on is None and not line.is_closed:
            offer_submission(actor, batch)
        if line.count:
            _papers(line.batch_id)
    chosen = _persons(actor, batch)
    with st.container(horizontal=True):
        if may_edit and not line.is_closed:
            offer_acts(actor, batch, [person for person in chosen if person.waits])
        if len(chosen) == 1 and st.button(
            _("Open the card"), key="batches_card", icon=":material/person:"
        ):
            links.go_to("students", person=chosen[0].person_id, case=chosen[0].case_id)


def _state(line: BatchLine) -> None:
    gathered = _("Gathered on %(date)s by %(name)s")
    st.caption(
        escaped(gathered % {"date": format_date(line.gathered_on), "name": line.gathered_by})
    )
    if line.submitted_on is None:
        return
    submitted = _("Submitted on %(date)s by %(name)s")
    told = [submitted % {"date": format_date(line.submitted_on), "name": line.submitted_by}]
    if line.reference:
        told.append(_("number %(number)s") % {"number": line.reference})
    st.caption(escaped(" · ".join(told)))
    answers = _("Answers: %(done)s of %(all)s") % {"done": line.answered, "all": line.count}
    told = [answers]
    if line.waited_days is not None:
        days = ngettext("waiting for %(days)s day", "waiting for %(days)s days", line.waited_days)
        told.append(days % {"days": line.waited_days})
    if line.is_closed:
        told.append(_("closed"))
    st.markdown(f"**{escaped(' · '.join(told))}**")


def _papers(batch_id: int) -> None:
    with st.container(border=True):
        for paper in BatchPaper:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(escaped(word(paper)), width=190)
                for language in Language:
                    address = f"/letters/batches/{batch_id}/{paper.value}.pdf?lang={language.value}"
                    st.link_button(
                        word(language),
                        address,
                        icon=":material/print:",
                        key=f"batches_{paper.value}_{language.value}",
                    )
                st.link_button(
                    _("Excel"),
                    f"/files/batches/{batch_id}/{paper.value}.xlsx",
                    icon=":material/table_view:",
                    key=f"batches_{paper.value}_excel",
                )


def _persons(actor: Actor, batch: BatchView) -> list[BatchPerson]:
    persons = batch.persons
    shown = st.dataframe(
        parts.columns(_columns(persons, faculty_names(actor))),
        key=f"batches_persons_{batch.line.batch_id}_{batch.line.version}",
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        height="content" if len(persons) <= _MOST_ROWS else _LONGEST_TABLE,
        column_config={
            "name": st.column_config.TextColumn(_("Name"), width=210),
            "state": parts.status_column(_("Answer"), list(PlaceState), width=140),
            "on": st.column_config.TextColumn(_("Day")),
            "number": st.column_config.TextColumn(_("Number")),
            "reason": st.column_config.TextColumn(_("Reason"), width=220),
            "citizenship": st.column_config.TextColumn(_("Citizenship")),
            "faculty": st.column_config.TextColumn(_("Faculty")),
            "by": st.column_config.TextColumn(_("Recorded by")),
        },
    )
    return [persons[row] for row in shown.selection.rows if row < len(persons)]


#: A longer table scrolls within this height, in pixels; a shorter one is as high as its rows.
_LONGEST_TABLE, _MOST_ROWS = 640, 18


def _columns(persons: Sequence[BatchPerson], faculties: dict[int, str]) -> dict[str, Sequence[Any]]:
    return {
        "name": [person.name for person in persons],
        "state": [[word(person.state)] for person in persons],
        "on": [format_date(person.on) if person.on else "—" for person in persons],
        "number": [person.reference or "—" for person in persons],
        "reason": [person.reason or "—" for person in persons],
        "citizenship": [country_name(person.citizenship) for person in persons],
        "faculty": [faculties.get(person.faculty_id or 0, "—") for person in persons],
        "by": [person.by or "—" for person in persons],
    }
