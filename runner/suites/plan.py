"""The cases that a run must execute, known before anything is executed."""

import itertools
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from runner import processes
from runner.problem import INVALID, BrokenToolError, ProblemError, reason
from runner.project import ROOT
from runner.suites.target import kept
from runner.system.bounded_file import read_bounded

EXCLUSIVE = "exclusive"  # the tag of what must be alone: pass 2
MEASURING = {"latency", "load"}
DISRUPTIVE = "disruptive"  # of what is alone because it disturbs its system: pass 3, on sandboxes
FILE = "plan.json"  # what focus_runs.plan writes
SUITES = "robot"  # every pass starts here, else their trees cannot be merged

OURS = str(ROOT / "libraries")

SELECTING = {"-s", "--suite", "-t", "--test", "--task", "-i", "--include"}  # options of robot

CasePath = tuple[str, ...]  # names of suites below the root, and of the case


@dataclass(frozen=True)
class PlannedCase:
    """One row that must have a result; `place` is its file and line."""

    path: CasePath
    tags: tuple[str, ...]
    place: str

    @property
    def is_exclusive(self) -> bool:
        return EXCLUSIVE in self.tags

    @property
    def only_disrupts(self) -> bool:
        """Whether it disturbs its system alone, and is not disturbed by what the machine does."""
        return DISRUPTIVE in self.tags and not MEASURING & {*self.tags}

    @property
    def suite(self) -> CasePath:
        return self.path[:-1]


@dataclass(frozen=True)
class RunPlan:
    """All cases of a run in their order, and the name of the suite above them."""

    root: str
    cases: tuple[PlannedCase, ...]
    meant: str = ""  # sentences about what was perhaps meant, where nothing matches

    def only(self, wanted: Callable[[PlannedCase], bool]) -> "RunPlan":
        return replace(self, cases=tuple(filter(wanted, self.cases)))

    def long_name(self, case: PlannedCase) -> str:
        return ".".join([self.root, *case.path])

    def as_record(self) -> dict[str, Any]:
        """Itself as JSON has it."""
        return {"root": self.root, "cases": [asdict(case) for case in self.cases]}


def from_record(record: Mapping[str, Any]) -> RunPlan:
    """What `as_record` gave. Raises LookupError, ValueError or TypeError for anything else."""
    cases = [
        PlannedCase(_path(each), tuple(kept(each, "tags", list)), kept(each, "place", str))
        for each in record["cases"]
    ]
    return RunPlan(kept(record, "root", str), tuple(cases))


def _path(case: object) -> CasePath:
    path = tuple(kept(case, "path", list))
    if not path:
        raise ValueError("key 'path' is empty")
    return path


def write(file: Path, everything: RunPlan, mine: RunPlan) -> None:
    """Keep all cases that match, and which of them this run had to execute."""
    record = {**everything.as_record(), "mine": [case.path for case in mine.cases]}
    file.write_text(json.dumps(record), encoding="utf-8")


def read(file: Path) -> tuple[RunPlan, set[CasePath]]:
    """What `write` kept. Raises ProblemError for anything else."""
    try:
        record = json.loads(read_bounded(file))
        plan = from_record(record)
        return plan, _mine(record["mine"], plan)
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise ProblemError(f"{file} is missing or damaged ({reason(error)}).") from error


def _mine(paths: object, plan: RunPlan) -> set[CasePath]:
    if not isinstance(paths, list):
        raise TypeError("key 'mine' is not a list")
    mine = {_path({"path": path}) for path in paths}
    if strange := mine - {case.path for case in plan.cases}:
        raise ValueError(f"it does not hold its own {'.'.join(strange.pop())}")
    return mine


def made(
    python: Path, words: Sequence[str], env: Mapping[str, str], folder: Path, *, given: str
) -> RunPlan:
    """What robot would execute when it was called with `words`; `given` says whose words they are.

    Raises ProblemError for options that robot refuses, for two cases of one name and for files of
    which robot would leave something out; BrokenToolError where robot itself cannot be started.
    """
    file = folder / FILE
    command = [str(python), "-m", "focus_runs.plan", str(file), *words, str(ROOT / SUITES)]
    done = processes.finished(command, env)
    if done.returncode or not file.is_file():
        raise _no_plan(done, given)
    record = json.loads(file.read_text(encoding="utf-8"))
    unusable = [*record["unusable"], *_refused_lines(done.stdout)]
    if unusable:
        listed = "\n".join(f"  {each}" for each in unusable)
        raise ProblemError(f"robot would go on in spite of what is wrong here:\n{listed}")
    if record["duplicates"]:
        raise ProblemError(_duplicates(record["duplicates"]))
    plan = from_record(record)
    return plan if plan.cases else replace(plan, meant=_nearest(words, record["every"]))


def _nearest(words: Sequence[str], every: Iterable[Mapping[str, Any]]) -> str:
    """What was perhaps meant by the suites, cases and tags that robot was told in `words`."""
    known: dict[str, str] = {}
    for case in every:
        known |= {_plain(name): name for name in (*case["path"], *case["tags"])}
    said = ""
    for word, following in itertools.pairwise([*words, ""]):
        option, _, value = word.partition("=")
        text = (value or following).rpartition(".")[2] if option in SELECTING else ""
        near = [] if _plain(text) in known else get_close_matches(_plain(text), known, 1)
        said += f" Is '{known[near[0]]}' meant by '{text}'?" if near else ""
    return said


def _plain(name: str) -> str:
    """A name as robot compares it."""
    return re.sub(r"[ _]", "", name).lower()


def _refused_lines(said: str) -> list[str]:
    """What robot said of lines that it leaves out, such as a setting that it does not know."""
    found = re.findall(r"^\[ ERROR \] Error in file '(.*)' on line (\d+): (.*)", said, re.MULTILINE)
    root = f"{ROOT}{os.sep}"
    return [f"{file.removeprefix(root)}:{line}: {what}" for file, line, what in found]


def _no_plan(done: "subprocess.CompletedProcess[str]", given: str) -> ProblemError:
    if done.returncode == INVALID:
        said = done.stdout.strip().removeprefix("[ ERROR ] ").split("\n\nTry --help")[0]
        if OURS in said and any(f" failed: {each}" in said for each in processes.UNIMPORTABLE):
            return BrokenToolError(processes.last_words(said.rpartition(" failed: ")[2]))
        ours = re.search(rf"'{re.escape(OURS)}.* failed: ERROR: (.*)", said, re.DOTALL)
        return ProblemError(ours[1] if ours else f"robot refuses {given}: {said}")
    return BrokenToolError(
        f"Robot Framework cannot list the cases: {processes.how_it_ended(done.returncode)}. "
        f"{processes.last_words(done.stdout)}"
    )


def _duplicates(found: Mapping[str, Sequence[str]]) -> str:
    named = "\n".join(f"  '{name}': {' and '.join(places)}" for name, places in found.items())
    return (
        f"two cases have the same name, so the result of one would hide the other's:\n{named}\n"
        "Give each row of a file a name of its own (capitals, spaces and _ do not count)."
    )
