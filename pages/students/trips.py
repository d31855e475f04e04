"""Planned trips of a person: what is noted, and why he could not come back from one."""

from collections.abc import Callable

import streamlit as st

from core.i18n import _, format_date
from core.permissions import Actor
from core.services.trips import NOTE_LENGTH, TripForm, TripView, add_trip, withdraw_trip
from core.words import word
from pages.shell import editing
from pages.shell.parts import escaped
from pages.students.fields import date_field, text_field


def show_trips(
    actor: Actor, person_id: int, trips: tuple[TripView, ...], *, can_edit: bool
) -> None:
    """Show the trips that are not over, and the form that notes one."""
    if not trips and not can_edit:
        return
    st.subheader(_("Planned trips"), anchor=False)
    for trip in trips:
        _trip(actor, trip, can_edit=can_edit)
    if can_edit:
        editing.offer(
            _("Note a planned trip"),
            key=f"students_trip_new_{person_id}",
            fields=_fields,
            save=lambda form, _seen: add_trip(actor, person_id, form),
            said=_("The trip is noted."),
            icon=":material/flight_takeoff:",
        )


def trip_days(trip: TripView) -> str:
    """Return the two days of a trip in words."""
    values = {"first": format_date(trip.leaves_on), "last": format_date(trip.returns_on)}
    return _("%(first)s to %(last)s") % values


def _trip(actor: Actor, trip: TripView, *, can_edit: bool) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            said = " · ".join(filter(None, (trip_days(trip), trip.note)))
            st.markdown(escaped(said), width="content")
            if not trip.warnings:
                st.badge(_("he can come back"), color="green")
            if can_edit:
                editing.confirm(
                    _("Take it back"),
                    key=f"students_trip_{trip.trip_id}_{trip.version}",
                    question=_("The trip does not take place."),
                    act=_withdrawal(actor, trip),
                    said=_("The trip is taken back."),
                    icon=":material/undo:",
                )
        for warning in trip.warnings:
            st.warning(escaped(word(warning)), icon=":material/warning:")


def _withdrawal(actor: Actor, trip: TripView) -> Callable[[], None]:
    return lambda: withdraw_trip(actor, trip.trip_id, version=trip.version)


def _fields(key: str) -> TripForm:
    first, second = st.columns(2)
    return TripForm(
        leaves_on=date_field(first, _("Leaves on"), f"{key}_leaves", None),
        returns_on=date_field(second, _("Comes back on"), f"{key}_returns", None),
        note=text_field(st.container(), _("Note"), f"{key}_note", "", most=NOTE_LENGTH),
    )
