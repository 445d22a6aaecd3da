"""pabot that notes how each of its processes ended: `python -m focus_runs.run_pabot OPTIONS …`.

pabot itself only says that a process was not successful. It is pinned exactly, because this leans
on its insides: two attributes and one method.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from pabot import ProcessManager, pabot

from focus_runs.going_on import go_on_without_parent

ENDED = "ended.json"  # in the folder of each process, read by runner/suites/passes.py
MEMORY = "suite-names"


class NotingManager(ProcessManager.ProcessManager):
    """Writes the return code of a process beside what it wrote itself."""

    def __init__(self) -> None:
        super().__init__()
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
            process, (code, elapsed) = super().run(cmd, **options)
        finally:
            arguments.unlink(missing_ok=True)  # values of variables are in it
        ended = json.dumps({"code": code, "chosen": chosen})
        (arguments.parent / ENDED).write_text(ended, encoding="utf-8")
        return process, (code, elapsed)


def main(arguments: list[str]) -> int:
    """pabot's code. Its memory of suites is kept out of the project, where runs would share it."""
    go_on_without_parent()
    memory = Path(arguments[arguments.index("--outputdir") + 1]) / MEMORY
    memory.parent.mkdir(parents=True, exist_ok=True)
    pabot._open_pabotsuitenames = lambda mode: memory.open(mode, encoding="utf-8")
    # Made by pabot itself, once it knows its options: before, it would log into the project.
    ProcessManager.ProcessManager = NotingManager
    return int(pabot.main_program(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
