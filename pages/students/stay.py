"""Border crossings of a student, and how a visa-free national stands in his sliding window."""

from datetime import date, timedelta

import streamlit as st

from core.errors import DomainError
from core.i18n import _, country_name, format_date, format_date_long, ngettext
from core.messages import describe
from core.permissions import Actor, Permission
from core.services.cards import PersonCard
from core.services.crossings import (
    CrossingForm,
    CrossingView,
    add_crossing,
    change_crossing,
    crossings_of_person,
)
from core.services.stays import StayView, stay_of_person
from core.services.trips import trips_of_person
from core.terms import CrossingDirection
from core.words import word
from pages.shell import editing, parts
from pages.shell.parts import escaped
from pages.students.fields import date_field, word_field
from pages.students.trips import show_trips


def show_crossings(actor: Actor, card: PersonCard) -> None:
    """Show the stay counter, the crossings, and the forms that note or correct one."""
    can_edit = actor.can(Permission.EDIT_PEOPLE) and card.closed_at is None
    _counter(actor, card.person_id)
    trips = trips_of_person(actor, card.person_id)
    show_trips(actor, card.person_id, trips, can_edit=can_edit)
    st.subheader(_("Crossings"), anchor=False)
    crossings = crossings_of_person(actor, card.person_id)
    if can_edit:
        _add(actor, card.person_id)
    if not crossings:
        parts.empty(_("No crossing is noted."), _("Due dates of registration count from an entry."))
    for crossing in reversed(crossings):
        _show(actor, crossing, can_edit=can_edit)


def _counter(actor: Actor, person_id: int) -> None:
    stay = stay_of_person(actor, person_id)
    if stay is None:
        return
    with st.container(border=True):
        heading = _("Stay without a visa")
        st.markdown(f"**{escaped(heading)}**")
        if stay.has_visa:
            st.caption(_("He holds a visa: while it lasts, the visa decides and not this count."))
        if stay.fault is not None:
            st.warning(escaped(describe(stay.fault)), icon=":material/warning:")
        elif stay.count is None:
            st.caption(_("No term of his state was in force on this day."))
        else:
            _count(stay)


def _count(stay: StayView) -> None:
    count = stay.count
    if count is None:
        return
    rule = _("Citizens of %(state)s: %(days)s days in any %(window)s.")
    values = {
        "state": country_name(stay.citizenship),
        "days": count.term.stay_days,
        "window": count.term.window_days,
    }
    st.caption(escaped(rule % values))
    first, second, third = st.columns(3)
    first.metric(_("Days used"), count.days_used)
    second.metric(_("Days left"), count.days_left)
    last = count.last_safe_day
    third.metric(_("Last safe day"), format_date(last) if last else "—")
    if last is None:
        st.error(_("The term is used up: every further day is one too many."))
    else:
        said = _("If he stays without a break, he must have left by %(day)s.")
        st.markdown(escaped(said % {"day": format_date_long(last)}))
    _picture(stay)


def _picture(stay: StayView) -> None:
    """Draw the window as a line and the stays in it as bars, each day its full width."""
    shown = [
        (max(each.first, stay.window_from), min(each.last or stay.on, stay.on))
        for each in stay.stays
        if each.first <= stay.on and (each.last or stay.on) >= stay.window_from
    ]
    bars = [
        {
            "from": first.isoformat(),
            "to": (last + timedelta(days=1)).isoformat(),
            "days": ngettext("%(days)s day", "%(days)s days", (last - first).days + 1)
            % {"days": (last - first).days + 1},
        }
        for first, last in shown
    ]
    ends = (stay.window_from, stay.on + timedelta(days=1))
    scale = {"type": "utc", "domain": [day.isoformat() for day in ends]}
    st.vega_lite_chart(
        {
            "height": 46,
            "data": {"values": bars},
            "mark": {"type": "bar", "height": 18, "cornerRadius": 3, "color": "#0b5c7d"},
            "encoding": {
                "x": {
                    "field": "from",
                    "type": "temporal",
                    "scale": scale,
                    "title": None,
                    "axis": {"format": "%d.%m.%y", "tickCount": 6},
                },
                "x2": {"field": "to"},
                "tooltip": [{"field": "days", "type": "nominal", "title": _("here")}],
            },
            "config": {"view": {"fill": "#eef3f7", "stroke": None}},
        },
        key="students_stay_window",
    )
    window = _("The window: %(first)s to %(last)s; days of entry and of exit both count.")
    values = {"first": format_date(stay.window_from), "last": format_date(stay.on)}
    st.caption(escaped(window % values))


def _show(actor: Actor, crossing: CrossingView, *, can_edit: bool) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.badge(
            escaped(word(crossing.direction)),
            color="blue" if crossing.direction is CrossingDirection.IN else "gray",
        )
        text = f"{format_date_long(crossing.crossed_on)} · {crossing.passport_number}"
        st.markdown(escaped(text), width="content")
        if can_edit:
            _correct(actor, crossing)


def _correct(actor: Actor, crossing: CrossingView) -> None:
    editing.offer(
        _("Correct"),
        key=f"students_crossing_{crossing.crossing_id}",
        version=crossing.version,
        fields=lambda key: _fields(key, crossing.direction, crossing.crossed_on),
        save=lambda form, seen: change_crossing(
            actor, crossing.crossing_id, _form(form), version=seen
        ),
        said=_("The crossing is corrected."),
    )


def _add(actor: Actor, person_id: int) -> None:
    editing.offer(
        _("Note a crossing"),
        key=f"students_crossing_new_{person_id}",
        fields=lambda key: _fields(key, CrossingDirection.IN, None),
        save=lambda form, _seen: add_crossing(actor, person_id, _form(form)),
        said=_("The crossing is noted."),
        icon=":material/add:",
    )


def _form(entered: tuple[CrossingDirection, date | None]) -> CrossingForm:
    direction, day = entered
    if day is None:
        raise DomainError("crossing.day.missing")
    return CrossingForm(direction=direction, crossed_on=day)


def _fields(
    key: str, direction: CrossingDirection, day: date | None
) -> tuple[CrossingDirection, date | None]:
    first, second = st.columns(2)
    chosen = word_field(first, _("Direction"), f"{key}_direction", direction)
    return chosen, date_field(second, _("Day"), f"{key}_day", day)
