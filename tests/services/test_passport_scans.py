"""Intake from a scan: what comes back, what is refused in words, and that nothing is kept."""

import io
from datetime import date

import pikepdf
import pytest
import sqlalchemy as sa
from PIL import Image

from core import settings
from core.errors import DomainError
from core.inspection.limits import LARGEST_FILE
from core.messages import describe
from core.services.passport_scans import read_passport_scan
from core.terms import ScanStatus, Sex
from db.engine import reading
from db.models.audit import AuditEntry
from db.models.documents import Document
from db.models.people import Person
from tests.cast import Cast
from tests.recognition.pictures import sample

pytestmark = pytest.mark.xdist_group("recognition")


def no_passport(size: tuple[int, int] = (800, 600)) -> bytes:
    """Return a photo of something else: noise, as a cat's fur."""
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def locked_pdf() -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    out = io.BytesIO()
    pdf.save(out, encryption=pikepdf.Encryption(user="a", owner="b"))
    return out.getvalue()


def too_many_pixels() -> bytes:
    out = io.BytesIO()
    Image.new("1", (10_001, 5_000)).save(out, "PNG")
    return out.getvalue()


def test_a_clean_passport_is_green_with_all_it_says(cast: Cast) -> None:
    # Fixed by its seed: see tests/recognition/identities.py.
    scan = read_passport_scan(cast.staff, content=sample("skewed", 1).content)
    assert (scan.status, scan.doubts) == (ScanStatus.GREEN, ())
    read = scan.reading
    assert read is not None
    assert read.lines == (
        "P<PAKJAYAWARDENE<<ZAINAB<<<<<<<<<<<<<<<<<<<<",
        "TD777662<3PAK9804061F33092657927699<<<<<<<70",
    )
    assert (read.surname, read.given_names) == ("JAYAWARDENE", "ZAINAB")
    assert (read.document_number, read.nationality) == ("TD777662", "PAK")
    assert (read.birth_date, read.expiry_date) == (date(1998, 4, 6), date(2033, 9, 26))
    assert read.sex is Sex.FEMALE
    assert scan.strip_png.startswith(b"\x89PNG")


def test_a_photo_of_something_else_is_red_without_a_picture(cast: Cast) -> None:
    scan = read_passport_scan(cast.staff, content=no_passport())
    assert (scan.status, scan.reading, scan.doubts) == (ScanStatus.RED, None, ())
    assert scan.strip_png == b""


def test_a_photo_of_just_15_megabytes_is_read(cast: Cast) -> None:
    # What follows the end of a JPEG is nothing to its readers.
    photo = sample("skewed", 1).content
    scan = read_passport_scan(cast.staff, content=photo.ljust(LARGEST_FILE, b"\0"))
    assert scan.status is ScanStatus.GREEN


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (
            b"\xff\xd8\xff".ljust(LARGEST_FILE + 1, b"\0"),
            "The file is larger than 15 MB. Scan it with fewer colours.",
        ),
        (b"\x01\x02\x03 random", "This is no PDF, JPEG or PNG, whatever its name says."),
        (
            locked_pdf(),
            "The PDF is locked with a password. Save it without and send it again.",
        ),
        (
            no_passport()[:3000],
            "The file is damaged and cannot be opened. Please scan it once more.",
        ),
        (too_many_pixels(), "The picture has more than 50 megapixels."),
    ],
    ids=["empty", "too large", "random", "locked", "cut off", "too many pixels"],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    cast: Cast, content: bytes, sentence: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        read_passport_scan(cast.staff, content=content)
    assert describe(refusal.value) == sentence


def test_nothing_of_a_scan_is_kept(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with reading() as session:
        entries = session.scalar(sa.select(sa.func.count(AuditEntry.sequence)))
    scan = read_passport_scan(cast.staff, content=sample("skewed", 1).content)
    assert scan.reading is not None
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count(Person.id))) == 0
        assert session.scalar(sa.select(sa.func.count(Document.id))) == 0
        assert session.scalar(sa.select(sa.func.count(AuditEntry.sequence))) == entries
    assert not list(settings.current().document_store.glob("**/*"))
    assert "JAYAWARDENE" not in caplog.text
