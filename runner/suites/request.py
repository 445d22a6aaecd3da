"""What `focus.py run` is asked for: a system, options, a part, perhaps the failures of a run."""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from runner.cases import Case, RunResult, read_outcome
from runner.problem import ProblemError
from runner.project import ROOT
from runner.suites import plan as plans
from runner.suites import record as records
from runner.suites import shards
from runner.suites import target as targets
from runner.suites.passes import SHARED, environment
from runner.suites.plan import RunPlan
from runner.suites.record import RunRecord
from runner.suites.results import DURATIONS, Results
from runner.suites.robot_options import RobotOptions
from runner.suites.shards import Shard
from runner.suites.target import RunTarget
from runner.system.place import unwritable

MOST_PROCESSES = 100  # more than any machine has use for
MOST_SANDBOXES = 3  # of the disruptive pass: its outages wait more than they compute
SHARD = "FOCUS_SHARD"  # by which the engine divides the job budget of a system
NOTHING = "No case was executed: nothing matches the chosen suites, cases and tags."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    targets.add_arguments(parser)
    parser.add_argument(
        "--processes",
        type=_count,
        default=2 * (os.cpu_count() or 1),
        metavar="N",
        help="of the parallel pass, whose cases wait about as long as they compute (default: "
        "two for each core)",
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
    if odd := unwritable(text):
        raise argparse.ArgumentTypeError(f"it has {odd} in its name")
    try:
        return Path(text).expanduser()  # in quotes, the shell left it as it is
    except RuntimeError as error:
        raise argparse.ArgumentTypeError(f"there is no home of {text.partition('/')[0]}") from error


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_PROCESSES:
        raise argparse.ArgumentTypeError(
            f"'{text[:20]}' is no number of processes: write 1 to {MOST_PROCESSES}"
        )
    return int(text)


@dataclass(frozen=True)
class FirstRun:
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

    def overlaid(self, outcome: RunResult) -> RunResult:
        """Itself under `outcome`; what is skipped when run again stays as it was."""
        again = {name: case for name, case in outcome.cases.items() if case.status != "SKIP"}
        metadata = {**self.outcome.metadata, **outcome.metadata}
        remarks = tuple(dict.fromkeys([*self.outcome.remarks, *outcome.remarks]))
        return RunResult({**self.outcome.cases, **again}, metadata, remarks)


@dataclass(frozen=True)
class RunRequest:
    """What the caller asks for."""

    target: RunTarget
    options: RobotOptions
    process_count: int
    shard: Shard | None
    exclusive: bool
    first: FirstRun | None

    @property
    def executed(self) -> str:
        if self.shard:
            return str(self.shard)
        return records.EXCLUSIVE if self.exclusive else records.ALL

    def sandboxes_for(self, disruptive: RunPlan) -> int:
        """On how many sandboxes these cases can run side by side; elsewhere each must be alone."""
        if not self.target.own_sandbox or self.options.has("dryrun"):
            return 1
        return min(
            MOST_SANDBOXES, self.process_count, len({each.suite for each in disruptive.cases})
        )

    @property
    def environment_variable(self) -> tuple[str, str]:
        """The option of robot that names the environment."""
        return ("--variable", f"ENVIRONMENT:{self.target.environment}")

    def variables(self, run_dir: Path) -> dict[str, str]:
        """The environment of all that the run starts."""
        divides = self.shard is not None and not self.target.own_sandbox
        return self.target.variables(run_dir) | ({SHARD: str(self.shard)} if divides else {})


def run_request(
    arguments: argparse.Namespace, options: RobotOptions, first: FirstRun | None
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


def first_run(results: Results, arguments: argparse.Namespace, options: RobotOptions) -> FirstRun:
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
    return FirstRun(record, outcome, results.output.read_bytes(), xunit)


@dataclass(frozen=True)
class Planned:
    """All cases that match, and those of this run by pass."""

    all: RunPlan
    parallel: RunPlan
    serial: RunPlan
    disruptive: RunPlan
    sandboxes: int = 1  # of the disruptive pass

    @property
    def mine(self) -> RunPlan:
        passes = (self.parallel, self.serial, self.disruptive)
        return replace(self.all, cases=tuple(case for each in passes for case in each.cases))


def matching(python: Path, request: RunRequest, env: Mapping[str, str], run_dir: Path) -> RunPlan:
    """All cases that robot's options, or the failures of the first run, select."""
    chosen = [*request.options.robot]
    if request.first is not None:
        output = run_dir / "first.xml"
        output.write_bytes(request.first.output)
        chosen = [*request.options.unselective, "--rerunfailed", str(output)]
    words = [*SHARED[:3], *chosen, *request.environment_variable]
    given = "what stands after --" if request.options.robot else "to list the cases"
    everything = plans.made(python, words, environment(python, env), run_dir, given=given)
    if request.first is not None:
        again = {case.name for case in request.first.rerunnable}
        everything = everything.only(lambda case: everything.long_name(case) in again)
    return everything


def planned(everything: RunPlan, request: RunRequest, results: Results) -> Planned:
    if not everything.cases:
        raise ProblemError(f"{NOTHING}{everything.meant}")
    parallel = everything.only(lambda case: not case.is_exclusive)
    serial = everything.only(lambda case: case.is_exclusive)
    nothing = disruptive = replace(everything, cases=())
    if request.shard:
        durations = shards.read_durations(results.folder / DURATIONS)
        parts = shards.divided(parallel, request.shard.count, durations)
        return Planned(everything, parts[request.shard.number - 1], nothing, nothing)
    alone = {case.suite for case in serial.cases if not case.only_disrupts}
    apart = serial.only(lambda case: case.suite not in alone)
    sandboxes = request.sandboxes_for(apart)
    if sandboxes > 1:
        serial, disruptive = serial.only(lambda case: case.suite in alone), apart
    first = nothing if request.exclusive else parallel
    return Planned(everything, first, serial, disruptive, sandboxes)
