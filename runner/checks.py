"""`focus.py test`, `proof` and `bench`: our own tests, the proof that every case can fail, and how
well the engine measures."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from runner import processes, virtualenv
from runner.project import ROOT

ALONE = "alone"  # pytest's marker of tests that measure time
TOGETHER = 4  # test processes side by side


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """All options of these commands stand after `--`."""


def run_tests(_arguments: argparse.Namespace, words: list[str]) -> int:
    """pytest's exit code; of two passes the first that is not 0."""
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    codes = [processes.run(each, {**os.environ}) for each in pytest_commands(python, words)]
    return next((code for code in codes if code), 0)


def pytest_commands(python: Path, words: Sequence[str]) -> list[list[str]]:
    """The passes of our own tests.

    Most tests wait more than they compute, so they share the machine. What measures time comes
    afterwards and has it for itself. Somebody's own selection is one pass, as it says.
    """
    command = [str(python), "-P", "-m", "pytest"]
    if words:
        return [[*command, *words]]
    together = ("--numprocesses", str(TOGETHER), "--dist", "loadfile")
    return [[*command, "-m", f"not {ALONE}", *together], [*command, "-m", ALONE]]


def run_proof(_arguments: argparse.Namespace, words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    path = os.pathsep.join(str(ROOT / each) for each in ("libraries", ".", "tests"))
    proof = ROOT / "tests" / "proof" / "run.py"
    return processes.run([str(python), str(proof), *words], {**os.environ, "PYTHONPATH": path})


def run_bench(_arguments: argparse.Namespace, words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    bench = ROOT / "bench" / "run.py"
    return processes.run([str(python), str(bench), *words], {**os.environ})
