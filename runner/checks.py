"""`focus.py test`, `proof` and `bench`: our own tests, the proof that every case can fail, and how
well the engine measures."""

import argparse
import os
import tempfile
from pathlib import Path

from runner import processes, virtualenv
from runner.project import ROOT

MEASURED = "measured"  # pytest's marker of tests that measure time
WORKERS = 6  # test processes for the others; what measures runs in one, for some keep cores busy
TESTS_FAILED, NONE_SELECTED = 1, 5  # pytest's exit codes


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """All options of these commands stand after `--`."""


def add_files(parser: argparse.ArgumentParser) -> None:
    """`check` looks at files; all suites and resources where none is named."""
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="suites and resources; default all"
    )


def run_check(arguments: argparse.Namespace, _words: list[str]) -> int:
    """0, 1 where something is to mend. Files that are named count from where the user is."""
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    files = [os.path.realpath(file) for file in arguments.files]
    return processes.run_quietly([str(python), "-m", "guards.check", *files], _with_modules())


def run_tests(_arguments: argparse.Namespace, words: list[str]) -> int:
    """pytest's exit code. Somebody's own selection is one run of pytest, as it says."""
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    if words:
        return processes.run([*_pytest(python), *words], _environment())
    measured, others = measured_tests(python), other_tests(python)
    code = run_at_once(measured, _shared(others))
    return run_again(measured, others) if code == TESTS_FAILED else code


def measured_tests(python: Path) -> list[str]:
    """What measures time. Only the files that have such tests are collected."""
    options = ["-o", "cache_dir=.pytest_cache/measured", "-m", MEASURED]
    return [*_pytest(python), *options, *map(str, _files_with_measured())]


def _files_with_measured() -> list[Path]:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [file for file in files if f"mark.{MEASURED}" in file.read_text(encoding="utf-8")]


def _shared(command: list[str]) -> list[str]:
    """The files are given to so many processes in the order of their names.

    xdist would begin with those that hold most tests; ours that take longest hold few.
    """
    share = ["--dist", "loadfile", "--no-loadscope-reorder"]
    return [*command, "--numprocesses", str(WORKERS), *share]


def other_tests(python: Path) -> list[str]:
    """The rest, most of which wait more than they compute."""
    return [*_pytest(python), "-o", "cache_dir=.pytest_cache/others", "-m", f"not {MEASURED}"]


def run_again(*commands: list[str]) -> int:
    """What stays red of `commands` when it is run alone: a defect does, a busy machine does not."""
    print("Tests failed. They are run again, with the machine for themselves:", flush=True)
    failed = ["--last-failed", "--last-failed-no-failures", "none"]
    codes = [processes.run([*command, *failed], _environment()) for command in commands]
    return next((code for code in codes if code not in {0, NONE_SELECTED}), 0)


def run_at_once(measured: list[str], others: list[str]) -> int:
    """The first exit code that is not 0.

    What is measured goes ahead of all that computes; where that is not allowed, the others give
    way. Its output is shown at the end: two at once could not be read.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        ahead = processes.start(measured, env=_environment(), stdout=output, stderr=output)
        try:
            ahead_of_all = processes.goes_ahead(ahead)
            code = processes.run(others, _environment(), gives_way=not ahead_of_all)
            print("Waiting for the tests that measure time …", flush=True)
            code = ahead.wait() or code
        finally:
            if ahead.poll() is None:
                processes.interrupt(ahead)
            output.seek(0)
            print(output.read(), flush=True)
    return code


def _pytest(python: Path) -> tuple[str, ...]:
    return str(python), "-m", "pytest"


def _environment() -> dict[str, str]:
    """Ours, and bytecode is written: a thousand processes import the same modules."""
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _with_modules() -> dict[str, str]:
    """Also where an interpreter was given that knows nothing of our folders."""
    path = os.pathsep.join(str(ROOT / each) for each in ("libraries", ".", "tests"))
    return {**_environment(), "PYTHONPATH": path}


def add_proof_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--lies", action="store_true", help="tell lies that nobody wrote, derived from what is"
    )


def run_proof(arguments: argparse.Namespace, words: list[str]) -> int:
    """The exit code of the proof; with `--lies` that of the lies."""
    words = ["--lies", *words] if arguments.lies else words
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    proof = ROOT / "tests" / "proof" / "run.py"
    return processes.run([str(python), str(proof), *words], _with_modules())


def run_bench(_arguments: argparse.Namespace, words: list[str]) -> int:
    python = virtualenv.prepared_python(virtualenv.DEVELOPMENT)
    return processes.run([str(python), "-m", "bench.run", *words], _with_modules())
