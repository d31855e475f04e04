"""The import of a list of people for scripts: the dry run, and the taking over on demand."""

import argparse
import json
import sys
from pathlib import Path

from core.errors import DomainError
from core.jobs.work import work_until_nothing_waits
from core.messages import sentence
from core.services.imports.batches import (
    ImportChoices,
    receive_file,
    start_check,
    start_commit,
)
from core.services.imports.views import (
    BatchView,
    FaultLine,
    batch_faults,
    batch_view,
)
from core.services.page import PAGE_SIZE
from core.terms import ImportStatus


def import_people(chosen: argparse.Namespace) -> int:
    """Print what a file of people comes to; take its good rows over where that was asked."""
    path = Path(chosen.file)
    try:
        content = path.read_bytes()
    except OSError:
        raise DomainError("file.unreadable", name=str(path)) from None
    batch_id = receive_file(chosen.actor, file_name=path.name, content=content)
    batch = batch_view(chosen.actor, batch_id)
    choices = ImportChoices(
        fields={column.place: column.field for column in batch.columns}, orders={}
    )
    start_check(chosen.actor, batch_id, choices, version=batch.version)
    batch = _worked(chosen, batch_id, ImportStatus.CHECKED)
    if chosen.commit and batch.new_count + batch.update_count:
        start_commit(chosen.actor, batch_id, version=batch.version)
        batch = _worked(chosen, batch_id, ImportStatus.COMMITTED)
    _print(chosen, batch)
    return 0


def _worked(chosen: argparse.Namespace, batch_id: int, wanted: ImportStatus) -> BatchView:
    """Do the work that waits; a server may have taken it, which is for its operator to await."""
    work_until_nothing_waits()
    batch = batch_view(chosen.actor, batch_id)
    if batch.status is not wanted:
        raise DomainError("import.busy")
    return batch


def _print(chosen: argparse.Namespace, batch: BatchView) -> None:
    faults: list[FaultLine] = []
    for number in range(1, 1 + -(-batch.error_count // PAGE_SIZE)):
        faults += batch_faults(chosen.actor, batch.batch_id, page=number).rows
    answer = {
        "new": batch.new_count,
        "updates": batch.update_count,
        "errors": [
            {
                "row": fault.row,
                "column": fault.column,
                "value": fault.value,
                "reason": sentence(fault.code, fault.values),
            }
            for fault in faults
        ],
    }
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
