"""Commands that keep the product well: schema, long work, the log, the keys, a check of it all."""

import argparse
import stat
import sys
from collections.abc import Iterator

from core import settings
from core.errors import DomainError
from core.jobs.work import work_until_nothing_waits
from core.services import audit
from core.services.demonstration import fill_demonstration
from core.services.jobs import start_job
from core.services.reference import load_reference_data
from core.services.rotation import rotate_keys
from core.terms import JobKind
from db import engine
from db.migrate import is_at_head, migrate


def migrate_database(_chosen: argparse.Namespace) -> int:
    """Bring the database to the present schema and load what reference data it lacks."""
    migrate(settings.current().database_url)
    engine.configure(settings.current().database_url)
    report = load_reference_data()
    _say(f"{report.added} reference rows added, {report.updated} updated")
    for key in report.differs:
        _say(f"left as changed here: {key}")
    return 0


def demo(chosen: argparse.Namespace) -> int:
    """Fill an empty database with fictitious data."""
    migrate_database(chosen)
    _say(f"{fill_demonstration()} fictitious people")
    return 0


def sweep(chosen: argparse.Namespace) -> int:
    """Bring every due date up to date, now."""
    start_job(chosen.actor, JobKind.SWEEP)
    return work(chosen)


def purge(chosen: argparse.Namespace) -> int:
    """Delete what has served its purpose, now."""
    start_job(chosen.actor, JobKind.PURGE)
    return work(chosen)


def work(_chosen: argparse.Namespace) -> int:
    """Do the long work that waits."""
    _say(f"{work_until_nothing_waits()} pieces of work done")
    return 0


def verify_audit(_chosen: argparse.Namespace) -> int:
    """Look for changed or missing rows in the audit log; exit with 1 if there are any."""
    report = audit.verify()
    for fault in report.faults:
        _say(f"row {fault.sequence}: {fault.kind}")
    _say(f"{report.count} rows, {len(report.faults)} faults")
    return 1 if report.faults else 0


def rotate_key(_chosen: argparse.Namespace) -> int:
    """Wrap every key anew under the first master key."""
    _say(f"{rotate_keys()} keys wrapped anew")
    return 0


def doctor(_chosen: argparse.Namespace) -> int:
    """Check what the product stands on; exit with 1 if something is wrong."""
    faults = list(_faults())
    for fault in faults:
        _say(fault)
    _say("everything is in order" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


def _faults() -> Iterator[str]:
    chosen = settings.current()
    if not is_at_head(chosen.database_url):
        yield "The database lacks migrations: run python -m core migrate."
        return
    for fault in audit.verify().faults:
        yield f"The audit log is not as written at row {fault.sequence}: {fault.kind}."
    key = chosen.var_dir / "master.key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield f"Others can read {key}: chmod 600 it."
    if any((parent / ".git").exists() for parent in (chosen.var_dir, *chosen.var_dir.parents)):
        yield "VAR_DIR lies in a checkout that git clean could empty: put it elsewhere."
    try:
        chosen.document_store.mkdir(parents=True, exist_ok=True)
        (chosen.document_store / "probe").touch()
        (chosen.document_store / "probe").unlink()
    except OSError as fault:
        yield f"The document store cannot be written: {fault}."
    try:
        rotate_keys(dry=True)
    except DomainError:
        yield "A key was wrapped by a master key that is not given: add it to MASTER_KEY_FILE."


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
