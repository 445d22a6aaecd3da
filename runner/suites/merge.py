"""`focus.py merge DIR…`: one report of the shards of a run and of its `--exclusive` part."""

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runner import ci, summary, virtualenv
from runner.cases import RunResult, read_outcome
from runner.problem import BrokenToolError, ProblemError
from runner.suites import plan as plans
from runner.suites import record as records
from runner.suites import shards
from runner.suites.plan import CasePath, PlannedCase, RunPlan
from runner.suites.record import RunRecord
from runner.suites.report import RunReport
from runner.suites.request import add_results
from runner.suites.results import DURATIONS, Results
from runner.suites.shards import Shard
from runner.suites.verdicts import ERROR, GivenVerdict, exit_code


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="results of a part")
    add_results(parser)


@dataclass(frozen=True)
class RunnerPart:
    """What one runner left in its folder of results."""

    folder: Path
    record: RunRecord
    shard: Shard | None  # None: all, or what must be alone
    plan: RunPlan
    mine: set[CasePath]
    outcome: RunResult

    @property
    def name(self) -> str:
        return f"--shard {self.shard}" if self.shard else f"--{records.EXCLUSIVE}"

    @property
    def executed(self) -> set[CasePath]:
        return {case.path for case in self.outcome.cases.values()}


def run(arguments: argparse.Namespace, _words: list[str]) -> int:
    """As `run` would: how many failed, or 255 where something is missing."""
    results = Results(arguments.results.absolute())
    results.require_usable()
    parts = [_part(folder.absolute()) for folder in arguments.folders]
    plan = _common_plan(parts)
    python = virtualenv.prepared_python(virtualenv.RUN)
    said = [*_missing(plan, parts)]
    broken = sorted({each.message.removeprefix(ERROR).strip() for each in said})
    cases = {name: case for part in parts for name, case in part.outcome.cases.items()}
    facts = _told(parts)
    known = parts[0].outcome.metadata | facts
    remarks = tuple({remark: None for part in parts for remark in part.outcome.remarks})
    metadata = {
        **summary.header(RunResult(cases, known, remarks)),
        **facts,
        **_trouble(broken),
    }
    told = [*facts.values(), *broken]
    with results.of_this_run() as own:
        outputs = [part.folder / "output.xml" for part in parts]
        trouble = RunReport(plan.root, outputs, said, metadata).write(python, os.environ, own)
        if trouble:
            raise BrokenToolError(trouble)
        replace(parts[0].record, executed=records.ALL).write(own.record)
        plans.write(own.plan, plan, plan)
        outcome = read_outcome([own.output])
        page = ci.markdown(outcome, told)
        ci.keep(page, own.folder)
        results.publish(own)
    ci.tell(outcome, page)
    shards.write_durations(results.folder / DURATIONS, cases.values())
    print(summary.console(outcome, results, None))
    for line in told:
        print(line)
    broken += [facts[name] for name in ("Tool broke",) if name in facts]
    return exit_code(outcome, broken, stopped="Stopped" in facts)


def _part(folder: Path) -> RunnerPart:
    results = Results(folder)
    try:
        record = records.read(results.record)
        plan, mine = plans.read(results.plan)
        outcome = read_outcome([results.output])
        _require_own(outcome, mine)
        return RunnerPart(folder, record, _shard(record), plan, mine, outcome)
    except ProblemError as problem:
        raise ProblemError(
            f"{folder} holds no whole results of `run --shard` or `run --exclusive`: {problem} "
            "Run that part again."
        ) from problem


def _require_own(outcome: RunResult, mine: set[CasePath]) -> None:
    strange = [case.name for case in outcome.cases.values() if case.path not in mine]
    if strange:
        raise ProblemError(
            f"{len(strange)} cases of it were not this part's to run, such as '{strange[0]}'."
        )


def _shard(record: RunRecord) -> Shard | None:
    if record.executed in (records.ALL, records.EXCLUSIVE):
        return None
    try:
        return shards.shard(str(record.executed))
    except argparse.ArgumentTypeError as error:
        raise ProblemError(f"its record is damaged: {error}.") from error


def _common_plan(parts: Sequence[RunnerPart]) -> RunPlan:
    """The plan of all parts. Raises ProblemError where they are not parts of one run."""
    first = parts[0]
    count = next((part.shard.count for part in parts if part.shard), 0)
    for part in parts:
        if part.record.executed == records.ALL:
            raise ProblemError(f"{part.folder} holds a whole run, which is no part of another.")
        if _experiment(part, count) != _experiment(first, count):
            raise ProblemError(
                f"{first.folder} and {part.folder} are not parts of one run: their suites, "
                "systems, options or numbers of shards differ "
                f"({_command(first)} and {_command(part)})."
            )
    for name, count in Counter(part.name for part in parts).items():
        if count > 1:
            twice = [str(part.folder) for part in parts if part.name == name]
            raise ProblemError(f"{' and '.join(twice)} both hold {name}. Name one of them.")
    owners = Counter(path for part in parts for path in part.mine)
    if any(count > 1 for count in owners.values()):
        raise ProblemError(
            "the shards overlap: they were divided by different durations. Give every runner the "
            f"same {DURATIONS}, or none."
        )
    return first.plan


def _experiment(part: RunnerPart, count: int) -> tuple[object, ...]:
    """What parts of one run have in common; `count` is of the shards where this is none."""
    count = part.shard.count if part.shard else count
    record = part.record
    return record.target, record.robot, record.pabot, part.plan, count


def _command(part: RunnerPart) -> str:
    return " ".join(["run", *part.record.target.told, part.name, "--", *part.record.robot])


def _missing(plan: RunPlan, parts: Sequence[RunnerPart]) -> Iterator[GivenVerdict]:
    done = {path for part in parts for path in part.executed}
    owners = {path: part for part in parts for path in part.mine}
    absent = _absent_shards(parts)
    for case in plan.cases:
        if case.path not in done:
            why = _why(case, absent, owners.get(case.path))
            yield GivenVerdict(case, "FAIL", f"{ERROR} {why}.")


def _absent_shards(parts: Sequence[RunnerPart]) -> list[str]:
    found = [part.shard for part in parts if part.shard]
    if not found:
        return ["every shard"]
    count = found[0].count
    every = (Shard(number, count) for number in range(1, count + 1))
    return [f"shard {shard}" for shard in every if shard not in found]


def _why(case: PlannedCase, absent: Sequence[str], owner: RunnerPart | None) -> str:
    if owner:
        return f"the results of {owner.name} in {owner.folder} are without it"
    if case.is_exclusive:
        return "the results of `run --exclusive` are missing"
    if not absent:
        return "no shard had it, so they were divided by different durations"
    return f"the results of {' and '.join(absent)} are missing"


def _told(parts: Sequence[RunnerPart]) -> dict[str, str]:
    """What the parts said of being stopped or broken."""
    facts = {
        name: [f"{part.name}: {part.outcome.metadata[name]}" for part in each]
        for name in ("Stopped", "Tool broke", "Halted")
        if (each := [part for part in parts if name in part.outcome.metadata])
    }
    return {name: "; ".join(said) for name, said in facts.items()}


def _trouble(broken: Sequence[str]) -> dict[str, str]:
    return {"Missing": "; ".join(broken)} if broken else {}
