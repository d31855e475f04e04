"""What the pasted lines say, each check digit by its name."""

import streamlit as st

from core.i18n import N_, _
from core.rules.mrz import CheckDigit, MrzReading
from pages.shell.parts import escaped

#: The check digits of a machine-readable zone, by name.
CHECKS = {
    "document_number": N_("Document number"),
    "birth_date": N_("Birth date"),
    "expiry_date": N_("Expiry date"),
    "personal_number": N_("Personal number"),
    "composite": N_("All together"),
}

#: The formats of visas, which have a number of their own.
_VISAS = frozenset({"MRV-A", "MRV-B"})

DOUBTS = {
    "birth_date": N_("The birth date in the lines is impossible; look at the passport."),
    "expiry_date": N_("The expiry date in the lines is impossible; look at the passport."),
    "names_truncated": N_("The name fills its line and may go on; look at the passport."),
    "sex": N_("The sex in the lines is none of M, F, <; look at the passport."),
}


def show_reading(reading: MrzReading) -> None:
    """Show the lines, every check digit as right or wrong in words, and what to look at."""
    with st.container(border=True):
        st.code("\n".join(reading.lines), language=None)
        with st.container(horizontal=True):
            for check in reading.checks:
                _check(check)
        for check in reading.wrong_checks:
            sentence = _("%(name)s: the check digit is %(given)s but must be %(expected)s.")
            values = {
                "name": _(CHECKS[check.name]),
                "given": check.given,
                "expected": check.expected,
            }
            advice = _("Compare the line with the passport and paste it again.")
            st.error(escaped(f"{sentence % values} {advice}"))
        for doubt in reading.doubts:
            st.warning(_(DOUBTS[doubt]))
        warn_of_visa(reading)


def warn_of_visa(reading: MrzReading) -> None:
    """Say that the number is not that of the passport, where the lines are those of a visa."""
    if reading.kind in _VISAS:
        st.warning(_("This is a visa. Its number is not that of the passport; correct it."))


def _check(check: CheckDigit) -> None:
    name, right, wrong = _(CHECKS[check.name]), _("right"), _("wrong")
    if check.is_valid:
        st.badge(escaped(f"{name}: {right}"), color="green", icon=":material/check:")
    else:
        st.badge(escaped(f"{name}: {wrong}"), color="red", icon=":material/close:")
