"""The commands by name, their arguments, and what a refusal looks like on a console."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date

from core import settings
from core.commands import accounts, explain, imports, messages, upkeep
from core.errors import DomainError
from core.messages import describe
from core.permissions import SYSTEM_ACTOR, Role
from core.services.users import actor_named
from core.terms import Language, ResidenceKind
from db import engine

#: Commands that need no database of their own.
_WITHOUT_DATABASE = frozenset({"migrate", "explain-registration", "stay", "read-mrz", "demo"})


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 refused, 2 wrongly configured."""
    chosen = _parser().parse_args(arguments)
    try:
        settings.use(settings.load(os.environ))
    except settings.ConfigurationError as wrong:
        sys.stderr.write("\n".join(wrong.faults) + "\n")
        return 2
    try:
        return _run(chosen)
    except DomainError as refusal:
        sys.stderr.write(describe(refusal) + "\n")
        return 1
    finally:
        engine.dispose()


def _run(chosen: argparse.Namespace) -> int:
    if chosen.command not in _WITHOUT_DATABASE:
        engine.configure(settings.current().database_url)
        chosen.actor = (
            SYSTEM_ACTOR if chosen.actor_name == "system" else actor_named(chosen.actor_name)
        )
    command: Callable[[argparse.Namespace], int] = chosen.run
    return command(chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core")
    parser.add_argument(
        "--as", dest="actor_name", default="system", metavar="USER", help="act as this user"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_upkeep(commands)
    _add_accounts(commands)
    _add_answers(commands)
    return parser


def _add_upkeep(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, work, words in (
        ("migrate", upkeep.migrate_database, "bring the database to the present schema"),
        ("demo", upkeep.demo, "fill an empty database with fictitious data"),
        ("sweep", upkeep.sweep, "bring every due date up to date"),
        ("purge", upkeep.purge, "delete what has served its purpose"),
        ("work", upkeep.work, "do the long work that waits"),
        ("verify-audit", upkeep.verify_audit, "look for changed or missing rows in the audit log"),
        ("rotate-key", upkeep.rotate_key, "wrap every key anew under the first master key"),
        ("doctor", upkeep.doctor, "check configuration, database, store and keys"),
    ):
        commands.add_parser(name, help=words).set_defaults(run=work)
    remind = commands.add_parser("remind", help="which reminders are due today, as JSON")
    remind.add_argument("--send", action="store_true", help="prepare them and send their mail")
    remind.set_defaults(run=messages.remind)


def _add_accounts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    create = commands.add_parser("create-user", help="create a user with a one-time password")
    create.add_argument("username")
    create.add_argument("--name", required=True)
    create.add_argument(
        "--role", required=True, choices=[r.value for r in Role if r is not Role.SYSTEM]
    )
    create.add_argument("--faculty", type=int, action="append", default=[], metavar="ID")
    create.add_argument("--language", default="en", choices=[choice.value for choice in Language])
    create.set_defaults(run=accounts.create)
    reset = commands.add_parser("reset-password", help="give a user a new one-time password")
    reset.add_argument("username")
    reset.set_defaults(run=accounts.reset)
    faculty = commands.add_parser("create-faculty", help="create a faculty and print its id")
    faculty.add_argument("name")
    faculty.add_argument("--ru", default="")
    faculty.add_argument("--ky", default="")
    faculty.set_defaults(run=accounts.faculty)


def _add_answers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    registration = commands.add_parser("explain-registration", help="by when, and why, as JSON")
    registration.add_argument("--citizenship", required=True, metavar="ISO2", type=str.upper)
    registration.add_argument("--entry", required=True, type=date.fromisoformat, metavar="DATE")
    registration.add_argument("--residence", choices=[kind.value for kind in ResidenceKind])
    registration.set_defaults(run=explain.registration)
    stay = commands.add_parser("stay", help="days used of a visa-free term, as JSON")
    stay.add_argument("--citizenship", required=True, metavar="ISO2", type=str.upper)
    stay.add_argument("--crossings", required=True, metavar="FILE.csv")
    stay.add_argument("--on", required=True, type=date.fromisoformat, metavar="DATE")
    stay.set_defaults(run=explain.stay)
    scan = commands.add_parser("read-mrz", help="what a passport scan says, as JSON")
    scan.add_argument("file", metavar="FILE")
    scan.set_defaults(run=explain.read_mrz)
    people = commands.add_parser("import-people", help="what a list of people comes to, as JSON")
    people.add_argument("file", metavar="FILE.xlsx")
    people.add_argument("--commit", action="store_true", help="take its good rows over")
    people.set_defaults(run=imports.import_people)
    checklist = commands.add_parser("checklist", help="write the PDF checklist of a case")
    checklist.add_argument("case", type=int)
    checklist.add_argument("-o", "--output", required=True)
    checklist.add_argument(
        "--language", default="en", choices=[choice.value for choice in Language]
    )
    checklist.set_defaults(run=explain.checklist)
