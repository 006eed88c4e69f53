"""Worker processes: one picture each at a time, a bounded queue, a time limit, a new process after a crash."""

import asyncio
import contextlib
import logging
import os
import queue
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, Any

from gateway.domain.verification.port import IdentityBusy, IdentityFailed, ImageRefused
from gateway.identity.settings import IdentitySettings
from gateway.identity.workers.framing import WorkerGone, read_frame, write_frame

log = logging.getLogger(__name__)
Body = dict[str, Any]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Cores are used by more workers, not by more threads in one."""
TELL_NOBODY = {"ORT_DISABLE_TELEMETRY": "1"}
"""ONNX Runtime's builds send telemetry unless disabled before the start (its Privacy.md, 1.31)."""


def worker_arguments(settings: IdentitySettings) -> list[str]:
    """The worker's command line arguments."""
    return [settings.engine, str(settings.memory), str(settings.niceness)]


class WorkerProcess:
    """One child process and its pipes; used by one thread at a time."""

    def __init__(self, settings: IdentitySettings) -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        self._late = threading.Event()

    def warm_up(self) -> float:
        """Start the child and wait until its models are loaded.

        Returns the milliseconds taken, 0 if it was running.
        """
        if self._child is not None:
            return 0.0
        self._child = subprocess.Popen(
            [sys.executable, "-m", "gateway.identity.workers.worker", *worker_arguments(self._settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ONE_THREAD | TELL_NOBODY,
        )
        return float(self._await_answer(self._settings.warm_up_timeout)["ms"])

    def ask(self, body: Body) -> Body:
        """Send one request and return its answer; a child that dies or times out is replaced at the next request."""
        self.warm_up()
        return self._await_answer(self._settings.timeout, body)

    def _await_answer(self, timeout: float, body: Body | None = None) -> Body:
        """Write the request, if any, and read the answer. On failure ends the child and raises IdentityFailed."""
        child, self._late = self._running(), threading.Event()
        watch = threading.Timer(timeout, self._end_late, (child, self._late))
        watch.start()
        try:
            requests, answers = _pipes(child)
            if body is not None:
                write_frame(requests, body)
            return read_frame(answers)
        except WorkerGone:
            code = "worker_timeout" if self._late.is_set() else "worker_crashed"
            self.end()
            log.warning("identity worker ended: %s, exit status %s", code, child.returncode)
            raise IdentityFailed(code) from None
        finally:
            watch.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        """The child. Raises IdentityFailed where another thread has ended it, as after a crash."""
        if self._child is None:
            raise IdentityFailed("worker_crashed")
        return self._child

    @staticmethod
    def _end_late(child: subprocess.Popen[bytes], late: threading.Event) -> None:
        late.set()
        child.kill()

    def end(self) -> None:
        """Kill the child, if there is one, and close its pipes."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in _pipes(child):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        child.wait()


def _pipes(child: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """The child's standard input and output. Raises WorkerGone."""
    if child.stdin is None or child.stdout is None:
        raise WorkerGone
    return child.stdin, child.stdout


class WorkerPool:
    """N workers behind one bounded queue; `ask` is called on the event loop and does not block it."""

    def __init__(self, settings: IdentitySettings) -> None:
        self._settings = settings
        self._workers = [WorkerProcess(settings) for _ in range(settings.workers)]
        self._free: queue.SimpleQueue[WorkerProcess] = queue.SimpleQueue()
        self._threads: ThreadPoolExecutor | None = None
        self._waiting = 0
        self._warm = 0

    @property
    def ready(self) -> bool:
        """Whether one worker has loaded its models."""
        return self._warm > 0

    def start(self) -> None:
        """Start warming up every worker in its own thread, and return."""
        self._threads = ThreadPoolExecutor(len(self._workers), thread_name_prefix="identity")
        for worker in self._workers:
            self._free.put(worker)
            self._threads.submit(self._warm_up)

    def stop(self) -> None:
        """Stop the workers; waiting requests raise IdentityFailed."""
        threads, self._threads = self._threads, None
        if threads is None:
            return
        threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.end()
        threads.shutdown(wait=True)
        for worker in self._workers:
            worker.end()
        self._warm = 0

    async def ask(self, body: Body) -> Body:
        """The worker's answer. Raises ImageRefused, IdentityBusy or IdentityFailed."""
        if self._threads is None:
            raise IdentityFailed("worker_crashed")
        if self._waiting >= self._settings.workers + self._settings.queue:
            raise IdentityBusy
        self._waiting += 1
        future = self._threads.submit(self._ask_free, body)
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._leave))
        answer = await _result(future)
        if "refused" in answer:
            raise ImageRefused(str(answer["refused"]), str(answer["part"]))
        return dict(answer["answer"])

    def _leave(self) -> None:
        self._waiting -= 1

    def _ask_free(self, body: Body) -> Body:
        """Runs in a pool thread; there are as many threads as workers, so one is always free."""
        worker = self._free.get()
        try:
            return worker.ask(body)
        finally:
            self._free.put(worker)

    def _warm_up(self) -> None:
        """Runs in a pool thread, once per worker."""
        worker = self._free.get()
        try:
            milliseconds = worker.warm_up()
            self._warm += 1
            log.info("identity worker ready in %d ms", round(milliseconds))
        except IdentityFailed as failed:
            log.warning("identity worker not ready: %s", failed.code)
        finally:
            self._free.put(worker)


async def _result(future: Future[Body]) -> Body:
    """The future's result; a request cancelled by stopping the pool counts as a crash."""
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        if future.cancelled() and (task := asyncio.current_task()) and not task.cancelling():
            raise IdentityFailed("worker_crashed") from None
        raise
