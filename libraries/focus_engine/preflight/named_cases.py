"""Cases that the data files name: each must be there, else an entry says nothing of any case."""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from pydantic import BaseModel

from focus_engine.contract.endpoints.coverage import ENDPOINTS, known_endpoints
from focus_engine.datafile import read_large_json
from focus_engine.declared.known_bugs import KNOWN_BUGS, is_named, read_known_bugs
from focus_engine.verdict import ToolError

PZ_PHASE = "Pz Regression"


class _Case(BaseModel):
    path: list[str]  # names of the suites below the root, and its own
    place: str  # file:line


class _Plan(BaseModel):
    root: str
    cases: list[_Case]
    every: list[_Case]


def require_cases(plan: Path) -> None:
    """Raises ToolError for names in known_bugs.yaml and endpoints.yaml that no case of `plan` has.

    `plan` is what `focus_runs.plan` wrote; where it knows only some of the suites, nothing is said.
    """
    read = read_large_json(plan, _Plan)
    unmet = [*_unmet(read.root, read.every)] if read.every else []
    if unmet:
        advice = "but there is no such case. Correct the name or take it out."
        raise ToolError("\n".join(f"{each}, {advice}" for each in unmet))


def judges_pz(plan: Path) -> bool:
    """Whether `plan` selects a case that judges PZ, by its profile."""
    return any(case.path[0] == PZ_PHASE for case in read_large_json(plan, _Plan).cases)


def _unmet(root: str, cases: Sequence[_Case]) -> Iterator[str]:
    names = [".".join([root, *case.path]) for case in cases]
    for bug in read_known_bugs().bugs:
        for pattern in bug.cases:
            if not any(is_named(name, pattern) for name in names):
                yield f"{KNOWN_BUGS}: {bug.ticket} names the case '{pattern}'"
    known = {f"{_file_of(case)} / {case.path[-1]}" for case in cases}
    for endpoint, coverage in known_endpoints().items():
        if coverage.case is not None and coverage.case not in known:
            yield f"{ENDPOINTS}: {endpoint} names the case '{coverage.case}'"


def _file_of(case: _Case) -> str:
    return PurePosixPath(case.place.rpartition(":")[0]).stem
