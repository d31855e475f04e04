"""Days off of a year: shipped, added, struck, and confirmed by the head."""

from datetime import date

import streamlit as st

from core.errors import DomainError
from core.i18n import _, format_date_long, format_moment
from core.permissions import Actor, Permission
from core.services.holidays import (
    DayForm,
    HolidayView,
    YearView,
    add_day,
    confirm_year,
    preview_day,
    preview_strike,
    strike_day,
    year_of_holidays,
)
from core.services.house import time_zone, today
from core.services.impact import Impact
from core.services.names import Names, name_of
from core.words import word
from pages.settings import impact as impacts
from pages.settings.fields import name_fields
from pages.shell import links, parts
from pages.shell.parts import escaped

#: The day to be struck or restored that was looked at, and what that does.
_PLAN = "settings_day_plan"


def render(actor: Actor) -> None:
    """Show the days off of the year the address names, by default of this one."""
    impacts.progress(actor)
    this_year = today().year
    years = [this_year - 1, this_year, this_year + 1, this_year + 2]
    given = links.number_in_address("year")
    chosen = st.segmented_control(
        _("Year"),
        years,
        default=given if given in years else this_year,
        format_func=str,
        key="settings_year",
        required=True,
    )
    if chosen != given:
        links.put_in_address(year=chosen)
    year = year_of_holidays(actor, chosen)
    _confirmation(actor, year)
    if not year.days:
        parts.empty(_("No days off are known for this year."), _("The head adds them below."))
    else:
        _table(year)
    if actor.can(Permission.EDIT_RULES):
        _strike_form(actor, year)
        _offer_strike(actor)
        _add_form(actor, chosen)


def _confirmation(actor: Actor, year: YearView) -> None:
    if year.confirmed_by and year.confirmed_at:
        moment = format_moment(year.confirmed_at, time_zone=time_zone())
        values = {"name": year.confirmed_by, "moment": moment}
        st.caption(escaped(_("Confirmed by %(name)s, %(moment)s") % values))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(_("unconfirmed"), color="orange")
        st.caption(_("Compare the days with the government's list."), width="content")
        if actor.can(Permission.EDIT_RULES) and st.button(
            _("Confirm the year"), key="settings_year_confirm", icon=":material/verified:"
        ):
            _confirm(actor, year)


def _confirm(actor: Actor, year: YearView) -> None:
    try:
        confirm_year(actor, year.year, edition=year.edition)
    except DomainError as error:
        parts.refusal(error)
        return
    parts.done(_("The days off are confirmed."))
    st.rerun()


def _table(year: YearView) -> None:
    days = year.days
    st.dataframe(
        parts.columns(
            {
                "day": [format_date_long(day.day) for day in days],
                "name": [name_of(day.name) for day in days],
                "state": [_state(day) for day in days],
                "sure": [word(day.confidence) for day in days],
                "source": [day.source for day in days],
            }
        ),
        hide_index=True,
        height="content",
        column_config={
            "day": st.column_config.TextColumn(_("Day")),
            "name": st.column_config.TextColumn(_("What it is called")),
            "state": st.column_config.TextColumn(_("State")),
            "sure": st.column_config.TextColumn(_("How sure it is")),
            "source": st.column_config.TextColumn(_("Source")),
        },
    )


def _state(day: HolidayView) -> str:
    if day.is_struck:
        return _("struck")
    return _("working day") if day.is_working else _("day off")


def _strike_form(actor: Actor, year: YearView) -> None:
    if not year.days:
        return
    by_day = {day.day: day for day in year.days}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            _("Day to strike or to restore"),
            list(by_day),
            format_func=lambda day: f"{format_date_long(day)} · {name_of(by_day[day].name)}",
            key=f"settings_day_struck_{year.year}",
        )
        label = _("Restore it") if by_day[chosen].is_struck else _("Strike it")
        if st.button(label, key="settings_day_strike", icon=":material/visibility:"):
            with impacts.looking():
                st.session_state[_PLAN] = (by_day[chosen], preview_strike(actor, chosen))


def _add_form(actor: Actor, year: int) -> None:
    impacts.offer_change(
        _("Add a day"),
        key=f"settings_day_{year}",
        version=0,
        fields=lambda key: _fields(year, key),
        look=lambda entered, _seen: preview_day(actor, _form(*entered)),
        title=lambda entered: _in_one_line(_form(*entered)),
        apply=lambda entered, _seen, accepts_late: add_day(
            actor, _form(*entered), accepts_late=accepts_late
        ),
    )


def _fields(year: int, key: str) -> tuple[date | None, bool, Names, str]:
    first, second = st.columns(2, vertical_alignment="bottom")
    day = first.date_input(
        _("Day"),
        value=None,
        min_value=date(year, 1, 1),
        max_value=date(year, 12, 31),
        key=f"{key}_day",
        format="DD/MM/YYYY",
    )
    is_working = second.checkbox(_("A weekend day that is worked instead"), key=f"{key}_working")
    names = name_fields(key)
    source = st.text_input(
        _("Source: the act, its number and date"), key=f"{key}_source", max_chars=2000
    )
    return day, is_working, names, source


def _form(day: date | None, is_working: bool, names: Names, source: str) -> DayForm:
    if day is None:
        raise DomainError("holiday.day_missing")
    return DayForm(
        day=day,
        name_en=names.en,
        name_ru=names.ru,
        name_ky=names.ky,
        is_working=is_working,
        source=source,
    )


def _in_one_line(form: DayForm) -> str:
    what = _("working day") if form.is_working else _("day off")
    return f"{format_date_long(form.day)}: {what}"


def _offer_strike(actor: Actor) -> None:
    plan: tuple[HolidayView, Impact] | None = st.session_state.get(_PLAN)
    if plan is None:
        return
    wanted, impact = plan
    what = _("Restore it") if wanted.is_struck else _("Strike it")

    def apply(accepts_late: bool) -> None:
        strike_day(actor, wanted.day, version=wanted.version, accepts_late=accepts_late)

    title = f"{format_date_long(wanted.day)}: {what}"
    if impacts.offer("settings_day_plan", title, impact, apply):
        st.session_state.pop(_PLAN, None)
        st.rerun()
