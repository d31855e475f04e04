"""What a list of 5,000 students by 20 columns costs: ``python -m tests.bench.imports``.

Wall time in seconds of the reading, the dry run and the taking over, in a database of its own.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from typing import TypeVar

from core import settings
from core.jobs.work import work_until_nothing_waits
from core.permissions import SYSTEM_ACTOR
from core.services.faculties import FacultyForm, create_faculty
from core.services.imports.batches import (
    ImportChoices,
    receive_file,
    start_check,
    start_commit,
)
from core.services.imports.views import (
    batch_view,
)
from core.services.startup import close_database, open_database
from tests.inspection.test_tables import workbook

T = TypeVar("T")

ROWS = 5_000
HEADINGS = (
    "Surname|Given names|Sex|Birth date|Citizenship|Passport number|Passport issued on"
    "|Passport ends|Faculty|Course|Group|Contract number|Contract from|Contract until"
    "|Date of entry|Visa letter|Visa until|Lives in|Room|Phone"
).split("|")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        settings.use(settings.load({**os.environ, "VAR_DIR": folder}))
        open_database(settings.current().database_url)
        create_faculty(SYSTEM_ACTOR, FacultyForm(name_en="Benchmark"))
        content = workbook([HEADINGS, *(row(number) for number in range(ROWS))])
        batch_id = timed(
            "reading",
            lambda: receive_file(SYSTEM_ACTOR, file_name="bench.xlsx", content=content),
        )
        batch = batch_view(SYSTEM_ACTOR, batch_id)
        fields = {column.place: column.field for column in batch.columns}
        choices = ImportChoices(fields=fields, orders={})
        start_check(SYSTEM_ACTOR, batch_id, choices, version=batch.version)
        timed("dry run", work_until_nothing_waits)
        start_commit(SYSTEM_ACTOR, batch_id, version=batch_view(SYSTEM_ACTOR, batch_id).version)
        timed("taking over", work_until_nothing_waits)
        batch = batch_view(SYSTEM_ACTOR, batch_id)
        sys.stdout.write(f"{batch.new_count} new, {batch.error_count} errors\n")
        close_database()


def row(number: int) -> tuple[object, ...]:
    """Return a fictitious student; names are made of letters, no two alike."""
    name = "".join(chr(65 + int(figure)) for figure in f"{number:05d}")
    birth = f"{number % 28 + 1:02d}.{number % 12 + 1:02d}.{2000 + number % 7}"
    return (
        *(f"BENCH{name}", "FICTITIOUS", "M", birth, "India", f"BN{number:07d}", "05.01.2022"),
        *("04.01.2032", "Benchmark", number % 6 + 1, "1", f"K-{number}", "01.09.2026"),
        *("30.06.2031", "28.08.2026", "S", "01.03.2027", "hostel", "12", "+996555123456"),
    )


def timed(name: str, work: Callable[[], T]) -> T:
    """Print how long ``work`` takes, here and in processor time of this process."""
    wall, own = time.perf_counter(), time.process_time()
    result = work()
    spent = (time.perf_counter() - wall, time.process_time() - own)
    sys.stdout.write(f"{name:12}{spent[0]:8.2f} s, of which {spent[1]:.2f} s of own processor\n")
    return result


if __name__ == "__main__":
    main()
