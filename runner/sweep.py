"""`focus.py sweep`: what outages left behind is removed, by the engine in the project's venv."""

import argparse
import os

from runner import processes, virtualenv
from runner.project import ROOT, option
from runner.suites.target import given

OPTIONS = (
    ("--run", "ID", "also what belongs to this run, expired or not"),
    ("--environment", "NAME", "a file of variables/environments/"),
    ("--namespace", "NAME", "default: that of the environment"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only list what would be removed")
    for option_name, value, told in OPTIONS:
        parser.add_argument(option_name, type=given, metavar=value, help=told)


def run(arguments: argparse.Namespace, words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.RUN)
    command = [str(python), "-m", "focus_engine.outage.cli", *_options(arguments), *words]
    path = os.pathsep.join(filter(None, [str(ROOT / "libraries"), os.environ.get("PYTHONPATH")]))
    return processes.run(command, {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"})


def _options(arguments: argparse.Namespace) -> list[str]:
    chosen = {name: getattr(arguments, name.removeprefix("--")) for name, _, _ in OPTIONS}
    words = [word for name, value in chosen.items() if value for word in option(name, value)]
    return [*words, *(["--dry-run"] if arguments.dry_run else [])]
