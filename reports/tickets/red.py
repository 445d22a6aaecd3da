"""The table of red cases: contract of the sandbox → those of tickets, and those of none."""

import re
from collections import Counter

from reports.history.record import CaseVerdict, Run

NAME = "red cases"
HEAD = ("Contract", "Cases", "Red", "By tickets", "By no ticket")
_CONTRACT = re.compile(r"--contract[ =](\S+)")


def table(run: Run, before: str) -> str:
    """The lines of `before`, with the line of this run's contract made anew."""
    mine = _line(run)
    others = [line for line in before.splitlines() if line.strip() and not _is_head(line)]
    lines = {_contract_of(line): line for line in [*others, mine]}
    head = [_cells(*HEAD), _cells(*("---" for _ in HEAD))]
    return "".join(f"{line}\n" for line in [*head, *(lines[key] for key in sorted(lines))])


def _line(run: Run) -> str:
    red = [one for one in run.verdicts if one.status == "FAIL"]
    of_tickets = [one for one in red if one.tickets]
    others = [".".join(one.case.split(".")[-2:]) for one in red if not one.tickets]
    return _cells(
        _contract(run),
        len(run.verdicts),
        len(red),
        _by_suite(of_tickets),
        ", ".join(others) or "none",
    )


def _by_suite(red: list[CaseVerdict]) -> str:
    counts = Counter(one.case.split(".")[-2] for one in red)
    return ", ".join(f"{suite} {count}" for suite, count in counts.items()) or "none"


def _contract(run: Run) -> str:
    chosen = _CONTRACT.search(run.options)
    return chosen[1] if chosen else ("conforming" if run.environment == "sandbox" else "none")


def _cells(*cells: object) -> str:
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _is_head(line: str) -> bool:
    return _contract_of(line) in {HEAD[0], "---"}


def _contract_of(line: str) -> str:
    return line.split("|")[1].strip() if line.count("|") > 1 else line
