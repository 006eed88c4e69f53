"""Photographs of people for the face tests, by person; a child process fetches them, as tests stay on loopback."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np

from firmware_sim.specimens.documents import astronaut
from gateway.identity.images.decode import Pixels, decode_image
from tests.specimens.fetch import CACHE

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = {
    "obama": ("obama.jpg", "obama2.jpg", "obama3.jpg", "obama_partial_face.jpg", "obama_partial_face2.jpg"),
    "biden": ("biden.jpg",),
}


@cache
def load_photographs() -> dict[str, tuple[Pixels, ...]]:
    """Decoded pictures by person."""
    subprocess.run([sys.executable, "-m", "tests.specimens.fetch"], cwd=ROOT, check=True, timeout=400)
    found = {
        person: tuple(decode_image((CACHE / name).read_bytes()) for name in names) for person, names in PEOPLE.items()
    }
    return found | {"collins": (np.asarray(astronaut(), np.uint8),)}
