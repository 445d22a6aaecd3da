"""`python -m reports.tickets`: ticket → verdict of the last run, and what is open."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from focus_engine.declared.tickets import read_tickets
from focus_engine.given import CommandParser, end_quietly, write_named
from focus_engine.masking import printable
from focus_engine.verdict import ToolError
from reports.history.record import Run, read_run
from reports.page import told
from reports.tickets import marked, plan, red
from reports.tickets.verdicts import TicketResult, Told, by_name, tell, written_cases
from reports.tickets.xray import Flavour, document, is_document

INVALID = 252


def main(arguments: list[str]) -> int:
    """0, or 252 where a file that was named cannot be read or written."""
    options = _parser().parse_args(arguments)
    try:
        run = read_run(options.output) if options.output.is_file() else None
        _tell(options, run)
    except (ValueError, ToolError, OSError) as error:
        print(f"focus.py tickets: {told(error)}", file=sys.stderr)
        return INVALID
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(prog="focus.py tickets", description=__doc__)
    parser.add_argument("output", nargs="?", type=Path, default=Path("results/output.xml"))
    made = parser.add_mutually_exclusive_group()
    made.add_argument("--xray", type=Path, metavar="FILE")
    parser.add_argument("--flavour", type=Flavour, choices=list(Flavour), default=Flavour.SERVER)
    made.add_argument("--plan", nargs="?", type=Path, const=Path("-"), metavar="FILE")
    made.add_argument("--red", nargs="?", type=Path, const=Path("-"), metavar="FILE")
    return parser


def _tell(options: argparse.Namespace, run: Run | None) -> None:
    written = written_cases()
    if options.plan:
        seen = by_name(run) if run else {}
        _put(options.plan, plan.NAME, plan.table(plan.read_plan(), written, seen))
        return
    if options.red:
        before = "" if options.red == Path("-") else marked.read(options.red, red.NAME)
        _put(options.red, red.NAME, red.table(_there(run, options.output), before))
        return
    tickets = read_tickets()
    each = tell(tickets, list(written), run)
    if options.xray:
        results = document(tickets, each, _there(run, options.output), options.flavour)
        write_named(options.xray, json.dumps(results, indent=2) + "\n", is_document)
        print(f"{len(results['tests'])} results for Xray ({options.flavour}): {options.xray}")
        return
    print(printable(_listed(each, run)))


def _listed(each: Sequence[Told], run: Run | None) -> str:
    said = f"Run of {run.started} on {run.environment}" if run else "Nothing has been run"
    counts = Counter(one.fate for one in each)
    total = ", ".join(f"{fate} {counts[fate]}" for fate in TicketResult if counts[fate])
    return "\n".join([f"{said}: {len(each)} tickets.", *map(str, each), total])


def _there(run: Run | None, output: Path) -> Run:
    if run is None:
        raise ValueError(f"there is no {output}: run the suites first.")
    return run


def _put(file: Path, name: str, made: str) -> None:
    if file == Path("-"):
        print(printable(made), end="")
    else:
        marked.put(file, name, made)
        print(f"The table of the {name} is written into {file}.")


if __name__ == "__main__":
    end_quietly()
    sys.exit(main(sys.argv[1:]))
