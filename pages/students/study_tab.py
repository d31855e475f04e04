"""A student's places: contract and orders, the steps of each life, and what may come next."""

from collections.abc import Callable

import streamlit as st

from core.i18n import _, format_date
from core.permissions import Actor, Permission
from core.rules.enrolments import STATUS_STEPS
from core.services.cards import PersonCard
from core.services.engagements import (
    EngagementView,
    add_engagement,
    change_engagement,
    engagements_of_person,
)
from core.services.enrolments import (
    EnrolmentForm,
    EnrolmentView,
    StatusForm,
    add_enrolment,
    change_enrolment,
    change_status,
    enrolments_of_person,
)
from core.services.faculties import faculty_names
from core.services.house import today
from core.services.person_forms import EngagementForm
from core.terms import EngagementKind
from core.words import word
from pages.shell import editing, parts
from pages.shell.parts import escaped
from pages.students.fields import (
    course_field,
    date_field,
    engagement_fields,
    facts,
    faculty_field,
    funding_field,
    places_in_rows,
    text_field,
)


def show_study(actor: Actor, card: PersonCard) -> None:
    """Show the enrolments, the current one first, and what else he is to the university."""
    can_edit = actor.can(Permission.EDIT_PEOPLE) and card.closed_at is None
    st.subheader(_("Study"), anchor=False)
    enrolments = enrolments_of_person(actor, card.person_id)
    if not enrolments:
        parts.empty(_("No place is noted."), _("Whoever is no student needs none."))
    for enrolment in enrolments:
        _enrolment(actor, enrolment, can_edit=can_edit)
    if can_edit and all(enrolment.has_ended for enrolment in enrolments):
        editing.offer(
            _("Enrol"),
            key=f"students_enrolment_new_{card.person_id}",
            fields=lambda key: _enrolment_fields(actor, key, EnrolmentForm()),
            save=lambda form, _seen: add_enrolment(actor, card.person_id, form),
            said=_("The place is noted."),
            icon=":material/add:",
        )
    _engagements(actor, card, can_edit=can_edit)


def _enrolment(actor: Actor, enrolment: EnrolmentView, *, can_edit: bool) -> None:
    known = enrolment.known
    with st.container(border=True):
        parts.badge(enrolment.status)
        facts(
            {
                _("Faculty"): faculty_names(actor).get(known.faculty_id or 0),
                _("Programme"): known.programme,
                _("Group"): known.group_name,
                _("Course"): known.course,
                _("Who pays"): known.funding,
                _("Order of admission"): known.order_number,
                _("Order of"): known.order_on,
                _("Contract"): known.contract_number,
                _("Contract from"): known.contract_from,
                _("Contract until"): known.contract_until,
                _("Course ends"): known.course_until,
                _("Transferred from"): known.transferred_from,
            }
        )
        if can_edit and enrolment.is_current:
            _enrolment_actions(actor, enrolment)
        _steps(enrolment)


def _enrolment_actions(actor: Actor, enrolment: EnrolmentView) -> None:
    with st.container(horizontal=True):
        editing.offer(
            _("Correct the place"),
            key=f"students_enrolment_{enrolment.enrolment_id}",
            version=enrolment.version,
            fields=lambda key: _enrolment_fields(actor, key, enrolment.known),
            save=lambda form, seen: change_enrolment(
                actor, enrolment.enrolment_id, form, version=seen
            ),
            said=_("The place is corrected."),
        )
        if any(step.before is enrolment.status for step in STATUS_STEPS):
            editing.offer(
                _("Change the status"),
                key=f"students_status_{enrolment.enrolment_id}",
                version=enrolment.version,
                fields=_status_fields(enrolment),
                save=lambda form, seen: change_status(
                    actor, enrolment.enrolment_id, form, version=seen
                ),
                said=_("The status is changed."),
                icon=":material/trending_flat:",
            )


def _enrolment_fields(actor: Actor, key: str, given: EnrolmentForm) -> EnrolmentForm:
    places = places_in_rows()
    return EnrolmentForm(
        faculty_id=faculty_field(actor, next(places), f"{key}_faculty", given.faculty_id),
        programme=text_field(
            next(places), _("Programme"), f"{key}_programme", given.programme, most=200
        ),
        group_name=text_field(next(places), _("Group"), f"{key}_group", given.group_name, most=40),
        course=course_field(next(places), f"{key}_course", given.course),
        funding=funding_field(next(places), f"{key}_funding", given.funding),
        course_until=date_field(
            next(places), _("Course ends"), f"{key}_course_until", given.course_until
        ),
        order_number=text_field(
            next(places), _("Order of admission"), f"{key}_order", given.order_number, most=60
        ),
        order_on=date_field(next(places), _("Order of"), f"{key}_order_on", given.order_on),
        contract_number=text_field(
            next(places), _("Contract number"), f"{key}_contract", given.contract_number, most=60
        ),
        contract_from=date_field(
            next(places), _("Contract from"), f"{key}_contract_from", given.contract_from
        ),
        contract_until=date_field(
            next(places), _("Contract until"), f"{key}_contract_until", given.contract_until
        ),
        transferred_from=text_field(
            next(places),
            _("Transferred from (a university of the country)"),
            f"{key}_from",
            given.transferred_from,
            most=200,
        ),
    )


def _status_fields(enrolment: EnrolmentView) -> Callable[[str], StatusForm]:
    choices = [step.after for step in STATUS_STEPS if step.before is enrolment.status]

    def fields(key: str) -> StatusForm:
        first, second, third = st.columns(3)
        after = first.selectbox(_("New status"), choices, format_func=word, key=f"{key}_after")
        happened_on = date_field(second, _("Since"), f"{key}_on", today())
        order = text_field(third, _("Number of the order"), f"{key}_order", "", most=60)
        reason = st.text_area(_("Reason"), key=f"{key}_reason", max_chars=500, height=80)
        return StatusForm(after=after, happened_on=happened_on, order_number=order, reason=reason)

    return fields


def _steps(enrolment: EnrolmentView) -> None:
    for step in enrolment.steps:
        said = _("%(day)s: %(before)s → %(after)s")
        values = {
            "day": format_date(step.happened_on),
            "before": word(step.before),
            "after": word(step.after),
        }
        behind = (
            [_("order %(number)s") % {"number": step.order_number}] if step.order_number else []
        )
        behind += [step.reason] if step.reason else []
        st.caption(escaped(" · ".join([said % values, *behind, step.recorded_by])))


def _engagements(actor: Actor, card: PersonCard, *, can_edit: bool) -> None:
    engagements = engagements_of_person(actor, card.person_id)
    if not engagements and not can_edit:
        return
    st.subheader(_("Work and visits"), anchor=False)
    for engagement in engagements:
        _engagement(actor, engagement, can_edit=can_edit)
    if can_edit:
        given = EngagementForm(kind=EngagementKind.TEACHER)
        editing.offer(
            _("Note work or a visit"),
            key=f"students_engagement_new_{card.person_id}",
            fields=lambda key: engagement_fields(key, given),
            save=lambda form, _seen: add_engagement(actor, card.person_id, form),
            said=_("It is noted."),
            icon=":material/add:",
        )


def _engagement(actor: Actor, engagement: EngagementView, *, can_edit: bool) -> None:
    known = engagement.known
    with st.container(border=True):
        st.badge(escaped(word(known.kind)), color="blue")
        facts(
            {
                _("Position"): known.position,
                _("Department or host"): known.unit,
                _("From"): known.from_on,
                _("Until"): known.until_on,
            }
        )
        if can_edit:
            editing.offer(
                _("Correct or end it"),
                key=f"students_engagement_{engagement.engagement_id}",
                version=engagement.version,
                fields=lambda key: engagement_fields(key, known),
                save=lambda form, seen: change_engagement(
                    actor, engagement.engagement_id, form, version=seen
                ),
                said=_("It is corrected."),
            )
