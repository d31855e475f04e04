"""Every table, so that importing this package makes the whole schema known."""

from db.models import (
    access,
    audit,
    calendars,
    cases,
    documents,
    duplicates,
    imports,
    jobs,
    partners,
    people,
    reference,
    relations,
)

__all__ = [
    "access",
    "audit",
    "calendars",
    "cases",
    "documents",
    "duplicates",
    "imports",
    "jobs",
    "partners",
    "people",
    "reference",
    "relations",
]
