"""A run that goes on while a test looks at its processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from small_project import Done, Project
from waiting import LIMIT

from runner.processes import marked_processes


class Running:
    """`focus.py run` in the background, and what it started."""

    def __init__(self, project: Project, temporary: Path, *words: str, **env: str) -> None:
        self._temporary = temporary
        self.process = subprocess.Popen(
            [sys.executable, str(project.root / "focus.py"), "run", *words],
            env=project.environment({"TMPDIR": str(temporary), **env}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @property
    def run_dir(self) -> Path:
        (folder,) = self._temporary.glob("focus-run-*")
        return folder

    def started(self, *words: str) -> list[int]:
        """The processes of the run whose command line contains all `words`."""
        return [pid for pid in self.all() if all(word in _command(pid) for word in words)]

    def all(self) -> list[int]:
        found = marked_processes(self.run_dir) if [*self._temporary.glob("focus-run-*")] else []
        return [pid for pid in found if pid != self.process.pid]

    def kill(self, number: signal.Signals, *words: str) -> None:
        """Send a signal to the one process whose command line contains all `words`."""
        (pid,) = self.started(*words)
        os.kill(pid, number)

    def end(self) -> Done:
        console, _ = self.process.communicate(timeout=LIMIT)
        return Done(self.process.returncode, console)


@contextmanager
def running(project: Project, temporary: Path, *words: str, **env: str) -> Iterator[Running]:
    """The run is ended with the test, whatever happens in it."""
    temporary.mkdir()
    run = Running(project, temporary, *words, **env)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.kill()
            run.process.communicate()


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
