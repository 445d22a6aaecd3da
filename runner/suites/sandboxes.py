"""The sandboxes of a run: one for all cases, and more for those that would disturb each other."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from runner import processes
from runner.sandbox_process import SandboxProcess
from runner.suites.target import RunTarget


@dataclass(frozen=True)
class SandboxDeath:
    """How a sandbox of the run ended before its time, and since when it may not have served."""

    cause: str
    since: datetime


class Sandboxes:
    """Starts as many as it is asked for, each in a folder of its own below the run's.

    What is kept of a run in its FOCUS_RUN_DIR, such as the ledger of jobs, is kept for each.
    """

    def __init__(self, python: Path, target: RunTarget, run_dir: Path) -> None:
        self._python = python
        self._target = target
        self._run_dir = run_dir
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
        options = [*self._target.sandbox_options, "--seed", str(self._target.seed)]
        sandbox = SandboxProcess(str(self._python), folder, options, self._target.job_life)
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
