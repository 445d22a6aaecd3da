"""A run in parts on many machines: which suites are whose, by how long they took."""

import argparse
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.cases import Case
from runner.problem import ProblemError, reason
from runner.suites.plan import CasePath, RunPlan
from runner.system.bounded_file import read_bounded

UNKNOWN = 1.0  # seconds for a case that never ran, where nothing is known at all


@dataclass(frozen=True)
class Shard:
    """Part `number` of `count`, counted from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def shard(text: str) -> Shard:
    """`2/4` as argparse reads it."""
    found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError(f"'{text}' is no shard: write 1/4, 2/4, 3/4 or 4/4")
    return Shard(int(found[1]), int(found[2]))


def divided(plan: RunPlan, count: int, durations: Mapping[str, float]) -> list[RunPlan]:
    """`plan` in `count` parts that take about equally long; a suite stays whole.

    The longest suite first, always to the part that has least: the same on every machine that
    knows the same plan and durations.
    """
    sizes = Counter(case.suite for case in plan.cases)
    known = [
        durations[_key(suite)] / size for suite, size in sizes.items() if _key(suite) in durations
    ]
    usual = sum(known) / len(known) if known else UNKNOWN
    seconds = {suite: durations.get(_key(suite), usual * size) for suite, size in sizes.items()}
    loads = [0.0] * count
    owner: dict[CasePath, int] = {}
    for suite in sorted(seconds, key=lambda each: (-seconds[each], each)):
        owner[suite] = min(range(count), key=lambda each: (loads[each], each))
        loads[owner[suite]] += seconds[suite]
    return [_owned(plan, owner, number) for number in range(count)]


def _owned(plan: RunPlan, owner: Mapping[CasePath, int], number: int) -> RunPlan:
    return plan.only(lambda case: owner[case.suite] == number)


def read_durations(file: Path) -> dict[str, float]:
    """Seconds by suite, none where no run has left them. Raises ProblemError for a damaged file."""
    if not file.is_file():
        return {}
    try:
        found = json.loads(read_bounded(file))
        return {str(name): _seconds(seconds) for name, seconds in found.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ProblemError(
            f"{file} is damaged ({reason(error)}). Remove it, on every machine."
        ) from error


def _seconds(value: object) -> float:
    seconds = float(str(value))
    if not 0 <= seconds < math.inf:
        raise ValueError(f"{seconds} are no seconds")
    return seconds


def write_durations(file: Path, cases: Iterable[Case]) -> None:
    """Keep how long each suite took, beside what is known of others."""
    try:
        known = read_durations(file)
    except ProblemError:
        known = {}
    took: defaultdict[str, float] = defaultdict(float)
    for case in cases:
        took[_key(case.path[:-1])] += case.seconds
    merged = {**known, **{name: round(seconds, 2) for name, seconds in took.items()}}
    try:
        file.write_text(json.dumps(merged, indent=1, sort_keys=True), encoding="utf-8")
    except OSError as error:  # the results are there, and shards are divided without it
        print(f"{file} could not be written: {reason(error)}.")


def _key(suite: CasePath) -> str:
    return ".".join(suite)
