"""The child that opens an uploaded file: reads it on its input, answers on its output.

It limits itself before it looks at the first byte. Started by :mod:`core.inspection.run`.
"""

import json
import sys
from collections.abc import Mapping

from core.errors import DomainError
from core.inspection import image, pdf
from core.inspection.confinement import confine
from core.inspection.result import Clean
from core.terms import MediaType

_SIGNATURES = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
)

#: What people send instead, so that the refusal can name it: offset, signature, name.
_KNOWN_STRANGERS = (
    (0, b"PK\x03\x04", "DOCX, XLSX, ZIP"),
    (0, b"\xd0\xcf\x11\xe0", "DOC, XLS"),
    (4, b"ftypheic", "HEIC"),
    (4, b"ftypheix", "HEIC"),
    (4, b"ftypmif1", "HEIF"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
    (0, b"GIF8", "GIF"),
    (0, b"RIFF", "WEBP"),
    (0, b"Rar!", "RAR"),
)


def main() -> None:
    """Check the file on standard input and write the answer to standard output."""
    confine()
    content = sys.stdin.buffer.read()
    try:
        clean = _clean(content)
    except DomainError as refusal:
        _write({"code": refusal.code, "values": dict(refusal.values)}, ())
        return
    parts = (clean.content, *clean.previews)
    head = {
        "media_type": clean.media_type.value,
        "page_count": clean.page_count,
        "lengths": [len(part) for part in parts],
    }
    _write(head, parts)


def _clean(content: bytes) -> Clean:
    media_type = _media_type(content)
    if media_type is MediaType.PDF:
        return pdf.clean(content)
    return image.clean(content, media_type)


def _media_type(content: bytes) -> MediaType:
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    for offset, signature, name in _KNOWN_STRANGERS:
        if content[offset:].startswith(signature):
            raise DomainError("scan.wrong_type", found=name)
    raise DomainError("scan.unknown_type")


def _write(head: Mapping[str, object], parts: tuple[bytes, ...]) -> None:
    out = sys.stdout.buffer
    out.write(json.dumps(head).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()


if __name__ == "__main__":
    main()
