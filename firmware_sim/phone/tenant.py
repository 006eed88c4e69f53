"""A fictitious tenant with a passport: pictures of document and face as a phone takes them.

`python -m firmware_sim.phone.tenant --dir DIR` writes document.jpg and face.jpg and prints both as one JSON line.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageEnhance

from firmware_sim.specimens.camera import DEGRADATIONS
from firmware_sim.specimens.documents import Person, astronaut, print_passport

TENANT: Final = Person("VOORBEELD", "ANNA MARIA", "XR1001R58", date(1985, 3, 3), "F", date(2034, 3, 2), "NLD")


def photograph_document(person: Person = TENANT) -> Image.Image:
    """Photograph the passport's data page on a table, slightly turned."""
    page = np.asarray(print_passport(person, astronaut()), np.uint8)
    return Image.fromarray(DEGRADATIONS["turned 7 degrees"](page))


def photograph_face() -> Image.Image:
    """Photograph the same person in other light, closer, with the head at a slight angle."""
    picture = astronaut().resize((500, 580), Image.Resampling.LANCZOS).rotate(3, Image.Resampling.BICUBIC)
    return ImageEnhance.Brightness(picture.crop((40, 20, 470, 560))).enhance(1.12)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both pictures."""
    parser = argparse.ArgumentParser(prog="python -m firmware_sim.phone.tenant", description=main.__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    folder: Path = parser.parse_args(arguments).dir
    folder.mkdir(parents=True, exist_ok=True)
    photograph_document().save(folder / "document.jpg", quality=90)
    photograph_face().save(folder / "face.jpg", quality=90)
    written = {"document": str(folder / "document.jpg"), "face": str(folder / "face.jpg")}
    sys.stdout.write(json.dumps({"ready": True} | written) + "\n")


if __name__ == "__main__":
    main()
