"""The embedded MQTT broker: mosquitto as a child process, watched and restarted. mosquitto(8), 2.0."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from certs.files import PUBLIC, write_atomic
from gateway.broker.config import (
    CONFIG,
    PID,
    BrokerCertificates,
    BrokerSettings,
    broker_user,
    certificate_files,
    write_files,
    write_private,
)

log = logging.getLogger(__name__)

START_SECONDS = 30.0
STOP_SECONDS, STOP_ATTEMPTS = 10.0, 20
ENDED = "(ended)"
FIRST_PAUSE, MAX_BACKOFF_SECONDS = 0.1, 30.0
STEADY_SECONDS = 60.0  # back-off resets after this uptime


class BrokerFailed(Exception):
    """mosquitto did not start; the message ends with its last lines of output."""


class BrokerPortTaken(BrokerFailed):
    """Another program listens on the broker's port."""


class EmbeddedBroker:
    """One mosquitto in `folder`. Acknowledged messages survive a kill: its store is in the folder."""

    def __init__(
        self, folder: Path, settings: BrokerSettings, certificates: BrokerCertificates, *, binary: Path
    ) -> None:
        self.settings = settings
        self.restarts = 0
        self.on_exit: Callable[[], None] = lambda: None  # called when mosquitto has ended by itself
        self._folder = folder.resolve()
        self._certificates = certificates
        self._binary = binary
        self._folder_lock: int | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._lines: deque[str] = deque(maxlen=20)
        self._said = asyncio.Condition()
        self._watching: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the running mosquitto; None while it is not running."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    async def start(self) -> None:
        """Start mosquitto and return once it listens. Raises BrokerFailed."""
        self._folder_lock = await asyncio.to_thread(_lock_folder, self._folder)
        try:
            await asyncio.to_thread(write_files, self._folder, self.settings, self._certificates)
            await self._end_leftover()
            await self._spawn()
        except BrokerFailed:
            self._release()
            raise
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop mosquitto: SIGTERM, so that it saves its store, and SIGKILL after 10 seconds."""
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        process = self._process
        if process and process.returncode is None:
            await _end(process)
        if self._listening:
            await self._listening
        (self._folder / PID).unlink(missing_ok=True)
        self._release()

    def kill_frozen(self) -> None:
        """End a mosquitto that does not react, so that it is restarted; SIGTERM would not reach it if it is stopped."""
        process = self._process
        if process is not None and process.returncode is None:
            log.error("the broker answers nobody; it is killed and started again")
            process.kill()

    async def replace_crl(self, pem: bytes) -> None:
        """Refuse new connections by revoked certificates from now on; live sessions continue."""
        await self.replace_certificates(replace(self._certificates, crl=pem))

    async def replace_certificates(self, certificates: BrokerCertificates) -> None:
        """Use these certificates from the next connection on; live sessions continue. Raises OSError."""
        self._certificates, user = certificates, broker_user()
        for name, content in certificate_files(certificates).items():
            write_private(self._folder / name, content, user)
        process = self._process
        if process is None or process.returncode is not None:
            return  # the next start reads the new files
        self._lines.clear()
        process.send_signal(signal.SIGHUP)
        with contextlib.suppress(TimeoutError):  # ended meanwhile: the restart reads the new files
            await self._wait_for("Reloading config")

    def _release(self) -> None:
        if self._folder_lock is not None:
            os.close(self._folder_lock)
            self._folder_lock = None

    async def _spawn(self) -> None:
        self._lines.clear()
        process = await asyncio.create_subprocess_exec(
            self._binary,
            "-c",
            CONFIG,
            cwd=self._folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self._process = process
        write_atomic(self._folder / PID, str(process.pid).encode(), PUBLIC)
        self._listening = asyncio.create_task(self._listen(process))
        try:
            await self._wait_for(" running")
        except TimeoutError as error:
            if process.returncode is None:
                process.kill()
            said = " | ".join(self._lines)
            failed = BrokerPortTaken if "Address already in use" in said else BrokerFailed
            raise failed(f"mosquitto did not start: {said}") from error

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Read mosquitto's output until it ends, so that it never blocks on a full pipe."""
        if process.stderr is None:
            return
        async for line in process.stderr:
            text = line.decode(errors="replace").rstrip()
            log.debug("mosquitto: %s", text)
            await self._add_line(text)
        await process.wait()
        await self._add_line(ENDED)

    async def _add_line(self, text: str) -> None:
        async with self._said:
            self._lines.append(text)
            self._said.notify_all()

    async def _wait_for(self, text: str) -> None:
        """Wait until mosquitto has written `text`. Raises TimeoutError when it ends or after START_SECONDS."""

        def has_line() -> bool:
            return any(text in line or line == ENDED for line in self._lines)

        async with asyncio.timeout(START_SECONDS), self._said:
            await self._said.wait_for(has_line)
        if ENDED in self._lines:
            raise TimeoutError

    async def _watch(self) -> None:
        """Restart mosquitto whenever it exits, with exponential back-off."""
        clock = asyncio.get_running_loop().time
        pause, since = FIRST_PAUSE, clock()
        while self._process:
            code = await self._process.wait()
            if clock() - since > STEADY_SECONDS:
                pause = FIRST_PAUSE
            self.on_exit()
            log.error("the broker exited with %s; restarting it in %.1f s", code, pause)
            await asyncio.sleep(pause)
            pause, since = min(pause * 2, MAX_BACKOFF_SECONDS), clock()
            try:
                await self._spawn()
            except (BrokerFailed, OSError) as error:
                log.error("the broker could not be started: %s", error)  # retried in the next iteration
                continue
            self.restarts += 1

    async def _end_leftover(self) -> None:
        """End the mosquitto left by a killed gateway: it still holds the port and the store."""
        descriptor = _open_leftover(self._folder)
        if descriptor is None:
            return
        try:
            signal.pidfd_send_signal(descriptor, signal.SIGTERM)  # mosquitto saves its store on SIGTERM
            await _readable(descriptor, STOP_SECONDS)
        except TimeoutError:
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            await _readable(descriptor, STOP_SECONDS)
        finally:
            os.close(descriptor)


def _lock_folder(folder: Path) -> int:
    """Take an exclusive lock on the folder, released when this process ends. Raises BrokerFailed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        message = f"another gateway already runs its broker in {folder}; stop it first, or choose another folder"
        raise BrokerFailed(message) from error
    return descriptor


async def _end(process: asyncio.subprocess.Process) -> None:
    """Send SIGTERM every half second (mosquitto loses a signal that arrives while it starts), then SIGKILL."""
    for _ in range(STOP_ATTEMPTS):
        process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_SECONDS / STOP_ATTEMPTS)
            return
    process.kill()
    await process.wait()


def _open_leftover(folder: Path) -> int | None:
    """A pidfd of the mosquitto still running in this folder; holding it prevents reuse of the process id."""
    try:
        pid = int((folder / PID).read_text())
        descriptor = os.pidfd_open(pid)
    except (OSError, ValueError):
        return None
    try:
        ours = Path(f"/proc/{pid}/cwd").readlink() == folder
        if ours and Path(f"/proc/{pid}/comm").read_text().strip() == "mosquitto":
            return descriptor
    except OSError:
        pass  # it ended during the check
    os.close(descriptor)
    return None


async def _readable(descriptor: int, seconds: float) -> None:
    """Wait until the pidfd's process has ended. Raises TimeoutError after `seconds`."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await asyncio.wait_for(ended.wait(), seconds)
    finally:
        loop.remove_reader(descriptor)
