"""`focus.py run`: the suites against one system, in two passes, into one report."""

import argparse
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from runner import robot_options, sandbox_process, summary, virtualenv
from runner.cases import Case, Outcome, read_outcome
from runner.passes import Passes, exit_code
from runner.problem import INTERRUPTED, INVALID, Interrupted, ProblemError
from runner.processes import RUN_DIR, kill_leftovers
from runner.project import ROOT, command_line
from runner.results import Results
from runner.robot_options import RobotOptions

SANDBOX = "sandbox"
DEFAULT_SEED = 1
HANDED_ON = ("contract", "state", "prr", "cni")  # to the sandbox, as they are


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--environment", help="a file of variables/environments (default: sandbox)")
    parser.add_argument("--seed", type=int, help="of everything that is drawn at random")
    parser.add_argument("--processes", type=int, default=max(2, os.cpu_count() or 2), metavar="N")
    parser.add_argument("--results", type=Path, default=ROOT / "results", metavar="DIR")
    parser.add_argument(
        "--rerun-failed", action="store_true", help="only what failed; never measured cases"
    )
    sandbox = parser.add_argument_group("the sandbox that the run starts")
    sandbox.add_argument(
        "--contract", help="conforming, documented, observed-2025-10, observed-2025-12"
    )
    sandbox.add_argument("--state", help="ready, waiting, half-ready")
    sandbox.add_argument("--prr", help="pulse repetition rate in Hz")
    sandbox.add_argument("--cni", help="how NetworkPolicies are enforced")
    sandbox.add_argument("--job-life", type=_seconds, metavar="S", help="how long a job lives")
    sandbox.add_argument("--fault", action="append", default=[], metavar="ID[=VALUE]")


def run(arguments: argparse.Namespace, words: list[str]) -> int:
    """Returns robot's kind of code. Raises ProblemError before anything was executed."""
    options = robot_options.parse(words)
    plan = _plan(arguments, options)
    python = virtualenv.prepared_python(virtualenv.SANDBOX if plan.own_sandbox else virtualenv.RUN)
    _check_inputs(python, plan)
    results = Results(arguments.results.absolute())
    first = _first_verdicts(results) if arguments.rerun_failed else None
    if first is not None and not _rerunnable(first):
        print(_nothing_to_rerun(first))
        return min(len(first.with_status("FAIL")), 250)
    results.start_afresh()
    with _run_folder() as run_dir:
        return _Run(plan, python, results, options, first, run_dir).outcome()


@dataclass(frozen=True)
class Plan:
    """Which system is meant, and how this run is told to others."""

    environment: str
    own_sandbox: bool
    sandbox_options: tuple[str, ...]
    job_life: str
    seed: int
    process_count: int

    @property
    def told(self) -> list[str]:
        """The options that make another run like this one."""
        named = [] if self.environment == SANDBOX else ["--environment", self.environment]
        seed = [] if self.seed == DEFAULT_SEED else ["--seed", str(self.seed)]
        life = ["--job-life", self.job_life] if self._unusual_life else []
        return [*named, *self.sandbox_options, *seed, *life]

    @property
    def _unusual_life(self) -> bool:
        return self.own_sandbox and self.job_life != sandbox_process.RUN_JOB_LIFE

    def variables(self, run_dir: Path) -> dict[str, str]:
        base = dict(os.environ)
        if self.own_sandbox:
            base = sandbox_process.without_ambient_addresses(base)
        return {
            **base,
            "FOCUS_ENVIRONMENT": self.environment,
            "FOCUS_SEED": str(self.seed),
            "FOCUS_RUN_OPTIONS": command_line(self.told),
            RUN_DIR: str(run_dir),
            # pabot removes the temporary files of every other pabot that it finds
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(run_dir)),
        }


def _plan(arguments: argparse.Namespace, options: RobotOptions) -> Plan:
    environment = (
        arguments.environment
        or options.variable("ENVIRONMENT")
        or os.environ.get("FOCUS_ENVIRONMENT")
        or SANDBOX
    )
    given = [(name, getattr(arguments, name)) for name in HANDED_ON]
    shaped = [word for name, value in given if value for word in (f"--{name}", value)]
    shaped += [word for fault in arguments.fault for word in ("--fault", fault)]
    own_sandbox = environment == SANDBOX and not os.environ.get("FOCUS_BASE_URL")
    if (shaped or arguments.job_life) and not own_sandbox:
        raise ProblemError(
            "--contract, --state, --prr, --cni, --job-life and --fault shape the sandbox that a "
            f"run starts, but this run goes to environment '{environment}'"
            f"{' at FOCUS_BASE_URL' if environment == SANDBOX else ''}. Leave them out."
        )
    return Plan(
        environment=environment,
        own_sandbox=own_sandbox,
        sandbox_options=tuple(shaped),
        job_life=arguments.job_life or sandbox_process.RUN_JOB_LIFE,
        seed=_seed(arguments),
        process_count=arguments.processes,
    )


def _seed(arguments: argparse.Namespace) -> int:
    if arguments.seed is not None:
        return int(arguments.seed)
    text = os.environ.get("FOCUS_SEED") or str(DEFAULT_SEED)
    try:
        return int(text)
    except ValueError:
        raise ProblemError(f"FOCUS_SEED is '{text}', which is no whole number.") from None


def _seconds(text: str) -> str:
    """`1s`, `0.5`, `200ms` → the seconds as a number in text."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s)?", text)
    if not found or not float(found[1]):
        raise argparse.ArgumentTypeError(f"'{text}' is no duration: write 1s, 0.5 or 200ms")
    return str(float(found[1]) / 1000) if found[2] == "ms" else found[1]


def _check_inputs(python: Path, plan: Plan) -> None:
    """Let the engine judge settings, requirements, environment and reachability up front."""
    command = [str(python), "-m", "focus_engine.preflight", "--environment", plan.environment]
    checked = subprocess.run(
        [*command, *([] if plan.own_sandbox else ["--reach"])],
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "libraries"), "PYTHONUTF8": "1"},
        text=True,
        encoding="utf-8",
        stderr=subprocess.PIPE,
    )
    if checked.returncode != 0:
        raise ProblemError(checked.stderr.strip().removeprefix("ERROR: "))


@contextmanager
def _run_folder() -> Iterator[Path]:
    """A fresh FOCUS_RUN_DIR; at its end nothing that was started with it is left."""
    run_dir = Path(tempfile.mkdtemp(prefix="focus-run-"))
    try:
        yield run_dir
    finally:
        kill_leftovers(run_dir)
        shutil.rmtree(run_dir, ignore_errors=True)


def _first_verdicts(results: Results) -> Outcome:
    if not results.output.is_file():
        raise ProblemError(
            f"there is no {results.output} to take failed cases from. "
            "Run without --rerun-failed first."
        )
    return read_outcome([results.output])


def _rerunnable(first: Outcome) -> list[Case]:
    return [case for case in first.with_status("FAIL") if case.may_be_rerun]


def _nothing_to_rerun(first: Outcome) -> str:
    failed = len(first.with_status("FAIL"))
    if failed:
        return f"All {failed} failed cases are measured or disruptive: those are never run again."
    return "Nothing failed in the last run."


@dataclass(frozen=True)
class _Run:
    plan: Plan
    python: Path
    results: Results
    options: RobotOptions
    first: Outcome | None
    run_dir: Path

    def outcome(self) -> int:
        codes: list[int] = []
        interrupted = False
        try:
            with self._system() as env:
                self._execute(self._passes(env), codes)
        except Interrupted as stop:
            print(f"\nStopped by {stop}: keeping the results of what has run.", flush=True)
            interrupted = True
        return self._conclude(codes, interrupted=interrupted)

    @contextmanager
    def _system(self) -> Iterator[dict[str, str]]:
        env = self.plan.variables(self.run_dir)
        if not self.plan.own_sandbox:
            yield env
            return
        print("Starting the sandbox …", flush=True)
        options = [*self.plan.sandbox_options, "--seed", str(self.plan.seed)]
        try:
            with sandbox_process.running_sandbox(
                str(self.python), self.run_dir, options, self.plan.job_life
            ) as addresses:
                yield {**env, **addresses}
        finally:
            shutil.copy(self.run_dir / sandbox_process.LOG, self.results.passes)

    def _passes(self, env: dict[str, str]) -> Passes:
        chosen = ("--variable", f"ENVIRONMENT:{self.plan.environment}")
        options = replace(self.options, robot=(*self.options.robot, *chosen))
        return Passes(self.python, self.results, options, env, self.plan.process_count)

    def _execute(self, passes: Passes, codes: list[int]) -> None:
        if self.first is not None:
            failed = ["--rerunfailed", str(self.results.previous / self.results.output.name)]
            codes.append(passes.parallel(failed))
            return
        codes.append(passes.parallel())
        codes.append(passes.serial())

    def _conclude(self, codes: list[int], *, interrupted: bool) -> int:
        outputs = self.results.outputs()
        if not outputs:
            print("No case was executed: there are no results.")
            return INTERRUPTED if interrupted else max([INVALID, *codes])
        before = [] if self.first is None else [self.results.previous / self.results.output.name]
        outcome = read_outcome([*before, *outputs])
        passes = self._passes(dict(os.environ))
        failures = passes.merge([*before, *outputs], summary.header(outcome))
        if self.first is not None:
            self._keep_first_junit()
        print(summary.console(outcome, self.results, self.first))
        if not outcome.cases:
            print("No case was executed: nothing matches the chosen suites, cases and tags.")
        return exit_code(codes, failures, len(outcome.cases), interrupted=interrupted)

    def _keep_first_junit(self) -> None:
        """JUnit tells the first verdicts: a case that passes only when run again is not green."""
        shutil.copy(self.results.previous / self.results.xunit.name, self.results.xunit)
