"""Pictures of documents that do not exist, under the conditions in which people photograph them."""

import io
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from core.rules.mrz import MRV_A, MRV_B, TD1, TD2, TD3, Layout
from tests.recognition.identities import Identity, invent

#: Debian's fonts-ocr-b; the face every machine-readable zone is printed in.
OCR_B = Path("/usr/share/fonts/opentype/ocr-b/OCRB.otf")
PLAIN = Path(__file__).parents[2] / "core/letters/fonts/DejaVuSans.ttf"

#: Pixels to the millimetre of a fresh page: about 300 to the inch.
SCALE = 12
_SIZES = {"TD3": (125, 88), "TD2": (105, 74), "TD1": (86, 54), "MRV-A": (120, 80)}
_SIZES["MRV-B"] = _SIZES["TD2"]

Page = Image.Image
Chance = random.Random


@dataclass(frozen=True)
class Sample:
    """A file as somebody would send it, and the holder it shows."""

    condition: str
    seed: int
    identity: Identity
    content: bytes


def data_page(identity: Identity, chance: Chance, *, ink: int = 25, guilloche: float = 0.3) -> Page:
    """Return the page of a document, flat and clean."""
    width, height = (side * SCALE for side in _SIZES[identity.layout.kind])
    page = _paper(width, height, chance, guilloche)
    draw = ImageDraw.Draw(page)
    label = ImageFont.truetype(PLAIN, 26)
    draw.text((40, 24), f"{identity.state}  SPECIMEN", fill=(60, 60, 120), font=label)
    if identity.layout is not TD1:
        # A card has its lines on the back, and the portrait on the front.
        _portrait(draw, (50, 110, 50 + 26 * SCALE, 110 + 33 * SCALE))
    shown = (identity.surname, identity.given_names, identity.number, f"{identity.birth:%d.%m.%Y}")
    for row, text in enumerate(shown):
        draw.text((60 + 30 * SCALE, 110 + row * 70), text, fill=(40, 40, 40), font=label)
    _zone(draw, identity, width, height, ink)
    return page


def _paper(width: int, height: int, chance: Chance, strength: float) -> Page:
    """Return paper with the fine waves that keep forgers busy."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    picture = np.full((height, width, 3), 244, np.float32)
    for channel in range(3):
        pitch, swing = chance.uniform(9, 22), chance.uniform(20, 60)
        waves = np.sin((rows + swing * np.sin(columns / chance.uniform(60, 140))) / pitch * 6.28)
        picture[:, :, channel] -= strength * (28 + 28 * waves)
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8))


def _portrait(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    draw.rectangle(box, fill=(205, 210, 215))
    middle, third = (left + right) // 2, (bottom - top) // 3
    draw.ellipse((middle - 75, top + 40, middle + 75, top + 40 + 190), fill=(150, 120, 100))
    draw.pieslice(
        (left + 20, bottom - third, right - 20, bottom + third), 180, 360, fill=(70, 80, 95)
    )


def _zone(draw: ImageDraw.ImageDraw, identity: Identity, width: int, height: int, ink: int) -> None:
    pitch = 2.54 * SCALE
    font = ImageFont.truetype(OCR_B, round(pitch / 0.722))
    font = ImageFont.truetype(OCR_B, round(pitch / font.getlength("<") * font.size))
    lines = identity.lines()
    left = (width - pitch * len(lines[0])) / 2
    for number, line in enumerate(lines):
        base = height - 7 * SCALE - (len(lines) - 1 - number) * 6.35 * SCALE
        for place, character in enumerate(line):
            draw.text((left + place * pitch, base), character, (ink,) * 3, font, anchor="ls")


def _turned(page: Page, chance: Chance) -> Page:
    return page.rotate(chance.uniform(-5, 5), Image.Resampling.BICUBIC, True, fillcolor="white")


def _skewed(page: Page, chance: Chance) -> Page:
    lean = chance.uniform(-0.08, 0.08)
    wider = page.width + abs(int(lean * page.height))
    shift = -lean * page.height if lean > 0 else 0
    return page.transform(
        (wider, page.height),
        Image.Transform.AFFINE,
        (1, lean, shift, 0, 1, 0),
        Image.Resampling.BICUBIC,
        fillcolor="white",
    )


def _tilted(page: Page, chance: Chance, amount: float = 0.05) -> Page:
    """Return the page as a camera sees it that is not held straight above."""
    wide, high = page.size
    corners = np.float32([[0, 0], [wide, 0], [wide, high], [0, high]])
    reach = np.float32([wide, high]) * amount
    moved = (
        np.float32([corner + [chance.uniform(-1, 1) * r for r in reach] for corner in corners])
        + reach
    )
    size = (int(wide * (1 + 2 * amount)), int(high * (1 + 2 * amount)))
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    bent = cv2.warpPerspective(np.asarray(page), matrix, size, borderValue=(120, 110, 100))
    return Image.fromarray(bent)


def _blurred(page: Page, chance: Chance) -> Page:
    return page.filter(ImageFilter.GaussianBlur(chance.uniform(1.5, 3.2)))


def _noisy(page: Page, chance: Chance, most: float = 38) -> Page:
    grain = np.random.default_rng(chance.randrange(2**32)).normal(
        0, chance.uniform(most / 2, most), (page.height, page.width, 3)
    )
    return Image.fromarray((np.asarray(page) + grain).clip(0, 255).astype(np.uint8))


def _pale(page: Page, chance: Chance) -> Page:
    low = chance.uniform(0.22, 0.4)
    return page.point(lambda value: int(150 + (value - 128) * low))


def _shaded(page: Page, chance: Chance) -> Page:
    edge, angle = chance.uniform(0.3, 0.7), chance.uniform(0, math.pi)
    rows, columns = np.mgrid[0 : 1 : page.height * 1j, 0 : 1 : page.width * 1j]
    along = (columns - 0.5) * math.cos(angle) + (rows - 0.5) * math.sin(angle) + 0.5
    light = 0.4 + 0.6 / (1 + np.exp(-(along - edge) * 25))
    return Image.fromarray((np.asarray(page) * light[..., None]).astype(np.uint8))


def _glaring(page: Page, chance: Chance) -> Page:
    rows, columns = np.mgrid[0 : page.height, 0 : page.width].astype(np.float32)
    across, down = chance.uniform(0.2, 0.8) * page.width, chance.uniform(0.5, 0.95) * page.height
    far = ((columns - across) / (page.width * 0.2)) ** 2 + (
        (rows - down) / (page.height * 0.2)
    ) ** 2
    glow = chance.uniform(0.6, 0.8) * np.exp(-far)[..., None]
    return Image.fromarray((np.asarray(page) * (1 - glow) + 255 * glow).astype(np.uint8))


def _small(page: Page, chance: Chance) -> Page:
    wide = chance.randrange(620, 760)
    return page.resize((wide, page.height * wide // page.width), Image.Resampling.LANCZOS)


def _on_a_desk(page: Page, chance: Chance) -> Page:
    """Return a large photo in which the document lies on a wooden desk."""
    desk = np.random.default_rng(chance.randrange(2**32)).normal(0, 12, (300, 400, 3))
    brown = (desk + np.array([120, 88, 60])).clip(0, 255).astype(np.uint8)
    wood = Image.fromarray(brown).resize((4000, 3000))
    tilted = _tilted(page.resize((2000, 2000 * page.height // page.width)), chance, 0.03)
    wood.paste(tilted, (chance.randrange(200, 1700), chance.randrange(200, 1300)))
    return wood


def _on_a_sheet(page: Page, chance: Chance) -> Page:
    """Return an A4 page scanned at 200 dots to the inch with the document somewhere on it."""
    sheet = Image.new("RGB", (1654, 2339), (252, 252, 250))
    wide = round(page.width * 200 / 304.8)
    small = page.resize((wide, page.height * wide // page.width), Image.Resampling.LANCZOS)
    sheet.paste(small, (chance.randrange(60, 500), chance.randrange(60, 1600)))
    draw = ImageDraw.Draw(sheet)
    draw.text((700, 40), "COPY  1 / 1", fill=(90, 90, 90), font=ImageFont.truetype(PLAIN, 30))
    return sheet


def _spread(page: Page, chance: Chance) -> Page:
    """Return the open booklet: a page of stamps above the page with the data."""
    both = Image.new("RGB", (page.width, page.height * 2 + 20), (90, 80, 80))
    upper = _paper(page.width, page.height, chance, 0.4)
    font = ImageFont.truetype(PLAIN, 30)
    draw = ImageDraw.Draw(upper)
    for row in range(8):
        draw.text(
            (80, 80 + 90 * row), "THIS PASSPORT CONTAINS 36 PAGES", fill=(120,) * 3, font=font
        )
    both.paste(upper, (0, 0))
    both.paste(page, (0, page.height + 20))
    return both


def _screenshot(page: Page, chance: Chance) -> Page:
    screen = Image.new("RGB", (1920, 1080), (32, 33, 36))
    small = page.resize((1100, 1100 * page.height // page.width), Image.Resampling.BILINEAR)
    screen.paste(small, (chance.randrange(100, 700), chance.randrange(60, 250)))
    return screen


def _by_telephone(page: Page, chance: Chance) -> Page:
    seen = _shaded(_tilted(page, chance, 0.04), chance)
    return _noisy(seen.filter(ImageFilter.GaussianBlur(1.2)), chance, 14)


def _worn(page: Page, chance: Chance) -> Page:
    """Return the page with scratches across it."""
    worn = page.copy()
    draw = ImageDraw.Draw(worn)
    for _scratch in range(14):
        start = (chance.randrange(page.width), chance.randrange(page.height))
        end = (start[0] + chance.randrange(-200, 200), start[1] + chance.randrange(-200, 200))
        draw.line((*start, *end), fill=(225, 225, 220), width=2)
    return worn


def _bold(page: Page, chance: Chance) -> Page:
    return page.filter(ImageFilter.MinFilter(3))


def _grey(page: Page, chance: Chance) -> Page:
    return page.convert("L")


def _same(page: Page, chance: Chance) -> Page:
    return page


def jpeg(page: Page, quality: int = 88, *, orientation: int | None = None) -> bytes:
    """Return the picture as a JPEG, turned by EXIF where ``orientation`` says so."""
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    out = io.BytesIO()
    page.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def png(page: Page) -> bytes:
    """Return the picture as a PNG."""
    out = io.BytesIO()
    page.save(out, "PNG", compress_level=1)
    return out.getvalue()


def pdf(page: Page, *, before: int = 0, dots: int = 200) -> bytes:
    """Return the picture as a PDF page, after ``before`` empty ones."""
    out = io.BytesIO()
    empty = [Image.new("RGB", page.size, "white") for _page in range(before)]
    first, *rest = [*empty, page]
    first.save(out, "PDF", resolution=dots, save_all=True, append_images=rest)
    return out.getvalue()


@dataclass(frozen=True, kw_only=True)
class Condition:
    """How a document came into a file."""

    layout: Layout = TD3
    names: str = "usual"
    guilloche: float = 0.3
    ink: int = 25
    seen: Callable[[Page, Chance], Page] = _same
    saved: Callable[[Page], bytes] = jpeg


CONDITIONS: dict[str, Condition] = {
    "clean": Condition(),
    "turned": Condition(seen=_turned),
    "skewed": Condition(seen=_skewed),
    "perspective": Condition(seen=_tilted),
    "blurred": Condition(seen=_blurred),
    "noisy": Condition(seen=_noisy),
    "poor jpeg": Condition(saved=lambda page: jpeg(page, 18)),
    "low contrast": Condition(seen=_pale),
    "shadow": Condition(seen=_shaded),
    "glare": Condition(seen=_glaring),
    "small": Condition(seen=_small),
    "on a desk": Condition(seen=_on_a_desk),
    "upside down": Condition(seen=lambda page, _c: page.rotate(180)),
    "on its side": Condition(seen=lambda page, _c: page.rotate(90, expand=True)),
    "turned by exif": Condition(
        seen=lambda page, _c: page.rotate(90, expand=True),
        saved=lambda page: jpeg(page, orientation=6),
    ),
    "on a sheet": Condition(seen=_on_a_sheet),
    "pdf": Condition(seen=_on_a_sheet, saved=pdf),
    "third page of a pdf": Condition(saved=lambda page: pdf(page, before=2, dots=300)),
    "grey": Condition(seen=_grey, saved=lambda page: jpeg(page, 60)),
    "strong guilloche": Condition(guilloche=1.3),
    "spread": Condition(seen=_spread),
    "screenshot, long names": Condition(names="long", seen=_screenshot, saved=png),
    "no given names": Condition(names="surname"),
    "telephone": Condition(seen=_by_telephone, saved=lambda page: jpeg(page, 70)),
    "worn": Condition(seen=_worn),
    "pale ink": Condition(ink=130),
    "heavy ink": Condition(seen=_bold),
    "card": Condition(layout=TD1, seen=_turned),
    "td2": Condition(layout=TD2, seen=_tilted),
    "visa a": Condition(layout=MRV_A, seen=_shaded),
    "visa b": Condition(layout=MRV_B, seen=_turned),
}


def sample(condition: str, seed: int, *, look_alikes: bool = False) -> Sample:
    """Return the file of ``seed`` under ``condition``."""
    given = CONDITIONS[condition]
    chance = random.Random(f"{condition} {seed}")
    identity = invent(
        chance.randrange(2**32), given.layout, names=given.names, look_alikes=look_alikes
    )
    page = data_page(identity, chance, ink=given.ink, guilloche=given.guilloche)
    return Sample(condition, seed, identity, given.saved(given.seen(page, chance)))
