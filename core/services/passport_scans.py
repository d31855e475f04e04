"""Intake from a scan: what the machine-readable lines of a photographed passport say."""

from dataclasses import dataclass

from core import clock, settings
from core.inspection.run import inspect_scan
from core.permissions import Actor, Permission
from core.recognition.run import recognise
from core.rules.mrz import MrzReading, parse_mrz
from core.services.guard import requires
from core.terms import ScanStatus


@dataclass(frozen=True, kw_only=True)
class ScanReading:
    """What a scan says, for a person to confirm; nothing of it is kept.

    ``reading`` is None for RED; ``doubts`` names the fields to compare, among surname, given_names,
    document_number, issuing_state, nationality, birth_date, sex and expiry_date. ``strip_png`` is
    the picture of the lines, empty where none were found.
    """

    status: ScanStatus
    reading: MrzReading | None
    doubts: tuple[str, ...]
    strip_png: bytes


@requires(Permission.EDIT_PEOPLE)
def read_passport_scan(actor: Actor, *, content: bytes) -> ScanReading:  # noqa: ARG001
    """Return what the passport in a photo, scan or PDF says; a picture without one is RED.

    The file is made anew first, so that only what is safe reaches the readers. Raises the codes
    ``scan.…`` of :func:`inspect_scan`, and ``scan.busy`` where too many wait.
    """
    inspected = inspect_scan(content)
    today = clock.today(settings.current().time_zone)
    found = recognise(inspected.content, inspected.media_type, today=today)
    return ScanReading(
        status=found.status,
        reading=parse_mrz("\n".join(found.lines), today=today) if found.lines else None,
        doubts=found.doubts,
        strip_png=found.strip_png,
    )
