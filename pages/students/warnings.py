"""What somebody who opens a card must not overlook, in a sentence each."""

import streamlit as st

from core.i18n import _, format_date
from core.permissions import Actor, Permission
from core.services.cards import PersonCard
from core.services.case_gaps import gaps_of_person
from core.services.trips import TripView, trips_of_person
from core.terms import VisaStatus
from core.words import word
from pages.shell.parts import escaped
from pages.students.trips import trip_days


def show_warnings(actor: Actor, card: PersonCard) -> None:
    """Show what follows from visas and planned trips and is not done yet."""
    if card.closed_at is not None:
        return
    if actor.can(Permission.READ_CASES):
        for kind in gaps_of_person(actor, card.person_id):
            said = _("%(case)s: not done yet, and no term is confirmed for it.")
            st.error(escaped(said % {"case": word(kind)}), icon=":material/error:")
    sentences = (
        _annul(card),
        _exit(card),
        _carry_over(card),
        *_trips(trips_of_person(actor, card.person_id)),
    )
    for sentence in filter(None, sentences):
        st.warning(escaped(sentence), icon=":material/warning:")


def _annul(card: PersonCard) -> str:
    visa = card.visa_to_annul
    if visa is None:
        return ""
    said = _(
        "Transferred from %(university)s: the visa %(visa)s of that university is to be annulled."
    )
    return said % {
        "university": card.transferred_from,
        "visa": f"{visa.category} {visa.number}".strip(),
    }


def _exit(card: PersonCard) -> str:
    visa = card.visa_in_force
    if visa is None or visa.status is not VisaStatus.EXIT:
        return ""
    return _("Exit visa: he must leave the country by %(date)s.") % {
        "date": format_date(visa.valid_until)
    }


def _carry_over(card: PersonCard) -> str:
    if card.visa_to_carry_over is None:
        return ""
    return _("The visa is in an earlier passport: it must be carried over into the current one.")


def _trips(trips: tuple[TripView, ...]) -> list[str]:
    return [
        f"{trip_days(trip)}: {' '.join(word(warning) for warning in trip.warnings)}"
        for trip in trips
        if trip.warnings
    ]
