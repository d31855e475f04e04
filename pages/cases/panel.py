"""One case on a card: its dates and why they are so, its papers, and what can be done."""

import streamlit as st

from core.i18n import _, format_date, format_moment
from core.messages import explained, paper_text
from core.permissions import SYSTEM_ACTOR, Actor, Permission
from core.services.case_views import CaseView, ExplainedDate, ItemView
from core.services.house import time_zone
from core.services.names import name_of
from core.terms import DueGap, ItemStatus, Language, Party
from core.words import word
from pages.cases.acts import show_acts, show_way
from pages.cases.batches import show_places
from pages.cases.beside import show_beside
from pages.cases.responsible import show_responsible
from pages.shell import parts
from pages.shell.parts import escaped


def show_case(actor: Actor, case: CaseView, *, is_open: bool) -> None:
    """Show ``case``; the panel begins unfolded if ``is_open``, and draws nothing while folded."""
    folded = st.expander(
        _heading(case), expanded=is_open, key=f"case_{case.case_id}_panel", on_change="rerun"
    )
    if folded.open:
        with folded:
            _draw(actor, case)


def _draw(actor: Actor, case: CaseView) -> None:
    _state(case)
    _cause(case)
    show_responsible(actor, case)
    if case.returned_reason:
        is_with_dean = case.waits_for is Party.DEAN
        reason = (
            _("Returned to the dean's office: %(reason)s")
            if is_with_dean
            else _("Returned: %(reason)s")
        )
        st.warning(escaped(reason % {"reason": case.returned_reason}))
    if actor.can(Permission.READ_BATCHES):
        show_places(actor, case)
    left, right = st.columns(2)
    with left:
        if case.gap is None:
            _date(_("Due by law"), case.due, key=f"case_due_{case.case_id}")
        else:
            _gap(case.gap)
    if case.target is not None:
        with right:
            _date(_("Safe date"), case.target, key=f"case_target_{case.case_id}")
    _items(case)
    _checklist_links(actor, case)
    show_acts(actor, case)
    show_beside(actor, case)
    show_way(actor, case)


def _heading(case: CaseView) -> str:
    kind = f"**{escaped(word(case.kind))}**"
    if not case.required_items:
        return kind
    progress = _("%(done)s of %(all)s accepted") % {
        "done": case.settled_count,
        "all": len(case.required_items),
    }
    return f"{kind} · {progress}"


def _state(case: CaseView) -> None:
    with st.container(horizontal=True):
        if case.waits_for is not None:
            parts.badge(case.waits_for)
            st.markdown(escaped(_where(case)), width="content")
        else:
            st.badge(escaped(word(case.outcome)) if case.outcome else _("closed"), color="gray")
        is_by_itself = case.opened_by == SYSTEM_ACTOR.full_name
        opened = (
            _("Case %(number)s, opened on %(date)s")
            if is_by_itself
            else _("Case %(number)s, opened %(date)s by %(name)s")
        )
        values = {
            "number": case.case_id,
            "date": format_date(case.opened_on),
            "name": case.opened_by,
        }
        st.caption(escaped(opened % values))
    if case.application_confirmed_at is not None:
        confirmed = _("The faculty's application was confirmed on %(moment)s by %(name)s")
        values = {
            "moment": format_moment(case.application_confirmed_at, time_zone=time_zone()),
            "name": case.application_confirmed_by,
        }
        st.caption(escaped(confirmed % values))


def _cause(case: CaseView) -> None:
    """Say what called for the case, where its kind alone does not tell."""
    if case.reported is not None:
        told = _("It tells of the change of %(date)s: %(status)s.")
        values = {
            "date": format_date(case.reported.happened_on),
            "status": word(case.reported.after),
        }
        st.markdown(escaped(told % values))
    if case.follows_visa:
        st.markdown(escaped(_("The new visa calls for it, and no entry.")))


def _where(case: CaseView) -> str:
    """Return the step in words, since when the case is in it, and until when it should be."""
    where = _("%(step)s, since %(date)s")
    told = where % {"step": name_of(case.step_name), "date": format_date(case.moved_on)}
    if case.planned_until is None:
        return told
    until = _("planned until %(date)s") % {"date": format_date(case.planned_until)}
    return f"{told} · {until}"


def _date(label: str, date: ExplainedDate | None, *, key: str) -> None:
    if date is None:
        st.metric(label, "—")
        st.caption(_("Not known yet: a date it counts from is missing on the card."))
        return
    st.metric(label, format_date(date.on))
    with st.popover(_("Why this date?"), icon=":material/help:", key=key):
        why(date)


def _gap(gap: DueGap) -> None:
    """Say that the case stays due until it is done, because no term is confirmed for it."""
    st.metric(_("Due by law"), "—")
    parts.badge(gap)
    st.caption(
        _("The head sets the term in Settings; until then the case stays red until it is done.")
    )


def why(date: ExplainedDate) -> None:
    """Show the rule behind a date, its source, the count in words and who confirmed it."""
    st.markdown(f"**{escaped(name_of(date.rule_text))}**")
    for step in date.steps:
        st.markdown(f"- {escaped(explained(step))}")
    parts.source(date.source, date.source_url)
    since = _("In force since %(date)s · %(confidence)s · rule %(code)s")
    values = {
        "date": format_date(date.in_force_from),
        "confidence": word(date.confidence),
        "code": f"{date.rule_code} ({date.rule_id})",
    }
    st.caption(escaped(since % values))
    for year in date.doubtful_years:
        told = _("The days off of %(year)s are not confirmed; due dates may still move.")
        st.caption(escaped(told % {"year": year}))
    if date.confirmed_by is None or date.confirmed_at is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            parts.unconfirmed(_("Nobody of the house has checked this yet."))
    else:
        moment = format_moment(date.confirmed_at, time_zone=time_zone())
        confirmed = _("Confirmed by %(name)s, %(moment)s")
        st.caption(escaped(confirmed % {"name": date.confirmed_by, "moment": moment}))
    if note := name_of(date.note):
        st.caption(escaped(note))


def _items(case: CaseView) -> None:
    for item in case.items:
        with st.container(horizontal=True, vertical_alignment="center"):
            parts.badge(item.status)
            st.markdown(escaped(name_of(item.name)) + _item_remark(item))
        if item.status is ItemStatus.REJECTED and item.reason:
            st.caption(escaped(_("Why rejected: %(reason)s") % {"reason": item.reason}))


def _item_remark(item: ItemView) -> str:
    paper = paper_text(
        copies=item.copies,
        needs_original=item.needs_original,
        needs_translation=item.needs_translation,
    )
    remark = f" · {paper}" if paper else ""
    if item.is_uncertain:
        remark += " " + _("(only if it applies: a fact it depends on is not known)")
    elif not item.is_required:
        remark += " " + _("(optional)")
    return escaped(remark)


def _checklist_links(actor: Actor, case: CaseView) -> None:
    if not actor.can(Permission.PRINT_CHECKLIST):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Print the checklist:"))
        for language in Language:
            st.link_button(
                word(language),
                f"/letters/checklist/{case.case_id}.pdf?lang={language.value}",
                icon=":material/print:",
                key=f"case_print_{case.case_id}_{language.value}",
            )
