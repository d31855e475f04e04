"""Passports that do not exist, read under every condition; and what reading may not do.

The whole measurement, with eight holders for each condition, belongs to ``make bench``.
"""

import io
from datetime import date

import pytest
from PIL import Image

from core.children import ask_child
from core.errors import DomainError
from core.recognition import run
from core.recognition.run import recognise
from core.recognition.zone import read_file
from core.rules.mrz import MrzReading
from core.terms import MediaType, ScanStatus
from tests.recognition.identities import Identity
from tests.recognition.pictures import CONDITIONS, Sample, jpeg, sample

TODAY = date(2026, 9, 1)

pytestmark = pytest.mark.xdist_group("recognition")


def media_type(content: bytes) -> MediaType:
    if content.startswith(b"%PDF"):
        return MediaType.PDF
    return MediaType.JPEG if content.startswith(b"\xff\xd8") else MediaType.PNG


def says(reading: MrzReading | None, identity: Identity) -> bool:
    """Return whether the reading is exactly what the document says."""
    return reading is not None and (
        reading.surname,
        reading.given_names,
        reading.document_number,
        reading.issuing_state,
        reading.nationality,
        reading.birth_date,
        reading.sex.value,
        reading.expiry_date,
    ) == (
        identity.surname,
        identity.given_names,
        identity.number,
        identity.state,
        identity.nationality,
        identity.birth,
        identity.sex,
        identity.expiry,
    )


def read(given: Sample) -> tuple[ScanStatus, MrzReading | None, bytes]:
    found = read_file(given.content, media_type(given.content), today=TODAY)
    return found.judgement.status, found.judgement.reading, found.strip_png


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_document_under_each_condition_is_read_exactly(condition: str) -> None:
    given = sample(condition, 1)
    status, reading, strip = read(given)
    assert status is not ScanStatus.RED
    assert says(reading, given.identity)
    assert Image.open(io.BytesIO(strip)).width == 1100


@pytest.mark.parametrize("seed", range(100, 106))
def test_a_number_of_look_alikes_is_never_wrong_and_green(seed: int) -> None:
    given = sample("poor jpeg", seed, look_alikes=True)
    status, reading, _strip = read(given)
    assert status is not ScanStatus.GREEN or says(reading, given.identity)


def test_lines_with_a_wrong_check_digit_are_red_and_shown() -> None:
    given = sample("clean", 1)
    page = Image.open(io.BytesIO(given.content))
    # Paint the last character over, the check digit of the whole.
    page.paste((240, 240, 240), (1345, 930, 1500, 1000))
    status, reading, strip = read(Sample("painted", 1, given.identity, jpeg(page)))
    assert (status, reading) == (ScanStatus.RED, None)
    assert strip.startswith(b"\x89PNG")


def test_the_same_file_is_read_the_same_in_the_child() -> None:
    given = sample("turned", 2)
    found = recognise(given.content, MediaType.JPEG, today=TODAY)
    status, reading, strip = read(given)
    assert reading is not None
    assert (found.status, found.lines, found.strip_png) == (status, reading.lines, strip)


def test_a_child_that_dawdles_is_ended() -> None:
    with pytest.raises(DomainError) as refusal:
        ask_child("core.recognition.child", b"", "image/jpeg", "2026-09-01", wall_seconds=0)
    assert refusal.value.code == "scan.too_slow"


def test_a_child_that_fails_is_a_refusal() -> None:
    with pytest.raises(DomainError) as refusal:
        recognise(b"no picture at all", MediaType.JPEG, today=TODAY)
    assert refusal.value.code == "scan.too_much"


def test_one_scan_is_read_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LONGEST_WAIT", 0)
    with run._turn, pytest.raises(DomainError) as refusal:
        recognise(b"", MediaType.JPEG, today=TODAY)
    assert refusal.value.code == "scan.busy"
    # The turn was given back.
    assert run._turn.acquire(timeout=0)
    run._turn.release()
