"""What a run tells at its end, on the console and in the report's header."""

from collections.abc import Iterator

from runner.cases import NOT_CHECKED, Case, RunResult
from runner.grouping import groups_of, lines_of
from runner.suites.results import Results

NOT_READ = "Not read"  # variables that are set and change nothing
REMARKS = "Robot's errors and warnings"
FACTS = ("Environment", "Run options", "Server version", "Seed", "Commit", NOT_READ)


def skips_by_kind(outcome: RunResult) -> str:
    """`UNDETERMINED 2, NEEDS INPUT 1`, or `none`."""
    return ", ".join(f"{kind} {n}" for kind, n in sorted(outcome.skips.items())) or "none"


def header(outcome: RunResult) -> dict[str, str]:
    """The metadata of the report's header."""
    known = {name: outcome.metadata[name] for name in FACTS if name in outcome.metadata}
    notes = outcome.no_longer_reproduces
    reproduced = {"No longer reproduces": "; ".join(notes)} if notes else {}
    lists = {title: _as_list(lines) for title, lines in parts(outcome).items()}
    return {
        **known,
        "Cases": outcome.subjects,
        "Skipped": skips_by_kind(outcome),
        **lists,
        **reproduced,
    }


def console(outcome: RunResult, results: Results, first: RunResult | None) -> str:
    """The closing lines of a run; `first` holds the verdicts that a rerun replaced."""
    changed = [] if first is None else _changed(first, outcome)
    lines = [*_failures(outcome), "", *changed, *counts(outcome), *_grouped(outcome)]
    return "\n".join([*lines, *facts(outcome), *_paths(results)])


def parts(outcome: RunResult) -> dict[str, list[str]]:
    """What a reader must know beside the counts, by title; nothing is left out silently."""
    found = {
        "Failures by cause": lines_of(groups_of(outcome.messages("FAIL"))),
        "Skips by reason": lines_of(groups_of(outcome.messages("SKIP"))),
        NOT_CHECKED: lines_of(groups_of(outcome.unchecked)),
        REMARKS: list(outcome.remarks),
    }
    return {title: lines for title, lines in found.items() if lines}


def _grouped(outcome: RunResult) -> Iterator[str]:
    for title, lines in parts(outcome).items():
        yield f"{title.lower() if title != REMARKS else title}:"
        yield from (f"  {line}" for line in lines)


def _as_list(lines: list[str]) -> str:
    """As Robot shows a list in the header of its report."""
    return "\n".join(f"- {line}" for line in lines)


def _changed(first: RunResult, outcome: RunResult) -> Iterator[str]:
    for name, case in outcome.cases.items():
        before = first.cases[name].status if name in first.cases else "not executed"
        if before != case.status:
            yield f"run again: {name} was {before}, is {case.status}"


def _failures(outcome: RunResult) -> Iterator[str]:
    for case in outcome.with_status("FAIL"):
        yield from ("", f"FAIL  {case.name}", *_indented(case))


def _indented(case: Case) -> Iterator[str]:
    for line in case.message.splitlines():
        yield f"      {line}"
    if case.place:
        yield f"      row:   {case.place}"
    if "Rerun" in case.metadata:
        yield f"      again: {case.metadata['Rerun']}"


def counts(outcome: RunResult) -> Iterator[str]:
    """How many cases passed, failed and were skipped, and why."""
    passed, failed, skipped = (len(outcome.with_status(s)) for s in ("PASS", "FAIL", "SKIP"))
    yield f"{len(outcome.cases)} cases: {passed} passed, {failed} failed, {skipped} skipped"
    yield f"cases by subject: {outcome.subjects}"
    if skipped:
        yield f"skipped by reason: {skips_by_kind(outcome)}"
    for note in outcome.no_longer_reproduces:
        yield f"known bug: {note}"
    for form, count in sorted(outcome.conversions.items()):
        yield f"read as meant: {form}, in {count} cases (judged by Answer Forms)"


def facts(outcome: RunResult) -> Iterator[str]:
    """Where the run was, with what, and against which version."""
    known = [name for name in FACTS if name in outcome.metadata]
    for name in known:
        yield f"{name + ':':<16}{outcome.metadata[name]}"


def _paths(results: Results) -> Iterator[str]:
    files = {
        "Log:": results.log,
        "Report:": results.report,
        "Output:": results.output,
        "JUnit:": results.xunit,
    }
    for title, path in files.items():
        if path.is_file():
            yield f"{title:<16}{path}"
