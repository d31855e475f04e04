"""What a list of 5,000 people by 20 columns costs: ``python -m tests.bench.imports``.

The whole list three times: newcomers, updates of all of them, nothing new; then an undoing. Each
is done once, in this process and without the two seconds in which a server looks for work.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from core import settings
from core.jobs.work import work_until_nothing_waits
from core.permissions import SYSTEM_ACTOR
from core.services.faculties import FacultyForm, create_faculty
from core.services.imports.batches import (
    ImportChoices,
    receive_file,
    start_check,
    start_commit,
    start_undo,
)
from core.services.imports.views import batch_view
from core.services.startup import close_database, open_database
from tests.bench.figures import Figure, figure_of, spent_on
from tests.bench.recompute import bench_database
from tests.inspection.test_tables import workbook

ROWS = 5_000
HEADINGS = (
    "Surname|Given names|Sex|Birth date|Citizenship|Passport number|Passport issued on"
    "|Passport ends|Faculty|Course|Group|Contract number|Contract from|Contract until"
    "|Date of entry|Visa letter|Visa until|Lives in|Room|Phone"
).split("|")


def importing(folder: Path) -> Iterator[Figure]:
    """Measure on both databases."""
    yield from _on("sqlite", folder / "imports", None)
    with bench_database() as url:
        yield from _on("postgres", folder / "imports-postgres", url)


def _on(engine: str, folder: Path, url: str | None) -> Iterator[Figure]:
    folder.mkdir()
    address = {"DATABASE_URL": url} if url else {}
    settings.use(settings.load({**os.environ, **address, "VAR_DIR": str(folder)}))
    open_database(settings.current().database_url)
    try:
        create_faculty(SYSTEM_ACTOR, FacultyForm(name_en="Benchmark"))
        yield from _list("newcomers", engine, course=1)
        yield from _list("updates", engine, course=2)
        yield from _list("unchanged", engine, course=2)
        yield from _undo(2, "updates", engine)
    finally:
        close_database()


def _list(name: str, engine: str, *, course: int) -> Iterator[Figure]:
    content = workbook([HEADINGS, *(row(number, course) for number in range(ROWS))])
    received: list[int] = []

    def receive() -> None:
        received.append(receive_file(SYSTEM_ACTOR, file_name="list.xlsx", content=content))

    yield _timed(f"reading {ROWS} {name}, {engine}", receive)
    batch = batch_view(SYSTEM_ACTOR, received[0])
    fields = {column.place: column.field for column in batch.columns}
    choices = ImportChoices(fields=fields, orders={})
    start_check(SYSTEM_ACTOR, batch.batch_id, choices, version=batch.version)
    yield _timed(f"dry run of {ROWS} {name}, {engine}", work_until_nothing_waits)
    batch = batch_view(SYSTEM_ACTOR, batch.batch_id)
    start_commit(SYSTEM_ACTOR, batch.batch_id, version=batch.version)
    yield _timed(f"taking over {ROWS} {name}, {engine}", work_until_nothing_waits)


def _undo(batch_id: int, name: str, engine: str) -> Iterator[Figure]:
    batch = batch_view(SYSTEM_ACTOR, batch_id)
    start_undo(SYSTEM_ACTOR, batch_id, version=batch.version)
    yield _timed(f"undoing {ROWS} {name}, {engine}", work_until_nothing_waits)


def _timed(name: str, work: Callable[[], object]) -> Figure:
    return figure_of(name, [spent_on(work)])


def row(number: int, course: int) -> tuple[object, ...]:
    """Return a fictitious student, who lives in another room in each course; no two are alike."""
    name = "".join(chr(65 + int(figure)) for figure in f"{number:05d}")
    birth = f"{number % 28 + 1:02d}.{number % 12 + 1:02d}.{2000 + number % 7}"
    return (
        *(f"BENCH{name}", "FICTITIOUS", "M", birth, "India", f"BN{number:07d}", "05.01.2022"),
        *("04.01.2032", "Benchmark", course, "1", f"K-{number}", "01.09.2026"),
        *("30.06.2031", "28.08.2026", "S", "01.03.2027", "hostel", f"{course}12", "+996555123456"),
    )


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        for figure in importing(Path(name)):
            sys.stdout.write(f"{figure.name:44}{figure.median_ms / 1000:8.2f} s\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
