"""The cases of a person, as a part of his card."""

from core.i18n import _
from core.permissions import Actor
from core.services.cards import PersonCard
from core.services.case_views import cases_of_person
from pages.cases.panel import show_case
from pages.shell import links, parts


def show_procedures(actor: Actor, card: PersonCard) -> None:
    """Show every case; the one the address names, or the first, begins unfolded."""
    cases = cases_of_person(actor, card.person_id)
    if not cases:
        parts.empty(
            _("No case is open."),
            _("Cases open by themselves when an entry or an enrolment is recorded."),
        )
    named = links.number_in_address("case")
    known = {case.case_id for case in cases}
    for position, case in enumerate(cases):
        is_first = position == 0 and named not in known
        show_case(actor, case, is_open=case.case_id == named or is_first)
