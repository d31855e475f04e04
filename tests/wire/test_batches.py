"""The lists of a batch over HTTP: who gets them, and that nobody else gets any."""

import pytest

from core.services.exports import EXCEL
from tests.server import Server
from tests.services.batch_cases import gathered, ready

PAPERS = ("persons", "scnb")


@pytest.fixture
def batch_id(server: Server, request: pytest.FixtureRequest) -> int:
    """A batch of one person, another one for each test."""
    return gathered(server.cast, ready(server.cast, f"W{abs(hash(request.node.name)) % 10**8}"))


def paths(batch_id: int) -> list[str]:
    pdfs = [f"/letters/batches/{batch_id}/{paper}.pdf" for paper in PAPERS]
    return pdfs + [f"/files/batches/{batch_id}/{paper}.xlsx" for paper in PAPERS]


@pytest.mark.parametrize(
    ("username", "status"),
    [("sam", 200), ("helen", 200), ("rita", 403), ("dora", 403), ("dean-two", 403), ("ada", 403)],
)
def test_the_lists_are_for_who_edits_cases(
    server: Server, batch_id: int, username: str, status: int
) -> None:
    browser = server.browser()
    browser.sign_in(username)
    for path in paths(batch_id):
        answer = browser.get(path)
        assert answer.status_code == status, path
        assert answer.headers["cache-control"] == "no-store"
        is_file = answer.content[:4] in {b"%PDF", b"PK\x03\x04"}
        assert is_file is (status == 200)


def test_a_list_is_what_its_name_says(server: Server, batch_id: int) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    pdf = browser.get(f"/letters/batches/{batch_id}/scnb.pdf?lang=ky")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"].endswith(f"batch-{batch_id}-scnb-ky.pdf")
    table = browser.get(f"/files/batches/{batch_id}/persons.xlsx")
    assert table.headers["content-type"] == EXCEL


def test_nothing_is_behind_another_address_or_for_a_stranger(server: Server, batch_id: int) -> None:
    browser = server.browser()
    browser.sign_in("sam")
    for path in (
        f"/letters/batches/{batch_id}/passports.pdf",
        f"/files/batches/{batch_id}/persons.pdf",
        "/letters/batches/0/persons.pdf",
        "/files/batches/99999999999999999999/persons.xlsx",
    ):
        assert browser.get(path).status_code == 404, path
    stranger = server.browser()
    for path in paths(batch_id):
        assert stranger.get(path).status_code == 401, path
