"""`focus.py run`: the suites against one kind of system, in passes, into one report."""

import argparse
import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from runner import ci, processes, summary, virtualenv
from runner.cases import RunResult, read_outcome
from runner.problem import (
    BROKEN,
    INTERRUPTED,
    INVALID,
    MOST_FAILED,
    BrokenToolError,
    Interrupted,
    ProblemError,
)
from runner.project import option
from runner.sandbox_process import Sandboxes
from runner.suites import given_variables, robot_options, shards
from runner.suites import plan as plans
from runner.suites import record as records
from runner.suites.passes import DISRUPTIVE, PassEnd, Passes, environment
from runner.suites.plan import RunPlan
from runner.suites.report import RunReport
from runner.suites.request import Planned, RunRequest, first_run, matching, planned, run_request
from runner.suites.results import DURATIONS, Results
from runner.suites.target import RunTarget
from runner.suites.verdicts import Verdicts, compared, disagreement, exit_code
from runner.system.halts import Halt, HaltedProcesses

DRY_RUN = "Dry run: no keyword was executed; PASS says only that the rows can be read."


def run(arguments: argparse.Namespace, words: list[str]) -> int:
    """Returns robot's kind of code. Raises ProblemError before anything was executed."""
    options = robot_options.parse(words)
    given_variables.require_known(options)
    results = Results(arguments.results.absolute())
    results.require_usable()
    first = first_run(results, arguments, options) if arguments.rerun_failed else None
    if first is not None and not first.rerunnable:
        print(first.nothing_to_rerun)
        return min(len(first.outcome.with_status("FAIL")), MOST_FAILED)
    request = run_request(arguments, options, first)
    needed = virtualenv.SANDBOX if request.target.own_sandbox else virtualenv.RUN
    python = virtualenv.prepared_python((*needed, *_needed_by_load(words)))
    with _run_folder() as run_dir:
        env = request.variables(run_dir)
        everything = matching(python, request, env, run_dir)
        _check_inputs(python, request.target, env, run_dir / plans.FILE)
        mine = planned(everything, request, results)
        with results.of_this_run() as own:
            return _Run(request, mine, python, results, own, run_dir).outcome()


def _needed_by_load(words: list[str]) -> tuple[str, ...]:
    """What load from several processes needs, where it is asked for (docs/load.md)."""
    asked = os.environ.get("FOCUS_DASK_SCHEDULER") or any("LOAD_WORKERS:" in word for word in words)
    return virtualenv.LOAD if asked else ()


def _check_inputs(python: Path, system: RunTarget, env: Mapping[str, str], plan: Path) -> None:
    """Let the engine judge settings, requirements, environment and reachability up front."""
    named = [*option("--environment", system.environment), "--plan", str(plan)]
    command = [str(python), "-m", "focus_engine.preflight", *named]
    reach = [] if system.own_sandbox else ["--reach"]
    checked = processes.finished([*command, *reach], environment(python, env))
    if checked.returncode == INVALID:
        remarks, _, sentence = checked.stdout.rpartition("ERROR: ")
        raise ProblemError(f"{remarks}{sentence}".strip())
    if checked.returncode:
        raise BrokenToolError(
            f"the inputs cannot be judged: {processes.how_it_ended(checked.returncode)}. "
            f"{processes.last_words(checked.stdout)}"
        )
    if checked.stdout.strip():
        print(checked.stdout.strip(), flush=True)  # what was left out of a variable


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
    halts: Sequence[Halt] = ()

    def __post_init__(self) -> None:
        target = self.request.target
        options = [*target.sandbox_options, "--seed", str(target.seed)]
        self.sandboxes = Sandboxes(self.python, self.run_dir, options, target.job_life)

    def outcome(self) -> int:
        try:
            with self._system() as env:
                self._execute(env)
        except Interrupted as stop:
            print(f"\nStopped by {stop}: keeping the results of what has run.", flush=True)
            self.stopped = str(stop)
        with processes.stops_noted() as noted:
            code = self._conclude()
        return INTERRUPTED if noted else code

    @contextlib.contextmanager
    def _system(self) -> Iterator[dict[str, str]]:
        env = self.request.variables(self.run_dir)
        if not self.request.target.own_sandbox:
            yield env
            return
        print("Starting the sandbox …", flush=True)
        try:
            yield {**env, **self.sandboxes.systems(1)[0]}
            self.sandboxes.look(at_the_end=True)
        finally:
            self.sandboxes.stop(self.own.passes)

    def _execute(self, env: dict[str, str]) -> None:
        options = self.request.options
        told = (*options.robot, *self.request.environment_variable)
        halted = HaltedProcesses(self.run_dir, self.sandboxes.pids)
        passes = Passes(
            python=self.python,
            folder=self.own.passes,
            options=replace(options, robot=told),
            env=env,
            process_count=self.request.process_count,
            broken=self.sandboxes.look,
            spared=self.sandboxes.pids,
            halted=halted,
        )
        each = (
            (passes.parallel, self.planned.parallel),
            (passes.serial, self.planned.serial),
            (partial(self._disruptive, passes), self.planned.disruptive),
        )
        for execute, plan in each:
            if plan.cases and not self.stopped and not self.sandboxes.look():
                end = execute(plan)
                self.ends.append(end)
                self.stopped = end.stopped
                self.halts = halted.seen()

    def _disruptive(self, passes: Passes, plan: RunPlan) -> PassEnd:
        """What has run so far is kept also where no further sandbox comes up."""
        try:
            systems = self.sandboxes.systems(self.planned.sandboxes)
        except ProblemError as problem:
            return PassEnd(DISRUPTIVE, plan, BROKEN, cause=str(problem))
        return passes.disruptive(plan, systems)

    def _conclude(self) -> int:
        first = self.request.first
        verdicts = compared(
            self.planned.mine,
            self.ends,
            self.stopped,
            self.sandboxes.death,
            self.halts,
            codes=not self.request.options.has("nostatusrc"),
        )
        expected = first.overlaid(verdicts.outcome) if first else verdicts.outcome
        trouble = self._write(verdicts, expected)
        outcome = self._reported(expected)
        trouble += disagreement(expected, outcome)
        said = [*self._facts(verdicts).values(), *trouble]
        self._keep()
        page = ci.markdown(outcome, said)
        ci.keep(page, self.own.folder)
        self.results.publish(self.own)
        self._keep_durations(verdicts)
        ci.tell(outcome, page)
        print(summary.console(outcome, self.results, first.outcome if first else None))
        for line in said:
            print(line)
        broken = [*verdicts.broken, *trouble]
        return exit_code(outcome, broken, stopped=bool(self.stopped))

    def _reported(self, expected: RunResult) -> RunResult:
        """What the report tells; what it should, where it cannot be read."""
        try:
            return read_outcome([self.own.output])
        except ProblemError:
            return expected

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

    def _keep(self) -> None:
        """What a rerun and a merge need."""
        request = self.request
        record = records.of_run(request.target, request.options, request.executed)
        (request.first.record if request.first else record).write(self.own.record)
        plans.write(self.own.plan, self.planned.all, self.planned.mine)

    def _keep_durations(self, verdicts: Verdicts) -> None:
        """What the next division into shards needs."""
        if self.request.executed == records.ALL and not self.stopped:
            durations = self.results.folder / DURATIONS
            shards.write_durations(durations, verdicts.executed.values())
