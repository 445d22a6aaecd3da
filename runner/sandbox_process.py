"""The embedded sandboxes as child processes that die with us (stdin is a pipe that we hold)."""

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from runner import processes
from runner.problem import BrokenToolError, ProblemError
from runner.processes import HALTED_LIMIT, RUN_DIR
from runner.project import WINDOWS

LOG = "sandbox.log"
START_LIMIT = 60.0  # seconds
BAD_ARGUMENTS = 2  # its code for options that it refuses
STOP_PATIENCE = 10.0  # seconds
CLOSING = timedelta(seconds=1)  # what may lie between the end of its service and of its process
RUN_JOB_LIFE = "1"  # seconds: the jobs of a run need not live as long as a user's

VARIABLES = {
    "base_url": "FOCUS_BASE_URL",
    "mongo_uri": "FOCUS_MONGO_URI",
    "amqp_uri": "FOCUS_AMQP_URI",
    "kubeconfig": "FOCUS_KUBECONFIG",
    "namespace": "FOCUS_NAMESPACE",
    "toxiproxy_url": "FOCUS_TOXIPROXY_URL",
    "control_url": "FOCUS_CONTROL_URL",
}


@contextlib.contextmanager
def running_sandbox(
    python: str, run_dir: Path, job_life: str = RUN_JOB_LIFE
) -> Iterator[dict[str, str]]:
    """Yields the environment variables that lead to a sandbox, which runs until the block ends.

    Raises ProblemError, with the sandbox's last words, when it does not come up.
    """
    sandbox = SandboxProcess(python, run_dir, job_life=job_life)
    try:
        yield sandbox.variables()
    finally:
        sandbox.stop()


class SandboxProcess:
    """One `python -m sandbox up`. Standard error goes to `sandbox.log` in the run's folder."""

    def __init__(
        self, python: str, run_dir: Path, options: Sequence[str] = (), job_life: str = RUN_JOB_LIFE
    ) -> None:
        self._job_life = job_life
        self._run_dir = run_dir
        self.log = run_dir / LOG
        self._lines: queue.Queue[str] = queue.Queue()
        self._said_its_end = threading.Event()
        self._alive_at = datetime.now()  # noqa: DTZ005 - local, as Robot's times are
        with self.log.open("w", encoding="utf-8") as log:
            self._process = processes.start(
                [python, "-m", "sandbox", "up", "--job-life", job_life, *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, RUN_DIR: str(run_dir), "PYTHONUTF8": "1"},
                creationflags=_detached_flags(),
            )
        threading.Thread(target=self._drain, args=(self._process.stdout,), daemon=True).start()

    def variables(self) -> dict[str, str]:
        """Wait until it is ready; the variables that name its addresses."""
        addresses = self._addresses()
        found = {
            name: str(addresses[key])
            for key, name in VARIABLES.items()
            if addresses.get(key) is not None
        }
        return {**found, RUN_DIR: str(self._run_dir), "FOCUS_JOB_LIFE": self._job_life}

    @property
    def pid(self) -> int:
        return self._process.pid

    def dead_since(self, *, at_the_end: bool = False) -> datetime | None:
        """The last moment at which it surely served, for one that does no more; else None.

        What a case meets after that moment is its death: to say when it died, nobody looked
        closely enough. The kernel closes its sockets somewhat before we can know that it ended.
        One that a signal halts does not serve; it is ended when that lasts, or at the end.
        """
        now = datetime.now()  # noqa: DTZ005 - local, as Robot's times are
        if processes.is_halted(self._process.pid):
            if not at_the_end and (now - self._alive_at).total_seconds() < HALTED_LIMIT:
                return None
            print("The sandbox was halted by a signal, so it is ended.", flush=True)
            self._process.kill()
            return self._alive_at
        if self._said_its_end.is_set() or self._process.poll() is not None:
            return self._alive_at
        self._alive_at = now - CLOSING
        return None

    @property
    def code(self) -> int | None:
        """How it ended, for one that closed its output."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(STOP_PATIENCE)
        return None

    def stop(self) -> None:
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        processes.end(self._process, STOP_PATIENCE)

    def _addresses(self) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=START_LIMIT)
        except queue.Empty:
            raise BrokenToolError(
                f"the sandbox was not ready after {START_LIMIT:.0f} s. {self._last_words()}"
            ) from None
        try:
            addresses: dict[str, Any] = json.loads(line)
        except ValueError:
            raise self._no_start() from None
        return addresses

    def _no_start(self) -> ProblemError:
        said = f"the sandbox did not start. {self._last_words()}"
        return ProblemError(said) if self.code == BAD_ARGUMENTS else BrokenToolError(said)

    def _drain(self, stdout: IO[str]) -> None:
        with stdout:
            for line in stdout:
                self._lines.put(line)
        self._said_its_end.set()
        self._lines.put("")

    def _last_words(self) -> str:
        processes.end(self._process, 1.0)
        words = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        if any("ModuleNotFoundError" in line for line in words):
            return (
                f"A package is missing ({words[-1]}): pip install -r requirements-sandbox.txt, "
                "or use focus.py run, which installs it."
            )
        return "Its last words: " + ("\n".join(words[-3:]) or "none")


@dataclass(frozen=True)
class SandboxDeath:
    """How a sandbox of the run ended before its time, and since when it may not have served."""

    cause: str
    since: datetime


class Sandboxes:
    """Starts as many as it is asked for, each in a folder of its own below the run's.

    What is kept of a run in its FOCUS_RUN_DIR, such as the ledger of jobs, is kept for each.
    """

    def __init__(self, python: Path, run_dir: Path, options: Sequence[str], job_life: str) -> None:
        self._python = python
        self._run_dir = run_dir
        self._options = options
        self._job_life = job_life
        self._started: dict[str, SandboxProcess] = {}  # by the name of its folder
        self._systems: list[dict[str, str]] = []
        self.death: SandboxDeath | None = None  # the first that was noticed
        self.pids: set[int] = set()

    def systems(self, count: int) -> list[dict[str, str]]:
        """The variables that lead to each of `count`; what is not there yet is started.

        Raises ProblemError for options that a sandbox refuses, BrokenToolError for one that does
        not come up.
        """
        while len(self._systems) < count:
            self._systems.append(self._start())
        return self._systems[:count]

    def _start(self) -> dict[str, str]:
        first = not self._started
        name = "sandbox" if first else f"sandbox-{len(self._started) + 1}"
        folder = self._run_dir if first else self._run_dir / name
        folder.mkdir(exist_ok=True)
        sandbox = SandboxProcess(str(self._python), folder, self._options, self._job_life)
        self._started[name] = sandbox
        self.pids.add(sandbox.pid)
        return sandbox.variables()

    def look(self, *, at_the_end: bool = False) -> str:
        """Why one of them is gone, or nothing."""
        for name, sandbox in self._started.items():
            since = None if self.death else sandbox.dead_since(at_the_end=at_the_end)
            if since:
                how = processes.how_it_ended(sandbox.code).removeprefix("its process ")
                self.death = SandboxDeath(f"the {name} {how}", since)
        return self.death.cause if self.death else ""

    def stop(self, logs: Path) -> None:
        """End all; what each said is kept in the folder `logs`."""
        for name, sandbox in self._started.items():
            sandbox.stop()
            shutil.copy(sandbox.log, logs / f"{name}.log")


def without_ambient_addresses(env: dict[str, str]) -> dict[str, str]:
    """`env` without addresses of another system, so that a sandbox is all that a run can reach."""
    ours = {*VARIABLES.values(), "FOCUS_STREAM_HOST"}
    kept = {name: value for name, value in env.items() if name not in ours}
    direct = [*filter(None, [env.get("NO_PROXY")]), "127.0.0.1", "localhost"]
    return {**kept, "NO_PROXY": ",".join(direct), "no_proxy": ",".join(direct)}


def _detached_flags() -> int:
    """On Windows: no Ctrl-C from the console, because the suites still need it then."""
    if sys.platform == "win32" and WINDOWS:
        return subprocess.CREATE_NEW_PROCESS_GROUP
    return 0
