"""Child processes of the demonstration: start, wait until ready, stop in order."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from api.cli.output import said
from gateway.texts.marks import N_

_SETPRIV = shutil.which("setpriv")  # util-linux: the kernel ends the child when its parent is killed
_ENDS_WITH_PARENT = (_SETPRIV, "--pdeathsig", "TERM") if _SETPRIV else ()
READY_SECONDS = 180.0  # enough for a machine under load
STOP_SECONDS = 10.0


class ChildFailed(Exception):
    """A process ended or did not become ready in time; the text, in the terminal's language, ends with its output."""


class Child:
    """One `python -m …` that writes a line of JSON to stdout when it is ready; its stderr goes to a file.

    `name` is a marked text, shown where the process does not start.
    """

    def __init__(
        self, name: str, arguments: list[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._arguments, self._log, self._environment = arguments, log, environment or {}
        self._process: asyncio.subprocess.Process | None = None
        self._draining: asyncio.Task[None] | None = None

    async def start(self) -> dict[str, Any]:
        """Start the process and return the line it wrote when it was ready. Raises ChildFailed."""
        self._log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *_ENDS_WITH_PARENT,
                sys.executable,
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env={**os.environ, **self._environment},
                start_new_session=True,  # Ctrl-C reaches the parent only, which stops the children in order
            )
        if self._process.stdout is None:
            raise self._failed("stdout")
        try:
            line = await asyncio.wait_for(self._process.stdout.readline(), READY_SECONDS)
            ready: dict[str, Any] = json.loads(line)
        except (TimeoutError, ValueError):
            await self.stop()
            raise self._failed(self._last_output()) from None
        if ready.get("ok") is False:
            await self.stop()
            raise self._failed(f"{ready['sentence']} {ready['what_to_do']}")
        self._draining = asyncio.create_task(self._drain(self._process.stdout))
        return ready

    @property
    def pid(self) -> int | None:
        """The process id while it runs, else None."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def wait(self) -> int:
        """Wait until it ends by itself; return its exit status."""
        return await self._process.wait() if self._process else 0

    async def stop(self) -> None:
        """Terminate it, and kill it after STOP_SECONDS."""
        process = self._process
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._draining is not None:
            self._draining.cancel()  # the pipe stays open if a killed gateway left its broker running
            await asyncio.gather(self._draining, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _drain(self, stream: asyncio.StreamReader) -> None:
        while await stream.read(65536):
            pass

    def _failed(self, cause: str) -> ChildFailed:
        return ChildFailed(said(N_("{part} did not start: {detail}"), part=said(self.name), detail=cause))

    def _last_output(self) -> str:
        text = self._log.read_text(errors="replace").strip()
        return text[-600:] or said(N_("it wrote nothing to its log"))
