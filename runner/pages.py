"""`focus.py docs`, `history` and `tickets`: pages made of results, in the project's venv."""

import argparse
import os
from pathlib import Path

from runner import processes, virtualenv
from runner.problem import ProblemError, reason
from runner.project import ROOT

IMPORTED_FROM = ("libraries", "resources", "variables", ".")


def add_site_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", help="where the site goes; default docs/site")


def build_site(arguments: argparse.Namespace, _words: list[str]) -> int:
    return _made_by("reports.site", [arguments.folder] if arguments.folder else [])


def add_history_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("outputs", nargs="*", help="default: results/output.xml")
    parser.add_argument("--folder", help="where the history is kept; default history/")


def keep_history(arguments: argparse.Namespace, _words: list[str]) -> int:
    """What is not named is the project's own."""
    outputs = arguments.outputs or [str(ROOT / "results" / "output.xml")]
    folder = arguments.folder or str(ROOT / "history")
    words = [*outputs, "--folder", folder]
    return _made_by("reports.history", words, virtualenv.REPORTS)


def add_ticket_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", nargs="?", help="default: results/output.xml")
    parser.add_argument("--xray", metavar="FILE", help="write what Xray imports; nothing is sent")
    parser.add_argument("--flavour", choices=("server", "cloud"), default="server", help="of Xray")
    parser.add_argument(
        "--plan",
        nargs="?",
        const="-",
        metavar="FILE",
        help="the improvement plan's table; into FILE",
    )
    parser.add_argument(
        "--red",
        nargs="?",
        const="-",
        metavar="FILE",
        help="the line of this run's contract in the table of red cases; into FILE",
    )


def tell_tickets(arguments: argparse.Namespace, _words: list[str]) -> int:
    if arguments.output:
        _require_there(arguments.output)
    words = [arguments.output or str(ROOT / "results" / "output.xml")]
    words += ["--xray", arguments.xray] if arguments.xray else []
    words += ["--plan", arguments.plan] if arguments.plan else []
    words += ["--red", arguments.red] if arguments.red else []
    return _made_by("reports.tickets", [*words, "--flavour", arguments.flavour])


def _require_there(output: str) -> None:
    try:
        there = Path(output).is_file()
    except OSError as error:
        raise ProblemError(f"cannot look at {output}: {reason(error)}.") from error
    if not there:
        raise ProblemError(f"there is no {output}: name the output.xml of a run.")


def _made_by(module: str, words: list[str], needed: tuple[str, ...] = virtualenv.RUN) -> int:
    """The exit code of `module`; folders that are named count from where the user is."""
    python = virtualenv.prepared_python(needed)
    path = os.pathsep.join(str(ROOT / folder) for folder in IMPORTED_FROM)
    env = {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}
    return processes.run_quietly([str(python), "-m", module, *words], env, Path.cwd())
