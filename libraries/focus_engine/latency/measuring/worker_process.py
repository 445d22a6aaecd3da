"""The parent's side of the sampler process that measures."""

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import Any, Self

from focus_engine.decoding.bounded_json import decode_object
from focus_engine.latency.measuring.generator import Honesty, honesty
from focus_engine.latency.measuring.run_queue import RunQueue
from focus_engine.latency.planning.plan import MeasurementPlan
from focus_engine.latency.statistics.samples import Samples, read_samples
from focus_engine.paths import IMPORT_ROOT
from focus_engine.verdict import ToolError, broken_off

START_SECONDS = 30.0  # for the interpreter, its imports and the job budget's first room
GRACE_SECONDS = 30.0
POLL_SECONDS = 0.1
STOP_SECONDS = 5.0

Progress = dict[str, Any]


class WorkerProcess:
    """One run of a plan in a process of its own; a context manager that never leaves it behind."""

    def __init__(self, plan: MeasurementPlan) -> None:
        self._plan = plan
        self._folder = tempfile.TemporaryDirectory(prefix="focus-latency-")
        self._path = Path(self._folder.name) / "samples"
        self._errors = (Path(self._folder.name) / "stderr").open("w+b")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "focus_engine.latency.sampler.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "PYTHONPATH": str(IMPORT_ROOT)},
            process_group=0,  # Ctrl-C is the parent's to handle; its session is weighed with ours
        )
        self._run_queue = RunQueue(plan.local_port)
        self._lines: Queue[dict[str, Any] | None] = Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._write(f"{plan.to_json()}\n{self._path}\n")
        try:
            self.started = self._wait_for("started", START_SECONDS + self._budget_wait())
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        """End the run early; `finish` then returns the partial result."""
        self._write("stop\n")

    def finish(self, on_progress: Callable[[Progress], None]) -> tuple[Samples, dict[str, Any]]:
        """Wait for the end and read the samples; the second value is its closing facts."""
        plan = self._plan
        limit = plan.planned_seconds + plan.timeout + GRACE_SECONDS + self._budget_wait()
        limit += plan.reading_seconds
        facts = self._wait_for("finished", limit, on_progress)
        self._run_queue.close()
        self._process.wait(STOP_SECONDS)
        return read_samples(self._path, facts, self._run_queue.readings), facts

    def outcome(self, on_progress: Callable[[Progress], None]) -> tuple[Samples, list[Honesty]]:
        """Wait for the end: the samples, and how honestly they were sent."""
        samples, facts = self.finish(on_progress)
        return samples, [honesty(samples, facts, self._plan.shape)]

    def close(self) -> None:
        self._run_queue.close()
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None and not stream.closed:
                stream.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _budget_wait(self) -> float:
        return self._plan.jobs.wait_limit if self._plan.jobs else 0.0

    def _write(self, text: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 - we asked for a pipe
        try:
            self._process.stdin.write(text.encode("utf-8"))
            self._process.stdin.flush()
        except BrokenPipeError:
            return  # it has ended; what it said last tells why

    def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - we asked for a pipe
        try:
            for line in self._process.stdout:
                self._lines.put(decode_object(line))
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            self._lines.put({"failed": broken_off("reading the measuring process", error).sentence})
        finally:
            self._lines.put(None)

    def _wait_for(
        self, kind: str, seconds: float, on_progress: Callable[[Progress], None] | None = None
    ) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                line = self._lines.get(timeout=POLL_SECONDS)
            except Empty:
                continue
            if line is None:
                raise ToolError(
                    f"the measuring process ended without a result ({self._code()}). "
                    f"{self._stderr()} Run the case again; was it killed, or memory short?"
                )
            if "failed" in line:
                raise ToolError(str(line["failed"]))
            if kind in line:
                return dict(line[kind])
            if "progress" in line and on_progress is not None:
                on_progress(line["progress"])
        raise ToolError(
            f"the measuring process did not say '{kind}' within {seconds:.0f} s and was ended. "
            f"{self._stderr()}"
        )

    def _code(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(STOP_SECONDS)
            return f"signal {-code}" if code < 0 else f"code {code}"
        return "it closed its output"

    def _stderr(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return f"It said last: {lines[-1]}" if lines else "It said nothing."
