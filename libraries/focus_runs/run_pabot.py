"""pabot that notes how each of its processes ended: `python -m focus_runs.run_pabot OPTIONS …`.

pabot itself only says that a process was not successful. It is pinned exactly, because this leans
on its insides: two attributes and one method.

With `--systems FILE` before the options each process has a system of its own while it runs: the
file lists the environment variables that lead to each.
"""

import contextlib
import functools
import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pabot import ProcessManager, pabot

from focus_runs.going_on import go_on_without_parent

ENDED = "ended.json"  # in the folder of each process, read by runner/suites/passes.py
MEMORY = "suite-names"
SYSTEMS = "--systems"


class Systems:
    """Those that the processes have for themselves while they run; without a file all share one."""

    def __init__(self, file: Path | None) -> None:
        self._unused: queue.Queue[dict[str, str]] = queue.Queue()
        for system in json.loads(file.read_text(encoding="utf-8")) if file else []:
            self._unused.put(system)
        self._are_shared = file is None

    @contextlib.contextmanager
    def one(self) -> Iterator[dict[str, str]]:
        """The environment variables that lead to one that nobody else uses until the end."""
        if self._are_shared:
            yield {}
            return
        system = self._unused.get()
        try:
            yield system
        finally:
            self._unused.put(system)


class NotingManager(ProcessManager.ProcessManager):
    """Writes the return code of a process beside what it wrote itself."""

    def __init__(self, systems: "Systems") -> None:
        super().__init__()
        self._systems = systems
        if sys.platform != "win32":
            signal.signal(signal.SIGCONT, self._continue)

    def _continue(self, *_: object) -> None:
        """Whoever started us has ended: what is halted must go on to notice that."""
        for process in list(self.processes):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)

    def run(
        self, cmd: list[str], **options: Any
    ) -> tuple["subprocess.Popen[bytes]", tuple[int, float]]:
        arguments = Path(cmd[-1])  # read now: the process removes it once it has read it
        chosen = [
            line.split(" ", 1)[1]
            for line in arguments.read_text(encoding="utf-8").splitlines()
            if line.startswith(("--suite ", "--test "))
        ]
        try:
            with self._systems.one() as system:
                options["env"] = {**options["env"], **system}
                process, (code, elapsed) = super().run(cmd, **options)
        finally:
            arguments.unlink(missing_ok=True)  # values of variables are in it
        ended = json.dumps({"code": code, "chosen": chosen})
        (arguments.parent / ENDED).write_text(ended, encoding="utf-8")
        return process, (code, elapsed)


def main(arguments: list[str]) -> int:
    """pabot's code. Its memory of suites is kept out of the project, where runs would share it."""
    go_on_without_parent()
    has_systems = arguments[0] == SYSTEMS
    systems = Systems(Path(arguments[1]) if has_systems else None)
    arguments = arguments[2:] if has_systems else arguments
    memory = Path(arguments[arguments.index("--outputdir") + 1]) / MEMORY
    memory.parent.mkdir(parents=True, exist_ok=True)
    pabot._open_pabotsuitenames = lambda mode: memory.open(mode, encoding="utf-8")
    # Made by pabot itself, once it knows its options: before, it would log into the project.
    ProcessManager.ProcessManager = functools.partial(NotingManager, systems)
    return int(pabot.main_program(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
