"""The passes of a run: what is started, how it is stopped, and how it ended."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from runner import processes
from runner.cases import Case, read_outcome
from runner.problem import INTERRUPTED, Interrupted, ProblemError
from runner.project import ROOT
from runner.suites import mending
from runner.suites.plan import SUITES, CasePath, RunPlan
from runner.suites.progress import Progress
from runner.suites.relay import LetterRelay, OutputRelay
from runner.suites.robot_options import RobotOptions
from runner.system.halts import HaltedProcesses

PARALLEL, SERIAL, DISRUPTIVE = "1-parallel", "2-serial", "3-disruptive"
OUTPUT = "output.xml"
SYSTEMS = "systems.json"  # the variables that lead to each system, for focus_runs.run_pabot
PABOT_RESULTS = "pabot_results"
ENDED = "ended.json"  # what focus_runs.run_pabot notes of each process
HELD = "FOCUS_HELD"  # tells focus_runs.run_robot that its standard input is our pipe
TOOL_BROKE = 251  # and above: robot's codes that are no count of failures
SHARED = ("--argumentfile", "robot.args", "--runemptysuite", "--log", "NONE", "--report", "NONE")
# Each process starts once and runs its share of the suites: to start takes longer than most suites.
# pabot names a share by all of its suites, which is too long for a console; in a dry run it makes
# shares of shares, which hold nothing.
IN_SHARES = ("--chunk", "--pabotconsole", "quiet")
LIBRARIES = ROOT / "libraries"
SAID = "console.txt"
LOOK = 0.1  # seconds between two looks at what was started


@dataclass(frozen=True)
class Part:
    """What one robot left: its code, the suites or cases it was given, and its results."""

    code: int | None
    chosen: tuple[str, ...] = ()
    output: Path | None = None
    cases: Mapping[CasePath, Case] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    is_whole: bool = False
    last_words: str = ""

    @property
    def is_broken(self) -> bool:
        return not self.is_whole or self.code is None or not 0 <= self.code < TOOL_BROKE

    @property
    def failures(self) -> int:
        return sum(case.status == "FAIL" for case in self.cases.values())

    def was_given(self, long_name: str) -> bool:
        return any(f"{long_name}.".startswith(f"{each}.") for each in self.chosen)


@dataclass(frozen=True)
class PassEnd:
    """How a pass ended. `cause` is why all of it ended early, `stopped` the signal that we got."""

    name: str
    plan: RunPlan
    code: int
    parts: tuple[Part, ...] = ()
    cause: str = ""
    stopped: str = ""
    last_words: str = ""


@dataclass(frozen=True)
class Passes:
    """Everything that the passes share."""

    python: Path
    folder: Path
    options: RobotOptions
    env: Mapping[str, str]
    process_count: int
    broken: Callable[[], str]  # why going on makes no sense, or nothing
    spared: Collection[int]  # the sandboxes, which live as long as the run
    halted: HaltedProcesses

    def parallel(self, plan: RunPlan) -> PassEnd:
        """All that need not be alone, under pabot."""
        print("Pass 1: in parallel", flush=True)
        words = self.options.pabot
        library = [] if any(word.startswith("--pabotlib") for word in words) else ["--no-pabotlib"]
        shares = () if self.options.arranged or self.options.has("dryrun") else IN_SHARES
        pabot = [*self._pabot(self.process_count), *library, *shares, *words]
        return self._with_parts(self._execute(pabot, PARALLEL, plan, by_lines=True))

    def disruptive(self, plan: RunPlan, systems: Sequence[Mapping[str, str]]) -> PassEnd:
        """What disturbs every other case of its system, under pabot on a system for each process.

        `systems`: the environment variables that lead to each.
        """
        print(f"\nPass 3: what disrupts, on {len(systems)} sandboxes side by side", flush=True)
        file = Path(self.env[processes.RUN_DIR]) / SYSTEMS
        file.write_text(json.dumps(systems), encoding="utf-8")
        pabot = [*self._pabot(len(systems), "--systems", str(file)), "--no-pabotlib", *IN_SHARES]
        return self._with_parts(self._execute(pabot, DISRUPTIVE, plan, by_lines=True))

    def _pabot(self, count: int, *own: str) -> list[str]:
        """`own`: the options of focus_runs.run_pabot."""
        pabot = [str(self.python), "-m", "focus_runs.run_pabot", *own]
        # pabot splits the command at spaces, so the interpreter is found through PATH
        robot = ["--command", self.python.name, "-m", "focus_runs.run_robot", "--end-command"]
        return [*pabot, *robot, "--processes", str(count)]

    def _with_parts(self, end: PassEnd) -> PassEnd:
        folders = sorted((self.folder / end.name / PABOT_RESULTS).glob("*/"))
        return replace(end, parts=tuple(_part_of_pabot(folder) for folder in folders))

    def serial(self, plan: RunPlan) -> PassEnd:
        """What must be alone, in the order of the folders: measured before disruptive."""
        print("\nPass 2: one at a time", flush=True)
        colours = ("--consolecolors", "ansi") if sys.stdout.isatty() else ()
        robot = [str(self.python), "-m", "focus_runs.run_robot", *colours]
        end = self._execute(robot, SERIAL, plan, by_lines=False)
        part = _part(self.folder / SERIAL, end.code, (plan.root,))
        return replace(end, parts=(replace(part, last_words=end.last_words),))

    def _execute(
        self, command: Sequence[str], name: str, plan: RunPlan, *, by_lines: bool
    ) -> PassEnd:
        """`by_lines`: robot's console, which tells a case while it runs, is not; pabot's is.

        Neither writes where we do: a terminal that is closed would end it in the midst of a case.
        """
        folder = self.folder / name
        folder.mkdir(parents=True)
        planned = folder / "planned.json"
        planned.write_text(json.dumps([case.path for case in plan.cases]), encoding="utf-8")
        words = [
            *(*command, *SHARED, *self.options.unselective),
            *("--prerunmodifier", f"focus_runs.planned.PlannedCases;{planned}"),
            *("--outputdir", str(folder), "--output", OUTPUT, str(ROOT / SUITES)),
        ]
        run_dir = Path(self.env[processes.RUN_DIR])
        progress = Progress(run_dir, len(plan.cases)) if by_lines else None
        held = {**environment(self.python, self.env), HELD: "1"}
        process = processes.start(
            words,
            bound=False,
            env=held,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if by_lines else subprocess.PIPE,
        )
        told = process.stdout or io.StringIO()
        letters = LetterRelay(told) if process.stderr else None
        relay = OutputRelay(process.stderr or told, folder / SAID)
        cause, stopped = "", ""
        try:
            cause = self._wait(process, progress)
        except Interrupted as stop:
            print(f"\nStopped by {stop}: keeping the results of what has run.", flush=True)
            stopped = str(stop)
        finally:
            self._end(process)
        if letters:
            letters.wait(processes.PATIENCE)
        said = processes.last_words(relay.said(processes.PATIENCE))
        if process.returncode < 0 and not cause:
            cause = processes.how_it_ended(process.returncode)
        elif process.returncode == INTERRUPTED and by_lines and not stopped:
            cause = cause or "a signal from outside stopped pabot"
        return PassEnd(name, plan, process.returncode, (), cause, stopped, said)

    def _wait(self, process: "subprocess.Popen[str]", progress: Progress | None) -> str:
        """Until it ends, or until going on makes no sense."""
        while process.poll() is None:
            self.halted.look()
            if progress:
                progress.look()
            cause = self.broken()
            if cause:
                return cause
            try:
                process.wait(LOOK)
            except subprocess.TimeoutExpired:
                continue
        return ""

    def _end(self, process: "subprocess.Popen[str]") -> None:
        """Ask all robots to run their tear-downs and end, and see to it that nothing is left."""
        run_dir = Path(self.env[processes.RUN_DIR])
        ended_by_itself = process.poll() is not None and process.returncode >= 0
        if process.stdin:
            process.stdin.close()
        processes.end(process, processes.PATIENCE)
        patience = 0.0 if ended_by_itself else processes.PATIENCE
        processes.end_leftovers(run_dir, patience, self.spared)


def environment(python: Path, env: Mapping[str, str]) -> dict[str, str]:
    """With the interpreter for pabot's workers, and our modules for pabot's main process."""
    path = os.pathsep.join([str(python.parent), env.get("PATH", "")])
    modules = os.pathsep.join(filter(None, [str(LIBRARIES), env.get("PYTHONPATH")]))
    own = {"PATH": path, "PYTHONPATH": modules, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    return {**env, **own}


def _part_of_pabot(folder: Path) -> Part:
    try:
        ended = json.loads((folder / ENDED).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # pabot died before it
        return _part(folder, None, ())
    return _part(folder, ended["code"], tuple(ended["chosen"]))


def _part(folder: Path, code: int | None, chosen: tuple[str, ...]) -> Part:
    output = mending.whole(folder / OUTPUT)
    said = "".join(_text(file) for file in sorted(folder.glob("*_std*.out")))
    part = Part(code, chosen, last_words=processes.last_words(said))
    try:
        outcome = read_outcome([output] if output else [])
    except ProblemError:  # no output of robot
        return part
    cases = {case.path: case for case in outcome.cases.values()}
    is_whole = output == folder / OUTPUT
    return replace(
        part,
        output=output,
        cases=cases,
        metadata=outcome.metadata,
        remarks=outcome.remarks,
        is_whole=is_whole,
    )


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
