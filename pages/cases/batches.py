"""The batches a case is or was in, on its panel."""

import streamlit as st

from core.i18n import _, format_date
from core.permissions import Actor, Permission
from core.services.batch_views import CasePlace, places_of_case
from core.services.case_views import CaseView
from core.terms import PlaceState
from core.words import word
from pages.shell import links, parts
from pages.shell.parts import escaped


def show_places(actor: Actor, case: CaseView) -> None:
    """Show each batch with what came of it, the last first, and the way there."""
    for place in places_of_case(actor, case.case_id):
        batch_id = place.line.batch_id
        with st.container(horizontal=True, vertical_alignment="center"):
            parts.badge(place.state)
            st.markdown(escaped(_told(place)), width="content")
            if st.button(
                _("Open the batch"),
                key=f"case_{case.case_id}_batch_{batch_id}_{place.place_id}",
                icon=":material/inventory_2:",
                type="tertiary",
            ):
                links.go_to("batches", batch=batch_id)
        if place.state is PlaceState.WAITING and actor.can(Permission.EDIT_CASES):
            st.caption(_("Taking the case on or back here counts as the answer of the authority."))


def _told(place: CasePlace) -> str:
    line = place.line
    if line.submitted_on is None:
        told = _("Batch %(number)s, not submitted yet: %(authority)s")
    else:
        told = _("Batch %(number)s, submitted on %(date)s: %(authority)s")
    values = {
        "number": line.batch_id,
        "authority": word(line.authority),
        "date": format_date(line.submitted_on) if line.submitted_on else "",
    }
    on = format_date(place.on) if place.on else ""
    return " · ".join(filter(None, (told % values, on, place.reference, place.reason)))
