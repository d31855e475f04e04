"""Pictures: decoded as a whole, turned upright, and encoded anew without anything beside pixels."""

import io
import warnings

from PIL import Image, ImageOps

from core.errors import DomainError
from core.inspection.limits import MOST_PIXELS, PREVIEW_SIDE
from core.inspection.result import Clean
from core.terms import MediaType

_FORMATS = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG"}
_JPEG_QUALITY = 90


def clean(content: bytes, media_type: MediaType) -> Clean:
    """Return the picture made anew. Raises ``scan.too_many_pixels`` and ``scan.damaged``."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=[_FORMATS[media_type]]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise DomainError("scan.too_many_pixels", megapixels=MOST_PIXELS // 1_000_000)
            opened.load()
            upright = ImageOps.exif_transpose(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise DomainError("scan.too_many_pixels", megapixels=MOST_PIXELS // 1_000_000) from bomb
    except (OSError, SyntaxError, ValueError) as fault:
        raise DomainError("scan.damaged") from fault
    pixels = _only_pixels(upright)
    return Clean(
        media_type=media_type,
        content=_encoded(pixels, _FORMATS[media_type]),
        page_count=1,
        previews=(preview_of(pixels),),
    )


def preview_of(picture: Image.Image) -> bytes:
    """Return ``picture`` as a PNG no larger than a preview."""
    small = picture.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return _encoded(small, "PNG")


def _only_pixels(picture: Image.Image) -> Image.Image:
    """Return a copy without metadata, on white where it was transparent."""
    if picture.mode in {"RGBA", "LA", "P", "PA"}:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    fresh = Image.new("RGB", picture.size)
    fresh.paste(picture.convert("RGB"))
    return fresh


def _encoded(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "JPEG":
        picture.save(out, kind, quality=_JPEG_QUALITY, optimize=False)
    else:
        picture.save(out, kind, compress_level=4)
    return out.getvalue()
