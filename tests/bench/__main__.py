"""``make bench``: how long a run of each screen takes, against an empty page in the same run.

``python -m tests.bench 1000000`` does the same with as many people, without the recomputation.

Server time over a raw socket, from the request to the end of the run; medians and 95th centiles.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import sqlalchemy as sa

from core.services.calendar_files import calendar_file
from core.services.calendars import make_calendar_address
from core.services.people_list import PeopleFilter, list_people
from core.services.search import find
from core.terms import CaseKind
from db.engine import reading
from db.models.cases import Case
from tests.bench.figures import RUNS, Figure, measure
from tests.bench.fill import fill
from tests.bench.imports import importing
from tests.bench.recompute import recomputing
from tests.bench.reminders import reminding
from tests.databases import free_port
from tests.server import Server
from tests.wire.socket import Tab

PEOPLE = 100_000

EMPTY = "import streamlit as st\n\nst.write('empty')\n"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Address:
    """A server that is only to be reached."""

    url: str


def main() -> None:
    """Measure everything, print the table, write ``var/bench.json``."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with empty_page(folder) as page:
            empty = measure("empty page", page, None)
        figures = [empty, *product(folder, empty, count)]
        if count == PEOPLE:
            figures += [*recomputing(folder, count), *importing(folder)]
            figures += reminding(folder, count)
    show(figures, count)
    target = ROOT / "var" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([vars(figure) for figure in figures], indent=1))


def product(folder: Path, empty: Figure, count: int) -> Iterator[Figure]:
    """Measure the product with many people in its database."""
    with Server(folder) as server:
        fill(count, faculty_id=server.cast.medicine)
        server.use()
        browser = server.browser()
        browser.sign_in("sam")
        with Tab(server, browser.token) as tab:
            for screen in ("home", "students", "documents", "partners", "intake"):
                yield measure(f"screen {screen}", lambda screen=screen: tab.skim(screen), empty)
            for name, query in (
                ("students, searched", "q=karim"),
                ("card, cases", "person=1"),
                ("card, passports", "person=1&tab=passports"),
            ):
                yield measure(
                    f"screen {name}", lambda query=query: tab.skim("students", query=query), empty
                )
        yield measure("sign-in page", lambda: browser.get("/sign-in"), empty)
        yield measure("health", lambda: browser.get("/healthz"), empty)
        case_id = first_case()
        yield measure(
            "checklist PDF over HTTP",
            lambda: browser.get(f"/letters/checklist/{case_id}.pdf").raise_for_status(),
            empty,
        )
        staff = server.cast.staff
        yield measure("list of people, service", lambda: list_people(staff), empty)
        rare, frequent = (PeopleFilter(search=text) for text in ("karim 77", "muhammad"))
        yield measure("list, rare word, service", lambda: list_people(staff, rare), empty)
        yield measure("list, frequent word, service", lambda: list_people(staff, frequent), empty)
        token = make_calendar_address(staff, site="").rpartition("/")[2].removesuffix(".ics")
        yield measure(
            "calendar of 2,500 dates, service",
            lambda: calendar_file(token, network="10.0.0.1", site=""),
            empty,
        )
        for text in ("muhammad", "karim", "4567", "zzznobody"):
            yield measure(f"search {text}, service", lambda text=text: find(staff, text), empty)


def first_case() -> int:
    """Return a case of a student who went through the ordinary use cases."""
    with reading() as session:
        found = session.scalars(
            sa.select(Case.id).filter_by(kind=CaseKind.REGISTRATION).order_by(Case.id)
        ).first()
    assert found is not None
    return found


@contextmanager
def empty_page(folder: Path) -> Iterator[Callable[[], object]]:
    """Serve an empty Streamlit page under the product's own configuration."""
    script, port = folder / "empty.py", free_port()
    script.write_text(EMPTY)
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    address = Address(f"http://127.0.0.1:{port}")
    try:
        for _ in range(200):
            try:
                httpx.get(address.url + "/_stcore/health")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        with Tab(address, None) as tab:
            yield tab.skim
    finally:
        process.terminate()
        process.wait()


def show(figures: list[Figure], count: int) -> None:
    """Print the table."""
    sys.stdout.write(f"{count} people, {RUNS} runs each unless said, milliseconds\n")
    for figure in figures:
        ratio = f"{figure.ratio:6.2f} ×" if figure.ratio is not None else ""
        row = f"{figure.name:44}{figure.median_ms:9.2f}{figure.p95_ms:9.2f}  {ratio}"
        sys.stdout.write(row + "\n")


if __name__ == "__main__":
    main()
