"""A filter of people as the address of a screen and of a file writes it; nonsense is left out."""

from collections.abc import Mapping

from core.services.people_list import PeopleFilter
from core.terms import EnrolmentStatus

#: The spans in days a list can be narrowed to; the first stands for what is overdue.
DUE_SPANS = (-1, 7, 14, 30, 90)

_YES = "1"


def people_filter(query: Mapping[str, str]) -> PeopleFilter:
    """Return the filter that the parameters of an address ask for."""
    status, citizenship = query.get("status", ""), query.get("citizenship", "")
    span = {str(days): days for days in DUE_SPANS}.get(query.get("within", ""))
    return PeopleFilter(
        search=query.get("q", ""),
        faculty_id=_number(query, "faculty"),
        course=_number(query, "course"),
        citizenship=citizenship if len(citizenship) == 2 else None,
        status=EnrolmentStatus(status) if status in set(EnrolmentStatus) else None,
        agent_id=_number(query, "agent"),
        is_incomplete=query.get("incomplete") == _YES,
        is_contradicting=query.get("contradicting") == _YES,
        due_within=span,
    )


def query_of(wanted: PeopleFilter) -> dict[str, str]:
    """Return ``wanted`` as parameters of an address; :func:`people_filter` reads them back."""
    given = {
        "q": wanted.search,
        "faculty": wanted.faculty_id,
        "course": wanted.course,
        "citizenship": wanted.citizenship,
        "status": wanted.status,
        "agent": wanted.agent_id,
        "incomplete": _YES if wanted.is_incomplete else None,
        "contradicting": _YES if wanted.is_contradicting else None,
        "within": wanted.due_within,
    }
    return {name: str(value) for name, value in given.items() if value not in (None, "")}


def _number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
