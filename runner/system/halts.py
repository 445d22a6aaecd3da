"""Processes of a run that a signal halts (SIGSTOP): when that was, and the end of a long halt.

What a case meets meanwhile is no failure of the product: requests time out that nobody refused.
Noticed on Linux only, where /proc tells the state of a process.
"""

import contextlib
import os
import signal
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from runner.processes import HALTED_LIMIT, is_halted, marked_processes

LOOK_FOR_NEW = 2.0  # seconds between two looks for processes that were started meanwhile
AFTERWARDS = timedelta(seconds=1)  # for what was to be done during a halt and is done late
SANDBOX = "the sandbox"


@dataclass(frozen=True)
class Halt:
    """What was halted, from when to when at most (local times, as Robot's are)."""

    what: str
    since: datetime
    until: datetime

    def __str__(self) -> str:
        seconds = (self.until - self.since).total_seconds()
        return f"{self.what} was halted by a signal for {seconds:.1f} s from {self.since:%H:%M:%S}"

    def met(self, began: datetime, ended: datetime) -> bool:
        """Whether what lasted from `began` to `ended` may have been disturbed by it."""
        return began <= self.until + AFTERWARDS and ended >= self.since


class HaltedProcesses:
    """Notes when a process of the run is halted; one that stays so is ended, with its cases.

    But not a sandbox: whoever started that ends it.
    """

    def __init__(self, run_dir: Path, sandboxes: Collection[int]) -> None:
        self._run_dir = run_dir
        self._sandboxes = sandboxes
        self._pids: list[int] = []
        self._looked_for_new = -LOOK_FOR_NEW
        self._ran: dict[int, datetime] = {}  # when each was last seen not to be halted
        self._ongoing: dict[int, datetime] = {}
        self._past: list[Halt] = []

    def look(self) -> None:
        """As often as it is called; a halt between two looks is not seen."""
        now = datetime.now()  # noqa: DTZ005 - local, as Robot's times are
        for pid in {*self._known(), *self._ongoing}:
            if is_halted(pid):
                since = self._ongoing.setdefault(pid, self._ran.get(pid, now))
                self._end_long(pid, (now - since).total_seconds())
            else:
                self._ran[pid] = now
                if pid in self._ongoing:
                    self._past.append(self._halt(pid, now))
                    del self._ongoing[pid]

    def seen(self) -> Sequence[Halt]:
        """All halts until now, by their beginning."""
        now = datetime.now()  # noqa: DTZ005 - the same
        ongoing = [self._halt(pid, now) for pid in self._ongoing]
        return sorted([*self._past, *ongoing], key=lambda halt: halt.since)

    def _known(self) -> list[int]:
        now = time.monotonic()
        if now - self._looked_for_new >= LOOK_FOR_NEW:
            self._looked_for_new = now
            self._pids = marked_processes(self._run_dir)
        return self._pids

    def _halt(self, pid: int, until: datetime) -> Halt:
        what = SANDBOX if pid in self._sandboxes else "a process of this run"
        return Halt(what, self._ongoing[pid], until)

    def _end_long(self, pid: int, seconds: float) -> None:
        if seconds > HALTED_LIMIT and pid not in self._sandboxes:
            print(f"A process that was halted for {HALTED_LIMIT:g} s is ended.", flush=True)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
