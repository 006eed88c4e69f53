"""`make release ARGS="--key FILE"`: wheel, sdist and bill of materials of the present commit, with signed SHA-256 sums.

Nothing is sent anywhere. The files depend on the commit and on uv.lock only: two builds are equal.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tooling.release.audit import audit
from tooling.release.bom import write_bom
from tooling.release.locked import ROOT

NAMESPACE: Final = "lodgekey-release"  # of the signature (PROTOCOL.sshsig), so that it is good for nothing else
SUMS: Final = "SHA256SUMS"


def git(*arguments: str) -> str:
    """Return what git says in this folder."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def build(out: Path, commit: str = "HEAD") -> list[Path]:
    """Build wheel, sdist and bill of a commit into a folder, and return them."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": git("log", "-1", "--format=%ct", commit)}
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as source:
        git("archive", "--format=tar", f"--output={source}.tar", commit)
        shutil.unpack_archive(f"{source}.tar", source, "tar", filter="data")
        Path(f"{source}.tar").unlink()
        command = [sys.executable, "-m", "hatchling", "build", "-d", str(out.resolve())]
        subprocess.run(command, cwd=source, env=environment, check=True, capture_output=True)
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return [wheel, sdist, write_bom(out, environment, wheel.name.split("-")[1])]


def sign(files: list[Path], key: Path) -> Path:
    """Write the sums of files and sign them with an SSH key; return the path of the sums."""
    sums = files[0].with_name(SUMS)
    sums.write_text("".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files))
    sums.with_suffix(".sig").unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(key), str(sums)], check=True)
    return sums


def main() -> int:
    """Make the release; return 1 if a package has a known weakness."""
    given = argparse.ArgumentParser(prog="make release", description=__doc__)
    given.add_argument("--key", type=Path, required=True, help="SSH key that signs: Ed25519, ECDSA or on a token")
    given.add_argument("--out", type=Path, default=ROOT / "dist", help="an empty folder, or one that is made")
    options = given.parse_args()
    if options.out.exists() and any(options.out.iterdir()):
        given.error(f"{options.out} is not empty")
    weak, lines = audit()
    files = build(options.out)
    sums = sign(files, options.key)
    sys.stdout.write("\n".join([*lines, *map(str, [*files, sums, f"{sums}.sig"])]) + "\n")
    return int(weak == 1)


if __name__ == "__main__":
    sys.exit(main())
