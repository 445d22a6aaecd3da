"""`python -m reports.history`: keep the last run and write the page anew."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from focus_engine.given import CommandParser, end_quietly, write_named
from focus_engine.verdict import ToolError
from reports.history.page import history_page
from reports.history.record import read_run
from reports.history.store import History
from reports.page import told

CASES = "cases.html"
MARK = b"<title>History"  # of the page that a former call wrote
_OPTIONS = ["-t", "Focus Server tests", "-l", "False", "--offlinedependencies", "True"]


def main(arguments: list[str]) -> int:
    """0, or 252 where a file that was named cannot be read, or the folder not be written."""
    parser = CommandParser(prog="focus.py history", description=__doc__)
    parser.add_argument("outputs", nargs="*", type=Path, default=[Path("results/output.xml")])
    parser.add_argument("--folder", type=Path, default=Path("history"))
    options = parser.parse_args(arguments)
    try:
        print(_kept(options.folder, options.outputs))
    except (ValueError, ToolError) as error:
        print(f"focus.py history: {told(error)}", file=sys.stderr)
        return 252
    except (OSError, sqlite3.Error) as error:
        reason = told(error)
        print(f"focus.py history: {options.folder} cannot hold it: {reason}", file=sys.stderr)
        return 252
    return 0


def _kept(folder: Path, outputs: list[Path]) -> str:
    runs = [read_run(output) for output in outputs]
    history = History(folder / "history.sqlite")
    new = sum(history.add(run) for run in runs)
    cases = _dashboard(folder, outputs)
    where = folder / "index.html"
    write_named(where, history_page(history, cases), lambda there: MARK in there)
    return f"History: {new} of {len(runs)} runs are new. Page: {where}"


def _dashboard(folder: Path, outputs: list[Path]) -> str | None:
    """robotframework-dashboard's page about single cases, where that is installed; its address."""
    program = shutil.which("robotdashboard", path=str(Path(sys.executable).parent))
    if program is None:
        print("The page about single cases needs robotframework-dashboard, which is not installed.")
        return None
    named = [word for output in outputs for word in ("-o", os.path.realpath(output))]
    done = subprocess.run(
        [program, *named, "-d", "cases.db", "-n", CASES, *_OPTIONS],
        cwd=folder,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode or not (folder / CASES).is_file():
        print(f"robotframework-dashboard wrote no page: {done.stdout.strip()[-500:]}")
        return None
    return CASES


if __name__ == "__main__":
    end_quietly()
    sys.exit(main(sys.argv[1:]))
