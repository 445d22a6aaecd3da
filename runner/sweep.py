"""`focus.py sweep`: what outages left behind is removed, by the engine in the project's venv."""

import argparse
import os

from runner import processes, virtualenv
from runner.project import ROOT, option


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only list what would be removed")
    parser.add_argument("--run", metavar="ID", help="also what belongs to this run, expired or not")
    parser.add_argument("--environment", metavar="NAME", help="a file of variables/environments/")
    parser.add_argument("--namespace", metavar="NAME", help="default: that of the environment")


def run(arguments: argparse.Namespace, words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.RUN)
    command = [str(python), "-m", "focus_engine.outage.cli", *_options(arguments), *words]
    path = os.pathsep.join(filter(None, [str(ROOT / "libraries"), os.environ.get("PYTHONPATH")]))
    return processes.run(command, {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"})


def _options(arguments: argparse.Namespace) -> list[str]:
    named = ("run", "environment", "namespace")
    given = {name: getattr(arguments, name) for name in named if getattr(arguments, name)}
    words = [word for name, value in given.items() for word in option(f"--{name}", value)]
    return [*words, *(["--dry-run"] if arguments.dry_run else [])]
