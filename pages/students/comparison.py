"""Two records side by side, as a table that reads on a telephone too."""

from datetime import date
from enum import StrEnum

import streamlit as st

from core.i18n import N_, _, country_name, format_date
from core.permissions import Actor
from core.services.comparisons import ComparedFact, ComparedLine, Value
from core.services.faculties import faculty_names
from core.words import word
from pages.shell.parts import escaped

LABELS = {
    ComparedFact.NAME: N_("Name"),
    ComparedFact.BIRTH_DATE: N_("Born"),
    ComparedFact.SEX: N_("Sex"),
    ComparedFact.CITIZENSHIP: N_("Citizenship"),
    ComparedFact.PASSPORT: N_("Passport"),
    ComparedFact.PASSPORT_EXPIRY: N_("Passport ends"),
    ComparedFact.NATIVE_NAME: N_("Name in his own script"),
    ComparedFact.PHONE: N_("Telephone"),
    ComparedFact.EMAIL: N_("E-mail"),
    ComparedFact.AGENT: N_("Representative"),
    ComparedFact.FACULTY: N_("Faculty"),
    ComparedFact.COURSE: N_("Course"),
    ComparedFact.STATUS: N_("Status"),
    ComparedFact.CONTRACT: N_("Contract"),
    ComparedFact.VISA: N_("Visa"),
    ComparedFact.VISA_UNTIL: N_("Visa until"),
    ComparedFact.ENTRY: N_("Last entry"),
    ComparedFact.RESIDENCE: N_("Lives in"),
    ComparedFact.ADDRESS: N_("Address"),
    ComparedFact.CASES: N_("Cases"),
    ComparedFact.DOCUMENTS: N_("Scans"),
    ComparedFact.NOTES: N_("Notes"),
}

#: These count what a record holds; two records may well hold different numbers of them.
_COUNTS = frozenset({ComparedFact.CASES, ComparedFact.DOCUMENTS, ComparedFact.NOTES})


def show_comparison(
    actor: Actor, lines: tuple[ComparedLine, ...], *, first: str, second: str
) -> None:
    """Show every fact either side knows, those that differ marked with a word."""
    faculties = faculty_names(actor)
    rows = [f"| | {escaped(first)} | {escaped(second)} |", "|---|---|---|"]
    for line in lines:
        texts = [_shown(line.fact, value, faculties) for value in (line.first, line.second)]
        if texts == ["—", "—"]:
            continue
        label = escaped(_(LABELS[line.fact]))
        if line.differs and line.fact not in _COUNTS:
            differs = escaped(_("differs"))
            label = f"{label} :orange-badge[{differs}]"
        rows.append(f"| {label} | {escaped(texts[0])} | {escaped(texts[1])} |")
    st.markdown("\n".join(rows))


def _shown(fact: ComparedFact, value: Value, faculties: dict[int, str]) -> str:
    if value is None or value == "":
        return "—"
    if fact is ComparedFact.CITIZENSHIP:
        return country_name(str(value))
    if fact is ComparedFact.FACULTY and isinstance(value, int):
        return faculties.get(value, "—")
    if isinstance(value, date):
        return format_date(value)
    return word(value) if isinstance(value, StrEnum) else str(value)
