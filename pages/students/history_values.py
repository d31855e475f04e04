"""The values of a person's history as its reader's language writes them."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from core.i18n import N_, _, country_name, format_date
from core.permissions import Actor, Permission
from core.services.agents import agent_names
from core.services.faculties import faculty_names
from core.terms import (
    EngagementKind,
    EnrolmentStatus,
    FamilyRelation,
    Funding,
    Language,
    PassportKind,
    ResidenceKind,
    Sex,
    VisaEntries,
)
from core.words import word
from pages.students.deeds import FIELDS

#: What the values of a field belong to; no value is in two vocabularies of one field.
_VOCABULARIES: Mapping[str, tuple[type[StrEnum], ...]] = {
    "sex": (Sex,),
    "kind": (PassportKind, ResidenceKind, EngagementKind),
    "residence": (ResidenceKind,),
    "entries": (VisaEntries,),
    "visa_entries": (VisaEntries,),
    "funding": (Funding,),
    "status": (EnrolmentStatus,),
    "relation": (FamilyRelation,),
    "language": (Language,),
}

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YES, _NO = N_("yes"), N_("no")


class ValueWords:
    """The words for values, with the names of faculties and representatives the reader may know."""

    def __init__(self, actor: Actor) -> None:
        knows_agents = actor.can(Permission.READ_AGENTS)
        names = {
            "faculty_id": faculty_names(actor),
            "faculty": faculty_names(actor),
            "agent_id": agent_names(actor) if knows_agents else {},
        }
        self._names: Mapping[str, Mapping[int, str]] = names | {"agent": names["agent_id"]}

    def line(self, field: str, value: object) -> str:
        """Return the field with its value, or with what it was before and is now."""
        name = field_name(field)
        if isinstance(value, list) and len(value) == 2:
            before, after = (self._plain(field, each) for each in value)
            return f"{name}: {after}" if value[0] in (None, "") else f"{name}: {before} → {after}"
        return f"{name}: {self._plain(field, value)}"

    def _plain(self, field: str, value: object) -> str:
        if value in (None, ""):
            return "—"
        if isinstance(value, bool):
            return _(_YES if value else _NO)
        if isinstance(value, int) and field in self._names:
            return self._names[field].get(value, f"№ {value}")
        return _text(field, str(value))


def field_name(field: str) -> str:
    """Return the words of a field of the log."""
    return _(FIELDS[field]) if field in FIELDS else field


def _text(field: str, text: str) -> str:
    for vocabulary in _VOCABULARIES.get(field, ()):
        if text in set(vocabulary):
            return word(vocabulary(text))
    if field == "citizenship" and len(text) == 2:
        return country_name(text)
    return format_date(date.fromisoformat(text)) if _DAY.fullmatch(text) else text
