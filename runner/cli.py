"""The command line: one entry per command."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

from runner import checks, pages, pz, run, sweep
from runner.cluster import command as cluster
from runner.problem import INTERRUPTED, INVALID, Interrupted, ProblemError
from runner.processes import interruptible


@dataclass(frozen=True)
class Command:
    """What a command is called with, what it does, and what its words after `--` are for."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    execute: Callable[[argparse.Namespace, list[str]], int]
    help: str
    words_for: str


COMMANDS = {
    "run": Command(
        run.add_arguments, run.run, "run the suites against a system", "robot and pabot"
    ),
    "test": Command(checks.add_arguments, checks.run_tests, "run our own tests", "pytest"),
    "proof": Command(
        checks.add_arguments, checks.run_proof, "show that every case can fail", "the proof"
    ),
    "bench": Command(
        checks.add_arguments, checks.run_bench, "how well the engine measures", "the bench"
    ),
    "cluster": Command(
        cluster.add_arguments, cluster.run, "test on a real Kubernetes control plane", "pytest"
    ),
    "sweep": Command(
        sweep.add_arguments, sweep.run, "remove what expired outages left behind", "the same"
    ),
    "docs": Command(
        pages.add_site_arguments, pages.build_site, "build the documentation site", "nothing"
    ),
    "history": Command(
        pages.add_history_arguments,
        pages.keep_history,
        "keep the last run, and show how runs went",
        "nothing",
    ),
    "pz": Command(pz.add_arguments, pz.run, "check PZ's configuration without Robot", "the same"),
}


def main(argv: list[str]) -> int:
    """The exit code of `focus.py` with the arguments `argv`."""
    own, words = _split(argv)
    arguments = _parser().parse_args(own)
    try:
        with interruptible():
            return COMMANDS[arguments.command].execute(arguments, words)
    except ProblemError as problem:
        print(f"focus.py: {problem}", file=sys.stderr)
        return INVALID
    except Interrupted as stop:
        print(f"focus.py: stopped by {stop}", file=sys.stderr)
        return INTERRUPTED


def _split(argv: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in argv:
        return argv, []
    at = argv.index("--")
    return argv[:at], argv[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="focus.py", description="Tests of the Focus Server.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        described = f"{command.help}; what follows -- goes to {command.words_for}"
        command.add_arguments(commands.add_parser(name, help=described, description=described))
    return parser
