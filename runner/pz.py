"""`focus.py pz`: the checks of PZ's configuration for people without Robot Framework."""

import argparse
import os
from pathlib import Path

from runner import processes, virtualenv
from runner.project import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "pz_words",
        nargs=argparse.REMAINDER,
        metavar="validate|diff|baseline|explain …",
        help="pz validate --help tells the options",
    )


def run(arguments: argparse.Namespace, words: list[str]) -> int:
    """Folders that are named count from where the user is, not from the project."""
    python = virtualenv.prepared_python(virtualenv.RUN)
    command = [str(python), "-m", "focus_engine.pz.cli", *arguments.pz_words, *words]
    path = os.pathsep.join(filter(None, [str(ROOT / "libraries"), os.environ.get("PYTHONPATH")]))
    env = {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}
    return processes.run_quietly(command, env, Path.cwd())
