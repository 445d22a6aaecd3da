"""`focus.py test`, `proof` and `bench`: our own tests, the proof that every case can fail, and how
well the engine measures."""

import argparse
import os

from runner import processes, virtualenv
from runner.project import ROOT


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """All options of these commands stand after `--`."""


def run_tests(_arguments: argparse.Namespace, words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    command = [str(python), "-P", "-m", "pytest", *words]
    return processes.run(command, {**os.environ})


def run_proof(_arguments: argparse.Namespace, words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    path = os.pathsep.join(str(ROOT / each) for each in ("libraries", ".", "tests"))
    proof = ROOT / "tests" / "proof" / "run.py"
    return processes.run([str(python), str(proof), *words], {**os.environ, "PYTHONPATH": path})


def run_bench(_arguments: argparse.Namespace, words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    bench = ROOT / "bench" / "run.py"
    return processes.run([str(python), str(bench), *words], {**os.environ})
