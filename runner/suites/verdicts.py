"""Executed is compared with planned: what is said of a case that has no result of its own."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from runner import processes
from runner.cases import Case, RunResult
from runner.problem import BROKEN, INTERRUPTED, MOST_FAILED
from runner.sandbox_process import SandboxDeath
from runner.suites.passes import Part, PassEnd
from runner.suites.plan import CasePath, PlannedCase, RunPlan
from runner.system.halts import Halt

ERROR, NOT_RUN = "ERROR: not run:", "NOT RUN:"
BY_SIGNAL = "a signal from outside stopped its process"
SHOWN = 5  # names of cases in a sentence
SERVER_VERSION = "Server version"  # as FocusListener tells it


@dataclass(frozen=True)
class GivenVerdict:
    """The verdict that the runner gives a case."""

    case: PlannedCase
    status: str
    message: str


@dataclass(frozen=True)
class Verdicts:
    """What the passes left, compared with what was planned."""

    plan: RunPlan
    executed: dict[CasePath, Case]
    metadata: dict[str, str]
    remarks: tuple[str, ...]
    said: tuple[GivenVerdict, ...]
    broken: tuple[str, ...]  # sentences about what is not as it should be
    stopped: str  # the signal that stopped the run, or nothing
    halts: tuple[Halt, ...] = ()

    @property
    def outcome(self) -> RunResult:
        """All cases, each with the verdict that counts."""
        cases = dict(self.executed)
        for said in self.said:
            name = self.plan.long_name(said.case)
            known = cases.get(said.case.path)
            tags = frozenset(said.case.tags)
            new = known or Case(name, "", "", tags, path=said.case.path)
            cases[said.case.path] = replace(new, status=said.status, message=said.message)
        return RunResult({case.name: case for case in cases.values()}, self.metadata, self.remarks)

    @property
    def facts(self) -> dict[str, str]:
        """Lines for the report's header."""
        left_out = sum(said.message.startswith(NOT_RUN) for said in self.said)
        stop = f"Stopped by {self.stopped}: {left_out} cases not run"
        stopped = {"Stopped": stop} if self.stopped else {}
        halted = "; ".join(map(str, self.halts[:SHOWN]))
        if len(self.halts) > SHOWN:
            halted += f" and {len(self.halts) - SHOWN} times more"
        told = {"Halted": halted, "Tool broke": "; ".join(self.broken)}
        return stopped | {name: text for name, text in told.items() if text}


def compared(
    plan: RunPlan,
    ends: Sequence[PassEnd],
    stopped: str,
    death: SandboxDeath | None,
    halts: Sequence[Halt] = (),
    *,
    codes: bool,
) -> Verdicts:
    """`codes` says whether return codes count failures, which `--nostatusrc` prevents."""
    said: list[GivenVerdict] = []
    broken: list[str] = [] if death is None else [f"the sandbox ended early: {death.cause}"]
    executed: dict[CasePath, Case] = {}
    metadata: dict[str, str] = {}
    for end in ends:
        found = {path: case for part in end.parts for path, case in part.cases.items()}
        executed |= found
        metadata |= {name: text for part in end.parts for name, text in part.metadata.items()}
        said += _of_pass(end, found, death, plan)
        said += _halted(end, found, halts, {each.case.path for each in said})
        broken += _broken(end, found, codes=codes, stopped=bool(stopped))
    metadata |= _servers([part for end in ends for part in end.parts])
    begun = {case.path for end in ends for case in end.plan.cases}
    why = f"{NOT_RUN} stopped by {stopped}." if stopped else f"{ERROR} its pass was not started."
    status = "SKIP" if stopped else "FAIL"
    said += [GivenVerdict(case, status, why) for case in plan.cases if case.path not in begun]
    broken += _without_result(said)
    remarks = tuple({remark: None for end in ends for part in end.parts for remark in part.remarks})
    return Verdicts(
        plan, executed, metadata, remarks, tuple(said), tuple(broken), stopped, tuple(halts)
    )


def _servers(parts: Sequence[Part]) -> dict[str, str]:
    """What each process was told as it began; several answers say that the server was changed."""
    told = [part.metadata[SERVER_VERSION] for part in parts if SERVER_VERSION in part.metadata]
    versions = list(dict.fromkeys(told))
    if len(versions) < 2:  # noqa: PLR2004
        return {}
    return {SERVER_VERSION: f"{', later '.join(versions)}: not all cases judged the same server"}


def _of_pass(
    end: PassEnd, found: dict[CasePath, Case], death: SandboxDeath | None, plan: RunPlan
) -> Iterator[GivenVerdict]:
    for planned in end.plan.cases:
        case = found.get(planned.path)
        if case is None or case.was_left_out or case.was_interrupted or case.overran:
            yield _unfinished(end, planned, case, _cause(end, plan.long_name(planned)))
        elif death and _met(case, death):
            message = f"ERROR: the sandbox ended while this case ran: {death.cause}. {case.message}"
            yield GivenVerdict(planned, "FAIL", message)


def _halted(
    end: PassEnd, found: Mapping[CasePath, Case], halts: Sequence[Halt], known: Collection[CasePath]
) -> Iterator[GivenVerdict]:
    """Of the cases that are not `known` yet, those that failed while something was halted."""
    for planned in end.plan.cases:
        case = found.get(planned.path)
        if planned.path in known or case is None or case.status != "FAIL" or case.ended is None:
            continue
        began = case.ended - timedelta(seconds=case.seconds)
        halt = next((each for each in halts if each.met(began, case.ended)), None)
        if halt and not case.message.startswith("ERROR:"):
            message = f"ERROR: while this case ran, {halt}: run it again. It said: {case.message}"
            yield GivenVerdict(planned, "FAIL", message)


def _met(case: Case, death: SandboxDeath) -> bool:
    return case.status == "FAIL" and case.ended is not None and case.ended >= death.since


def _unfinished(end: PassEnd, planned: PlannedCase, case: Case | None, cause: str) -> GivenVerdict:
    if end.stopped:
        ran = " while it ran" if case is not None and case.was_interrupted else ""
        return GivenVerdict(planned, "SKIP", f"{NOT_RUN} stopped by {end.stopped}{ran}.")
    if case is not None and case.was_left_out and not cause:  # as --exitonfailure wants it
        return GivenVerdict(planned, "SKIP", f"{NOT_RUN} {case.message.removeprefix('ERROR: ')}")
    if case is not None and case.overran:
        return GivenVerdict(planned, "FAIL", f"{ERROR} {case.message}")
    return GivenVerdict(planned, "FAIL", f"{ERROR} {cause or processes.how_it_ended(None)}")


def _cause(end: PassEnd, long_name: str) -> str:
    """Why the robot that was given the case ended early; nothing when it did not."""
    if end.cause:
        return end.cause
    part = next((part for part in end.parts if part.was_given(long_name)), None)
    if part is not None:
        return _cause_of_part(part) if part.is_broken else ""
    broken = [part for part in end.parts if part.is_broken]
    if broken:
        return _cause_of_part(broken[0])
    return f"{processes.how_it_ended(end.code)}. {end.last_words}"


def _cause_of_part(part: Part) -> str:
    if part.code == INTERRUPTED:
        return BY_SIGNAL
    words = "" if part.cases or part.code is None or part.code < 0 else f". {part.last_words}"
    return processes.how_it_ended(part.code) + words


def _broken(
    end: PassEnd, found: dict[CasePath, Case], *, codes: bool, stopped: bool
) -> Iterator[str]:
    """Sentences; nothing in a stopped run, whose programs end as they can."""
    if stopped:
        return
    if end.cause:
        yield f"pass {end.name}: {end.cause}"
    times = Counter(path for part in end.parts for path in part.cases)
    twice = [path[-1] for path, count in times.items() if count > 1]
    foreign = [path[-1] for path in found.keys() - {case.path for case in end.plan.cases}]
    if twice:
        yield f"pass {end.name}: executed more than once: {_names(twice)}"
    if foreign:
        yield f"pass {end.name}: executed but not planned: {_names(foreign)}"
    for part in end.parts:
        failures = min(part.failures, MOST_FAILED)
        if codes and not part.is_broken and part.code != failures:
            yield (
                f"pass {end.name}: a process ended with code {part.code}, but {failures} of its "
                "cases failed"
            )


def _without_result(said: Sequence[GivenVerdict]) -> Iterator[str]:
    missing = [each for each in said if each.message.startswith(ERROR)]
    causes = Counter(each.message.removeprefix(ERROR).strip() for each in missing)
    for cause, count in causes.items():
        yield f"{count} cases not run: {cause}"


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(f"'{name}'" for name in sorted(names)[:SHOWN]) + more


def disagreement(expected: RunResult, outcome: RunResult) -> list[str]:
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
