"""Every table, so that importing this package makes the whole schema known."""

from db.models import access, audit, cases, documents, jobs, partners, people, reference

__all__ = ["access", "audit", "cases", "documents", "jobs", "partners", "people", "reference"]
