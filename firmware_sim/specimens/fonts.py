"""Finds the typefaces for specimens."""

from functools import cache
from pathlib import Path

from PIL import ImageFont

UNPACKED = str(Path(__file__).resolve().parents[2] / ".tools/debian/usr/share/fonts")  # installed without root
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
    """No typeface of this kind is installed; the message names the Debian packages that contain one."""


@cache
def find_font_file(kind: str) -> Path | None:
    """Return the first installed file of a kind (`ocr-b`, `cjk`, `latin`), or None."""
    for name in FILES[kind]:
        for folder in FOLDERS:
            found = next(iter(sorted(Path(folder).expanduser().rglob(name))), None)
            if found:
                return found
    return None


@cache
def load_font(kind: str, size: int) -> ImageFont.FreeTypeFont:
    """Load a typeface at a size in pixels; Pillow's own is the substitute, except for Chinese: FontMissing."""
    path = find_font_file(kind)
    if path:
        return ImageFont.truetype(str(path), size, index=INDEX.get(path.name, 0))
    standing_in = ImageFont.load_default(size)
    if kind == "cjk" or not isinstance(standing_in, ImageFont.FreeTypeFont):
        raise FontMissing("no font for this text: apt-get install fonts-noto-cjk fonts-ocr-b")
    return standing_in
