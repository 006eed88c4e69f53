"""Shell completion as the shells request it: bash itself, and the requests of zsh and fish, which need not be
installed.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow]
FILES = {
    "bash": ".bash_completions/lodgekey.sh",
    "zsh": ".zfunc/_lodgekey",
    "fish": ".config/fish/completions/lodgekey.fish",
}
# variables that each shell's script sets before it calls the program, and the completions it must get
ASKED = {
    "bash": {"COMP_WORDS": "lodgekey reg", "COMP_CWORD": "1"},
    "zsh": {"_TYPER_COMPLETE_ARGS": "lodgekey reg"},
    "fish": {"_TYPER_COMPLETE_ARGS": "lodgekey reg", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home of its own, with `lodgekey` on the path; the shell is given instead of detected from the parent
    processes.
    """
    program = tmp_path / "bin" / "lodgekey"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m api.cli.main "$@"\n')
    program.chmod(0o755)
    return os.environ | {
        "HOME": str(tmp_path),
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
    }


def lodgekey(environment: dict[str, str], *arguments: str) -> str:
    """The command's stdout."""
    done = subprocess.run(["lodgekey", *arguments], env=environment, capture_output=True, text=True, check=False)
    return done.stdout


@pytest.mark.parametrize("shell", FILES)
def test_completion_is_installed_and_finds_the_command(shell: str, environment: dict[str, str]) -> None:
    script = lodgekey(environment, "--show-completion", shell)
    assert "_LODGEKEY_COMPLETE" in script
    lodgekey(environment, "--install-completion", shell)
    installed = (Path(environment["HOME"]) / FILES[shell]).read_text()
    assert installed.split() == script.split()
    asked = environment | ASKED[shell] | {"_LODGEKEY_COMPLETE": f"complete_{shell}"}
    assert "registry" in lodgekey(asked)


def test_bash_completes_a_command_by_the_installed_script(environment: dict[str, str]) -> None:
    lodgekey(environment, "--install-completion", "bash")
    typed = (
        f"source $HOME/{FILES['bash']}; COMP_WORDS=(lodgekey device cl); COMP_CWORD=2; "
        '_lodgekey_completion lodgekey; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", typed], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["claim"], done.stderr
