"""`focus.py run`: the suites against one system, in two passes, into one report."""

import argparse
import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from runner import ci, processes, sandbox_process, summary, virtualenv
from runner.cases import Case, RunResult, read_outcome
from runner.problem import (
    BROKEN,
    INTERRUPTED,
    INVALID,
    MOST_FAILED,
    BrokenToolError,
    Interrupted,
    ProblemError,
)
from runner.project import ROOT
from runner.sandbox_process import SandboxProcess
from runner.suites import plan as plans
from runner.suites import record as records
from runner.suites import robot_options, shards
from runner.suites import target as targets
from runner.suites.passes import SHARED, PassEnd, Passes, environment
from runner.suites.plan import RunPlan
from runner.suites.record import RunRecord
from runner.suites.report import RunReport
from runner.suites.results import Results
from runner.suites.robot_options import RobotOptions
from runner.suites.shards import Shard
from runner.suites.target import RunTarget
from runner.suites.verdicts import SandboxDeath, Verdicts, compared

SHARD = "FOCUS_SHARD"  # by which the engine divides the job budget of a system
NOTHING = "No case was executed: nothing matches the chosen suites, cases and tags."
DRY_RUN = "Dry run: no keyword was executed; PASS says only that the rows can be read."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    targets.add_arguments(parser)
    parser.add_argument(
        "--processes", type=_count, default=max(2, os.cpu_count() or 2), metavar="N"
    )
    add_results(parser)
    part = parser.add_mutually_exclusive_group()
    part.add_argument(
        "--rerun-failed", action="store_true", help="only what failed; never measured cases"
    )
    part.add_argument(
        "--shard", type=shards.shard, metavar="I/N", help="only this part of the parallel pass"
    )
    part.add_argument(
        "--exclusive", action="store_true", help="only the pass of what must be alone"
    )


def add_results(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--results", type=_folder, default=ROOT / "results", metavar="DIR")


def _folder(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("it names no folder")
    return Path(text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"'{text}' is no number of processes: write 1 or more")
    return int(text)


def run(arguments: argparse.Namespace, words: list[str]) -> int:
    """Returns robot's kind of code. Raises ProblemError before anything was executed."""
    options = robot_options.parse(words)
    results = Results(arguments.results.absolute())
    first = _first(results, arguments, options) if arguments.rerun_failed else None
    if first is not None and not first.rerunnable:
        print(first.nothing_to_rerun)
        return min(len(first.outcome.with_status("FAIL")), MOST_FAILED)
    request = _request(arguments, options, first)
    needed = virtualenv.SANDBOX if request.target.own_sandbox else virtualenv.RUN
    python = virtualenv.prepared_python((*needed, *_needed_by_load(words)))
    with _run_folder() as run_dir:
        env = request.variables(run_dir)
        everything = _everything(python, request, env, run_dir)
        _check_inputs(python, request.target, env, run_dir / plans.FILE)
        planned = _planned(everything, request, results)
        with results.of_this_run() as own:
            return _Run(request, planned, python, results, own, run_dir).outcome()


def _needed_by_load(words: list[str]) -> tuple[str, ...]:
    """What load from several processes needs, where it is asked for (docs/load.md)."""
    asked = os.environ.get("FOCUS_DASK_SCHEDULER") or any("LOAD_WORKERS:" in word for word in words)
    return virtualenv.LOAD if asked else ()


@dataclass(frozen=True)
class First:
    """The run whose failed cases are run again."""

    record: RunRecord
    outcome: RunResult
    output: bytes
    xunit: bytes

    @property
    def rerunnable(self) -> list[Case]:
        return [case for case in self.outcome.with_status("FAIL") if case.may_be_rerun]

    @property
    def nothing_to_rerun(self) -> str:
        failed = len(self.outcome.with_status("FAIL"))
        if failed:
            return (
                f"All {failed} failed cases are measured or disruptive: those are never run again."
            )
        return "Nothing failed in the last run."


@dataclass(frozen=True)
class RunRequest:
    """What the caller asks for."""

    target: RunTarget
    options: RobotOptions
    process_count: int
    shard: Shard | None
    exclusive: bool
    first: First | None

    @property
    def executed(self) -> str:
        if self.shard:
            return str(self.shard)
        return records.EXCLUSIVE if self.exclusive else records.ALL

    def variables(self, run_dir: Path) -> dict[str, str]:
        """The environment of all that the run starts."""
        divides = self.shard is not None and not self.target.own_sandbox
        return self.target.variables(run_dir) | ({SHARD: str(self.shard)} if divides else {})


def _request(
    arguments: argparse.Namespace, options: RobotOptions, first: First | None
) -> RunRequest:
    system = targets.chosen(arguments, options) if first is None else first.record.target
    if first is not None and not options.robot and not options.pabot:
        options = first.record.options
    return RunRequest(
        target=system,
        options=options,
        process_count=arguments.processes,
        shard=arguments.shard,
        exclusive=arguments.exclusive,
        first=first,
    )


def _first(results: Results, arguments: argparse.Namespace, options: RobotOptions) -> First:
    """Raises ProblemError where there is no run to repeat, or another one is asked for."""
    if not results.output.is_file():
        raise ProblemError(
            f"there is no {results.output} to take failed cases from. "
            "Run without --rerun-failed first."
        )
    try:
        outcome = read_outcome([results.output])
        record = records.read(results.record)
    except ProblemError as problem:
        raise ProblemError(f"{problem} Run without --rerun-failed first.") from problem
    named = targets.named_options(arguments, options)
    asked = targets.chosen(arguments, options) if named else record.target
    records.repeated(record, named, asked, options)
    xunit = results.xunit.read_bytes() if results.xunit.is_file() else b""
    return First(record, outcome, results.output.read_bytes(), xunit)


def _check_inputs(python: Path, system: RunTarget, env: Mapping[str, str], plan: Path) -> None:
    """Let the engine judge settings, requirements, environment and reachability up front."""
    named = ["--environment", system.environment, "--plan", str(plan)]
    command = [str(python), "-m", "focus_engine.preflight", *named]
    reach = [] if system.own_sandbox else ["--reach"]
    checked = processes.finished([*command, *reach], environment(python, env))
    if checked.returncode == INVALID:
        raise ProblemError(checked.stdout.strip().removeprefix("ERROR: "))
    if checked.returncode:
        raise BrokenToolError(
            f"the inputs cannot be judged: {processes.how_it_ended(checked.returncode)}. "
            f"{processes.last_words(checked.stdout)}"
        )
    if checked.stdout.strip():
        print(checked.stdout.strip(), flush=True)  # what was left out of a variable


@dataclass(frozen=True)
class Planned:
    """All cases that match, and those of this run by pass."""

    all: RunPlan
    parallel: RunPlan
    serial: RunPlan

    @property
    def mine(self) -> RunPlan:
        return replace(self.all, cases=(*self.parallel.cases, *self.serial.cases))


def _everything(
    python: Path, request: RunRequest, env: Mapping[str, str], run_dir: Path
) -> RunPlan:
    """All cases that robot's options, or the failures of the first run, select."""
    chosen = [*request.options.robot]
    if request.first is not None:
        output = run_dir / "first.xml"
        output.write_bytes(request.first.output)
        chosen = [*request.options.unselective, "--rerunfailed", str(output)]
    words = [*SHARED[:3], *chosen, *_environment_variable(request)]
    everything = plans.made(python, words, environment(python, env), run_dir)
    if request.first is not None:
        again = {case.name for case in request.first.rerunnable}
        everything = everything.only(lambda case: everything.long_name(case) in again)
    return everything


def _planned(everything: RunPlan, request: RunRequest, results: Results) -> Planned:
    if not everything.cases:
        raise ProblemError(f"{NOTHING}{everything.meant}")
    parallel = everything.only(lambda case: not case.is_exclusive)
    serial = everything.only(lambda case: case.is_exclusive)
    nothing = replace(everything, cases=())
    if request.shard:
        durations = shards.read_durations(results.folder / shards.DURATIONS)
        parts = shards.divided(parallel, request.shard.count, durations)
        return Planned(everything, parts[request.shard.number - 1], nothing)
    return Planned(everything, nothing if request.exclusive else parallel, serial)


def _environment_variable(request: RunRequest) -> tuple[str, str]:
    return ("--variable", f"ENVIRONMENT:{request.target.environment}")


@contextlib.contextmanager
def _run_folder() -> Iterator[Path]:
    """A fresh FOCUS_RUN_DIR; at its end nothing that was started with it is left."""
    run_dir = Path(tempfile.mkdtemp(prefix="focus-run-"))
    try:
        yield run_dir
    finally:
        processes.kill_leftovers(run_dir)
        shutil.rmtree(run_dir, ignore_errors=True)


@dataclass
class _Run:
    request: RunRequest
    planned: Planned
    python: Path
    results: Results
    own: Results
    run_dir: Path
    ends: list[PassEnd] = field(default_factory=list)
    stopped: str = ""
    sandbox: SandboxProcess | None = None
    death: SandboxDeath | None = None

    def outcome(self) -> int:
        try:
            with self._system() as env:
                self._execute(env)
        except Interrupted as stop:
            print(f"\nStopped by {stop}: keeping the results of what has run.", flush=True)
            self.stopped = str(stop)
        return self._conclude()

    @contextlib.contextmanager
    def _system(self) -> Iterator[dict[str, str]]:
        env = self.request.variables(self.run_dir)
        system = self.request.target
        if not system.own_sandbox:
            yield env
            return
        print("Starting the sandbox …", flush=True)
        options = [*system.sandbox_options, "--seed", str(system.seed)]
        sandbox = SandboxProcess(str(self.python), self.run_dir, options, system.job_life)
        self.sandbox = sandbox
        try:
            yield {**env, **sandbox.variables()}
            self._sandbox_death()
        finally:
            sandbox.stop()
            shutil.copy(self.run_dir / sandbox_process.LOG, self.own.passes)

    def _sandbox_death(self) -> str:
        """Why the sandbox is gone, or nothing."""
        since = self.sandbox.dead_since() if self.sandbox and self.death is None else None
        if self.sandbox and since:
            how = processes.how_it_ended(self.sandbox.code).removeprefix("its process ")
            self.death = SandboxDeath(f"the sandbox {how}", since)
        return self.death.cause if self.death else ""

    def _execute(self, env: dict[str, str]) -> None:
        options = self.request.options
        told = (*options.robot, *_environment_variable(self.request))
        passes = Passes(
            python=self.python,
            folder=self.own.passes,
            options=replace(options, robot=told),
            env=env,
            process_count=self.request.process_count,
            broken=self._sandbox_death,
            spared=self.sandbox.pid if self.sandbox else None,
        )
        each = ((passes.parallel, self.planned.parallel), (passes.serial, self.planned.serial))
        for execute, plan in each:
            if plan.cases and not self.stopped and not self._sandbox_death():
                end = execute(plan)
                self.ends.append(end)
                self.stopped = end.stopped

    def _conclude(self) -> int:
        first = self.request.first
        verdicts = compared(
            self.planned.mine,
            self.ends,
            self.stopped,
            self.death,
            codes=not self.request.options.has("nostatusrc"),
        )
        expected = _over(first, verdicts.outcome)
        trouble = self._write(verdicts, expected)
        outcome = expected if trouble else read_outcome([self.own.output])
        broken = [*verdicts.broken, *trouble, *_disagreement(expected, outcome)]
        self._keep(verdicts)
        ci.tell(outcome, self.own.folder)
        self.results.publish(self.own)
        print(summary.console(outcome, self.results, first.outcome if first else None))
        for line in (*self._facts(verdicts).values(), *trouble):
            print(line)
        return exit_code(outcome, broken, stopped=bool(self.stopped))

    def _facts(self, verdicts: Verdicts) -> dict[str, str]:
        dry = {"Dry run": DRY_RUN} if self.request.options.has("dryrun") else {}
        return verdicts.facts | dry

    def _write(self, verdicts: Verdicts, expected: RunResult) -> list[str]:
        first = self.request.first
        before = self.run_dir / "first.xml" if first else None
        outputs = [part.output for end in self.ends for part in end.parts if part.output]
        metadata = {**summary.header(expected), **self._facts(verdicts)}
        report = RunReport(self.planned.all.root, outputs, verdicts.said, metadata, before)
        trouble = report.write(self.python, self.request.variables(self.run_dir), self.own)
        if first and first.xunit:
            # JUnit tells the first verdicts: a case that passes only when run again is not green
            self.own.xunit.write_bytes(first.xunit)
        return [trouble] if trouble else []

    def _keep(self, verdicts: Verdicts) -> None:
        """What a rerun, a merge and the next division into shards need."""
        request = self.request
        record = records.of_run(request.target, request.options, request.executed)
        (request.first.record if request.first else record).write(self.own.record)
        plans.write(self.own.plan, self.planned.all, self.planned.mine)
        if request.executed == records.ALL and not self.stopped:
            durations = self.results.folder / shards.DURATIONS
            shards.write_durations(durations, verdicts.executed.values())


def _over(first: First | None, outcome: RunResult) -> RunResult:
    """`outcome` over that of the first run; what is skipped when run again stays as it was."""
    if first is None:
        return outcome
    again = {name: case for name, case in outcome.cases.items() if case.status != "SKIP"}
    metadata = {**first.outcome.metadata, **outcome.metadata}
    remarks = tuple(dict.fromkeys([*first.outcome.remarks, *outcome.remarks]))
    return RunResult({**first.outcome.cases, **again}, metadata, remarks)


def _disagreement(expected: RunResult, outcome: RunResult) -> list[str]:
    """A sentence where the report does not tell what the passes left."""
    told = {name: case.status for name, case in outcome.cases.items()}
    known = {name: case.status for name, case in expected.cases.items()}
    wrong = sorted(name for name in {*told, *known} if told.get(name) != known.get(name))
    return [f"the report differs from the passes in {', '.join(wrong[:5])}"] if wrong else []


def exit_code(outcome: RunResult, broken: list[str], *, stopped: bool) -> int:
    """253 when stopped, 255 when the tool broke, else how many cases failed."""
    if stopped:
        return INTERRUPTED
    return BROKEN if broken else min(len(outcome.with_status("FAIL")), MOST_FAILED)
