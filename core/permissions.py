"""Who may do what: roles, permissions, and the table between them.

A permission says what an action is; which records it reaches is decided by the loaders in
:mod:`core.services`, which answer "not found" for a record outside the actor's scope. The
decorator that every use case carries is :func:`core.services.guard.requires`.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.terms import Language


class Role(StrEnum):
    """What a user is in the house. ``system`` is the product itself, at work on a schedule."""

    STAFF = "staff"
    HEAD = "head"
    DEAN = "dean"
    RECTOR = "rector"
    ADMIN = "admin"
    SYSTEM = "system"


class Permission(StrEnum):
    """One kind of action. The value is permanent: it is written to the audit log."""

    OWN_ACCOUNT = "own_account"
    READ_PEOPLE = "people.read"
    EDIT_PEOPLE = "people.edit"
    READ_NOTES = "people.read_notes"
    READ_HISTORY = "people.read_history"
    EXPORT_PEOPLE = "people.export"
    READ_AGENTS = "agents.read"
    EDIT_AGENTS = "agents.edit"
    READ_CASES = "cases.read"
    EDIT_CASES = "cases.edit"
    READ_BATCHES = "batches.read"
    READ_CUSTODY = "custody.read"
    EDIT_CUSTODY = "custody.edit"
    CONFIRM_APPLICATION = "cases.confirm_application"
    READ_OTHERS_SHEET = "cases.read_others_sheet"
    PRINT_CHECKLIST = "cases.print_checklist"
    UPLOAD_DOCUMENT = "documents.upload"
    OPEN_DOCUMENT = "documents.open"
    DECIDE_DOCUMENT = "documents.decide"
    READ_MESSAGES = "messages.read"
    SEND_MESSAGES = "messages.send"
    READ_PARTNERS = "partners.read"
    EDIT_PARTNERS = "partners.edit"
    READ_RULES = "rules.read"
    EDIT_RULES = "rules.edit"
    READ_UNIVERSITY = "university.read"
    EDIT_UNIVERSITY = "university.edit"
    MANAGE_USERS = "users.manage"
    MANAGE_FACULTIES = "faculties.manage"
    READ_FACULTIES = "faculties.read"
    READ_AUDIT = "audit.read"
    RUN_JOBS = "jobs.run"


_EVERYONE = frozenset(
    {
        Permission.OWN_ACCOUNT,
        Permission.READ_RULES,
        Permission.READ_FACULTIES,
        Permission.READ_UNIVERSITY,
    }
)
_STAFF = _EVERYONE | {
    Permission.READ_PEOPLE,
    Permission.EDIT_PEOPLE,
    Permission.READ_NOTES,
    Permission.READ_HISTORY,
    Permission.EXPORT_PEOPLE,
    Permission.READ_AGENTS,
    Permission.EDIT_AGENTS,
    Permission.READ_CASES,
    Permission.EDIT_CASES,
    Permission.READ_BATCHES,
    Permission.READ_CUSTODY,
    Permission.EDIT_CUSTODY,
    Permission.PRINT_CHECKLIST,
    Permission.UPLOAD_DOCUMENT,
    Permission.OPEN_DOCUMENT,
    Permission.DECIDE_DOCUMENT,
    Permission.READ_MESSAGES,
    Permission.SEND_MESSAGES,
    Permission.READ_PARTNERS,
    Permission.EDIT_PARTNERS,
}

#: The whole of the rights of each role. The tests hold it against a matrix written by hand.
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.STAFF: _STAFF,
    Role.HEAD: _STAFF
    | {Permission.READ_OTHERS_SHEET, Permission.EDIT_RULES, Permission.EDIT_UNIVERSITY},
    Role.DEAN: _EVERYONE
    | {
        Permission.READ_PEOPLE,
        Permission.EXPORT_PEOPLE,
        Permission.READ_CASES,
        Permission.CONFIRM_APPLICATION,
        Permission.PRINT_CHECKLIST,
        Permission.UPLOAD_DOCUMENT,
        Permission.OPEN_DOCUMENT,
    },
    Role.RECTOR: _EVERYONE
    | {
        Permission.READ_PEOPLE,
        Permission.READ_NOTES,
        Permission.READ_HISTORY,
        Permission.EXPORT_PEOPLE,
        Permission.READ_AGENTS,
        Permission.READ_CASES,
        Permission.READ_BATCHES,
        Permission.READ_CUSTODY,
        Permission.READ_OTHERS_SHEET,
        Permission.PRINT_CHECKLIST,
        Permission.OPEN_DOCUMENT,
        Permission.READ_MESSAGES,
        Permission.READ_PARTNERS,
    },
    Role.ADMIN: _EVERYONE
    | {
        Permission.MANAGE_USERS,
        Permission.MANAGE_FACULTIES,
        Permission.READ_AUDIT,
        Permission.RUN_JOBS,
    },
    Role.SYSTEM: frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a signed-in user, or the system itself.

    ``user_id`` is None for the system only. ``faculty_ids`` is a dean's scope and empty for every
    other role, whose reach is not bounded by faculty.
    """

    user_id: int | None
    username: str
    full_name: str
    role: Role
    language: Language = Language.ENGLISH
    faculty_ids: frozenset[int] = frozenset()

    @property
    def is_bound_to_faculties(self) -> bool:
        """Whether the actor sees only the students now enrolled in ``faculty_ids``."""
        return self.role is Role.DEAN

    def can(self, permission: Permission) -> bool:
        """Return whether the actor's role holds ``permission``."""
        return permission in GRANTS[self.role]


SYSTEM_ACTOR = Actor(user_id=None, username="system", full_name="system", role=Role.SYSTEM)
