"""The whole proof as a page and as CSV: phase 1 case by fault, later phases as declared."""

import csv
from dataclasses import dataclass
from html import escape
from pathlib import Path

from proof import shown
from proof.declarations import Declarations
from proof.jobs import every_job
from proof.judge import bystander_trouble, is_verdict, killed_rows, unproven
from proof.runs import Case, Outcome, all_cases
from proof.workers import run_jobs

CLEAN = "no fault"
MARKS = {"PASS": "·", "FAIL": "X", "SKIP": "s"}
STYLE = """
body { font: 14px system-ui, sans-serif; margin: 2em; }
table { border-collapse: collapse; }
th, td { border: 1px solid #ccc; padding: 2px 6px; text-align: center; }
th.case, td.case { text-align: left; white-space: nowrap; position: sticky; left: 0;
  background: #fff; }
th.fault { writing-mode: vertical-rl; font-weight: normal; }
.X { background: #c0392b; color: #fff; } .E { background: #e67e22; } .s { color: #888; }
.bad { color: #c0392b; font-weight: bold; } .good { color: #1e8449; font-weight: bold; }
"""


@dataclass(frozen=True)
class Matrix:
    """Outcomes by fault (`CLEAN` for none), the rows it killed, and what is wrong with them."""

    cases: list[Case]
    outcomes: dict[str, dict[Case, Outcome]]
    killed: dict[str, set[Case]]
    findings: list[str]


def prove(declared: Declarations) -> Matrix:
    """Run the cases with the faults; progress on the console."""
    cases = all_cases()
    jobs = [job for fault in declared.faults.values() for job in every_job(declared, fault, cases)]
    outcomes: dict[str, dict[Case, Outcome]] = {}
    for number, ((fault, _), seen) in enumerate(run_jobs([(None, None), *jobs]), start=1):
        name = CLEAN if fault is None else fault.name
        outcomes[name] = {outcome.case: outcome for outcome in seen} | outcomes.get(name, {})
        red = sum(outcome.status == "FAIL" for outcome in seen)
        print(f"[{number}/{len(jobs) + 1}] {name}: {red} of {len(seen)} cases red", flush=True)
    killed = {
        name: killed_rows(declared, fault, outcomes[name].values())
        for name, fault in declared.faults.items()
    }
    return Matrix(cases, outcomes, killed, _findings(declared, cases, outcomes, killed))


def _findings(
    declared: Declarations,
    cases: list[Case],
    outcomes: dict[str, dict[Case, Outcome]],
    killed: dict[str, set[Case]],
) -> list[str]:
    findings = [
        f"{outcome.case} is red without a fault: {outcome.message}"
        for outcome in outcomes[CLEAN].values()
        if outcome.status == "FAIL"
    ]
    for name, fault in declared.faults.items():
        if not killed[name]:
            findings.append(f"{name} is killed by no case.")
        if trouble := bystander_trouble(fault, outcomes[name].values()):
            findings.append(trouble)
    return findings + unproven(declared, cases, set().union(*killed.values()))


def write(matrix: Matrix, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shown.write(matrix.killed, folder / "shown.json")
    with (folder / "matrix.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["table", "case", *matrix.outcomes])
        for case in matrix.cases:
            marks = [_mark(seen.get(case)) for seen in matrix.outcomes.values()]
            writer.writerow([case.table, case.row, *marks])
    (folder / "index.html").write_text(_page(matrix), encoding="utf-8")


def _page(matrix: Matrix) -> str:
    verdict = (
        f"<p class='bad'>{len(matrix.findings)} findings</p><ul>"
        + "".join(f"<li>{escape(finding)}</li>" for finding in matrix.findings)
        + "</ul>"
        if matrix.findings
        else "<p class='good'>Every case is killed by a fault, every fault by a case, "
        "and nothing is red without one.</p>"
    )
    heads = "".join(f"<th class='fault'>{escape(name)}</th>" for name in matrix.outcomes)
    rows = "".join(_row(matrix, case) for case in matrix.cases)
    return (
        f"<!doctype html><meta charset='utf-8'><title>Proof</title><style>{STYLE}</style>"
        f"<h1>Proof: {len(matrix.cases)} cases, {len(matrix.outcomes) - 1} faults</h1>"
        f"{verdict}<p>X the case fails, · it passes, s it is skipped, "
        "E the tool broke (never counts as a kill), empty: not run with this fault. Each case of "
        "phase 1 meets each fault of phase 1; the others run as declared, with a bystander.</p>"
        f"<table><tr><th class='case'>case</th>{heads}</tr>{rows}</table>"
    )


def _row(matrix: Matrix, case: Case) -> str:
    cells = []
    for name, seen in matrix.outcomes.items():
        outcome = seen.get(case)
        mark = _mark(outcome)
        title = escape(f"{name}: {outcome.message if outcome else 'not run'}", quote=True)
        cells.append(f"<td class='{mark}' title='{title}'>{mark}</td>")
    return f"<tr><td class='case'>{escape(str(case))}</td>{''.join(cells)}</tr>"


def _mark(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    if outcome.status == "FAIL" and not is_verdict(outcome):
        return "E"
    return MARKS[outcome.status]
