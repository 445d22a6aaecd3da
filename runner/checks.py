"""`focus.py test` and `focus.py proof`: our own tests, and the proof that every case can fail."""

import argparse
import os

from runner import processes, virtualenv
from runner.project import ROOT


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """All options of these commands stand after `--`."""


def run_tests(_arguments: argparse.Namespace, words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    return processes.run([str(python), "-P", "-m", "pytest", *words], {**os.environ})


def run_proof(_arguments: argparse.Namespace, words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    path = os.pathsep.join(str(ROOT / each) for each in ("libraries", ".", "tests"))
    proof = ROOT / "tests" / "proof" / "run.py"
    return processes.run([str(python), str(proof), *words], {**os.environ, "PYTHONPATH": path})
