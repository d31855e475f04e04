"""The child that opens an uploaded file: reads it on its input, answers on its output.

It limits itself before it looks at the first byte. Started by :mod:`core.inspection.run`.
"""

import sys

from core import children
from core.errors import DomainError
from core.inspection import image, pdf
from core.inspection.limits import MEMORY, PROCESSOR_SECONDS
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
    children.limit_self(memory=MEMORY, processor_seconds=PROCESSOR_SECONDS)
    content = sys.stdin.buffer.read()
    try:
        clean = _clean(content)
    except DomainError as refusal:
        children.answer_refusal(refusal)
        return
    head = {"media_type": clean.media_type.value, "page_count": clean.page_count}
    children.answer(head, (clean.content, *clean.previews))


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


if __name__ == "__main__":
    main()
