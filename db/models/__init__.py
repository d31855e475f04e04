"""Every table, so that importing this package makes the whole schema known."""

from db.models import (
    access,
    audit,
    batches,
    calendars,
    cases,
    custody,
    documents,
    duplicates,
    imports,
    jobs,
    messages,
    partners,
    people,
    reference,
    relations,
)

__all__ = [
    "access",
    "audit",
    "batches",
    "calendars",
    "cases",
    "custody",
    "documents",
    "duplicates",
    "imports",
    "jobs",
    "messages",
    "partners",
    "people",
    "reference",
    "relations",
]
