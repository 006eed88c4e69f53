"""Fetches the photographs of the face tests: `python -m tests.specimens.fetch`; none of them is committed.

They are US government photographs from the source distribution of face_recognition.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".artefacts" / "faces"
SOURCE = "face_recognition==1.3.0"
NAMES = ("biden.jpg", "obama.jpg", "obama2.jpg", "obama3.jpg", "obama_partial_face.jpg", "obama_partial_face2.jpg")


def fetch_photographs(folder: Path = CACHE) -> Path:
    """Folder with all photographs, fetched once with pip; CalledProcessError where no package registry answers."""
    if all((folder / name).is_file() for name in NAMES):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        command = [*find_pip(), "download", "-q", "--no-deps", "--no-binary", ":all:", SOURCE, "-d", scratch]
        subprocess.run(command, check=True, timeout=300, capture_output=True)
        _unpack(next(Path(scratch).glob("*.tar.gz")), folder)
    return folder


def _unpack(archive: Path, folder: Path) -> None:
    """Extract only the photographs from the archive."""
    with tarfile.open(archive) as packed:
        for member in packed.getmembers():
            name = Path(member.name).name
            content = packed.extractfile(member) if name in NAMES else None
            if content:
                # moved into place as a whole, since several test processes may fetch at once
                unfinished = archive.parent / name
                unfinished.write_bytes(content.read())
                unfinished.replace(folder / name)


def find_pip() -> list[str]:
    """pip of this Python, or of another one, or through uv."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0:
        return [sys.executable, "-m", "pip"]
    for python in ("python3.11", "python3"):
        found = shutil.which(python, path="/usr/local/bin:/usr/bin:/bin") or shutil.which(python)
        if (
            found
            and subprocess.run([found, "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0
        ):
            return [found, "-m", "pip"]
    uv = shutil.which("uv") or str(CACHE.parents[1] / ".tools" / "bin" / "uv")
    return [uv, "tool", "run", "pip"]


if __name__ == "__main__":
    fetch_photographs()
