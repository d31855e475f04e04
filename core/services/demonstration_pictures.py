"""Pictures of the demonstration: nobody's face and no document."""

import io

from PIL import Image, ImageDraw


def portrait() -> bytes:
    """Return a picture of nobody."""
    picture = Image.new("RGB", (600, 800), "#f4f6f8")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((190, 160, 410, 430), fill="#9fb3c8")
    pen.pieslice((90, 460, 510, 1000), 180, 360, fill="#627d98")
    pen.text((250, 740), "DEMO", fill="white", font_size=40)
    return _saved(picture)


def page(line: str) -> bytes:
    """Return a page that is no passport."""
    picture = Image.new("RGB", (1000, 700), "#fbf8ef")
    pen = ImageDraw.Draw(picture)
    pen.text((60, 60), "DEMONSTRATION, NO DOCUMENT", fill="#7a5c00", font_size=44)
    pen.text((60, 600), line, fill="black", font_size=36)
    return _saved(picture)


def _saved(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
