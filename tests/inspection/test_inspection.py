"""Uploaded files: what is kept is made anew, what harms is refused by name."""

import io
import zlib

import pikepdf
import pytest
from PIL import Image

from core.errors import DomainError
from core.inspection.limits import LARGEST_FILE, MOST_PAGES, MOST_PREVIEWS
from core.inspection.run import inspect_scan
from core.terms import MediaType


def picture(kind: str, size: tuple[int, int] = (300, 200), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **options)
    return out.getvalue()


def document(pages: int = 1) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    return pdf


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type", "pages"),
    [
        (picture("PNG"), MediaType.PNG, 1),
        (picture("JPEG"), MediaType.JPEG, 1),
        (saved(document(3)), MediaType.PDF, 3),
    ],
    ids=["png", "jpeg", "pdf"],
)
def test_a_good_scan_is_kept_with_pictures_of_its_pages(
    content: bytes, media_type: MediaType, pages: int
) -> None:
    inspected = inspect_scan(content)
    assert (inspected.media_type, inspected.page_count) == (media_type, pages)
    assert len(inspected.previews) == pages
    for preview in inspected.previews:
        with Image.open(io.BytesIO(preview)) as shown:
            assert shown.format == "PNG"


def test_a_long_document_shows_its_first_pages_only() -> None:
    inspected = inspect_scan(saved(document(MOST_PREVIEWS + 2)))
    assert inspected.page_count == MOST_PREVIEWS + 2
    assert len(inspected.previews) == MOST_PREVIEWS


def test_where_a_photo_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x8825] = {1: "N", 2: (42.0, 52.0, 0.0)}
    exif[0x010F] = "CANARYCAMERA"
    content = picture("JPEG", (300, 200), exif=exif)
    assert b"CANARYCAMERA" in content
    clean = inspect_scan(content).content
    assert b"CANARYCAMERA" not in clean
    with Image.open(io.BytesIO(clean)) as upright:
        assert upright.size == (200, 300)
        assert not upright.getexif()


def test_what_follows_the_pixels_is_gone() -> None:
    clean = inspect_scan(picture("PNG") + b"<script>CANARY</script>").content
    assert b"CANARY" not in clean


def active_document() -> bytes:
    pdf = document()
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('CANARYSCRIPT')")
    pdf.Root.OpenAction = script
    pdf.Root.AA = pikepdf.Dictionary(WC=script)
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA="CANARYXFA")
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=pikepdf.Array([0, 0, 10, 10]),
        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="CANARYLAUNCH"),
    )
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(link)])
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script)
    pdf.attachments["a.exe"] = pikepdf.AttachedFileSpec(pdf, b"CANARYFILE", filename="a.exe")
    return saved(pdf)


def test_nothing_in_a_document_acts_any_more() -> None:
    inspected = inspect_scan(active_document())
    with pikepdf.open(io.BytesIO(inspected.content)) as clean:
        assert set(clean.Root.keys()) <= {"/Type", "/Pages"}
        assert "/Annots" not in clean.pages[0].obj
        assert "/AA" not in clean.pages[0].obj
        for obj in clean.objects:
            assert "CANARY" not in repr(obj)


def bomb_png() -> bytes:
    """A file of some kilobytes that unpacks to 400 million pixels."""
    side = 20_000
    rows = zlib.compress(b"\0" * ((side // 8 + 1) * side), 9)

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def bomb_pdf() -> bytes:
    pdf = document()
    stream = pikepdf.Stream(pdf, b" " * 900_000_000)
    pdf.pages[0].obj.Contents = pdf.make_indirect(stream)
    return saved(pdf, compress_streams=True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "scan.empty"),
        (b"\0" * (LARGEST_FILE + 1), "scan.too_large"),
        (b"just words", "scan.unknown_type"),
        (b"\n" + saved(document()), "scan.unknown_type"),
        (b"PK\x03\x04" + b"x" * 100, "scan.wrong_type"),
        (b"\0\0\0\x18ftypheic" + b"x" * 100, "scan.wrong_type"),
        (picture("GIF"), "scan.wrong_type"),
        (picture("JPEG", (900, 900))[:600], "scan.damaged"),
        (b"%PDF-1.7\nnothing more", "scan.damaged"),
        (saved(document(MOST_PAGES + 1)), "scan.too_many_pages"),
        (
            saved(document(), encryption=pikepdf.Encryption(user="a", owner="b")),
            "scan.encrypted",
        ),
        (bomb_png(), "scan.too_many_pixels"),
    ],
    ids=[
        "empty",
        "too large",
        "words",
        "newline first",
        "docx",
        "heic",
        "gif",
        "cut jpeg",
        "cut pdf",
        "pages",
        "password",
        "png bomb",
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        inspect_scan(content)
    assert refusal.value.code == code


def test_a_document_that_swells_is_a_refused_file_and_no_crash() -> None:
    with pytest.raises(DomainError) as refusal:
        inspect_scan(bomb_pdf())
    assert refusal.value.code in {"scan.too_much", "scan.damaged", "scan.too_slow"}


def test_sixty_pages_are_accepted() -> None:
    assert inspect_scan(saved(document(MOST_PAGES))).page_count == MOST_PAGES
