"""Commands about users and faculties."""

import argparse
import sys

from core.permissions import Role
from core.services.faculties import FacultyForm, create_faculty
from core.services.users import NewPassword, UserForm, create_user, reset_password, user_id_of
from core.terms import Language


def create(chosen: argparse.Namespace) -> int:
    """Create a user and print his one-time password."""
    form = UserForm(
        username=chosen.username,
        full_name=chosen.name,
        role=Role(chosen.role),
        language=Language(chosen.language),
        faculty_ids=frozenset(chosen.faculty),
    )
    return _tell(create_user(chosen.actor, form))


def reset(chosen: argparse.Namespace) -> int:
    """Give a user a new one-time password and print it."""
    return _tell(reset_password(chosen.actor, user_id_of(chosen.username)))


def faculty(chosen: argparse.Namespace) -> int:
    """Create a faculty and print its id."""
    form = FacultyForm(name_en=chosen.name, name_ru=chosen.ru, name_ky=chosen.ky)
    sys.stdout.write(f"{create_faculty(chosen.actor, form)}\n")
    return 0


def _tell(created: NewPassword) -> int:
    sys.stdout.write(f"One-time password of {created.username}: {created.password}\n")
    return 0
