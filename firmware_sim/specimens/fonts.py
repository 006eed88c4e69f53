"""Finds the typefaces that specimens are printed with."""

from functools import cache
from pathlib import Path

from PIL import ImageFont

UNPACKED = str(Path(__file__).resolve().parents[2] / ".tools/debian/usr/share/fonts")  # where there is no root
FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    UNPACKED,
)
FILES = {
    "ocr-b": ("OCRBS.otf", "OCRB.otf", "OCRB.ttf"),
    "cjk": ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "wqy-microhei.ttc", "DroidSansFallbackFull.ttf"),
    "latin": ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSansCJK-Regular.ttc"),
}
INDEX = {"NotoSansCJK-Regular.ttc": 2}
"""The face inside a collection: 2 is the one for Simplified Chinese."""


class FontMissing(RuntimeError):
    """No typeface of this kind is installed; the message names the Debian packages that bring it."""


@cache
def find_font_file(kind: str) -> Path | None:
    """The first installed file of a kind (`ocr-b`, `cjk`, `latin`), or None."""
    for name in FILES[kind]:
        for folder in FOLDERS:
            found = next(iter(sorted(Path(folder).expanduser().rglob(name))), None)
            if found:
                return found
    return None


@cache
def load_font(kind: str, size: int) -> ImageFont.FreeTypeFont:
    """The typeface in pixels; where none is installed Pillow's own stands in, which has no Chinese: FontMissing."""
    path = find_font_file(kind)
    if path:
        return ImageFont.truetype(str(path), size, index=INDEX.get(path.name, 0))
    standing_in = ImageFont.load_default(size)
    if kind == "cjk" or not isinstance(standing_in, ImageFont.FreeTypeFont):
        raise FontMissing("no font for this text: apt-get install fonts-noto-cjk fonts-ocr-b")
    return standing_in
