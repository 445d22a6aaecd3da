"""The two passes of a run and what their return codes mean together."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner import processes
from runner.problem import INTERRUPTED, INVALID, ProblemError
from runner.project import ROOT
from runner.results import LOG, OUTPUT, REPORT, XUNIT, Results
from runner.robot_options import RobotOptions

PARALLEL, SERIAL = "1-parallel", "2-serial"
TOOL_BROKE = 251  # and above: robot's codes that are no count of failures
SHARED = ("--argumentfile", "robot.args", "--runemptysuite", "--log", "NONE", "--report", "NONE")
# Each process starts once and runs its share of the suites: to start takes longer than most suites.
# pabot names a share by all of its suites, which is too long for a console.
IN_SHARES = ("--chunk", "--pabotconsole", "quiet")
LIBRARIES = ROOT / "libraries"
SUITES = "robot"  # both passes start here, else their trees cannot be merged


@dataclass(frozen=True)
class Passes:
    """Everything that both passes share."""

    python: Path
    results: Results
    options: RobotOptions
    env: Mapping[str, str]
    process_count: int

    def parallel(self, extra: Sequence[str] = ()) -> int:
        """All that need not be alone, under pabot."""
        print("Pass 1: in parallel", flush=True)
        _forget_suite_names()
        robot_words, pabot_words = self.options.for_pabot()
        # A share forgets which single cases were chosen.
        shares = () if self.options.arranged else IN_SHARES
        pabot = [
            *(str(self.python), "-m", "pabot.pabot"),
            # pabot splits the command at spaces, so the interpreter is found through PATH
            *("--command", self.python.name, "-m", "robot", "--end-command"),
            *([] if _uses_pabotlib(pabot_words) else ["--no-pabotlib"]),
            *("--processes", str(self.process_count), *shares, *pabot_words),
        ]
        return self._run(pabot, PARALLEL, [*robot_words, *extra, "--exclude", "exclusive"])

    def serial(self) -> int:
        """What must be alone, in the order of the folders: measured before disruptive."""
        print("\nPass 2: one at a time", flush=True)
        robot = [str(self.python), "-m", "robot"]
        return self._run(robot, SERIAL, [*self.options.robot, "--exclude", "NOTexclusive"])

    def merge(self, outputs: Sequence[Path], metadata: Mapping[str, str]) -> int:
        """One tree out of `outputs`. Returns the number of failed cases, as rebot counts."""
        facts = [word for name, value in metadata.items() for word in _metadata(name, value)]
        rebot = [
            *(str(self.python), "-m", "robot.rebot", "--merge", "--processemptysuite"),
            *("--outputdir", str(self.results.folder), "--output", OUTPUT),
            *("--log", LOG, "--report", REPORT, "--xunit", XUNIT, "--loglevel", "TRACE:INFO"),
            *_statistics(),
            *("--consolecolors", "off", *facts, *map(str, outputs)),
        ]
        return processes.run(rebot, self._environment(), stdout=subprocess.DEVNULL)

    def _run(self, command: Sequence[str], name: str, selection: Sequence[str]) -> int:
        folder = ("--outputdir", str(self.results.pass_folder(name)), "--output", OUTPUT)
        words = [*command, *SHARED, *selection, *folder, str(ROOT / SUITES)]
        return processes.run(words, self._environment())

    def _environment(self) -> dict[str, str]:
        """With the interpreter for pabot's workers, and our modules for pabot's main process."""
        path = os.pathsep.join([str(self.python.parent), self.env.get("PATH", "")])
        modules = os.pathsep.join(filter(None, [str(LIBRARIES), self.env.get("PYTHONPATH")]))
        own = {"PATH": path, "PYTHONPATH": modules, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
        return {**self.env, **own}


def exit_code(pass_codes: Sequence[int], failures: int, executed: int, *, interrupted: bool) -> int:
    """The code of the whole run.

    `failures` is rebot's return code; 253 when interrupted, a pass's own code from 251 on, and
    252 when nothing was executed at all.
    """
    if interrupted:
        return INTERRUPTED
    broken = [code for code in pass_codes if code >= TOOL_BROKE or code < 0]
    if broken:
        return max(code if code > 0 else TOOL_BROKE + 4 for code in broken)
    return failures if executed else INVALID


def _forget_suite_names() -> None:
    """Remove pabot's memory: after a run of few cases it would run all suites as one."""
    memory = ROOT / ".pabotsuitenames"
    try:
        memory.unlink(missing_ok=True)
    except OSError as error:
        raise ProblemError(f"cannot remove {memory}: {error.strerror}. Remove it.") from error


def _uses_pabotlib(options: Sequence[str]) -> bool:
    return any(word.startswith("--pabotlib") for word in options)


def _statistics() -> list[str]:
    """Which tags the report counts: as each run on its own does."""
    lines = (ROOT / "robot.args").read_text(encoding="utf-8").splitlines()
    return [word for line in lines if line.startswith("--tagstatinclude") for word in line.split()]


def _metadata(name: str, value: str) -> tuple[str, str]:
    return ("--metadata", f"{name}:{value}")
