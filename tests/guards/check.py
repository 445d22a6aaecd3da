"""`focus.py check`: what a tester wants to know of changed suites before a commit, in sentences.

Each check looks at the files that were named (all suites and resources where none was) and gives
one sentence per trouble, with file and line. Nothing is sent to any system.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from guards.suites import ROOT, SUITES
from proof.declarations import load
from robot.api import ExecutionResult, TestSuite
from robot.errors import DataError
from robot.running import TestCase

from focus_engine.declared.tickets import case_name, matches, read_tickets
from focus_engine.given import end_quietly

MEASURED_OR_DISRUPTIVE = {"latency", "load", "disruptive"}
FAILED, INVALID = 1, 252
AT_ONCE = 2  # most of the time goes to programs that check: one for each core
PATIENT = {"ROBOTCODE_LOAD_LIBRARY_TIMEOUT": "120"}  # s; 10 are too few on a busy machine
_OFFENCE = re.compile(r"\S.*:\d+:\d+ [A-Z]+\d+ ")  # as Robocop prints one

Check = Callable[[list[Path]], Iterator[str]]


def layout(files: list[Path]) -> Iterator[str]:
    """The layout that Robocop gives a table."""
    for line in _lines_of("robocop", "format", "--check", *map(str, files)):
        if line.startswith("Would reformat "):
            file = _short(Path(line.removeprefix("Would reformat ")))
            mend = f"python -m robocop format {shlex.quote(str(file))}"
            yield f"{file}: cells are not aligned. Mend it: {mend}"


def style(files: list[Path]) -> Iterator[str]:
    """What Robocop finds: two rows of one name, documentation, settings, unused variables."""
    found = _lines_of("robocop", "check", *map(str, files))
    yield from (line for line in found if _OFFENCE.match(line))


def names_in_reach(files: list[Path]) -> Iterator[str]:
    """Variables, keywords and arguments, as an editor resolves them.

    With a cache of its own: RobotCode keeps the keywords of a library until the library's own file
    changes, and ours have theirs in other modules.
    """
    words = ["analyze", "code", "--severity", "error", *map(str, files)]
    with tempfile.TemporaryDirectory(prefix="focus-check-") as cache:
        found = _lines_of("robotcode.cli", *words, ROBOTCODE_CACHE_DIR=cache, **PATIENT)
    yield from (line for line in found if "[ERROR]" in line)


def rows_that_run(files: list[Path]) -> Iterator[str]:
    """A dry run: a cell too few, too many or of no legal value, keywords that do not exist."""
    suites = [str(file) for file in files if _has_cases(file)]
    if not suites:
        return
    with tempfile.TemporaryDirectory(prefix="focus-check-") as folder:
        output = Path(folder) / "output.xml"
        quiet = ["--log", "NONE", "--report", "NONE", "--console", "none"]
        listened = ["--listener", str(Path(__file__).parent / "tools" / "cells.py")]
        words = [
            "-A",
            "robot.args",
            "--dryrun",
            *listened,
            *quiet,
            "--output",
            str(output),
            *suites,
        ]
        said = _lines_of("robot", *words)
        if not output.is_file():
            yield f"robot could not read the tables: {' '.join(said)}"
            return
        result = ExecutionResult(str(output))
    yield from (error.message for error in result.errors if error.level == "ERROR")
    for case in result.suite.all_tests:
        if case.status == "FAIL":
            yield f"{_short(case.source)}:{case.lineno}: {case.name}: {case.message}"


def tags(files: list[Path]) -> Iterator[str]:
    """A file of which one case must be alone is `exclusive` as a whole."""
    of_file: defaultdict[Path, list[set[str]]] = defaultdict(list)
    for file, case in _cases(files):
        of_file[file].append({str(tag) for tag in case.tags})
    for file, tagged in of_file.items():
        alone = any(one & {*MEASURED_OR_DISRUPTIVE, "exclusive"} for one in tagged)
        if alone and not all("exclusive" in one for one in tagged):
            yield (
                f"{_short(file)}: some cases measure, load or disrupt, so the whole file must be "
                "tagged exclusive (Test Tags)."
            )


def proven_rows(files: list[Path]) -> Iterator[str]:
    """A row for which no fault is declared cannot be shown to fail."""
    declared = load()
    for file, case in _cases(files):
        if SUITES in file.parents and not declared.kills_of(file.stem, case.name):
            yield (
                f"{_short(file)}:{case.lineno}: '{case.name}' is unproven: no fault is declared "
                "for it or its table in tests/proof/expected_failures.yaml."
            )


def told_rows(files: list[Path]) -> Iterator[str]:
    """A row that no ticket asks for, and of which nobody says why it is there all the same."""
    told = [pattern for _whose, pattern in read_tickets().patterns()]
    for file, case in _cases(files):
        name = case_name(case.parent.name, case.name)
        if SUITES in file.parents and not any(matches(pattern, name) for pattern in told):
            yield (
                f"{_short(file)}:{case.lineno}: '{case.name}' is untold: no ticket of "
                f"variables/tickets.yaml has the case '{name}'. Add it to its ticket, or to "
                "without_ticket with the reason."
            )


CHECKS: tuple[Check, ...] = (
    layout,
    rows_that_run,
    names_in_reach,
    style,
    tags,
    proven_rows,
    told_rows,
)


def main(words: Sequence[str]) -> int:
    """0 where nothing was found, 1 where something was, 252 for a file that is no suite."""
    named = [Path(os.path.realpath(word)) for word in words] or [SUITES, ROOT / "resources"]
    files = list(dict.fromkeys(file for path in named for file in _files_of(path)))
    for path in named:
        if not _files_of(path):
            print(f"focus.py check: {path} is no suite and no resource file.", file=sys.stderr)
            return INVALID
    unreadable = {file: why for file in files if (why := _why_unreadable(file))}
    sentences = [f"{_short(file)}: {why}" for file, why in unreadable.items()]
    readable = [file for file in files if file not in unreadable]
    if readable:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for found in pool.map(lambda check: list(check(readable)), CHECKS):
                sentences += found
    print("".join(f"{sentence}\n" for sentence in sentences), end="")
    told = f"{len(sentences)} to mend" if sentences else "nothing to mend"
    print(f"{len(files)} files, {len(CHECKS)} checks: {told}.")
    return FAILED if sentences else 0


def _files_of(path: Path) -> list[Path]:
    """The suites and resource files below a folder, or a file that is one itself."""
    try:
        each = sorted(path.rglob("*")) if path.is_dir() else [path]
        return [one for one in each if one.is_file() and one.suffix in {".robot", ".resource"}]
    except OSError:  # longer than a name may be
        return []


def _why_unreadable(file: Path) -> str | None:
    """What keeps a file from being looked at, else None."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return f"line {line} is not UTF-8 text. Save the file as UTF-8."
    if "\0" in text:
        return f"line {text[: text.index(chr(0))].count(chr(10)) + 1} holds a NUL: no text has one."
    try:
        if _has_cases(file):
            _suite(file)
    except DataError as error:
        return str(error)
    return None


@cache
def _suite(file: Path) -> TestSuite:
    return TestSuite.from_file_system(file)


def _cases(files: list[Path]) -> Iterator[tuple[Path, TestCase]]:
    for file in files:
        if _has_cases(file):
            for case in _suite(file).tests:
                yield file, case


def _has_cases(file: Path) -> bool:
    return file.suffix == ".robot" and not file.name.startswith("__init__")


def _lines_of(module: str, *words: str, **variables: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env={**os.environ, **variables},
        check=False,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.stdout.splitlines()


def _short(path: Path | None) -> str:
    if path is None:
        return "?"
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    end_quietly()
    sys.exit(main(sys.argv[1:]))
